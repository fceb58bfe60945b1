/**
 * What the store's own key refuses. Its policy lets parameters use it, and no caller change it: AWS says so in terms of
 * IAM, which means nothing to the one user of a store.
 * @module
 */

import type { KeyMetadata, Keystore } from '@securestring/keystore';
import type { GlobalOptions } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { awsNameOf, CliError, isFromKms } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';

/** The operation that was refused, and the key, in AWS's words. */
const REFUSED = /is not authorized to perform: kms:(\w+) on resource: (arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+)/;

/** By operation: what it would have done. */
const DONE: Readonly<Record<string, string>> = {
  RotateKeyOnDemand: 'rotated',
  EnableKeyRotation: 'rotated regularly',
  DisableKeyRotation: 'rotated regularly',
  ExportKeys: 'exported',
  DisableKey: 'disabled',
  EnableKey: 'enabled or disabled',
  ScheduleKeyDeletion: 'deleted',
  CancelKeyDeletion: 'deleted',
  PutKeyPolicy: 'given another policy',
  CreateGrant: 'given to others',
  GetParametersForImport: 'given other material',
  ImportKeyMaterial: 'given other material',
};

/** The refusal in the command line's own words; `undefined` of any other key, and of any other error. */
export async function refusalOfOwnKey(
  error: unknown,
  keystore: Keystore,
  options: GlobalOptions,
): Promise<CliError | undefined> {
  if (!(error instanceof Error) || !isFromKms(error) || awsNameOf(error) !== 'AccessDeniedException') return undefined;
  const [, operation = '', keyId = ''] = REFUSED.exec(error.message) ?? [];
  if (keyId === '' || !(await isOwn(keystore, keyId))) return undefined;
  return ownKeyRefusal(keyId, operation, options, error);
}

/**
 * Describes a key that an operation is to be done with, before anything is asked or counted.
 *
 * @throws `CliError` of the store's own key. `KmsError` (`NotFoundException`) where there is no such key.
 */
export async function requireNotOwn(
  keystore: Keystore,
  keyId: string,
  operation: string,
  options: GlobalOptions,
): Promise<KeyMetadata> {
  const { keyMetadata } = await keystore.describeKey({ keyId });
  if (keyMetadata.keyManager === 'AWS') throw ownKeyRefusal(keyMetadata.arn, operation, options);
  return keyMetadata;
}

function ownKeyRefusal(keyId: string, operation: string, options: GlobalOptions, cause?: Error): CliError {
  const done = DONE[operation];
  const cannot = done === undefined ? `allows no ${operation}` : `cannot be ${done}`;
  return new CliError(
    EXIT.failed,
    `alias/aws/ssm (${keyId}) is the store's own key: it encrypts parameters that name no other key, and ${cannot}. ${adviceOn(operation, options)}`,
    { cause },
  );
}

function adviceOn(operation: string, options: GlobalOptions): string {
  const create = commandLine(options, 'key', 'create', '--alias', 'alias/app');
  const own = `Make a key of yours, and put parameters under it: ${create}, then put NAME --overwrite --key-id alias/app.`;
  if (operation !== 'ExportKeys') return own;
  return `The whole store goes elsewhere with ${commandLine(options, 'backup', 'FILE')}. ${own}`;
}

async function isOwn(keystore: Keystore, keyId: string): Promise<boolean> {
  try {
    return (await keystore.describeKey({ keyId })).keyMetadata.keyManager === 'AWS';
  } catch {
    // The first refusal says more than one of this question could.
    return false;
  }
}
