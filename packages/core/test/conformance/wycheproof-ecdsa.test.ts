/**
 * Wycheproof's ECDSA signatures, verified as the footer of a message is: strict DER, then the provider's verifier of a
 * compressed point.
 * @module
 */

import { AuthenticationError, type Provider } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { concat, hex } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { describeWithVectors, type WycheproofTest } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';
import { decodeSignature } from '../../src/sealing/signature.ts';

interface EcdsaGroup {
  readonly type: 'EcdsaVerify';
  readonly sha: string;
  readonly publicKey: { readonly curve: string; readonly uncompressed: string };
  readonly tests: readonly EcdsaTest[];
}

interface EcdsaTest extends WycheproofTest {
  readonly msg: string;
  readonly sig: string;
}

declare module '@securestring/test-support/vectors' {
  interface VectorFiles {
    'wycheproof/ecdsa_secp256r1_sha256_test.json': Wycheproof<EcdsaGroup>;
    'wycheproof/ecdsa_secp384r1_sha384_test.json': Wycheproof<EcdsaGroup>;
  }
}

const FILES = [
  { curve: 'P-256', hash: 'sha256', file: 'wycheproof/ecdsa_secp256r1_sha256_test.json', total: 484, valid: 174 },
  { curve: 'P-384', hash: 'sha384', file: 'wycheproof/ecdsa_secp384r1_sha384_test.json', total: 504, valid: 194 },
] as const;

for (const { curve, hash, file, total, valid } of FILES) {
  describeWithVectors(`Wycheproof ECDSA ${curve}`, file, (vectors) => {
    const all = vectors.testGroups.flatMap((group) => group.tests);

    // None is "acceptable": whether a signature verifies leaves no choice, once its DER has to be strict.
    it('has a rule for every vector', () => {
      expect(new Set(all.map((vector) => vector.tcId)).size).toBe(vectors.numberOfTests);
      expect(vectors.numberOfTests).toBe(total);
      expect(all.filter((vector) => vector.result === 'valid').length).toBe(valid);
      expect(all.filter((vector) => vector.result === 'invalid').length).toBe(total - valid);
    });

    it('no encoding but DER, and no number out of range, comes as far as a provider', () => {
      const decoded = (flag: string) =>
        all.filter((vector) => vector.flags.includes(flag) && decode(curve, vector.sig) !== undefined).length;
      expect(decoded('ValidSignature')).toBe(10);
      for (const flag of ['BerEncodedSignature', 'MissingZero', 'InvalidEncoding', 'RangeCheck', 'IntegerOverflow']) {
        expect(decoded(flag), flag).toBe(0);
      }
    });

    describeWithProviders('takes the valid and refuses the others', (provider) => {
      const verdicts = (result: string, one = 1) =>
        vectors.testGroups
          .flatMap((group) => group.tests.map((vector) => ({ group, vector })))
          .filter(({ vector }) => vector.result === result)
          .filter((_, index) => index % one === 0)
          .map(({ group, vector }) => ({ id: vector.tcId, verified: verify(provider, group, vector) }));
      // In plain JavaScript a signature takes some 20 ms.
      const one = provider.name === 'noble' ? budget(4, 1) : 1;

      it(`valid, one in ${one}`, () => {
        const all = verdicts('valid', one);
        expect(all.length).toBe(Math.ceil(valid / one));
        expect(all.filter(({ verified }) => !verified)).toEqual([]);
      });

      it('invalid', () => {
        const all = verdicts('invalid');
        expect(all.length).toBe(total - valid);
        expect(all.filter(({ verified }) => verified)).toEqual([]);
      });
    });

    function verify(provider: Provider, group: EcdsaGroup, vector: EcdsaTest): boolean {
      const signature = decode(curve, vector.sig);
      if (signature === undefined) return false;
      const verifier = provider.ecdsaVerifier(curve, hash, compressed(group.publicKey.uncompressed));
      if (verifier === undefined) throw new Error(`the key of ${vector.tcId} was refused`);
      verifier.update(hex(vector.msg));
      return verifier.verify(signature);
    }
  });
}

function decode(curve: 'P-256' | 'P-384', signature: string): Uint8Array | undefined {
  try {
    return decodeSignature(curve, hex(signature));
  } catch (error) {
    if (error instanceof AuthenticationError) return undefined;
    throw error;
  }
}

/** 04 ‖ x ‖ y as 02 or 03 ‖ x. */
function compressed(uncompressed: string): Uint8Array {
  const point = hex(uncompressed);
  const length = (point.length - 1) / 2;
  const odd = (point.at(-1) ?? 0) & 1;
  return concat(Uint8Array.of(2 + odd), point.subarray(1, 1 + length));
}
