/**
 * Packs every published package into `packed/`, to be installed as files. Expects every `dist` to be built. Of the
 * native parts, those are packed that are built: `npm run build:native` builds this machine's.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packed = `${root}packed`;
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

rmSync(packed, { recursive: true, force: true });
mkdirSync(packed);
const native = `${root}packages/provider-native/npm`;
const folders = [
  ...readdirSync(`${root}packages`).map((name) => `${root}packages/${name}`),
  ...readdirSync(native).map((name) => `${native}/${name}`),
];
for (const cwd of folders) {
  const { private: isPrivate, main = 'package.json' } = JSON.parse(readFileSync(`${cwd}/package.json`, 'utf8'));
  if (isPrivate === true || !existsSync(`${cwd}/${main}`)) continue;
  const words = ['--yes', packageManager, 'pack', '--pack-destination', packed];
  execFileSync('npx', words, { cwd, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
}
const files = readdirSync(packed);
for (const file of files) console.log(`packed/${file}`);
console.log(`\nInstall them in your project with: npm install ${files.map((file) => `${packed}/${file}`).join(' ')}`);
