/**
 * What does the keystore cost over the cryptography that a key blob cannot do without?
 * @module
 */

import { randomBytes } from 'node:crypto';
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { mustEqual } from '../agreement.ts';
import { keyBlobBaseline } from '../baselines.ts';
import type { Question } from '../question.ts';

const LENGTH = 64;
const LIMIT = { ratio: 1.6 };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

export const question: Question = {
  title: 'Key blob: 64 B through a keystore with one key, against one HMAC-SHA256 and one AES-256-GCM',
  rows: async () => {
    const keystore = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: randomBytes(32) } });
    const keyId = 'alias/aws/ssm';
    const plaintext = Uint8Array.from(randomBytes(LENGTH));
    const seal = () => keystore.encrypt({ keyId, plaintext, encryptionContext });
    const { ciphertextBlob } = seal();
    const open = () => keystore.decrypt({ ciphertextBlob, encryptionContext });
    mustEqual('The key blob, opened', open().plaintext, plaintext);

    const baseline = keyBlobBaseline(LENGTH);
    // Throws unless it opens what it sealed.
    baseline.open();
    return [
      {
        name: 'encrypt',
        measure: 'cost',
        subject: { name: 'keystore', asynchronous: false, run: seal },
        reference: { name: 'bare calls', asynchronous: false, run: baseline.seal },
        target: LIMIT,
      },
      {
        name: 'decrypt',
        measure: 'cost',
        subject: { name: 'keystore', asynchronous: false, run: open },
        reference: { name: 'bare calls', asynchronous: false, run: baseline.open },
        target: LIMIT,
      },
    ];
  },
};
