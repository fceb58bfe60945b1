/**
 * What unlocks a store: the first of `--root-key-file`, `--passphrase-file`, the variables of {@link UNLOCKING}, the
 * store's own root-key file, an agent, and a prompt.
 * @module
 */

import type { SlotKey, Unlock } from '@securestring/keystore';
import { agentOf } from '../agent/of-store.ts';
import type { Context, SharedFiles } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { changedVariables } from '../command/raw-text.ts';
import type { StorePlace } from '../command/store-place.ts';
import { readInput, readStream } from '../io/device.ts';
import { exists } from '../io/file-rights.ts';
import { STANDARD } from '../io/input.ts';
import { requirePrivate } from '../io/private-file.ts';
import { askSecret, canAsk } from './prompt.ts';
import { parseRootKey, readRootKey } from './root-key.ts';
import { UNLOCKING } from './unlocking-variables.ts';

const LINE_END = 0x0a;
/** Times that a passphrase is asked for. */
const ATTEMPTS = 3;
/** Bytes of a passphrase's line. */
const MOST_PASSPHRASE = 65536;
const NOT_UTF8 =
  'not UTF-8, so that other bytes could be the same passphrase. Convert text with iconv -f ENCODING -t UTF-8. Random bytes belong in a root-key file, as base64: openssl rand -base64 32.';

/** What may open a store. A passphrase with `hold` was typed: the key that it opens the store with goes to an agent. */
export type Opener = (Unlock | SlotKey) & { readonly hold?: (slotKey: Uint8Array) => Promise<unknown> };

export interface UnlockOptions {
  readonly withAgent?: boolean;
  /** Is called in place of a question, if no file of the store should have opened it. */
  readonly onLocked?: () => void;
  /** Is called before a question, also where none can be asked. What it throws is thrown in its place. */
  readonly beforeAsking?: () => Promise<void>;
}

/**
 * The first of them; and behind a root-key file of the store that opens it no longer, the agent and the prompt. An
 * agent has no passphrase, and is not asked where that is needed: for other stores, or to change what opens this one.
 */
export async function* unlocksOf(
  context: Context,
  place: StorePlace,
  { withAgent = true, onLocked, beforeAsking }: UnlockOptions = {},
): AsyncGenerator<Opener> {
  if (context.options.passphraseFile === STANDARD) await beforeAsking?.();
  const given = await givenUnlock(context);
  if (given !== undefined) {
    yield given;
    return;
  }
  const { folder, rootKey } = place;
  const hasRootKey = await exists(rootKey);
  if (hasRootKey) yield { rootKey: await readRootKey(rootKey, context.options) };
  const agent = agentOf(context, place);
  const slotKey = withAgent ? await agent?.fetch() : undefined;
  if (slotKey !== undefined) {
    yield { slotKey };
    slotKey.fill(0);
    await agent?.forget();
  }
  if (onLocked !== undefined && !hasRootKey) return onLocked();
  await beforeAsking?.();
  const refused = `${rootKey} does not open the store.`;
  if (await canAsk(context)) {
    if (hasRootKey) context.warn(`${refused} Move it away, so that it is not tried again.`);
    for await (const unlock of asked(context, folder))
      yield agent === undefined ? unlock : { ...unlock, hold: agent.hold };
    return;
  }
  throw new CliError(
    EXIT.locked,
    `${hasRootKey ? refused : `The store in ${folder} is locked.`} Give --passphrase-file FILE, --root-key-file FILE or SECURESTRING_PASSPHRASE, or run on a terminal to be asked.`,
  );
}

/** It goes on after each answer that opened nothing. */
async function* asked(context: Context, folder: string): AsyncGenerator<Unlock> {
  let isGiven = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = attempt === 1 ? '' : 'It does not open the store. ';
    const passphrase = await askSecret(context, `${before}Passphrase of ${folder}:`);
    if (passphrase === '') continue;
    isGiven = true;
    yield { passphrase };
  }
  if (!isGiven) throw new CliError(EXIT.locked, 'No passphrase was given. Nothing was done.');
}

/** What the options or the environment say; `undefined` where they are silent. */
export async function givenUnlock(context: Context): Promise<Unlock | undefined> {
  const { options } = context;
  const { rootKeyFile, passphraseFile } = options;
  if (rootKeyFile !== undefined && passphraseFile !== undefined) {
    throw new CliError(EXIT.usage, 'Give one of --root-key-file and --passphrase-file, not both.');
  }
  if (rootKeyFile !== undefined) return { rootKey: await readRootKey(rootKeyFile, options) };
  if (passphraseFile === STANDARD) return { passphrase: await typedPassphrase(context) };
  if (passphraseFile !== undefined) return { passphrase: await readPassphrase(passphraseFile, options) };
  return variableUnlock(context);
}

async function variableUnlock({ options, terminal: { env } }: Context): Promise<Unlock | undefined> {
  const rootKey = env[UNLOCKING.rootKey] ?? '';
  if (rootKey !== '') return { rootKey: parseRootKey(rootKey, UNLOCKING.rootKey) };
  if (changedVariables(env).includes(UNLOCKING.passphrase)) {
    throw new CliError(EXIT.locked, `${UNLOCKING.passphrase} is ${NOT_UTF8}`);
  }
  const passphrase = env[UNLOCKING.passphrase]?.replace(/^\ufeff/, '') ?? '';
  if (passphrase !== '') return { passphrase };
  const file = env[UNLOCKING.passphraseFile] ?? '';
  return file === '' ? undefined : { passphrase: await readPassphrase(file, options) };
}

/** The first line of standard input, which is not shown where a person types it. */
async function typedPassphrase(context: Context): Promise<string> {
  const stdin = context.passphraseInput();
  if (stdin.isTTY === true && (await canAsk(context))) return askSecret(context, 'Passphrase:');
  return passphraseIn(await readStream(stdin, MOST_PASSPHRASE), 'standard input');
}

/**
 * Reads the first line of a file, without its end and without a byte order mark at its beginning.
 *
 * @throws `CliError` where it is not UTF-8: node would read many such lines as one passphrase.
 */
export async function readPassphrase(path: string, shared: SharedFiles): Promise<string> {
  await requirePrivate(path, shared);
  return passphraseIn(await readInput(path, MOST_PASSPHRASE), path);
}

function passphraseIn(bytes: Uint8Array, path: string): string {
  const end = bytes.indexOf(LINE_END);
  if (end < 0 && bytes.length > MOST_PASSPHRASE) {
    throw new CliError(EXIT.locked, `The first line of ${path} is longer than ${MOST_PASSPHRASE} bytes.`);
  }
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    const passphrase = new TextDecoder('utf-8', { fatal: true }).decode(line).replace(/\r$/, '');
    if (passphrase !== '') return passphrase;
  } catch (error) {
    throw new CliError(EXIT.locked, `The first line of ${path} is ${NOT_UTF8}`, { cause: error });
  } finally {
    bytes.fill(0);
  }
  throw new CliError(EXIT.locked, `${path} has no passphrase in its first line.`);
}
