/**
 * The bare calls to `node:crypto` that a piece of work cannot do without, on fixed buffers: no format, no checks, nothing
 * wiped. What ours costs more than this is what we add.
 * @module
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** The two directions of one piece of work. */
export interface Baseline {
  seal(): void;
  open(): void;
}

interface Gcm {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
  readonly plaintext: Uint8Array;
}

/** A key blob: one HMAC-SHA256 gives the key, AES-256-GCM under it seals `length` bytes. */
export function keyBlobBaseline(length: number): Baseline {
  const material = randomBytes(32);
  const input = randomBytes(49);
  const deriveKey = () => createHmac('sha256', material).update(input).digest();
  const parts = { key: deriveKey(), iv: randomBytes(12), aad: randomBytes(220), plaintext: randomBytes(length) };
  const sealed = gcmSeal(parts);
  return {
    seal: () => gcmSeal({ ...parts, key: deriveKey() }),
    open: () => gcmOpen({ ...parts, key: deriveKey() }, sealed),
  };
}

/**
 * An envelope: a key blob around a random data key, three HMAC-SHA512 for the derivation and the commitment, one
 * AES-256-GCM over the header and one over the content.
 */
export function envelopeBaseline(length: number): Baseline {
  const blob = keyBlobBaseline(32);
  const dataKey = randomBytes(32);
  const messageId = randomBytes(32);
  const label = randomBytes(12);
  const key = randomBytes(32);
  const header = { key, iv: randomBytes(12), aad: randomBytes(450), plaintext: new Uint8Array(0) };
  const content = { key, iv: randomBytes(12), aad: randomBytes(78), plaintext: randomBytes(length) };
  const sealedHeader = gcmSeal(header);
  const sealedContent = gcmSeal(content);
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
      gcmSeal(header);
      gcmSeal(content);
    },
    open: () => {
      blob.open();
      deriveKeys();
      gcmOpen(header, sealedHeader);
      gcmOpen(content, sealedContent);
    },
  };
}

function gcmSeal({ key, iv, aad, plaintext }: Gcm): { ciphertext: Uint8Array; tag: Uint8Array } {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

function gcmOpen({ key, iv, aad }: Gcm, { ciphertext, tag }: { ciphertext: Uint8Array; tag: Uint8Array }): void {
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  decipher.update(ciphertext);
  decipher.final();
}
