/**
 * Public test vectors, which are beside the repository and not part of it. If they are missing, what needs them is
 * skipped by name; with `SECURESTRING_REQUIRE=vectors` it fails instead.
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isRequired } from './required.ts';

/** What to do about files that are missing. */
const HINT = 'scripts/vectors.mjs lays them out, see CONTRIBUTING.md';

/** The folder with `esdk/` and `wycheproof/` in it. */
export function vectorsFolder(): string {
  return process.env['SECURESTRING_VECTORS'] || fileURLToPath(new URL('../../../shared/vectors', import.meta.url));
}

/** Defines a suite over one file of vectors, which `define` gets parsed. Without the file it is skipped, or fails. */
export function describeWithVectors<File extends keyof VectorFiles>(
  name: string,
  file: File,
  define: (vectors: VectorFiles[File]) => void,
): void {
  const path = join(vectorsFolder(), file);
  if (existsSync(path)) {
    describe(name, () => define(JSON.parse(readFileSync(path, 'utf8'))));
  } else if (isRequired('vectors')) {
    describe(name, () => it('finds its vectors', () => expect.fail(`missing: ${path}. ${HINT}`)));
  } else {
    describe.skip(`${name} (no ${file}: ${HINT})`, () => it('needs vectors', () => undefined));
  }
}

/** Every file that a suite may ask for, and what is in it. */
export interface VectorFiles {
  'esdk/net-4.0.1-aws-kms-parse-only.json': EsdkVectors<null>;
  'esdk/net-4.0.1-raw-aes.json': EsdkVectors<string>;
  'esdk/net-4.0.1-raw-rsa.json': EsdkVectors<string>;
  'esdk/python-1.3.5-aws-kms-parse-only.json': EsdkVectors<null>;
  'wycheproof/aes_gcm_test.json': Wycheproof<AeadGroup>;
  'wycheproof/aes_kwp_test.json': Wycheproof<KeyWrapGroup>;
  'wycheproof/aes_wrap_test.json': Wycheproof<KeyWrapGroup>;
  'wycheproof/hkdf_sha256_test.json': Wycheproof<HkdfGroup>;
  'wycheproof/hkdf_sha384_test.json': Wycheproof<HkdfGroup>;
  'wycheproof/hkdf_sha512_test.json': Wycheproof<HkdfGroup>;
  'wycheproof/hmac_sha256_test.json': Wycheproof<MacGroup>;
  'wycheproof/hmac_sha512_test.json': Wycheproof<MacGroup>;
}

/** Encryption SDK messages; `Plaintext` is base64, or null where the messages can only be parsed. */
export interface EsdkVectors<Plaintext extends string | null = string | null> {
  readonly description: string;
  readonly keys: Readonly<Record<string, EsdkKey>>;
  readonly plaintext: Plaintext;
  readonly tests: readonly EsdkTest[];
}

export interface EsdkKey {
  readonly type: 'symmetric' | 'private' | 'public';
  readonly 'key-id': string;
  readonly algorithm: 'aes' | 'rsa';
  readonly bits: number;
  readonly encoding: 'base64' | 'pem';
  readonly material: string;
  readonly encrypt: boolean;
  readonly decrypt: boolean;
}

export interface EsdkTest {
  readonly name: string;
  /** Base64 of the message. */
  readonly ciphertext: string;
  readonly masterKeys: readonly EsdkMasterKey[];
  readonly cmm?: 'Default' | 'RequiredEncryptionContext';
  readonly encryptionContext?: Readonly<Record<string, string>>;
}

/** `key` is a name in {@link EsdkVectors.keys}. */
export type EsdkMasterKey =
  | { readonly type: 'aws-kms'; readonly key: string }
  | {
      readonly type: 'raw';
      readonly key: string;
      readonly 'provider-id': string;
      readonly 'encryption-algorithm': 'aes' | 'rsa';
      readonly 'padding-algorithm'?: 'pkcs1' | 'oaep-mgf1';
      readonly 'padding-hash'?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
    };

/** Sizes are in bits (`keySize` of HKDF too; `size` of one HKDF test is in bytes), all bytes are hex. */
export interface Wycheproof<Group> {
  readonly algorithm: string;
  readonly numberOfTests: number;
  readonly notes: Readonly<Record<string, { readonly description?: string; readonly bugType: string }>>;
  readonly testGroups: readonly Group[];
}

export interface WycheproofTest {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

export interface AeadGroup {
  readonly type: 'AeadTest';
  readonly ivSize: number;
  readonly keySize: number;
  readonly tagSize: number;
  readonly tests: readonly AeadTest[];
}

export interface AeadTest extends WycheproofTest {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

export interface KeyWrapGroup {
  readonly type: 'KeywrapTest';
  readonly keySize: number;
  readonly tests: readonly KeyWrapTest[];
}

export interface KeyWrapTest extends WycheproofTest {
  readonly key: string;
  readonly msg: string;
  readonly ct: string;
}

export interface HkdfGroup {
  readonly type: 'HkdfTest';
  readonly keySize: number;
  readonly tests: readonly HkdfTest[];
}

export interface HkdfTest extends WycheproofTest {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

export interface MacGroup {
  readonly type: 'MacTest';
  readonly keySize: number;
  readonly tagSize: number;
  readonly tests: readonly MacTest[];
}

export interface MacTest extends WycheproofTest {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}
