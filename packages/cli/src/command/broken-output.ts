/**
 * The end of a run whose output nothing takes any longer.
 * @module
 */

import { EXIT } from './exit-codes.ts';

/** Ends the process where its output cannot be written. */
export function endOnBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: Error & { readonly code?: string }) => {
      // The reader of our output may stop at any time, as `head` does.
      if (error.code === 'EPIPE') process.exit(EXIT.signal + 13);
      if (stream === process.stdout) process.stderr.write(`error: standard output: ${error.message}\n`);
      process.exit(EXIT.failed);
    });
  }
}
