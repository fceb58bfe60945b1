/**
 * The keys of `encrypt` and `decrypt`: of the store, or from a raw key's file.
 * @module
 */

import { readFile } from 'node:fs/promises';
import type { Keyring } from '@securestring/core';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { requirePrivate } from '../root-key.ts';
import { withStore } from '../with-store.ts';

export interface KeyOptions {
  readonly keyId?: readonly string[];
  readonly discovery?: boolean;
  readonly rawKeyFile?: string;
  readonly rawKeyNamespace?: string;
  readonly rawKeyName?: string;
}

const DEFAULT_KEY_ID = 'alias/aws/ssm';

/** Lends the keyring that the options ask for. */
export async function withKeyring<Result>(
  context: Context,
  options: KeyOptions,
  mode: 'encrypt' | 'decrypt',
  use: (keyring: Keyring) => Promise<Result>,
): Promise<Result> {
  if (options.rawKeyFile !== undefined) {
    if (options.keyId !== undefined)
      throw new CliError(EXIT.usage, 'Give one of --key-id and --raw-key-file, not both.');
    return use(await rawKeyring(options, options.rawKeyFile));
  }
  const { kmsKeyring } = await import('@securestring/core');
  return withStore(context, async ({ keystore }) => {
    if (mode === 'decrypt' && options.keyId === undefined) return use(kmsKeyring({ kms: keystore, discovery: true }));
    const keyIds = options.keyId ?? [DEFAULT_KEY_ID];
    // Decryption matches ARNs only, and an alias is what people type.
    const arns = await Promise.all(
      keyIds.map(async (keyId) => (await keystore.describeKey({ keyId })).keyMetadata.arn),
    );
    const [generatorKeyId, ...others] = arns;
    return use(kmsKeyring({ kms: keystore, ...(generatorKeyId !== undefined && { generatorKeyId }), keyIds: others }));
  });
}

async function rawKeyring({ rawKeyNamespace, rawKeyName }: KeyOptions, path: string): Promise<Keyring> {
  if (rawKeyNamespace === undefined || rawKeyName === undefined) {
    throw new CliError(
      EXIT.usage,
      '--raw-key-file needs --raw-key-namespace and --raw-key-name, which stand in the message.',
    );
  }
  await requirePrivate(path);
  const wrappingKey = Uint8Array.from(await readFile(path));
  const { rawAesKeyring } = await import('@securestring/core');
  try {
    return rawAesKeyring({ keyNamespace: rawKeyNamespace, keyName: rawKeyName, wrappingKey });
  } finally {
    wrappingKey.fill(0);
  }
}
