import { concat, hex, toHex } from '@securestring/test-support/bytes';
import { providers } from '@securestring/test-support/providers';
import { type AeadGroup, type AeadTest, describeWithVectors } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

describeWithVectors('Wycheproof AES-GCM', 'wycheproof/aes_gcm_test.json', (vectors) => {
  const ours = vectors.testGroups.filter(hasOurShape);
  const foreign = vectors.testGroups.filter((group) => !hasOurShape(group));

  it('has a rule for every vector', () => {
    const ruled = [...ours, ...foreign].flatMap((group) => group.tests);
    expect(new Set(ruled.map((vector) => vector.tcId)).size).toBe(vectors.numberOfTests);
    expect(ours.flatMap((group) => group.tests).length).toBeGreaterThan(0);
    expect(new Set(ruled.map((vector) => vector.result))).toEqual(new Set(['valid', 'invalid']));
  });

  for (const provider of providers) {
    const prepare = (vector: AeadTest) => {
      const key = provider.aesGcm(hex(vector.key));
      const [iv, aad, msg] = [hex(vector.iv), hex(vector.aad), hex(vector.msg)];
      const sealed = new Uint8Array(msg.length + 16);
      const opened = new Uint8Array(msg.length);
      return {
        msg,
        sealed,
        opened,
        seal: () => key.gcmSeal(iv, aad, msg, sealed),
        open: () => key.gcmOpen(iv, aad, concat(hex(vector.ct), hex(vector.tag)), opened),
      };
    };

    for (const group of ours) {
      it(`${provider.name}: AES-${group.keySize} seals and opens the valid, refuses the invalid`, () => {
        for (const vector of group.tests) {
          const { msg, sealed, opened, seal, open } = prepare(vector);
          const valid = vector.result === 'valid';
          seal();
          expect(toHex(sealed) === vector.ct + vector.tag, `seal of ${vector.tcId}`).toBe(valid);
          expect(open(), `open of ${vector.tcId}`).toBe(valid);
          if (valid) expect(toHex(opened), `plaintext of ${vector.tcId}`).toBe(toHex(msg));
        }
      });
    }

    // SP 800-38D §8.2.1: other lengths go through GHASH and may collide; every format here has 96 bits. The zero-length
    // IV, invalid for everyone, is among them.
    it(`${provider.name}: refuses IVs of other lengths than 12 bytes, valid or not`, () => {
      for (const vector of foreign.flatMap((group) => group.tests)) {
        const { seal, open } = prepare(vector);
        expect(seal, `seal of ${vector.tcId}`).toThrow(RangeError);
        expect(open, `open of ${vector.tcId}`).toThrow(RangeError);
      }
    });
  }
});

function hasOurShape(group: AeadGroup): boolean {
  return group.ivSize === 96 && group.tagSize === 128;
}
