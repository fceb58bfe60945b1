/**
 * Values to the key service and back; its refusals as Parameter Store shows them.
 * @module
 */

import { randomUUID } from 'node:crypto';
import { type KeyService, openParameter, type Provider, type StoredTier, sealParameter } from '@securestring/core';
import { KmsError } from '@securestring/keystore';
import type { ENTRY_SEALS, EntrySeals } from '@securestring/keystore/entry-seals';
import { SsmError } from './errors.ts';

/** A keystore of `@securestring/keystore`, or any key service that knows where it stands. */
export interface ParameterKeystore extends KeyService {
  /** Of the parameters' ARNs. Default `aws`, in every Region, as of keystores older than this member. */
  readonly partition?: string;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Takes in what other processes have committed. Called before a refusal is final. */
  refresh?(): Promise<void>;
  /** Seals the store's entries. Without it they carry no seals, and what has seals cannot be read. */
  readonly [ENTRY_SEALS]?: EntrySeals;
}

export interface Sealing {
  /** The stored form of a value. `keyId` is as the caller named it. */
  seal(arn: string, value: string, tier: StoredTier, keyId: string): Promise<string>;
  open(arn: string, sealed: string): Promise<string>;
}

export function sealingWith(kms: ParameterKeystore, provider: Provider | undefined): Sealing {
  const options = { kms, ...(provider && { provider }) };
  return {
    seal: (arn, value, tier, keyId) => asked(kms, () => sealParameter({ ...options, arn, value, tier, keyId }).value),
    open: (arn, sealed) => asked(kms, () => openParameter({ ...options, arn, sealed })),
  };
}

/** A key that is unknown, or not in order, may be so only in what this process has read by now. */
async function asked<Result>(kms: ParameterKeystore, work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    if (kms.refresh === undefined) throw wrapped(error);
  }
  await kms.refresh();
  try {
    return work();
  } catch (error) {
    throw error instanceof KmsError ? wrapped(error) : error;
  }
}

/** AWS's own wrapper: the text of the client with which Parameter Store calls KMS. An empty message is shown as null. */
function wrapped({ name, message }: KmsError): SsmError {
  const text = message === '' ? 'null' : message;
  return new SsmError(
    name === 'AccessDeniedException' ? name : 'InvalidKeyId',
    `${text} (Service: AWSKMS; Status Code: 400; Error Code: ${name}; Request ID: ${randomUUID()}; Proxy: null)`,
  );
}
