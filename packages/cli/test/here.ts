/**
 * The command line in this process, on a terminal of strings.
 * @module
 */

import { Readable, Writable } from 'node:stream';
import { run } from '../src/run.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command whose standard input holds `stdin`. */
export async function here(
  words: readonly string[],
  {
    stdin = '',
    env = {},
  }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(words, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: collector(out),
    stderr: collector(err),
    env,
  });
  return { code, out: out.join(''), err: err.join('') };
}

/** The same over the store in `store`, with nothing to read. */
export function hereIn(store: string, ...words: readonly string[]): Promise<Said> {
  return here(words, { env: { SECURESTRING_HOME: store } });
}

function collector(parts: string[]): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _, done) => {
      parts.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      done();
    },
  });
}
