/**
 * What do the keystore and the tiers cost over the cryptography that they cannot do without? The references are bare
 * calls to `node:crypto` on fixed buffers: no format, no checks, nothing wiped.
 * @module
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { openParameter, parameterArn, sealParameter } from '@securestring/core';
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { calls, mustEqual, type Question, type Row } from '../runner.ts';
import { keystoreWithKeys } from './many-keys.ts';

const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

export const keyBlob: Question = {
  title: 'Key blob: 64 B through a keystore, against one HMAC-SHA256 and one AES-256-GCM',
  rows: async () => [...(await blobRows('1 key', 1)), ...(await blobRows('10,000 keys', 10_000))],
};

export const tiers: Question = {
  title: 'Tiers: sealParameter and openParameter with a keystore, against the bare calls to node:crypto in them',
  rows: async () => {
    const kms = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: randomBytes(32) } });
    const arn = parameterArn({ name: 'MyParameter', region: 'us-east-1', accountId: '000000000000' });
    const row = (tier: 'Standard' | 'Advanced', size: string, length: number): Row[] => {
      const value = 'v'.repeat(length);
      const seal = () => sealParameter({ arn, value, tier, kms });
      const sealed = seal().value;
      const open = () => openParameter({ arn, sealed, kms });
      mustEqual(`${tier} ${size}, opened`, open(), value);
      const bare = (tier === 'Standard' ? bareBlob : bareEnvelope)(length);
      return [
        { ...cost(`${tier} ${size} seal`, bare.seal), subject: calls('sealParameter', seal) },
        { ...cost(`${tier} ${size} open`, bare.open), subject: calls('openParameter', open) },
      ];
    };
    return (['Standard', 'Advanced'] as const).flatMap((tier) => [
      ...row(tier, '64 B', 64),
      ...row(tier, '4 KB', 4096),
    ]);
  },
};

/** Two rows, encrypt and decrypt, under one of the keystore's keys; the request to decrypt does not name the key. */
async function blobRows(name: string, keys: number): Promise<Row[]> {
  const { keystore, keyId } = await keystoreWithKeys(keys);
  const plaintext = Uint8Array.from(randomBytes(64));
  const seal = () => keystore.encrypt({ keyId, plaintext, encryptionContext });
  const { ciphertextBlob } = seal();
  const open = () => keystore.decrypt({ ciphertextBlob, encryptionContext });
  mustEqual(`${name}: the key blob, opened`, open().plaintext, plaintext);
  const bare = bareBlob(plaintext.length);
  return [
    { ...cost(`encrypt, ${name}`, bare.seal), subject: calls('keystore', seal), target: 1.6 },
    { ...cost(`decrypt, ${name}`, bare.open), subject: calls('keystore', open), target: 1.6 },
  ];
}

function cost(name: string, bare: () => void) {
  return { name, measure: 'cost', reference: calls('bare calls', bare) } as const;
}

/** The two directions of one piece of work. */
interface Bare {
  seal(): void;
  open(): void;
}

/** A key blob: one HMAC-SHA256 gives the key, AES-256-GCM under it seals `length` bytes. */
function bareBlob(length: number): Bare {
  const material = randomBytes(32);
  const input = randomBytes(49);
  const deriveKey = () => createHmac('sha256', material).update(input).digest();
  const [iv, aad, plaintext] = [randomBytes(12), randomBytes(220), randomBytes(length)];
  const sealed = gcmSeal(deriveKey(), iv, aad, plaintext);
  return {
    seal: () => void gcmSeal(deriveKey(), iv, aad, plaintext),
    open: () => gcmOpen(deriveKey(), iv, aad, sealed),
  };
}

/**
 * An envelope: a key blob around a random data key, three HMAC-SHA512 for the derivation and the commitment, one
 * AES-256-GCM over the header and one over the content.
 */
function bareEnvelope(length: number): Bare {
  const blob = bareBlob(32);
  const [dataKey, messageId, label, key] = [randomBytes(32), randomBytes(32), randomBytes(12), randomBytes(32)];
  const header = [key, randomBytes(12), randomBytes(450)] as const;
  const content = [key, randomBytes(12), randomBytes(78)] as const;
  const [empty, plaintext] = [new Uint8Array(0), randomBytes(length)];
  const [sealedHeader, sealedContent] = [gcmSeal(...header, empty), gcmSeal(...content, plaintext)];
  const deriveKeys = () => {
    const pseudorandomKey = createHmac('sha512', messageId).update(dataKey).digest();
    createHmac('sha512', pseudorandomKey).update(label).digest();
    createHmac('sha512', pseudorandomKey).update(label).digest();
  };
  return {
    seal: () => {
      randomBytes(32);
      blob.seal();
      deriveKeys();
      gcmSeal(...header, empty);
      gcmSeal(...content, plaintext);
    },
    open: () => {
      blob.open();
      deriveKeys();
      gcmOpen(...header, sealedHeader);
      gcmOpen(...content, sealedContent);
    },
  };
}

interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

function gcmSeal(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Sealed {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

function gcmOpen(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, { ciphertext, tag }: Sealed): void {
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  decipher.update(ciphertext);
  decipher.final();
}
