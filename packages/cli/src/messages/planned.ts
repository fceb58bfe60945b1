/**
 * What `encrypt` and `decrypt` have in common before any key: the files of a call, and how outputs are written.
 * @module
 */

import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import type { Pair } from '../io/places.ts';
import { filesNeeded } from './keys.ts';
import type { FileOptions } from './options.ts';
import { pairs } from './pairs.ts';
import type { OutputOptions } from './transform.ts';

export interface Planned {
  /** Files that no output may replace. */
  readonly needed: Awaited<ReturnType<typeof filesNeeded>>;
  readonly todo: readonly Pair[];
  /** Not 0 if an input was left out. */
  readonly exitCode: number;
}

/** Finds the inputs, and the place of each output. */
export async function planned(
  context: Context,
  inputs: readonly string[],
  options: FileOptions,
  rename: (name: string) => string,
): Promise<Planned> {
  const needed = await filesNeeded(context, options);
  const { output, recursive } = options;
  let exitCode: number = EXIT.ok;
  const todo = await pairs(inputs, {
    ...(output !== undefined && { output }),
    ...(recursive !== undefined && { recursive }),
    needed,
    warn: context.warn,
    skip: (text) => {
      context.warn(text);
      exitCode = EXIT.failed;
    },
    changed: context.changed,
    rename,
  });
  return { needed, todo, exitCode };
}

/** How the outputs are written. */
export function outputsOf(
  mode: OutputOptions['mode'],
  { overwrite = false, encode = false, decode = false, force = false, buffer = false }: FileOptions & BufferOption,
): OutputOptions {
  return { mode, overwrite, encode, decode, force, buffer };
}

interface BufferOption {
  readonly buffer?: boolean;
}
