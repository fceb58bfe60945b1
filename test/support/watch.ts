/**
 * Keyrings and providers under observation.
 * @module
 */

import type { AsyncKeyring, Keyring, KeyringRequest, Provider, WrapRequest } from '@securestring/core';
import { vi } from 'vitest';

export interface WatchedKeyring extends Keyring {
  /** What it was asked to wrap, in order. */
  readonly wraps: readonly WrapRequest[];
  /** What it was asked to unwrap, in order. */
  readonly unwraps: readonly KeyringRequest[];
}

/** Returns a keyring that does the same and records its requests. */
export function watched(keyring: Keyring): WatchedKeyring {
  const wraps: WrapRequest[] = [];
  const unwraps: KeyringRequest[] = [];
  return {
    wraps,
    unwraps,
    wrapDataKey: (request) => {
      wraps.push(request);
      return keyring.wrapDataKey(request);
    },
    unwrapDataKey: (key, request) => {
      unwraps.push(request);
      return keyring.unwrapDataKey(key, request);
    },
  };
}

/** Returns a keyring that answers after `meanwhile` has run, on a later turn of the event loop. */
export function delayed(keyring: AsyncKeyring, meanwhile: () => void = () => undefined): AsyncKeyring {
  const later = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    meanwhile();
  };
  return {
    wrapDataKey: async (request) => {
      await later();
      return keyring.wrapDataKey(request);
    },
    unwrapDataKey: async (key, request) => {
      await later();
      return keyring.unwrapDataKey(key, request);
    },
  };
}

/** A keyring that fails to wrap and to unwrap. */
export function failing(error: unknown): Keyring {
  const fail = () => {
    throw error;
  };
  return { wrapDataKey: fail, unwrapDataKey: fail };
}

/** The secrets that a provider was given or made, and that must not outlive their use. */
export interface Revealed {
  readonly provider: Provider;
  /** Random keys and AES keys. */
  readonly secrets: readonly Uint8Array[];
  /** Where decrypted plaintext was put. */
  readonly opened: readonly Uint8Array[];
}

/** Returns a provider that does the same and shows its secrets. */
export function revealing(provider: Provider): Revealed {
  const secrets: Uint8Array[] = [];
  const opened: Uint8Array[] = [];
  return {
    secrets,
    opened,
    provider: {
      ...provider,
      randomKey: (length) => {
        const key = provider.randomKey(length);
        secrets.push(key);
        return key;
      },
      aesGcm: (bytes) => {
        secrets.push(bytes);
        const key = provider.aesGcm(bytes);
        return {
          gcmSeal: (...input) => key.gcmSeal(...input),
          gcmOpen: (iv, aad, sealed, output) => {
            if (output.length > 0) opened.push(output);
            return key.gcmOpen(iv, aad, sealed, output);
          },
        };
      },
    },
  };
}

export function isWiped(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte === 0);
}

/** Returns the earlier content of every array that was overwritten with zeros while `action` ran. */
export async function wipedBy(action: () => unknown): Promise<Uint8Array[]> {
  const contents: Uint8Array[] = [];
  const fill = Uint8Array.prototype.fill;
  const spy = vi.spyOn(Uint8Array.prototype, 'fill').mockImplementation(function (this: Uint8Array, value, ...range) {
    if (value === 0 && range.length === 0) contents.push(Uint8Array.from(this));
    return Reflect.apply(fill, this, [value, ...range]);
  });
  try {
    await action();
  } finally {
    spy.mockRestore();
  }
  return contents;
}
