/**
 * The rules of a parameter's value: its size, and the canonical base64 of its sealed form.
 * @module
 */

import { decodeBase64 } from '../base64.ts';
import { AuthenticationError, MalformedError, ParameterError } from '../errors.ts';
import { MAX_ADVANCED_VALUE_LENGTH, MAX_STANDARD_VALUE_LENGTH } from '../limits.ts';
import { decodeUtf8, encodeUtf8, isWellFormed } from '../utf8.ts';

/** The tier of a stored value. */
export type StoredTier = 'Standard' | 'Advanced';

/** The limits in bytes of UTF-8, as KMS counts them, with AWS's error texts, which speak of characters. */
const TOO_LONG: Readonly<Record<StoredTier, { maxLength: number; message: string }>> = {
  Standard: {
    maxLength: MAX_STANDARD_VALUE_LENGTH,
    message:
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
  },
  Advanced: {
    maxLength: MAX_ADVANCED_VALUE_LENGTH,
    message:
      'The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192 characters.',
  },
};

/** Returns the bytes of a value that a SecureString can hold. The caller wipes them. */
export function valueBytes(value: string): Uint8Array<ArrayBuffer> {
  if (!isWellFormed(value)) throw valueError('The parameter value has a lone surrogate, which has no UTF-8 form.');
  if (value.length === 0) {
    throw valueError(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  return encodeUtf8(value);
}

/** Throws if a value is too long for its tier. */
export function checkValueLength(bytes: Uint8Array, tier: StoredTier): void {
  const { maxLength, message } = TOO_LONG[tier];
  if (bytes.length > maxLength) throw valueError(message);
}

/** Returns the text of an opened value and wipes its bytes. Throws if they are authentic but cannot be a value. */
export function openedValue(bytes: Uint8Array, tier: StoredTier): string {
  const text = bytes.length >= 1 && bytes.length <= TOO_LONG[tier].maxLength ? decodeUtf8(bytes) : undefined;
  bytes.fill(0);
  if (text === undefined) throw new AuthenticationError();
  return text;
}

/** Returns the bytes of a sealed value. */
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
