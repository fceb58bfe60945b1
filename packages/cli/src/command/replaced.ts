/**
 * The end of this process by which another program takes its place: no `exit` event comes before it.
 * @module
 */

import type { EventEmitter } from 'node:events';

/** Of `process`. */
const REPLACED = 'securestring replaced';

/** Calls a function before another program takes the place of this process. */
export function onReplaced(listener: () => void): void {
  (process as EventEmitter).once(REPLACED, listener);
}

/** Says that another program is about to. */
export function sayReplaced(): void {
  (process as EventEmitter).emit(REPLACED);
}
