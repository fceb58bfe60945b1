/**
 * Writes the files of a guide into a folder: `node scripts/lay-out-guide.mjs GUIDE RUNNER FOLDER`. A code block of the
 * guide that begins with ```` ```js RUNNER:FILE ```` is a file; RUNNER is a list with commas, or `all`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [guide = '', runner = '', folder = ''] = process.argv.slice(2);
const blocks = readFileSync(guide, 'utf8').matchAll(/^```js ([\w,-]+):(\S+)\n(.*?)^```$/gms);
for (const [, runners = '', file = '', code = ''] of blocks) {
  if (['all', runner].some((name) => runners.split(',').includes(name))) writeFileSync(join(folder, file), code);
}
