import { hex, toHex } from '@securestring/test-support/bytes';
import { providers } from '@securestring/test-support/providers';
import { describeWithVectors } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

const FILES = [
  ['sha256', 'wycheproof/hkdf_sha256_test.json'],
  ['sha384', 'wycheproof/hkdf_sha384_test.json'],
  ['sha512', 'wycheproof/hkdf_sha512_test.json'],
] as const;

for (const [hash, file] of FILES) {
  describeWithVectors(`Wycheproof HKDF-${hash}`, file, (vectors) => {
    const all = vectors.testGroups.flatMap((group) => group.tests);

    it('has a rule for every vector', () => {
      expect(new Set(all.map((vector) => vector.tcId)).size).toBe(vectors.numberOfTests);
      const invalid = all.filter((vector) => vector.result !== 'valid');
      expect(invalid.length).toBeGreaterThan(0);
      expect(new Set(invalid.flatMap((vector) => vector.flags))).toEqual(new Set(['SizeTooLarge']));
    });

    for (const provider of providers) {
      for (const group of vectors.testGroups) {
        it(`${provider.name}: keys of ${group.keySize} bits give the expected bytes, and never more than 255 blocks`, () => {
          for (const vector of group.tests) {
            const pseudorandomKey = provider.hkdfExtract(hash, hex(vector.salt), hex(vector.ikm));
            const expand = () => provider.hkdfExpand(hash, pseudorandomKey, hex(vector.info), vector.size);
            if (vector.result === 'valid') expect(toHex(expand()), `${vector.tcId}`).toBe(vector.okm);
            else expect(expand, `${vector.tcId}`).toThrow(RangeError);
          }
        });
      }
    }
  });
}
