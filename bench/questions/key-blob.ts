/**
 * What does the keystore cost over the cryptography that a key blob cannot do without?
 * @module
 */

import { randomBytes } from 'node:crypto';
import type { Keystore } from '@securestring/keystore';
import { mustEqual } from '../agreement.ts';
import { keyBlobBaseline } from '../baselines.ts';
import { keystoreWithKeys } from '../crowd.ts';
import type { Question, Row } from '../question.ts';

const LENGTH = 64;
const TARGET = { ratio: 1.6 };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

export const question: Question = {
  title: 'Key blob: 64 B through a keystore, against one HMAC-SHA256 and one AES-256-GCM',
  rows: async () => [
    ...keystoreRows('1 key', await keystoreWithKeys(1)),
    ...keystoreRows('10,000 keys', await keystoreWithKeys(10_000)),
  ],
};

/** Two rows, encrypt and decrypt, under one of the keystore's keys; the key is not named to decrypt. */
function keystoreRows(name: string, { keystore, keyId }: { keystore: Keystore; keyId: string }): Row[] {
  const plaintext = Uint8Array.from(randomBytes(LENGTH));
  const seal = () => keystore.encrypt({ keyId, plaintext, encryptionContext });
  const { ciphertextBlob } = seal();
  const open = () => keystore.decrypt({ ciphertextBlob, encryptionContext });
  mustEqual(`${name}: the key blob, opened`, open().plaintext, plaintext);

  const baseline = keyBlobBaseline(LENGTH);
  // Throws unless it opens what it sealed.
  baseline.open();
  return [
    {
      name: `encrypt, ${name}`,
      measure: 'cost',
      subject: { name: 'keystore', asynchronous: false, run: seal },
      reference: { name: 'bare calls', asynchronous: false, run: baseline.seal },
      target: TARGET,
    },
    {
      name: `decrypt, ${name}`,
      measure: 'cost',
      subject: { name: 'keystore', asynchronous: false, run: open },
      reference: { name: 'bare calls', asynchronous: false, run: baseline.open },
      target: TARGET,
    },
  ];
}
