/**
 * RSA keys in the wire form of SSH (RFC 4251 §5, RFC 4253 §6.6), and the files that OpenSSH keeps private keys in
 * (its PROTOCOL.key), as `node:crypto` reads them.
 * @module
 */

import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** What a file of OpenSSH's holds. */
export type OpenSshKey =
  | { readonly kind: 'rsa'; readonly key: KeyObject }
  | { readonly kind: 'encrypted' | 'other' | 'damaged' };

const MAGIC = Buffer.from('openssh-key-v1\0');
const RSA = 'ssh-rsa';

/** Reads the public key behind `ssh-rsa` in a line; `undefined` if it is not an RSA key in its one form. */
export function sshPublicKey(base64: string): KeyObject | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) return undefined;
  try {
    const wire = new Wire(bytes);
    if (wire.text() !== RSA) return undefined;
    const [e, n] = [wire.number(), wire.number()];
    if (!wire.isAtEnd()) return undefined;
    return createPublicKey({ key: { kty: 'RSA', n: base64url(n), e: base64url(e) }, format: 'jwk' });
  } catch {
    // Cut short, or numbers of which OpenSSL makes no key.
    return undefined;
  }
}

/** Reads what is between the lines `BEGIN` and `END OPENSSH PRIVATE KEY`. */
export function openSshKey(base64: string): OpenSshKey {
  const bytes = Buffer.from(base64, 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return { kind: 'damaged' };
  try {
    const wire = new Wire(bytes.subarray(MAGIC.length));
    const cipher = wire.text();
    wire.bytes();
    wire.bytes();
    if (wire.uint32() !== 1) return { kind: 'damaged' };
    if (new Wire(wire.bytes()).text() !== RSA) return { kind: 'other' };
    if (cipher !== 'none') return { kind: 'encrypted' };
    return { kind: 'rsa', key: privateKeyOf(new Wire(wire.bytes())) };
  } catch {
    return { kind: 'damaged' };
  } finally {
    bytes.fill(0);
  }
}

function privateKeyOf(wire: Wire): KeyObject {
  const [check, again] = [wire.uint32(), wire.uint32()];
  if (check !== again || wire.text() !== RSA) throw new RangeError('The key is damaged.');
  const [n, e, d, qi, p, q] = [
    wire.number(),
    wire.number(),
    wire.number(),
    wire.number(),
    wire.number(),
    wire.number(),
  ] as const;
  // What the file leaves out: RFC 8017 §3.2.
  const exponent = (prime: Buffer) => ofBigint(toBigint(d) % (toBigint(prime) - 1n));
  const numbers = { n, e, d, p, q, dp: exponent(p), dq: exponent(q), qi };
  const jwk: JsonWebKey = { kty: 'RSA' };
  for (const [name, bytes] of Object.entries(numbers)) jwk[name] = base64url(bytes);
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

/** A cursor over SSH's strings: each is its length in four bytes, and its bytes. */
class Wire {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws `RangeError` where too few bytes are left, as the next two do. */
  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  bytes(): Buffer {
    const end = this.uint32() + this.#at;
    if (end > this.#bytes.length) throw new RangeError('The key is cut short.');
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }

  text(): string {
    return this.bytes().toString('latin1');
  }

  /** A positive number: a zero byte in front keeps the sign away. */
  number(): Buffer {
    const found = this.bytes();
    return found[0] === 0 ? found.subarray(1) : found;
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function toBigint(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function ofBigint(value: bigint): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}
