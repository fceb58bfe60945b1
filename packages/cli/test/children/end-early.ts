/**
 * Run as a process of its own with one thread for the file system: `end-early.ts KIND FOLDER REQUEST`, in a folder with
 * the FIFO `.gate`. Does work that must be there whole or not at all, and ends it as a signal does while the other
 * thread has the request of that number before it: the thread comes to it when all handlers of `exit` ran. Without so
 * many requests the work is done, and the exit code is 0.
 * @module
 */

import { createHook } from 'node:async_hooks';
import { constants, fstatSync, mkdirSync, openSync, read, write, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withNewData } from '../../src/backup/new-data.ts';
import { writeOutput } from '../../src/io/output-file.ts';

const INTERRUPTED = 130;
const [kind = '', folder = '', last = '1'] = process.argv.slice(2);

const WORK: Readonly<Record<string, () => Promise<void>>> = {
  'a new output': () => writeOutput(join(folder, 'output'), 'new', false),
  'an output that is replaced': () => writeOutput(join(folder, 'output'), 'new', true),
  'data of a store': () =>
    withNewData({ folder, data: join(folder, 'data') } as Parameters<typeof withNewData>[0], async ({ data }) => {
      mkdirSync(data);
      for (const name of ['one', 'two', 'three']) await writeFile(join(data, name), name);
    }),
};

const gate = openSync(join(folder, '.gate'), constants.O_RDWR);
const marker = openSync(join(folder, '.marker'), 'w');
let requests = 0;
createHook({
  init: (_, type) => {
    if (!type.startsWith('FSREQ') || ++requests !== Number(last)) return;
    // The thread waits here, before it comes to the request.
    read(gate, () => undefined);
    queueMicrotask(() => {
      write(marker, 'x', () => undefined);
      // Behind the handlers of the work: the thread goes on, through the request and to the marker.
      process.once('exit', () => {
        writeSync(gate, 'x');
        while (fstatSync(marker).size === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      });
      process.exit(INTERRUPTED);
    });
  },
}).enable();
await WORK[kind]?.();
