import { decrypt, encrypt, estimateMessageSize, inspect, rawAesKeyring } from '@securestring/core';
import { aesKey, byName, bytes, context, provider, suite } from '@securestring/test-support/arbitraries';
import { toHex } from '@securestring/test-support/bytes';
import { toRead } from '@securestring/test-support/every-suite';
import { policyFor } from '@securestring/test-support/suites';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const message = fc.record({
  suite,
  frameLength: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(undefined, 4096, 2 ** 32 - 1)),
  plaintext: bytes(0, 200),
  encryptionContext: context,
  wrappingKey: aesKey,
  keyName: fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
});

it('what one provider encrypts the other decrypts, in exactly the bytes that were estimated', () => {
  fc.assert(
    fc.property(
      message,
      provider,
      provider,
      ({ wrappingKey, keyName, plaintext, frameLength, ...rest }, first, second) => {
        const keyring = rawAesKeyring({ keyNamespace: 'test-ns', keyName, wrappingKey });
        const commitmentPolicy = policyFor(rest.suite);
        const options = { ...rest, ...(frameLength && { frameLength }), keyring, commitmentPolicy, provider: first };
        const sealed = encrypt(plaintext, options);
        expect(sealed.message.length).toBe(estimateMessageSize(options, plaintext.length));
        const opened = decrypt(sealed.message, { keyring, commitmentPolicy, provider: second });
        expect(toHex(opened.plaintext)).toBe(toHex(plaintext));
        expect(opened.header).toEqual(sealed.header);
        expect(byName(Object.entries(opened.header.encryptionContext))).toEqual(
          byName(Object.entries(rest.encryptionContext)),
        );
        expect(inspect(sealed.message)).toMatchObject({ problems: [], plaintextLength: plaintext.length });
      },
    ),
    { numRuns: 300 },
  );
});

it('pairs that are bound without being stored open the message with their values and no others', () => {
  fc.assert(
    fc.property(
      message,
      fc.infiniteStream(fc.boolean()),
      provider,
      ({ wrappingKey, keyName, plaintext, ...rest }, coin, other) => {
        const { suite, encryptionContext } = rest;
        const keyring = rawAesKeyring({ keyNamespace: 'test-ns', keyName, wrappingKey });
        const options = { keyring, suite, encryptionContext, commitmentPolicy: policyFor(suite) };
        const required = Object.keys(encryptionContext).filter(() => coin.next().value === true);
        const { message: sealed } = encrypt(plaintext, { ...options, requiredContextKeys: required });
        expect(sealed.length).toBe(
          estimateMessageSize({ ...options, requiredContextKeys: required }, plaintext.length),
        );
        const opened = decrypt(sealed, { ...toRead(options), provider: other });
        expect(toHex(opened.plaintext)).toBe(toHex(plaintext));
        for (const key of required) {
          const missing = Object.fromEntries(Object.entries(encryptionContext).filter(([name]) => name !== key));
          const changed = { ...missing, ...Object.fromEntries([[key, `${encryptionContext[key]}!`]]) };
          for (const wrong of [missing, changed]) {
            expect(() => decrypt(sealed, { ...toRead(options), encryptionContext: wrong })).toThrow(
              /Check the key|Authentication/,
            );
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});
