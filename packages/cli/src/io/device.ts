/**
 * Inputs and outputs that are perhaps not files: FIFOs, terminals, other devices.
 *
 * Opening and reading a FIFO waits for the other end. Node does both in a pool of threads, and a process does not end
 * before these return: SIGINT and SIGTERM would not end it. Here no thread waits. A FIFO opens at once
 * (`O_NONBLOCK`), and the event loop waits for the other end.
 * @module
 */

import { closeSync, constants, createReadStream, createWriteStream, fstatSync, open, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty, ReadStream as TerminalInput, WriteStream as TerminalOutput } from 'node:tty';
import { promisify } from 'node:util';
import { isCode } from '../command/failure.ts';

/** Windows has no such flag. */
const { O_RDONLY, O_WRONLY, O_NONBLOCK = 0 } = constants;
/** Bytes of a file that are read at once: 64 KiB, as node has it, takes more turns of the event loop. */
const CHUNK = 256 * 1024;
/** Time between two attempts to open a FIFO that has no reader yet, in ms. */
const READER_INTERVAL = 20;
/** Bytes of a file that are read at once. */
const BLOCK = 65_536;

/**
 * Opens a path for reading.
 *
 * @throws the system's error, such as `ENOENT`.
 */
export async function openInput(path: string): Promise<Readable> {
  return inputOf(path, await descriptor(path, O_RDONLY));
}

function inputOf(path: string, fd: number): Readable {
  if (waits(fd)) return new Socket({ fd, readable: true, writable: false });
  return isatty(fd) ? new TerminalInput(fd) : createReadStream(path, { fd, highWaterMark: CHUNK });
}

/** Reads a path up to its end, or one byte more than `most`, which shows that it is longer. */
export async function readInput(path: string, most: number): Promise<Buffer> {
  const fd = await descriptor(path, O_RDONLY);
  return fstatSync(fd).isFile() ? readFile(fd, most) : readStream(inputOf(path, fd), most);
}

/** Without a thread, which a file of a few bytes is not worth. Files of the system itself do not show their length. */
function readFile(fd: number, most: number): Buffer {
  const blocks: Buffer[] = [];
  try {
    for (let left = most + 1; left > 0; ) {
      const block = Buffer.alloc(Math.min(left, BLOCK));
      const length = readSync(fd, block);
      if (length === 0) break;
      blocks.push(block.subarray(0, length));
      left -= length;
    }
    return Buffer.concat(blocks);
  } finally {
    for (const block of blocks) block.fill(0);
    closeSync(fd);
  }
}

/** Reads a stream in the same way. */
export async function readStream(stream: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    // There may be a secret in it.
    if (chunk instanceof Uint8Array) chunk.fill(0);
    if (length > most) break;
  }
  const whole = Buffer.concat(chunks).subarray(0, most + 1);
  for (const chunk of chunks) chunk.fill(0);
  return whole;
}

/** Opens a FIFO or a device for writing. A FIFO needs a reader first. */
export async function openDevice(path: string): Promise<Writable> {
  const fd = await withReader(path);
  if (waits(fd)) return new Socket({ fd, readable: false, writable: true });
  return isatty(fd) ? new TerminalOutput(fd) : createWriteStream(path, { fd });
}

/** Waits until a FIFO has a reader: until then the system answers `ENXIO`. */
async function withReader(path: string): Promise<number> {
  for (;;) {
    try {
      return await descriptor(path, O_WRONLY);
    } catch (error) {
      if (!isCode(error, 'ENXIO')) throw error;
      await sleep(READER_INTERVAL);
    }
  }
}

function descriptor(path: string, mode: number): Promise<number> {
  return promisify(open)(path, mode | O_NONBLOCK);
}

/** Whether the other end decides when bytes pass. */
function waits(fd: number): boolean {
  try {
    // Numbers would stay where node keeps its last ones: its `realpathSync`, and so its search for packages, takes a
    // FIFO there for the end of every path.
    const found = fstatSync(fd, { bigint: true });
    return found.isFIFO() || found.isSocket();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
