/**
 * The code of the page: bundled for a browser, and called by the tests, which pass bytes as lists of numbers.
 * @module
 */

import {
  type CommitmentPolicy,
  decrypt,
  decryptStream,
  encrypt,
  encryptStream,
  openParameter,
  providerName,
  rawAesKeyring,
  rawRsaKeyring,
  type SuiteId,
  sealParameter,
} from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { passphraseKeyring } from '@securestring/core/passphrase';
import { ARN, CONTEXT, sharedKeyring, sharedKeyService } from './shared.ts';

type Numbers = readonly number[];

interface Left {
  /** `arrived`, or the reason why not. */
  readonly header: unknown;
  /** How many keys the stream had, and how many of them are overwritten. */
  readonly keys: number;
  readonly wiped: number;
}

const policy = { commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const;

export const engine = {
  providerName: () => providerName,

  encrypt: (plaintext: Numbers, suite: number): Numbers => {
    const commitmentPolicy: CommitmentPolicy =
      suite < 0x0400 ? 'FORBID_ENCRYPT_ALLOW_DECRYPT' : 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';
    const options = { keyring: sharedKeyring(), encryptionContext: CONTEXT, suite: suite as SuiteId, commitmentPolicy };
    return [...encrypt(Uint8Array.from(plaintext), { ...options, frameLength: 16 }).message];
  },
  decrypt: (message: Numbers): Numbers => [
    ...decrypt(Uint8Array.from(message), { keyring: sharedKeyring(), encryptionContext: CONTEXT, ...policy }).plaintext,
  ],

  encryptStream: (plaintext: Numbers, suite: number): Promise<Numbers> =>
    through(plaintext, encryptStream({ keyring: sharedKeyring(), suite: suite as SuiteId, frameLength: 100 })),
  decryptStream: (message: Numbers): Promise<Numbers> =>
    through(message, decryptStream({ keyring: sharedKeyring(), ...policy })),

  /** Cancels a stream by one of its ends, within a message or before it begins, and reports what is left of it. */
  giveUp: async (direction: 'encrypt' | 'decrypt', by: 'reader' | 'writer', bytes: Numbers): Promise<Left> => {
    const keys: Uint8Array[] = [];
    const aesGcm = (key: Uint8Array) => {
      // All but the keyring's own, which must stay.
      if (key.some((byte) => byte !== 7)) keys.push(key);
      return nobleProvider.aesGcm(key);
    };
    const streamOf = direction === 'encrypt' ? encryptStream : decryptStream;
    const stream = streamOf({ keyring: sharedKeyring(), provider: { ...nobleProvider, aesGcm } });
    const header = stream.header.then(
      () => 'arrived',
      (reason: unknown) => reason,
    );
    const writer = stream.writable.getWriter();
    writer.closed.catch(() => undefined);
    if (bytes.length > 0) {
      writer.write(Uint8Array.from(bytes)).catch(() => undefined);
      await stream.header;
    }
    await (by === 'reader' ? stream.readable.cancel('enough') : writer.abort('enough'));
    return {
      header: await header,
      keys: keys.length,
      wiped: keys.filter((key) => key.every((byte) => byte === 0)).length,
    };
  },

  seal: (value: string, tier: 'Standard' | 'Advanced'): string =>
    sealParameter({ arn: ARN, value, tier, kms: sharedKeyService(nobleProvider) }).value,
  open: (sealed: string): string => openParameter({ arn: ARN, sealed, kms: sharedKeyService(nobleProvider) }),

  openVector: (message: Numbers, names: { keyNamespace: string; keyName: string; wrappingKey: Numbers }): Numbers => {
    const keyring = rawAesKeyring({ ...names, wrappingKey: Uint8Array.from(names.wrappingKey) });
    return [...decrypt(Uint8Array.from(message), { keyring, ...policy }).plaintext];
  },

  encryptToPassphrase: (plaintext: Numbers, passphrase: string): Numbers => [
    ...encrypt(Uint8Array.from(plaintext), { keyring: passphraseKeyring({ passphrase, log2N: 14 }) }).message,
  ],
  decryptByPassphrase: (message: Numbers, passphrase: string): Numbers => [
    ...decrypt(Uint8Array.from(message), { keyring: passphraseKeyring({ passphrase }) }).plaintext,
  ],

  /** The code of the refusal. */
  rsaRefusal: (publicKey: string): unknown => {
    const keyring = rawRsaKeyring({ keyNamespace: 'rsa', keyName: 'key', padding: 'OAEP-SHA-256', publicKey });
    try {
      encrypt(new Uint8Array(1), { keyring });
      return 'none';
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  },
};

async function through(bytes: Numbers, stream: TransformStream<Uint8Array, Uint8Array>): Promise<Numbers> {
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    for (let at = 0; at < bytes.length; at += 33) await writer.write(Uint8Array.from(bytes.slice(at, at + 33)));
    await writer.close();
  })();
  const reader = stream.readable.getReader();
  const output: number[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) output.push(...next.value);
  await writing;
  return output;
}
