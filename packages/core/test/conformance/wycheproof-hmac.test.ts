import { hex } from '@securestring/test-support/bytes';
import { providers } from '@securestring/test-support/providers';
import { describeWithVectors } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

const FILES = [
  ['sha256', 'wycheproof/hmac_sha256_test.json'],
  ['sha512', 'wycheproof/hmac_sha512_test.json'],
] as const;

for (const [hash, file] of FILES) {
  describeWithVectors(`Wycheproof HMAC-${hash}`, file, (vectors) => {
    const all = vectors.testGroups.flatMap((group) => group.tests);

    it('has a rule for every vector', () => {
      expect(new Set(all.map((vector) => vector.tcId)).size).toBe(vectors.numberOfTests);
      expect(new Set(all.map((vector) => vector.result))).toEqual(new Set(['valid', 'invalid']));
    });

    for (const provider of providers) {
      for (const { keySize, tagSize, tests } of vectors.testGroups) {
        it(`${provider.name}: keys of ${keySize} bits, tags cut to ${tagSize}: the valid match, the invalid do not`, () => {
          for (const vector of tests) {
            const tag = provider.hmac(hash, hex(vector.key), hex(vector.msg)).subarray(0, tagSize / 8);
            const same = provider.equalConstantTime(tag, hex(vector.tag));
            expect(same, `${vector.tcId}`).toBe(vector.result === 'valid');
          }
        });
      }
    }
  });
}
