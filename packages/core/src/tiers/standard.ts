/**
 * The standard tier: the value encrypted directly under a key, by one Encrypt request to the key service.
 * Stored: base64 of the key blob, under the context `{ PARAMETER_ARN }`.
 * @module
 */

import { encodeBase64 } from '../base64.ts';
import { ask, type Steps } from '../keyrings/awaitable.ts';
import { type AsyncKeyService, requireBytesIn } from '../keyrings/key-service.ts';
import { parameterContext } from './parameter-arn.ts';
import { checkValueLength, openedValue } from './value.ts';

/** Seals 1 to 4096 bytes. */
export function* sealStandard(kms: AsyncKeyService, keyId: string, arn: string, value: Uint8Array): Steps<string> {
  checkValueLength(value, 'Standard');
  const encryptionContext = parameterContext(arn);
  const result = yield* ask(() => kms.encrypt({ keyId, plaintext: value, encryptionContext }));
  requireBytesIn(result, 'ciphertextBlob');
  return encodeBase64(result.ciphertextBlob);
}

/** Opens a blob that was sealed for this ARN. The key service refuses every other ARN. */
export function* openStandard(kms: AsyncKeyService, arn: string, blob: Uint8Array): Steps<string> {
  const encryptionContext = parameterContext(arn);
  const result = yield* ask(() => kms.decrypt({ ciphertextBlob: blob, encryptionContext }));
  requireBytesIn(result, 'plaintext');
  return openedValue(result.plaintext, 'Standard');
}
