/**
 * How much faster than the Encryption SDK for JavaScript are signed messages of a parameter's size? Each has a key pair of
 * its own, which costs more than all the rest.
 * @module
 */

import { messageRows } from '../messages.ts';
import type { Question } from '../question.ts';

const targets = { encrypt: { ratio: 1.6 }, decrypt: { ratio: 3.5 } };

export const question: Question = {
  title:
    'Signed: suite 0x0578 (ECDSA P-384), raw AES keyring, a context of one pair, frames of 4096 bytes on both sides',
  rows: () => messageRows({ name: '4 KB', length: 4096, suite: 0x0578, frameLength: 4096, targets }),
};
