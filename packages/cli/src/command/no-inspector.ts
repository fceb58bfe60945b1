/**
 * No inspector of node's, unless the user asks for it: every user of the machine may run code in this process through
 * it. Without a listener, node opens it at SIGUSR1. This listener stays while others come and go.
 * @module
 */

import { url } from 'node:inspector';

/** How often it is looked for at first, and for how long, in ms. */
const [STEP, WATCHED] = [20, 5000];

process.on('SIGUSR1', () => undefined);
endIfInspected();
// Another thread of node opens it, late on a busy machine.
const watch = setInterval(endIfInspected, STEP).unref();
setTimeout(() => clearInterval(watch), WATCHED).unref();

/** Ends the process where SIGUSR1 came before the listener. To close the inspector would wait for its client. */
export function endIfInspected(): void {
  const options = [...process.execArgv, process.env['NODE_OPTIONS']].join(' ');
  if (url() === undefined || /--inspect|--import|--require|-r\b/.test(options)) return;
  process.stderr.write("error: SIGUSR1 opened node's inspector before the program began. Nothing was done.\n");
  process.kill(process.pid, 'SIGKILL');
}
