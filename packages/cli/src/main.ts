/**
 * One run of `securestring` as a process of its own.
 * @module
 */

import { endIfInspected } from './command/no-inspector.ts';
import { endOnSignals } from './command/signals.ts';
import { run } from './run.ts';

endOnSignals();
// A signal that came early has been handled by now.
endIfInspected();
run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  // Node takes longer to take itself apart than a short command to run. What a reader has not taken yet it must write,
  // and the failure of a write comes a moment later.
  setImmediate(() => {
    if ([process.stdout, process.stderr].every(({ writableLength }) => writableLength === 0)) process.exit();
  });
});
