/**
 * Bundles the part of cbor-x that the keystore and the parameter store use into each one's `dist/cbor.js`: JavaScript
 * alone. The package itself brings a native part, whose install script would run on every user's machine.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const name of ['keystore', 'parameters']) {
  const folder = join(root, 'packages', name);
  const { metafile } = await build({
    absWorkingDir: folder,
    stdin: { contents: "export { Encoder } from 'cbor-x/encode';", resolveDir: folder },
    outfile: 'dist/cbor.js',
    bundle: true,
    format: 'esm',
    // Without the condition `node`, under which cbor-x may load its native part.
    platform: 'neutral',
    target: 'es2023',
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: licence(join(folder, 'node_modules/cbor-x')) },
    metafile: true,
    logLevel: 'warning',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  if (imports.length > 0) throw new Error(`cbor-x asks for ${imports.map(({ path }) => path).join(', ')}.`);
}

/** What a copy of it must carry. */
function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim();
  const lines = `${name} ${version}: ${license}\n\n${text}`.split(/\r?\n/);
  return `/*!\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */`;
}
