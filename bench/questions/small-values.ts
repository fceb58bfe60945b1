/**
 * How much faster than the Encryption SDK for JavaScript are messages of a parameter's size?
 * @module
 */

import { messageRows } from '../messages.ts';
import type { Question } from '../question.ts';

const targets = { encrypt: { ratio: 10, aim: 12 }, decrypt: { ratio: 7, aim: 9 } };
const cases = [
  { name: '64 B', length: 64 },
  { name: '1 KB', length: 1024 },
  { name: '4 KB', length: 4096 },
];

export const question: Question = {
  title: 'Small values: suite 0x0478, raw AES keyring, a context of one pair, frames of 4096 bytes on both sides',
  rows: async () =>
    (await Promise.all(cases.map((each) => messageRows({ ...each, frameLength: 4096, targets })))).flat(),
};
