/**
 * The keys of `encrypt` and `decrypt`: of the store, or from a raw key's file.
 * @module
 */

import type { Keyring } from '@securestring/core';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput } from '../io/device.ts';
import { keyIn } from '../io/key-bytes.ts';
import { filesOfStore } from '../io/places.ts';
import { requirePrivate } from '../io/private-file.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { type Explain, explainWith } from './explain.ts';
import { filesKey } from './files-key.ts';
import { inTypedNames } from './option-names.ts';
import { keysToDecrypt, keysToEncrypt, type OtherKeyOptions } from './other-keys.ts';
import { filesOfRecipients, joined } from './recipients.ts';

export interface KeyOptions extends OtherKeyOptions {
  readonly rawKeyNamespace?: string;
  readonly rawKeyName?: string;
}

/** Bytes of a raw key's file that are counted. */
const MOST_RAW_KEY = 65536;
const RAW_KEY_LENGTHS = [16, 24, 32];

/** Works with a keyring, and with what says why it opens nothing. */
export type UseKeys<Result> = (keyring: Keyring, explain: Explain) => Promise<Result>;

/**
 * Lends the keyring that the options ask for; to decrypt, also that which the headers of `inputs` ask for. A refusal
 * names the options.
 */
export async function withKeyring<Result>(
  context: Context,
  options: KeyOptions,
  mode: 'encrypt' | 'decrypt',
  useKeys: UseKeys<Result>,
): Promise<Result> {
  const use: UseKeys<Result> = async (keyring, explain) => {
    // Where no question came before.
    await options.beforeAsking?.();
    return useKeys(keyring, explain);
  };
  try {
    const { keyrings, isEnough } =
      mode === 'encrypt' ? await keysToEncrypt(context, options) : await keysToDecrypt(context, options);
    const useAll: UseKeys<Result> = async (keyring, explain) => use(await joined(keyring, keyrings), explain);
    if (options.rawKeyFile !== undefined) return await withRawKeyring(context, options, options.rawKeyFile, useAll);
    const [first, ...rest] = keyrings;
    if (first !== undefined && isEnough) {
      return await use(
        await joined(first, rest),
        explainWith({ instead: options.identity === undefined ? '--passphrase' : '--identity' }),
      );
    }
    return await withStoreKeyring(context, options, mode, useAll);
  } catch (error) {
    throw inTypedNames(error);
  }
}

/** Files that the keys are in, or come from. */
export async function filesNeeded(context: Context, options: KeyOptions): Promise<readonly string[]> {
  // The mistakes of a command line are reported before anything that its files are in the way of.
  requireKeyOptions(options);
  const { rawKeyFile, messagePassphraseFile } = options;
  return [
    ...(await filesOfRecipients(options)),
    ...(messagePassphraseFile === undefined ? [] : [messagePassphraseFile]),
    ...(rawKeyFile === undefined ? filesOfStore(context) : [rawKeyFile]),
  ];
}

/** Refuses options that do not go together, before anything else is looked at. */
function requireKeyOptions({ keyId, rawKeyFile, rawKeyNamespace, rawKeyName }: KeyOptions): void {
  if (rawKeyFile !== undefined && keyId !== undefined)
    throw new CliError(EXIT.usage, 'Give one of --key-id and --raw-key-file, not both.');
  if (rawKeyFile === undefined && (rawKeyNamespace !== undefined || rawKeyName !== undefined)) {
    throw new CliError(EXIT.usage, '--raw-key-namespace and --raw-key-name name a key that --raw-key-file gives.');
  }
  if (rawKeyFile !== undefined && (rawKeyNamespace === undefined || rawKeyName === undefined)) {
    throw new CliError(
      EXIT.usage,
      '--raw-key-file needs --raw-key-namespace and --raw-key-name, which are in the message.',
    );
  }
}

async function withStoreKeyring<Result>(
  context: Context,
  options: KeyOptions,
  mode: 'encrypt' | 'decrypt',
  use: UseKeys<Result>,
): Promise<Result> {
  const { kmsKeyring } = await import('@securestring/core');
  const { beforeAsking } = options;
  const lend = async (store: OpenStore) => {
    const { keystore } = store;
    const explain = explainWith({ keystore, options: context.options });
    if (mode === 'decrypt' && options.keyId === undefined) {
      return use(kmsKeyring({ kms: keystore, discovery: true }), explain);
    }
    if (options.keyId === undefined) await beforeAsking?.();
    // Decryption matches ARNs only, and an alias is what people type.
    const arns = await Promise.all(
      options.keyId?.map(async (keyId) => (await keystore.describeKey({ keyId })).keyMetadata.arn) ?? [
        filesKey(context, store),
      ],
    );
    const [generatorKeyId, ...others] = arns;
    const generator = generatorKeyId === undefined ? {} : { generatorKeyId };
    return use(kmsKeyring({ kms: keystore, ...generator, keyIds: others }), explain);
  };
  return withStore(context, lend, beforeAsking === undefined ? {} : { beforeAsking });
}

async function withRawKeyring<Result>(
  { options: shared }: Context,
  { rawKeyNamespace = '', rawKeyName = '' }: KeyOptions,
  path: string,
  use: UseKeys<Result>,
): Promise<Result> {
  await requirePrivate(path, shared);
  const file = await readInput(path, MOST_RAW_KEY);
  if (file.length > MOST_RAW_KEY) {
    throw new CliError(EXIT.failed, `${path} is longer than ${MOST_RAW_KEY} bytes. A raw AES key has 16, 24 or 32.`);
  }
  // The engine refuses a file of another length.
  const wrappingKey = keyIn(file, RAW_KEY_LENGTHS) ?? Uint8Array.from(file);
  file.fill(0);
  const { rawAesKeyring } = await import('@securestring/core');
  let keyring: Keyring;
  try {
    keyring = rawAesKeyring({ keyNamespace: rawKeyNamespace, keyName: rawKeyName, wrappingKey });
  } finally {
    wrappingKey.fill(0);
  }
  return use(keyring, explainWith({ raw: { namespace: rawKeyNamespace, name: rawKeyName } }));
}
