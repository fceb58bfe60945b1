/** Which failures of a message look alike, and which do not: SECURITY.md, "Message bytes". */

import { AuthenticationError, decrypt, encrypt, inspect, KeyUnavailableError } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { testKeyring } from '@securestring/test-support/keyrings';
import { describe, expect, it } from 'vitest';

const keyring = testKeyring();
const { message } = encrypt(counting(10), { keyring, suite: 0x0578 });
const inspection = inspect(message);
const fields = inspection.kind === 'message' ? inspection.fields : [];

/** Returns the failure of a message whose named field ends in another byte. */
function failure(name: string): unknown {
  const field = fields.find((each) => each.name === name);
  if (field === undefined) throw new Error(`The message has no field ${name}.`);
  const changed = message.slice();
  const last = field.offset + field.length - 1;
  changed[last] = (changed[last] ?? 0) ^ 1;
  try {
    decrypt(changed, { keyring });
  } catch (error) {
    return error;
  }
  throw new Error(`The message opens with another ${name}.`);
}

const shown = (error: unknown) =>
  error instanceof Error && { ...error, name: error.name, message: error.message, cause: error.cause };

describe('a changed message', () => {
  it('fails alike by its key commitment, header tag, frame tag and signature', () => {
    const failures = ['key commitment', 'header tag', 'final frame content and tag', 'signature'].map(failure);
    for (const error of failures) {
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(shown(error)).toEqual(shown(failures[0]));
    }
    expect(shown(failures[0])).toMatchObject({ code: 'AUTHENTICATION_FAILED', cause: undefined });
  });

  it('fails with another code by its encrypted data key, and says no more than that its wrap failed', () => {
    const error = failure('encrypted data key');
    expect(error).toBeInstanceOf(KeyUnavailableError);
    expect(shown(error)).toMatchObject({ code: 'NO_DATA_KEY', cause: undefined });
    expect((error as KeyUnavailableError).failures).toMatchObject([{ index: 0, cause: 'unwrap failed' }]);
  });
});
