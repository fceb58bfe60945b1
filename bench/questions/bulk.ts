/**
 * How much faster than the Encryption SDK for JavaScript are large messages, with the same frames and with each side's
 * own default?
 * @module
 */

import { messageRows } from '../messages.ts';
import type { Question } from '../question.ts';

const MB = 1024 * 1024;
const THREE = { encrypt: { ratio: 3 }, decrypt: { ratio: 3 } };
const SEVEN = { encrypt: { ratio: 7 }, decrypt: { ratio: 7 } };

export const question: Question = {
  title: 'Bulk: suite 0x0478, raw AES keyring; 1 MB in frames of 4096 bytes, 10 MB in the default frames of each side',
  rows: async () => [
    ...(await messageRows({ name: '1 MB', length: MB, frameLength: 4096, targets: THREE, bulk: true })),
    ...(await messageRows({ name: '10 MB', length: 10 * MB, targets: SEVEN, bulk: true })),
  ],
};
