/**
 * What is the matter with a key that a call could not use, and the command that mends it.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import type { Keystore } from '@securestring/keystore';
import type { GlobalOptions } from '../command/context.ts';
import { awsNameOf, CliError, exitCodeOf, isFromKms, messageOf, sentenceOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { nearest } from '../command/near.ts';
import { aliasesOf, aliasOf, keysOf } from './listed-keys.ts';
import { refusalOfOwnKey } from './own-key.ts';

export interface KeyTrouble {
  /** The same in a few words. */
  readonly brief: string;
  /** What is the matter, with the key's alias and ARN: a sentence. */
  readonly reason: string;
  /** What to do: a sentence with a command; absent where nothing here helps. */
  readonly mend?: string;
  readonly exitCode: number;
}

const ARN = /arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+/;

/** By the exception's name: what only a key's state can mend. */
const OF_STATE = new Set(['DisabledException', 'KMSInvalidStateException']);

/** By the key's state, as the command line names it. */
export const KEY_STATES = {
  Enabled: 'enabled',
  Disabled: 'disabled',
  PendingDeletion: 'pending deletion',
  PendingImport: 'without material',
} as const;

type KeyState = keyof typeof KEY_STATES;

const MENDS: Readonly<Record<KeyState, readonly [what: string, ...words: readonly string[]] | undefined>> = {
  Enabled: undefined,
  Disabled: ['Enable it', 'enable'],
  PendingDeletion: ['Take its deletion back', 'cancel-deletion'],
  PendingImport: ['Import its material', 'import-material'],
};

/** What makes a key usable again, and the command for it; nothing where the key is usable. */
export function mendOf(
  options: GlobalOptions,
  key: string,
  state: KeyState,
): { readonly what: string; readonly command: string } | undefined {
  const [what, command] = MENDS[state] ?? [];
  if (what === undefined || command === undefined) return undefined;
  const material = state === 'PendingImport' ? ['--material', 'FILE'] : [];
  return { what, command: commandLine(options, 'key', command, key, ...material) };
}

/** Asks the keystore about the key that a refusal names; `undefined` where it is not of a key's state. */
async function keyTroubleOf(
  error: unknown,
  keystore: Keystore,
  options: GlobalOptions,
): Promise<KeyTrouble | undefined> {
  if (!(error instanceof Error) || !isFromKms(error) || !OF_STATE.has(awsNameOf(error))) return undefined;
  const [arn] = ARN.exec(error.message) ?? [];
  if (arn === undefined) return undefined;
  try {
    const { keyMetadata } = await keystore.describeKey({ keyId: arn });
    const { keyId, keyState } = keyMetadata;
    const alias = await aliasOf(keystore, keyId);
    const key = alias === undefined ? arn : `${alias} (${arn})`;
    const mend = mendOf(options, alias ?? keyId, keyState);
    const reason = `${key} is ${KEY_STATES[keyState]}.`;
    const brief = `${alias ?? arn} is ${KEY_STATES[keyState]}`;
    return {
      brief,
      reason,
      ...(mend !== undefined && { mend: `${mend.what}: ${mend.command}` }),
      exitCode: exitCodeOf(error),
    };
  } catch {
    // The first refusal says more than one of this question could.
    return undefined;
  }
}

/** The key that a refusal does not find, as it was given. */
const UNKNOWN_KEY = /(alias\/\S+) is not found\.|^Invalid keyId '(.+?)'|key\/(\S+)' does not exist/;

/** Names aliases and keys that are like the one that is not there; `undefined` where none is. */
async function nearKeys(error: unknown, keystore: Keystore): Promise<string | undefined> {
  if (!(error instanceof Error) || awsNameOf(error) !== 'NotFoundException') return undefined;
  const found = UNKNOWN_KEY.exec(error.message)
    ?.slice(1)
    .find((each) => each !== undefined);
  if (found === undefined) return undefined;
  try {
    const aliases = (await aliasesOf(keystore)).map(({ aliasName }) => aliasName);
    const ids = (await keysOf(keystore)).map(({ keyId }) => keyId);
    const isAlias = found.startsWith('alias/');
    const near = [...nearest(isAlias ? found : `alias/${found}`, aliases), ...nearest(found, ids)];
    return near.length === 0 ? undefined : `Did you mean ${near.map(excerpt).join(', ')}?`;
  } catch {
    // The refusal says more than one of this question could.
    return undefined;
  }
}

/** Any trouble with a value, in the same form. */
export async function troubleOf(error: unknown, keystore: Keystore, options: GlobalOptions): Promise<KeyTrouble> {
  const trouble = await keyTroubleOf(error, keystore, options);
  if (trouble !== undefined) return trouble;
  const brief = error instanceof Error ? awsNameOf(error) : 'not readable';
  return { brief, reason: messageOf(error), exitCode: exitCodeOf(error) };
}

/**
 * Throws the refusal of a key with the parameter's name where the error knows it, the key's alias, and the command that
 * mends it; anything else as it is.
 */
export async function throwExplained(error: unknown, keystore: Keystore, options: GlobalOptions): Promise<never> {
  const own = await refusalOfOwnKey(error, keystore, options);
  if (own !== undefined) throw own;
  const name = error instanceof Error && 'parameterName' in error ? `${excerpt(String(error.parameterName))}: ` : '';
  const trouble = await keyTroubleOf(error, keystore, options);
  const near = trouble === undefined ? await nearKeys(error, keystore) : undefined;
  if (trouble === undefined && name === '' && near === undefined) throw error;
  throw new CliError(exitCodeOf(error), `${name}${await refusalWords(error, keystore, options)}`, { cause: error });
}

/** What is said of a refusal that ends everything: why, what became of the rest, and what mends it. */
export async function refusalWords(
  error: unknown,
  keystore: Keystore,
  options: GlobalOptions,
  outcome?: string,
): Promise<string> {
  const trouble = await keyTroubleOf(error, keystore, options);
  const isOfKey = trouble !== undefined && error instanceof Error;
  const why = isOfKey ? `${awsNameOf(error)}: ${trouble.reason}` : sentenceOf(error);
  const advice = isOfKey ? trouble.mend : await nearKeys(error, keystore);
  return [why, outcome, advice].filter((each) => each !== undefined).join(' ');
}
