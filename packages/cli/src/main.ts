#!/usr/bin/env node

/**
 * The command `securestring`.
 * @module
 */

import { EXIT } from './command/exit-codes.ts';
import { endIfInspected } from './command/no-inspector.ts';
import { endOnSignals } from './command/signals.ts';
import { keepCompiledCode } from './compile-cache.ts';

endOnSignals();
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error & { readonly code?: string }) => {
    // The reader of our output may stop at any time, as `head` does.
    if (error.code === 'EPIPE') process.exit(EXIT.signal + 13);
    if (stream === process.stdout) process.stderr.write(`error: standard output: ${error.message}\n`);
    process.exit(EXIT.failed);
  });
}
keepCompiledCode();
// Not before: what is kept is what is loaded from here on.
const { run } = await import('./run.ts');

// A signal that came early has been handled by now.
endIfInspected();
process.exitCode = await run(process.argv.slice(2));
