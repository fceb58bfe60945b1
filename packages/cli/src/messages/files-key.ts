/**
 * The default key of files, `alias/files`: a key like every other, made when it is first needed. Unlike
 * `alias/aws/ssm`, it can be exported, so that files can be opened elsewhere.
 * @module
 */

import { join } from 'node:path';
import type { KeyMetadata, Keystore } from '@securestring/keystore';
import type { Context } from '../command/context.ts';
import { isCode } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { allPages } from '../output/pages.ts';
import type { OpenStore } from '../store/with-store.ts';

const FILES_KEY = 'alias/files';
/** The key's description, by which a key is known whose process was killed before it made the alias. */
const FOR = 'Default key of encrypted files';
/** Longest wait for another process that makes the key, in ms. */
const PATIENCE = 30_000;

/** Returns the key's ARN. Of several processes at once, one makes the key. */
export async function filesKey(context: Context, { keystore, place }: OpenStore): Promise<string> {
  const there = await arnOf(keystore);
  if (there !== undefined) return there;
  const { withFileLock } = await import('@securestring/keystore/file-lock');
  return withFileLock(join(place.folder, 'files-key'), PATIENCE, async () => {
    const meanwhile = await arnOf(keystore);
    if (meanwhile !== undefined) return meanwhile;
    const keyMetadata = (await madeBefore(keystore)) ?? (await keystore.createKey({ description: FOR })).keyMetadata;
    await keystore.createAlias({ aliasName: FILES_KEY, targetKeyId: keyMetadata.keyId });
    context.note(
      `Made ${FILES_KEY}, the default key of files. To open them in another store: ${commandLine(context.options, 'key', 'export', FILES_KEY, '-o', 'FILE')}`,
    );
    return keyMetadata.arn;
  });
}

/** Finds a key that was made to be this one, and has no alias. */
async function madeBefore(keystore: Keystore): Promise<KeyMetadata | undefined> {
  const keys = await allPages(
    (page) => keystore.listKeys(page),
    (result) => result.keys,
  );
  for (const { keyId } of keys) {
    const { keyMetadata } = await keystore.describeKey({ keyId });
    const isOurs = keyMetadata.description === FOR && keyMetadata.keyState === 'Enabled';
    if (isOurs && (await keystore.listAliases({ keyId })).aliases.length === 0) return keyMetadata;
  }
  return undefined;
}

async function arnOf(keystore: Keystore): Promise<string | undefined> {
  try {
    return (await keystore.describeKey({ keyId: FILES_KEY })).keyMetadata.arn;
  } catch (error) {
    if (isCode(error, 'KMS_NOT_FOUND')) return undefined;
    throw error;
  }
}
