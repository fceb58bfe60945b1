import { AuthenticationError, unwrapKey, type WrapAlgorithm, wrapKey } from '@securestring/core';
import { hex, toHex } from '@securestring/test-support/bytes';
import { providers } from '@securestring/test-support/providers';
import { describeWithVectors, type KeyWrapTest, type VectorFiles } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

/** Two functions under test; `unwrap` gives `undefined` where it refuses. */
interface Wrapping {
  readonly name: string;
  wrap(kek: Uint8Array, key: Uint8Array): Uint8Array;
  unwrap(kek: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined;
}

describeKeyWrap('AES-KW', 'wycheproof/aes_wrap_test.json', (vector) => {
  // SP 800-38F §5.3.1 has no key wrap of one semiblock: RFC 3394 §2 would encrypt it with a 64-bit check and a pattern
  // of its own, and two semiblocks are what every key has at least. So "acceptable" is refused.
  const bytes = vector.msg.length / 2;
  return bytes >= 16 && bytes % 8 === 0;
});

// Short keys (flag SmallKey) are wrapped: RFC 5649 §1 allows any length from one byte.
describeKeyWrap('AES-KWP', 'wycheproof/aes_kwp_test.json', (vector) => vector.msg.length > 0);

function describeKeyWrap(
  algorithm: 'AES-KW' | 'AES-KWP',
  file: 'wycheproof/aes_wrap_test.json' | 'wycheproof/aes_kwp_test.json',
  hasKeyToWrap: (vector: KeyWrapTest) => boolean,
): void {
  describeWithVectors(`Wycheproof ${algorithm}`, file, (vectors: VectorFiles[typeof file]) => {
    const all = vectors.testGroups.flatMap((group) => group.tests);

    it('has a rule for every vector', () => {
      expect(new Set(all.map((vector) => vector.tcId)).size).toBe(vectors.numberOfTests);
      expect(all.filter((vector) => vector.result === 'valid').every(hasKeyToWrap)).toBe(true);
      expect(all.filter((vector) => vector.result === 'acceptable').some(hasKeyToWrap)).toBe(false);
    });

    for (const wrapping of wrappingsOf(algorithm)) {
      for (const group of vectors.testGroups) {
        it(`${wrapping.name}: wraps and unwraps the valid under AES-${group.keySize}, refuses the others`, () => {
          for (const vector of group.tests) {
            const [kek, key] = [hex(vector.key), hex(vector.msg)];
            const valid = vector.result === 'valid';
            const unwrapped = wrapping.unwrap(kek, hex(vector.ct));
            expect(unwrapped && toHex(unwrapped), `unwrap of ${vector.tcId}`).toBe(valid ? vector.msg : undefined);
            if (hasKeyToWrap(vector)) {
              expect(toHex(wrapping.wrap(kek, key)) === vector.ct, `wrap of ${vector.tcId}`).toBe(valid);
            } else {
              expect(() => wrapping.wrap(kek, key), `wrap of ${vector.tcId}`).toThrow(RangeError);
            }
          }
        });
      }
    }
  });
}

function wrappingsOf(algorithm: WrapAlgorithm): Wrapping[] {
  const raw = providers.map((provider) =>
    algorithm === 'AES-KW'
      ? { name: provider.name, wrap: provider.aesKwWrap, unwrap: provider.aesKwUnwrap }
      : { name: provider.name, wrap: provider.aesKwpWrap, unwrap: provider.aesKwpUnwrap },
  );
  return [
    ...raw,
    {
      name: 'wrapKey and unwrapKey',
      wrap: (kek, key) => wrapKey(kek, key, { algorithm }),
      unwrap: (kek, wrapped) => {
        try {
          return unwrapKey(kek, wrapped, { algorithm });
        } catch (error) {
          if (error instanceof AuthenticationError) return undefined;
          throw error;
        }
      },
    },
  ];
}
