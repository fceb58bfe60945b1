/**
 * References to parameters: `secret://app/db/password`, and with a version or label behind a colon.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, isFromKms } from '../command/failure.ts';
import { withSlash } from '../formats/names.ts';
import { troubleOf } from '../store/key-trouble.ts';
import type { OpenStore } from '../store/with-store.ts';

export interface Reference {
  /** The parameter's name, and `:VERSION` or `:LABEL`. */
  readonly target: string;
  /** What refers to it, for a message: a line or a variable. */
  readonly from: string;
}

/** What every reference begins with. */
export const SCHEME = 'secret://';
const TARGET = /^\/?[\w.-]+(?:\/[\w.-]+)*(?::[\w.-]+)?$/;
/** Most references that a message names. */
const MOST = 5;

/**
 * Takes a reference apart.
 *
 * @throws `CliError` where it has no name of a parameter.
 */
export function parseReference(text: string, from: string): Reference {
  const target = text.slice(SCHEME.length);
  if (!text.startsWith(SCHEME) || !TARGET.test(target)) {
    throw new CliError(
      EXIT.failed,
      `${from}: ${excerpt(text)} is not a reference: it must be ${SCHEME} and a name, such as ${SCHEME}app/db/password, with :VERSION or :LABEL if need be.`,
    );
  }
  // With and without it is the same parameter; only names of one part may be without.
  return { target: withSlash(target), from };
}

/**
 * Reads what they refer to, each parameter once. By target.
 *
 * @throws `CliError` that names what is not there, or cannot be read, and what refers to it.
 */
export async function readReferences(
  store: OpenStore,
  references: readonly Reference[],
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const failures: { readonly text: string; readonly exitCode: number }[] = [];
  for (const { target, from } of references) {
    if (values.has(target)) continue;
    try {
      const { parameter } = await store.parameters.getParameter({ name: target, withDecryption: true });
      values.set(target, parameter.value);
    } catch (error) {
      failures.push(await explained(store, { target, from }, error));
    }
  }
  const [first] = failures;
  if (first === undefined) return values;
  const more = failures.length > MOST ? ` And ${failures.length - MOST} more.` : '';
  const texts = failures.slice(0, MOST).map(({ text }) => text);
  throw new CliError(first.exitCode, `${texts.join(' ')}${more}`);
}

async function explained({ keystore, place }: OpenStore, { target, from }: Reference, error: unknown) {
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.notFound && !isFromKms(error)) {
    return { text: `${from}: there is no parameter ${target}.`, exitCode };
  }
  const { reason, mend } = await troubleOf(error, keystore, place.options);
  return { text: `${from}: ${target} cannot be read: ${reason}${mend === undefined ? '' : ` ${mend}`}`, exitCode };
}
