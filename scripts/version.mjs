/** Writes a release's version into every manifest of the workspace that is published. `RELEASING.md` says when. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/.test(version)) {
  console.error('Name the version, such as: npm run version -- 0.2.0');
  process.exit(2);
}
const folders = ['packages', 'packages/provider-native/npm'].flatMap((parent) =>
  readdirSync(`${root}${parent}`).map((name) => `${parent}/${name}`),
);
for (const folder of folders) {
  const file = `${root}${folder}/package.json`;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  if (manifest.private === true) continue;
  writeFileSync(file, `${JSON.stringify({ ...manifest, version }, undefined, 2)}\n`);
  console.log(`${manifest.name} ${version}`);
}
