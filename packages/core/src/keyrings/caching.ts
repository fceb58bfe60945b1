/**
 * A cache of data keys in front of a keyring: for keyrings whose calls are slow or paid for.
 * framework/caching-cmm.md, by its limits; the ids are this engine's own (docs/decisions/005-data-key-cache.md).
 * @module
 */

import { copyBytes, scratchBytes, toHex, Writer } from '../bytes.ts';
import { requireCount } from '../limits.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { clock, type Members, members, number, optional, takeOptions } from '../options.ts';
import { type Awaitable, after, isPromise } from './awaitable.ts';
import { isDataKey, isWrapped } from './checked.ts';
import {
  type AsyncKeyring,
  asKeyring,
  type Keyring,
  type KeyringRequest,
  type WrappedDataKey,
  type WrapRequest,
} from './keyring.ts';

/** What is cached, and for how long. */
export interface CachingKeyringOptions<Inner extends AsyncKeyring> {
  readonly keyring: Inner;
  /** Milliseconds since the epoch, such as `Date.now`. */
  readonly clock: () => number;
  /** How long a data key may be used, in milliseconds; there is no default. */
  readonly maxAge: number;
  /** Most data keys held; the one used longest ago makes room. Default 1000. */
  readonly capacity?: number;
  /** Most messages that one data key encrypts, 1 to 2^32. Default 2^32. */
  readonly maxMessages?: number;
  /** Most bytes that one data key encrypts. Default 2^53 - 1. */
  readonly maxBytes?: number;
}

/** What a cache adds to a keyring. */
export interface DataKeyCache {
  /** Wipes and forgets every data key. */
  clear(): void;
}

const CACHE_OPTIONS: Members<CachingKeyringOptions<AsyncKeyring>> = members<CachingKeyringOptions<AsyncKeyring>>({
  keyring: asKeyring,
  clock,
  maxAge: number,
  capacity: optional(number),
  maxMessages: optional(number),
  maxBytes: optional(number),
});
const MAX_MESSAGES = 2 ** 32;
const DEFAULT_CAPACITY = 1000;

/**
 * A keyring that asks another one only for what it does not hold.
 *
 * Never cached: suites without key derivation (they would use one key for several messages), signing suites when
 * encrypting (their context has a fresh public key), messages of unknown length (a stream may pass `maxBytes`), and a
 * data key that the request brings along. What is held is found by suite, whole encryption context (pairs that are not
 * stored among them) and, to decrypt, the whole encrypted data key. Commitment policies and header tags are checked
 * outside, on each message. Concurrent misses for one thing ask once. An answer that the engine would refuse is not kept.
 *
 * @throws `RangeError` where a limit is none, `TypeError` where `keyring` is none.
 * @example
 * const keyring = cachingKeyring({ keyring: kmsKeyring({ kms, generatorKeyId }), clock: Date.now, maxAge: 60_000 });
 */
export function cachingKeyring(options: CachingKeyringOptions<Keyring>): Keyring & DataKeyCache;
export function cachingKeyring(options: CachingKeyringOptions<AsyncKeyring>): AsyncKeyring & DataKeyCache;
export function cachingKeyring(options: CachingKeyringOptions<AsyncKeyring>): AsyncKeyring & DataKeyCache {
  const own = takeOptions('cachingKeyring', options, CACHE_OPTIONS);
  const { keyring } = own;
  const cache = dataKeyCache(own);
  return {
    wrapDataKey: (request) => {
      const { plaintextLength } = request;
      if (plaintextLength === undefined || !mayCacheWrap(request)) return keyring.wrapDataKey(request);
      const use = { messages: 1, bytes: plaintextLength };
      return cache.find(wrapId(request), use, {
        ask: () => keyring.wrapDataKey({ ...request, plaintextLength: undefined }),
        isGood: (wrapped) => isWrapped(request.suite, wrapped),
      });
    },
    unwrapDataKey: (key, request) => {
      if (request.suite.derivation.kind === 'identity') return keyring.unwrapDataKey(key, request);
      const opened = cache.find(unwrapId(key, request), NO_USE, {
        ask: () => after(keyring.unwrapDataKey(key, request), unwrapped),
        isGood: ({ plaintextDataKey }) => isDataKey(request.suite, plaintextDataKey),
      });
      return after(opened, ({ plaintextDataKey }) => plaintextDataKey);
    },
    clear: cache.clear,
  };
}

/** Identity suites encrypt under the data key itself; a signing suite's context is never the same twice. */
function mayCacheWrap({ suite, plaintextDataKey }: WrapRequest): boolean {
  return suite.derivation.kind !== 'identity' && suite.signature === null && plaintextDataKey === undefined;
}

/** In the form of what is wrapped, so that one cache holds both. */
function unwrapped<DataKey>(plaintextDataKey: DataKey): { plaintextDataKey: DataKey; encryptedDataKeys: [] } {
  return { plaintextDataKey, encryptedDataKeys: [] };
}

interface Use {
  readonly messages: number;
  readonly bytes: number;
}

/** Decrypting wears no key out. */
const NO_USE: Use = { messages: 0, bytes: 0 };

interface Entry {
  readonly held: WrappedDataKey;
  readonly createdAt: number;
  messages: number;
  bytes: number;
}

interface Source<Found> {
  ask(): Awaitable<Found>;
  /** Whether an answer is worth keeping. What is not goes to whoever asked, who will refuse it. */
  isGood(found: Found): boolean;
}

interface Cache extends DataKeyCache {
  /** What is held under `id` and may still be used so, or what the source has. The data key is the caller's to wipe. */
  find<Found extends MaybeWrapped>(id: string, use: Use, source: Source<Found>): Awaitable<Found>;
}

type MaybeWrapped = { readonly [Part in keyof WrappedDataKey]: WrappedDataKey[Part] | null };

function dataKeyCache(options: CachingKeyringOptions<AsyncKeyring>): Cache {
  const {
    clock: now,
    maxAge,
    capacity = DEFAULT_CAPACITY,
    maxMessages = MAX_MESSAGES,
    maxBytes = Number.MAX_SAFE_INTEGER,
  } = options;
  requireCount(maxAge, Number.MAX_SAFE_INTEGER, 'maxAge');
  requireCount(capacity, Number.MAX_SAFE_INTEGER, 'capacity');
  requireCount(maxMessages, MAX_MESSAGES, 'maxMessages');
  requireCount(maxBytes, Number.MAX_SAFE_INTEGER, 'maxBytes');
  // In the order of their last use, since a Map keeps the order of insertion.
  const entries = new Map<string, Entry>();
  const pendingFetches = new Map<string, Promise<{ found: unknown; good: boolean }>>();
  let clears = 0;

  const drop = (id: string, entry: Entry) => {
    entries.delete(id);
    entry.held.plaintextDataKey.fill(0);
  };
  const take = (id: string, use: Use): WrappedDataKey | undefined => {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    const age = now() - entry.createdAt;
    const messages = entry.messages + use.messages;
    const bytes = entry.bytes + use.bytes;
    // An age below zero is a clock put back: no reason to trust it.
    if (!(age >= 0 && age < maxAge) || messages > maxMessages || bytes > maxBytes) {
      drop(id, entry);
      return undefined;
    }
    entries.delete(id);
    entries.set(id, Object.assign(entry, { messages, bytes }));
    return copyOf(entry.held);
  };
  const keep = (id: string, use: Use, held: WrappedDataKey) => {
    const previous = entries.get(id);
    if (previous !== undefined) drop(id, previous);
    if (use.messages > maxMessages || use.bytes > maxBytes) return;
    entries.set(id, { held: copyOf(held), createdAt: now(), ...use });
    for (const [oldest, entry] of entries) {
      if (entries.size <= capacity) break;
      drop(oldest, entry);
    }
  };
  const find = <Found extends MaybeWrapped>(id: string, use: Use, source: Source<Found>): Awaitable<Found> => {
    const held = take(id, use);
    if (held !== undefined) return held as unknown as Found;
    // Of such a data key no message is left for anybody else: nobody waits for it.
    const alone = use.messages >= maxMessages || use.bytes >= maxBytes;
    const pending = alone ? undefined : pendingFetches.get(id);
    if (pending !== undefined) {
      return pending.then(({ found, good }) => (good ? find(id, use, source) : (found as Found)));
    }
    const clearsBefore = clears;
    const fetched = after(source.ask(), (found) => {
      const good = source.isGood(found);
      // What was under way while everything was forgotten is not kept either.
      if (good && clears === clearsBefore) keep(id, use, found as WrappedDataKey);
      return { found, good };
    });
    if (isPromise(fetched) && !alone) {
      pendingFetches.set(id, fetched);
      const forget = () => pendingFetches.delete(id);
      fetched.then(forget, forget);
    }
    return after(fetched, ({ found }) => found);
  };
  return {
    find,
    clear: () => {
      clears += 1;
      for (const [id, entry] of entries) drop(id, entry);
    },
  };
}

/** Of its own bytes: the engine wipes what it is given. */
function copyOf(wrapped: WrappedDataKey): WrappedDataKey {
  return { ...wrapped, plaintextDataKey: copyBytes(wrapped.plaintextDataKey) };
}

function wrapId(request: WrapRequest): string {
  return id(0x01, request, [request.contextBytes]);
}

function unwrapId(key: EncryptedDataKey, request: KeyringRequest): string {
  return id(0x02, request, [request.contextBytes, key.providerId, key.providerInfo, key.ciphertext]);
}

/** A hash over parts that carry their lengths, so that no two requests share an id, and none makes a long one. */
function id(purpose: number, { suite, provider }: KeyringRequest, parts: readonly Uint8Array[]): string {
  const writer = new Writer(scratchBytes(parts.reduce((sum, part) => sum + 2 + part.length, 3)));
  writer.uint8(purpose).uint16(suite.id);
  for (const part of parts) writer.raw16(part);
  return toHex(provider.hash('sha256', writer.bytes));
}
