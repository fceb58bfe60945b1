/**
 * A parameter's value as bytes, and a sealed value as text: the rules of sizes and of canonical base64.
 * @module
 */

import { decodeBase64 } from '../base64.ts';
import { AuthenticationError, MalformedError, ParameterError } from '../errors.ts';
import { MAX_ADVANCED_VALUE_LENGTH, MAX_STANDARD_VALUE_LENGTH } from '../limits.ts';
import { decodeUtf8, encodeUtf8, isWellFormed } from '../utf8.ts';

/** The tier that a value is really stored in. */
export type StoredTier = 'Standard' | 'Advanced';

/** AWS counts characters in these words; the engine, like KMS, counts bytes of UTF-8. */
const TOO_LONG: Readonly<Record<StoredTier, { most: number; message: string }>> = {
  Standard: {
    most: MAX_STANDARD_VALUE_LENGTH,
    message:
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
  },
  Advanced: {
    most: MAX_ADVANCED_VALUE_LENGTH,
    message:
      'The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192 characters.',
  },
};

/** Bytes of a value that a SecureString can hold at all. The caller wipes them. */
export function valueBytes(value: string): Uint8Array<ArrayBuffer> {
  if (!isWellFormed(value)) throw valueError('The parameter value has a lone surrogate, which has no UTF-8 form.');
  if (value.length === 0) {
    throw valueError(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  return encodeUtf8(value);
}

/** Refuses a value that is too long for its tier. */
export function checkValueLength(bytes: Uint8Array, tier: StoredTier): void {
  const { most, message } = TOO_LONG[tier];
  if (bytes.length > most) throw valueError(message);
}

/** Text of an opened value, whose bytes are wiped. What is authentic and still no value was not sealed as one. */
export function openedValue(bytes: Uint8Array, tier: StoredTier): string {
  const text = bytes.length >= 1 && bytes.length <= TOO_LONG[tier].most ? decodeUtf8(bytes) : undefined;
  bytes.fill(0);
  if (text === undefined) throw new AuthenticationError();
  return text;
}

/** Bytes of a sealed value. */
export function sealedBytes(sealed: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(sealed);
  if (typeof bytes === 'number') {
    throw new MalformedError(
      'MALFORMED_SEALED_VALUE',
      'A sealed value must be canonical base64: standard alphabet, padding, no white space',
      bytes,
    );
  }
  return bytes;
}

function valueError(message: string): ParameterError {
  return new ParameterError('ValidationException', 'PARAMETER_VALUE', message);
}
