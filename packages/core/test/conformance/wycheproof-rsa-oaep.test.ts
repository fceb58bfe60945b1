/**
 * Wycheproof's RSA-OAEP ciphertexts, opened as a raw RSA keyring does, whose label is always empty. Node's primitive
 * alone opens those with another label, to show that the label is why the keyring refuses them.
 * @module
 */

import { constants, privateDecrypt } from 'node:crypto';
import type { RsaPadding } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { hex, toHex } from '@securestring/test-support/bytes';
import { describeWithVectors, type WycheproofTest } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

interface OaepGroup {
  readonly type: 'RsaesOaepDecrypt';
  readonly keySize: number;
  readonly sha: string;
  readonly mgfSha: string;
  readonly privateKeyPem: string;
  readonly tests: readonly OaepTest[];
}

interface OaepTest extends WycheproofTest {
  readonly msg: string;
  readonly ct: string;
  readonly label: string;
}

declare module '@securestring/test-support/vectors' {
  interface VectorFiles {
    'wycheproof/rsa_oaep_2048_sha1_mgf1sha1_test.json': Wycheproof<OaepGroup>;
    'wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test.json': Wycheproof<OaepGroup>;
    'wycheproof/rsa_oaep_2048_sha384_mgf1sha384_test.json': Wycheproof<OaepGroup>;
    'wycheproof/rsa_oaep_2048_sha512_mgf1sha512_test.json': Wycheproof<OaepGroup>;
  }
}

const FILES = [
  {
    file: 'wycheproof/rsa_oaep_2048_sha1_mgf1sha1_test.json',
    padding: 'OAEP-SHA-1',
    hash: 'sha1',
    counts: { unlabelled: 10, labelled: 7, invalid: 19 },
  },
  {
    file: 'wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test.json',
    padding: 'OAEP-SHA-256',
    hash: 'sha256',
    counts: { unlabelled: 10, labelled: 8, invalid: 19 },
  },
  {
    file: 'wycheproof/rsa_oaep_2048_sha384_mgf1sha384_test.json',
    padding: 'OAEP-SHA-384',
    hash: 'sha384',
    counts: { unlabelled: 10, labelled: 6, invalid: 18 },
  },
  {
    file: 'wycheproof/rsa_oaep_2048_sha512_mgf1sha512_test.json',
    padding: 'OAEP-SHA-512',
    hash: 'sha512',
    counts: { unlabelled: 10, labelled: 4, invalid: 19 },
  },
] as const;

for (const { file, padding, hash, counts } of FILES) {
  describeWithVectors(`Wycheproof RSA ${padding}`, file, (vectors) => {
    const all = vectors.testGroups.flatMap((group) => group.tests.map((vector) => ({ ...vector, group })));
    const invalid = all.filter(({ result }) => result === 'invalid');
    const unlabelled = all.filter(({ result, label }) => result === 'valid' && label === '');
    const labelled = all.filter(({ result, label }) => result === 'valid' && label !== '');

    // None is "acceptable".
    it('has a rule for every vector', () => {
      expect(new Set(all.map(({ tcId }) => tcId)).size).toBe(vectors.numberOfTests);
      expect({ unlabelled: unlabelled.length, labelled: labelled.length, invalid: invalid.length }).toEqual(counts);
      expect(unlabelled.length + labelled.length + invalid.length).toBe(vectors.numberOfTests);
      expect(new Set(all.map(({ group }) => `${group.sha} ${group.mgfSha}`))).toEqual(
        new Set([`${padding.slice(5)} ${padding.slice(5)}`]),
      );
    });

    it('the valid of empty label open', () => {
      for (const { group, tcId, ct, msg } of unlabelled) {
        expect(decryptOrNone(padding, group.privateKeyPem, ct), `${tcId}`).toBe(msg);
      }
    });

    it('the invalid do not, all in the same way', () => {
      for (const { group, tcId, ct } of invalid) {
        expect(decryptOrNone(padding, group.privateKeyPem, ct), `${tcId}`).toBe(undefined);
      }
    });

    it('those of another label open with the primitive and the label only', () => {
      for (const { group, tcId, ct, msg, label } of labelled) {
        const opened = privateDecrypt(
          {
            key: group.privateKeyPem,
            padding: constants.RSA_PKCS1_OAEP_PADDING,
            oaepHash: hash,
            oaepLabel: Buffer.from(label, 'hex'),
          },
          hex(ct),
        );
        expect(toHex(opened), `${tcId}`).toBe(msg);
        expect(decryptOrNone(padding, group.privateKeyPem, ct), `${tcId}`).toBe(undefined);
      }
    });
  });
}

it('the noble provider has no RSA at all', () => {
  expect(nobleProvider.rsa).toBe(undefined);
});

function decryptOrNone(padding: RsaPadding, privateKey: string, ciphertext: string): string | undefined {
  const { rsa } = nodeProvider;
  if (rsa === undefined) throw new Error('the node provider has RSA');
  const plaintext = rsa.rsaDecrypt(privateKey, padding, hex(ciphertext));
  return plaintext && toHex(plaintext);
}
