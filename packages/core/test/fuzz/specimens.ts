/**
 * Whole messages to be mutated: every suite, framed and not, signed and not, with one data key and with several.
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import {
  type EncryptOptions,
  encrypt,
  type Field,
  inspect,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  rawRsaKeyring,
  suites,
} from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { foreignMessage, pieces } from '@securestring/test-support/foreign-writer';
import { testKeyring, WRAPPING_KEY } from '@securestring/test-support/keyrings';
import { policyFor, suiteName } from '@securestring/test-support/suites';

export interface Specimen {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly plaintext: Uint8Array<ArrayBuffer>;
  readonly signed: boolean;
  /** Every field, in order. */
  readonly fields: readonly Field[];
  readonly frames: readonly Span[];
  /** Where the frames end. */
  readonly bodyEnd: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const second = rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'second', wrappingKey: WRAPPING_KEY });
const rsa = rawRsaKeyring({ keyNamespace: 'rsa', keyName: 'key', padding: 'OAEP-SHA-256', publicKey, privateKey });

/** Opens every specimen; where there are several data keys, with each. */
export const specimenKeyring: Keyring = multiKeyring({ generator: testKeyring(), children: [second, rsa] });

const CONTEXT = { purpose: 'test', Zebra: 'é', '': '', __proto: 'x' };

export function specimens(): Specimen[] {
  return [...suites.values()].flatMap(({ id: suite }) => {
    const plaintext = counting(40);
    const write = (name: string, content: Uint8Array, options: Partial<EncryptOptions>) => {
      const all = { keyring: testKeyring(), suite, commitmentPolicy: policyFor(suite), frameLength: 16, ...options };
      return specimen(`${suiteName(suite)} ${name}`, encrypt(content, all).message, content);
    };
    const nonFramed = foreignMessage({
      suite,
      frameLength: 0,
      contents: [plaintext],
      context: [
        ['b', '1'],
        ['a', '2'],
      ],
    });
    const emptyEnd = foreignMessage({
      suite,
      frameLength: 20,
      contents: [...pieces(plaintext, 20), new Uint8Array(0)],
    });
    return [
      write('framed', plaintext, { encryptionContext: CONTEXT }),
      write('empty', new Uint8Array(0), {}),
      write('several data keys', plaintext.subarray(0, 30), { keyring: specimenKeyring, encryptionContext: CONTEXT }),
      specimen(`${suiteName(suite)} non-framed`, nonFramed.bytes, plaintext),
      specimen(`${suiteName(suite)} empty final frame`, emptyEnd.bytes, plaintext),
    ];
  });
}

/** `inspect` gives the fields, and must find no problem. */
function specimen(name: string, bytes: Uint8Array, plaintext: Uint8Array): Specimen {
  const found = inspect(bytes);
  if (found.kind !== 'message' || found.problems.length > 0) throw new Error(`${name} is not a message`);
  const footer = found.fields.find((field) => field.name === 'signature length')?.offset;
  const bodyEnd = footer ?? bytes.length;
  const starts = found.frames.map(({ offset }) => offset);
  return {
    name,
    bytes: Uint8Array.from(bytes),
    plaintext: Uint8Array.from(plaintext),
    signed: footer !== undefined,
    fields: found.fields,
    frames: starts.map((start, i) => ({ start, end: starts[i + 1] ?? bodyEnd })),
    bodyEnd,
  };
}
