/**
 * How long a message will be.
 * @module
 */

import {
  checkAnswer,
  type EncryptOptions,
  messageLength,
  planEncryption,
  takeEncryptOptions,
} from './encryption-plan.ts';
import { wipeDataKey } from './keyrings/answers.ts';
import { number } from './options.ts';

/** The options that the message will be encrypted with. */
export type EstimateOptions = EncryptOptions;

/**
 * Bytes that `encrypt` will make of a plaintext of `plaintextLength` bytes under the same options: the exact number.
 *
 * It asks the keyring to wrap one data key, since only the keyring knows how long its encrypted data keys are, and wipes
 * that key. A key service sees this as one more request.
 *
 * @throws as `encrypt` does.
 * @example
 * const bytes = estimateMessageSize({ keyring, encryptionContext: { purpose: 'test' } }, 4096);
 */
export function estimateMessageSize(options: EstimateOptions, plaintextLength: number): number {
  const own = takeEncryptOptions('estimateMessageSize', options);
  number(plaintextLength, 'plaintextLength');
  if (!Number.isSafeInteger(plaintextLength) || plaintextLength < 0) {
    throw new RangeError(`plaintextLength must be a whole number of bytes, not ${plaintextLength}.`);
  }
  const plan = planEncryption(plaintextLength, own);
  const wrapped = own.keyring.wrapDataKey(plan.request);
  try {
    checkAnswer(plan, wrapped);
    return messageLength(plan, wrapped.encryptedDataKeys, plaintextLength);
  } finally {
    wipeDataKey(wrapped);
  }
}
