/**
 * The command line in this process, on a terminal of strings.
 * @module
 */

import { Readable, Writable } from 'node:stream';
import type { Terminal } from '../src/output/terminal.ts';
import { run } from '../src/run.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface OnTerminal {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The terminal that questions are asked on. Default none. */
  readonly openAsking?: NonNullable<Terminal['openAsking']>;
  /** Standard output is a terminal of this width, without colour. */
  readonly columns?: number;
  /** Whether standard input is a terminal. */
  readonly isTyped?: boolean;
}

/** Runs a command whose standard input holds `stdin`. */
export async function here(
  words: readonly string[],
  { stdin = '', env = {}, openAsking, columns, isTyped = false }: OnTerminal = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(words, {
    stdin: Object.assign(Readable.from([Buffer.from(stdin)]), { isTTY: isTyped }),
    stdout: Object.assign(collector(out), columns === undefined ? {} : { isTTY: true, columns }),
    stderr: collector(err),
    env: columns === undefined ? env : { NO_COLOR: '1', ...env },
    ...(openAsking !== undefined && { openAsking }),
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
