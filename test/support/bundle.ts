/**
 * One module made of many sources, for tests that start many processes: each starts in a tenth of the time.
 * @module
 */

import { buildSync } from 'esbuild';

/** Returns the TypeScript file `source`, and all that it imports, as the text of one ES module for node. */
export function bundleForNode(source: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@securestring/source'],
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}
