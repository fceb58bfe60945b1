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
import { encodeEncryptionContext } from '@securestring/core/encryption-context';
import { parameterContext } from '@securestring/core/parameter-arn';
import { decodeUtf8 } from '@securestring/core/utf8';
import { KmsError } from '@securestring/keystore';
import { AUTHORIZATION, type Authorization } from '@securestring/keystore/authorization';
import type { ENTRY_SEALS, EntrySeals } from '@securestring/keystore/entry-seals';
import { VALUE_OPENING, type ValueOpener, type ValueOpening } from '@securestring/keystore/value-opening';
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
  /** Opens many values at once. Without this member, each takes a call of `decrypt`. */
  readonly [VALUE_OPENING]?: ValueOpening;
  /** The functions that make calls of users and roles. Without this member, `as` is refused. */
  readonly [AUTHORIZATION]?: Authorization<KeyService>;
}

/** Returns the functions that make calls of users and roles. */
export function authorizationOf({ [AUTHORIZATION]: authorization }: ParameterKeystore): Authorization<KeyService> {
  if (authorization !== undefined) return authorization;
  throw new TypeError('The keystore of this store makes no calls of others: pass one that openKeystore returned.');
}

/** What seals and opens values. */
export type SealingKeystore = KeyService & Pick<ParameterKeystore, 'refresh' | typeof VALUE_OPENING>;

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
  /**
   * Returns a function that opens stored forms one after the other, to be used before anything is awaited; `undefined`
   * if the key service has none. What it throws is not what a caller may see: `open` throws that.
   */
  opener(): ((arn: string, sealed: string) => string) | undefined;
}

/** Binds a key service to the operations. */
export function sealingWith(kms: SealingKeystore, provider: Provider | undefined): Sealing {
  const options = { kms, ...(provider && { provider }) };
  return {
    seal: (arn, value, tier, keyId) =>
      withRefresh(kms, () => sealParameter({ ...options, arn, value, tier, keyId }).value),
    open: (arn, sealed) => withRefresh(kms, () => openParameter({ ...options, arn, sealed })),
    opener: () => {
      const openBlob = kms[VALUE_OPENING]?.begin();
      if (openBlob === undefined) return undefined;
      return (arn, sealed) =>
        sealed.startsWith(BLOB_BEGINNING)
          ? openStandard(openBlob, arn, sealed)
          : openParameter({ ...options, arn, sealed });
    },
  };
}

/** The beginning of a blob in base64, byte 01 and half of byte 02: a value of the standard tier. */
const BLOB_BEGINNING = 'AQ';

/** The context of a value without its ARN, whose length u16 is last. */
const CONTEXT_BEGINNING = encodeEncryptionContext(parameterContext(''));

/** Returns the canonical context of a parameter's ARN, which is ASCII. */
function contextOf(arn: string): Uint8Array {
  const context = Buffer.allocUnsafe(CONTEXT_BEGINNING.length + arn.length);
  context.set(CONTEXT_BEGINNING);
  context.writeUInt16BE(arn.length, CONTEXT_BEGINNING.length - 2);
  context.write(arn, CONTEXT_BEGINNING.length, 'latin1');
  return context;
}

function openStandard(openBlob: ValueOpener, arn: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.toString('base64') !== sealed) throw new TypeError('not canonical base64');
  // Its views cost a fraction of a Buffer's.
  const blob = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const plaintext = openBlob(blob, contextOf(arn));
  const value = decodeUtf8(plaintext);
  plaintext.fill(0);
  if (value === undefined || value === '') throw new TypeError('not a value');
  return value;
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
