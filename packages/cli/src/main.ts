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
});
