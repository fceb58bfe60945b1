/**
 * A cache of data keys in front of a keyring, for keyrings whose calls are slow or cost money. The limits are those of
 * framework/caching-cmm.md; the ids are this engine's own (docs/decisions/005-data-key-cache.md).
 * @module
 */

import { copyBytes, toHex, Writer } from '../bytes.ts';
import { requireCount } from '../limits.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { clock, type Members, members, number, optional, takeOptions } from '../options.ts';
import { scratchBytes } from '../scratch.ts';
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

/** A keyring to cache, and the limits of its data keys. */
export interface CachingKeyringOptions<Inner extends AsyncKeyring> {
  /** The keyring that is asked for data keys that are not in the cache. */
  readonly keyring: Inner;
  /** A clock that returns milliseconds since 1970, such as `Date.now`. */
  readonly clock: () => number;
  /** Time in milliseconds that a data key may be used. There is no default. */
  readonly maxAge: number;
  /** Largest number of data keys in the cache. The one used longest ago makes room. Default 1000. */
  readonly capacity?: number;
  /** Largest number of messages that one data key encrypts, 1 to 2^32. Default 2^32. */
  readonly maxMessages?: number;
  /** Largest number of bytes that one data key encrypts. Default 2^53 - 1. */
  readonly maxBytes?: number;
}

/** The method that a cache adds to a keyring. */
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
 * Makes a keyring that asks another one only for data keys that are not in its cache.
 *
 * It never caches data keys of suites without key derivation (several messages would share one key), of signing suites
 * when encrypting (their context has a new public key each time), of messages of unknown length (a stream may exceed
 * `maxBytes`), and data keys that the request contains. A data key is found by suite, whole encryption context
 * (including pairs that are not stored) and, to decrypt, the whole encrypted data key. The engine still checks
 * commitment policy and header tag of each message. Concurrent requests for one data key ask the keyring once. A result
 * that the engine would refuse is not kept.
 *
 * @throws `RangeError` if a limit is out of range, `TypeError` if an option has the wrong type.
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

/** Whether a data key may be cached: not of suites that encrypt under the data key itself, nor of those that sign. */
function mayCacheWrap({ suite, plaintextDataKey }: WrapRequest): boolean {
  return suite.derivation.kind !== 'identity' && suite.signature === null && plaintextDataKey === undefined;
}

/** Returns an unwrapped data key in the form of a wrapped one, so that one cache holds both. */
function unwrapped<DataKey>(plaintextDataKey: DataKey): { plaintextDataKey: DataKey; encryptedDataKeys: [] } {
  return { plaintextDataKey, encryptedDataKeys: [] };
}

interface Use {
  readonly messages: number;
  readonly bytes: number;
}

/** The use of a data key by decryption, which counts towards no limit. */
const NO_USE: Use = { messages: 0, bytes: 0 };

interface Entry {
  readonly held: WrappedDataKey;
  readonly createdAt: number;
  messages: number;
  bytes: number;
}

interface Source<Found> {
  ask(): Awaitable<Found>;
  /** Whether a result may be kept. One that may not goes to the caller all the same, who refuses it. */
  isGood(found: Found): boolean;
}

interface Cache extends DataKeyCache {
  /** Returns the entry `id` if it may still be used, or the source's result. The caller wipes the data key. */
  find<Found extends MaybeWrapped>(id: string, use: Use, source: Source<Found>): Awaitable<Found>;
}

type MaybeWrapped = { readonly [Part in keyof WrappedDataKey]: WrappedDataKey[Part] | null };

/** The entries of a cache, within its limits. */
interface Entries {
  /** Returns a copy of the entry `id`, counted as used, or drops it if it may not be used any more. */
  take(id: string, use: Use): WrappedDataKey | undefined;
  keep(id: string, use: Use, held: WrappedDataKey): void;
  /** Whether one message uses a data key up. */
  isUsedUp(use: Use): boolean;
  clear(): void;
}

function limitedEntries(options: CachingKeyringOptions<AsyncKeyring>): Entries {
  const { clock: now, maxAge, capacity = DEFAULT_CAPACITY } = options;
  const { maxMessages = MAX_MESSAGES, maxBytes = Number.MAX_SAFE_INTEGER } = options;
  requireCount(maxAge, Number.MAX_SAFE_INTEGER, 'maxAge');
  requireCount(capacity, Number.MAX_SAFE_INTEGER, 'capacity');
  requireCount(maxMessages, MAX_MESSAGES, 'maxMessages');
  requireCount(maxBytes, Number.MAX_SAFE_INTEGER, 'maxBytes');
  // A Map keeps the order of insertion, which here is that of the last use.
  const entries = new Map<string, Entry>();
  const drop = (id: string, entry: Entry) => {
    entries.delete(id);
    entry.held.plaintextDataKey.fill(0);
  };
  return {
    take: (id, use) => {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      const age = now() - entry.createdAt;
      const messages = entry.messages + use.messages;
      const bytes = entry.bytes + use.bytes;
      // An age below zero means that the clock was set back, so the age is not known.
      if (!(age >= 0 && age < maxAge) || messages > maxMessages || bytes > maxBytes) {
        drop(id, entry);
        return undefined;
      }
      entries.delete(id);
      entries.set(id, Object.assign(entry, { messages, bytes }));
      return copyOf(entry.held);
    },
    keep: (id, use, held) => {
      const previous = entries.get(id);
      if (previous !== undefined) drop(id, previous);
      if (use.messages > maxMessages || use.bytes > maxBytes) return;
      entries.set(id, { held: copyOf(held), createdAt: now(), ...use });
      for (const [oldest, entry] of entries) {
        if (entries.size <= capacity) break;
        drop(oldest, entry);
      }
    },
    isUsedUp: ({ messages, bytes }) => messages >= maxMessages || bytes >= maxBytes,
    clear: () => {
      for (const [id, entry] of entries) drop(id, entry);
    },
  };
}

function dataKeyCache(options: CachingKeyringOptions<AsyncKeyring>): Cache {
  const entries = limitedEntries(options);
  const pendingFetches = new Map<string, Promise<{ found: unknown; good: boolean }>>();
  let clears = 0;
  const find = <Found extends MaybeWrapped>(id: string, use: Use, source: Source<Found>): Awaitable<Found> => {
    const held = entries.take(id, use);
    if (held !== undefined) return held as unknown as Found;
    // This message uses such a data key up, so other callers do not wait for it.
    const alone = entries.isUsedUp(use);
    const pending = alone ? undefined : pendingFetches.get(id);
    if (pending !== undefined) {
      return pending.then(({ found, good }) => (good ? find(id, use, source) : (found as Found)));
    }
    const clearsBefore = clears;
    const fetched = after(source.ask(), (found) => {
      const good = source.isGood(found);
      // If the cache was cleared meanwhile, the result is not kept either.
      if (good && clears === clearsBefore) entries.keep(id, use, found as WrappedDataKey);
      return { found, good };
    });
    if (isPromise(fetched) && !alone) {
      pendingFetches.set(id, fetched);
      const forget = () => pendingFetches.delete(id);
      fetched.then(forget, forget);
    }
    return after(fetched, ({ found }) => found);
  };
  const clear = () => {
    clears += 1;
    entries.clear();
  };
  return { find, clear };
}

/** Returns a copy with its own data key, since the engine wipes the one that it receives. */
function copyOf(wrapped: WrappedDataKey): WrappedDataKey {
  return { ...wrapped, plaintextDataKey: copyBytes(wrapped.plaintextDataKey) };
}

function wrapId(request: WrapRequest): string {
  return id(0x01, request, [request.contextBytes]);
}

function unwrapId(key: EncryptedDataKey, request: KeyringRequest): string {
  return id(0x02, request, [request.contextBytes, key.providerId, key.providerInfo, key.ciphertext]);
}

/** Returns a hash over parts that carry their lengths, so that two requests never share an id. */
function id(purpose: number, { suite, provider }: KeyringRequest, parts: readonly Uint8Array[]): string {
  const writer = new Writer(scratchBytes(parts.reduce((sum, part) => sum + 2 + part.length, 3)));
  writer.uint8(purpose).uint16(suite.id);
  for (const part of parts) writer.raw16(part);
  return toHex(provider.hash('sha256', writer.bytes));
}
