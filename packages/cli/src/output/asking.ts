/**
 * The terminal that questions are asked on: the one that controls this process, wherever its streams lead. So a
 * question can be asked while standard input is a pipe, as ssh and age do.
 * @module
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ReadStream } from 'node:tty';

/** A terminal in use for a question. */
export interface Asking {
  /** Keys, as the terminal sends them. */
  readonly keys: Readable;
  /** Whether each key comes at once, without echo, and Ctrl-C as a key. */
  raw(isOn: boolean): void;
  /** Shows a text before it returns. */
  write(text: string): void;
  close(): void;
}

/** Of Windows: the console's own names, which no folder changes. */
const [KEYS, SCREEN] =
  process.platform === 'win32' ? ['\\\\.\\CONIN$', '\\\\.\\CONOUT$'] : (['/dev/tty', '/dev/tty'] as const);

/** Opens it. `undefined` where there is no terminal. */
export function openAsking(): Asking | undefined {
  return openControlling() ?? standardStreams();
}

function openControlling(): Asking | undefined {
  const opened: number[] = [];
  try {
    const screen = openSync(SCREEN, 'w');
    opened.push(screen);
    const input = openSync(KEYS, process.platform === 'win32' ? 'r+' : 'r');
    opened.push(input);
    const keys = new ReadStream(input);
    return {
      keys,
      raw: (isOn) => keys.setRawMode(isOn),
      write: (text) => writeTo(screen, text),
      close: () => {
        keys.destroy();
        closeSync(screen);
      },
    };
  } catch {
    // No terminal controls this process (ENXIO), or it is out of reach.
    for (const descriptor of opened) closeSync(descriptor);
    return undefined;
  }
}

function writeTo(screen: number, text: string): void {
  try {
    writeSync(screen, text);
  } catch {
    // The terminal was closed: no one is there to read it. The keys end, too.
  }
}

/** A process in a session of its own, such as that of `serve --print-env`, may still have a terminal as its input. */
function standardStreams(): Asking | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return undefined;
  return {
    keys: stdin,
    raw: (isOn) => stdin.setRawMode(isOn),
    write: (text) => stderr.write(text),
    close: () => stdin.pause(),
  };
}
