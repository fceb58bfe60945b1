#!/usr/bin/env node
/**
 * The command `securestring`.
 * @module
 */

import { keepCompiledCode } from './compile-cache.ts';
import { EXIT } from './exit-codes.ts';
import { endOnSignals } from './signals.ts';

endOnSignals();
// Whoever reads our output may stop at any time, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.signal + 13);
  });
}
keepCompiledCode();
// Not before: what is kept is what is loaded from here on.
const { run } = await import('./run.ts');

process.exitCode = await run(process.argv.slice(2));
