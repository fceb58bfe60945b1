/**
 * One file of many sources, for processes of which there are to be many: it starts in a tenth of the time.
 * @module
 */

import { build } from 'esbuild';

/** Bundles the TypeScript file `source`, and all that it imports, into the file `target`, an ES module for node. */
export async function bundleForNode(source: string, target: string): Promise<void> {
  await build({
    entryPoints: [source],
    outfile: target,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@securestring/source'],
    logLevel: 'silent',
  });
}
