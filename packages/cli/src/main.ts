#!/usr/bin/env node
/**
 * The command `securestring`.
 * @module
 */

import { EXIT } from './exit-codes.ts';
import { run } from './run.ts';

// Ends in `exit`, so that whatever has something unfinished can remove it.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, () => process.exit(EXIT.signal + number));
}
// Whoever reads our output may stop at any time, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.signal + 13);
  });
}

process.exitCode = await run(process.argv.slice(2));
