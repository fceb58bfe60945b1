/**
 * A bar on standard error for what takes long.
 * @module
 */

import { PassThrough, type Transform } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { Context } from '../command/context.ts';

export interface Bar {
  /** Streams that count what passes: none where nothing is shown. */
  counters(): readonly Transform[];
  stop(): void;
}

/** Less is done before a bar could be read. Bytes. */
const WORTH_A_BAR = 32 * 1024 * 1024;

/** The same of things that are counted. */
const MANY = 200;

/** Shows nothing where standard error is not a terminal, under `--json`, or for little work. */
export function startBar({ terminal: { stderr }, options }: Context, total: number | undefined): Bar {
  if (stderr.isTTY !== true || options.json === true || total === undefined || total < WORTH_A_BAR) {
    return { counters: () => [], stop: () => undefined };
  }
  const bar = new SingleBar({
    stream: stderr as NodeJS.WritableStream,
    format: '{bar} {percentage}% {done} of {all}, {eta_formatted} left',
    clearOnComplete: true,
    hideCursor: true,
  });
  let passed = 0;
  const progress = () => ({ done: megabytes(passed), all: megabytes(total) });
  bar.start(total, 0, progress());
  return {
    counters: () => [
      new PassThrough({
        transform(chunk: Uint8Array, _, done) {
          passed += chunk.length;
          bar.update(passed, progress());
          done(null, chunk);
        },
      }),
    ],
    stop: stopper(bar),
  };
}

/** A bar over things that are counted, for many of them. */
export function startCount({ terminal: { stderr }, options }: Context, total: number): { step(): void; stop(): void } {
  if (stderr.isTTY !== true || options.json === true || total < MANY) {
    return { step: () => undefined, stop: () => undefined };
  }
  const bar = new SingleBar({
    stream: stderr as NodeJS.WritableStream,
    format: '{bar} {percentage}% {value} of {total}, {eta_formatted} left',
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), stop: stopper(bar) };
}

/** Stops the bar, where a signal ends the process too: the cursor would stay hidden. */
function stopper(bar: SingleBar): () => void {
  const stop = () => bar.stop();
  process.once('exit', stop);
  return () => {
    process.off('exit', stop);
    stop();
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
