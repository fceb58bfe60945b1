/**
 * Seals and opens values with the key service, and shows its refusals as Parameter Store does.
 * @module
 */

import { randomUUID } from 'node:crypto';
import {
  type Awaitable,
  type KeyService,
  openParameter,
  type Provider,
  type StoredTier,
  sealParameter,
} from '@securestring/core';
import { KmsError } from '@securestring/keystore';
import { AUTHORIZATION, type Authorization } from '@securestring/keystore/authorization';
import type { ENTRY_SEALS, EntrySeals } from '@securestring/keystore/entry-seals';
import type { CallerFacts } from '@securestring/service/policy';
import { SsmError } from './errors.ts';

/** A keystore of `@securestring/keystore`, or any key service that has a Region and an account. */
export interface ParameterKeystore extends KeyService {
  /** The partition of the parameters' ARNs. Default `aws` in every Region, as keystores without this member had it. */
  readonly partition?: string;
  /** The Region of the parameters' ARNs, such as `us-east-1`. */
  readonly region: string;
  /** The account of the parameters' ARNs: 12 digits. */
  readonly accountId: string;
  /** Reads what other processes have committed. The store calls it before it makes a refusal final. */
  refresh?(): Promise<void>;
  /**
   * The seals of the store's entries. Without this member, entries carry no seal, and entries with a seal cannot be
   * read.
   */
  readonly [ENTRY_SEALS]?: EntrySeals;
  /** The functions that make calls of users and roles. Without this member, `as` is refused. */
  readonly [AUTHORIZATION]?: Authorization<KeyService>;
}

/** Returns the functions that make calls of users and roles. */
export function authorizationOf({ [AUTHORIZATION]: authorization }: ParameterKeystore): Authorization<KeyService> {
  if (authorization !== undefined) return authorization;
  throw new TypeError('The keystore of this store makes no calls of others: pass one that openKeystore returned.');
}

/** What seals and opens values. */
export type SealingKeystore = KeyService & Pick<ParameterKeystore, 'refresh'>;

/** Returns the keystore as a caller reaches it through Parameter Store. */
export function keystoreAs(keystore: ParameterKeystore, { origin, ...by }: CallerFacts): SealingKeystore {
  const viaService = `ssm.${keystore.region}.amazonaws.com`;
  const view = authorizationOf(keystore).as({ ...by, origin: { ...origin, viaService } });
  return {
    encrypt: (request) => view.encrypt(request),
    decrypt: (request) => view.decrypt(request),
    generateDataKey: (request) => view.generateDataKey(request),
    ...(keystore.refresh && { refresh: async () => keystore.refresh?.() }),
  };
}

/** The key service as the operations use it. */
export interface Sealing {
  /** Returns the stored form of a value, or a promise as below. `keyId` is as the caller named it. */
  seal(arn: string, value: string, tier: StoredTier, keyId: string): Awaitable<string>;
  /** Returns the value of a stored form; a promise of it if the key service has to be read again. */
  open(arn: string, sealed: string): Awaitable<string>;
}

/** Binds a key service to the operations. */
export function sealingWith(kms: SealingKeystore, provider: Provider | undefined): Sealing {
  const options = { kms, ...(provider && { provider }) };
  return {
    seal: (arn, value, tier, keyId) =>
      withRefresh(kms, () => sealParameter({ ...options, arn, value, tier, keyId }).value),
    open: (arn, sealed) => withRefresh(kms, () => openParameter({ ...options, arn, sealed })),
  };
}

/**
 * Works with the key service. If it refuses a key, rereads the keystore, which others may have changed, and tries once
 * more.
 */
function withRefresh<Result>(kms: SealingKeystore, work: () => Result): Awaitable<Result> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    if (kms.refresh === undefined) throw wrapped(error);
    return afterRefresh(kms.refresh(), work);
  }
}

async function afterRefresh<Result>(refreshed: Promise<void>, work: () => Result): Promise<Result> {
  await refreshed;
  try {
    return work();
  } catch (error) {
    throw error instanceof KmsError ? wrapped(error) : error;
  }
}

/**
 * Wraps a refusal of KMS in the text of the client with which Parameter Store calls it. An empty message is shown as
 * null.
 */
function wrapped({ name, message }: KmsError): SsmError {
  const text = message === '' ? 'null' : message;
  return new SsmError(
    name === 'AccessDeniedException' ? name : 'InvalidKeyId',
    `${text} (Service: AWSKMS; Status Code: 400; Error Code: ${name}; Request ID: ${randomUUID()}; Proxy: null)`,
  );
}
