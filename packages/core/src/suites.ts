/**
 * The eleven algorithm suites, one row each. All code reads a suite's facts from its row and never compares ids.
 * Source: framework/algorithm-suites.md#supported-algorithm-suites.
 * @module
 */

import { PolicyError } from './errors.ts';
import { oneOf, type Take } from './options.ts';

/** Names of hashes. */
export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';
/** Names of curves, FIPS 186-4 D.1.2. */
export type CurveName = 'P-256' | 'P-384';

/** The derivation of keys from a suite's data key: none, one key, or one key and a commitment to it. */
export type KeyDerivation =
  | { readonly kind: 'identity' }
  | { readonly kind: 'hkdf'; readonly hash: HashName }
  | { readonly kind: 'hkdf-commit'; readonly hash: HashName };

/** An algorithm suite: a row of the table. */
export interface Suite {
  /** The id on the wire. */
  readonly id: SuiteId;
  /** The name in the specification. */
  readonly name: string;
  /** Version of the message format that carries the suite. */
  readonly messageVersion: 1 | 2;
  /** Bytes of the data key that a keyring must return, and of the AES key derived from it. */
  readonly dataKeyLength: 16 | 24 | 32;
  /** The derivation of the message's keys. */
  readonly derivation: KeyDerivation;
  /** Bytes of the key commitment in the header; 0 if the suite does not commit. */
  readonly commitmentLength: 0 | 32;
  /** Bytes of the message id. */
  readonly messageIdLength: 16 | 32;
  /** Curve and hash of the signature, `null` if the suite does not sign. */
  readonly signature: { readonly curve: CurveName; readonly hash: HashName } | null;
}

/** Ids of suites, u16 on the wire. */
export type SuiteId = 0x0014 | 0x0046 | 0x0078 | 0x0114 | 0x0146 | 0x0178 | 0x0214 | 0x0346 | 0x0378 | 0x0478 | 0x0578;

const IDENTITY: KeyDerivation = { kind: 'identity' };
const HKDF_SHA256: KeyDerivation = { kind: 'hkdf', hash: 'sha256' };
const HKDF_SHA384: KeyDerivation = { kind: 'hkdf', hash: 'sha384' };
const HKDF_SHA512_COMMIT: KeyDerivation = { kind: 'hkdf-commit', hash: 'sha512' };
const P256 = { curve: 'P-256', hash: 'sha256' } as const;
const P384 = { curve: 'P-384', hash: 'sha384' } as const;

const V1 = { messageVersion: 1, commitmentLength: 0, messageIdLength: 16 } as const;
const V2 = { messageVersion: 2, commitmentLength: 32, messageIdLength: 32 } as const;

// biome-ignore format: a table reads best as one
const ROWS: readonly Suite[] = [
  { id: 0x0014, ...V1, dataKeyLength: 16, derivation: IDENTITY,           signature: null, name: 'AES_128_GCM_IV12_TAG16_NO_KDF' },
  { id: 0x0046, ...V1, dataKeyLength: 24, derivation: IDENTITY,           signature: null, name: 'AES_192_GCM_IV12_TAG16_NO_KDF' },
  { id: 0x0078, ...V1, dataKeyLength: 32, derivation: IDENTITY,           signature: null, name: 'AES_256_GCM_IV12_TAG16_NO_KDF' },
  { id: 0x0114, ...V1, dataKeyLength: 16, derivation: HKDF_SHA256,        signature: null, name: 'AES_128_GCM_IV12_TAG16_HKDF_SHA256' },
  { id: 0x0146, ...V1, dataKeyLength: 24, derivation: HKDF_SHA256,        signature: null, name: 'AES_192_GCM_IV12_TAG16_HKDF_SHA256' },
  { id: 0x0178, ...V1, dataKeyLength: 32, derivation: HKDF_SHA256,        signature: null, name: 'AES_256_GCM_IV12_TAG16_HKDF_SHA256' },
  { id: 0x0214, ...V1, dataKeyLength: 16, derivation: HKDF_SHA256,        signature: P256, name: 'AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256' },
  { id: 0x0346, ...V1, dataKeyLength: 24, derivation: HKDF_SHA384,        signature: P384, name: 'AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384' },
  { id: 0x0378, ...V1, dataKeyLength: 32, derivation: HKDF_SHA384,        signature: P384, name: 'AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384' },
  { id: 0x0478, ...V2, dataKeyLength: 32, derivation: HKDF_SHA512_COMMIT, signature: null, name: 'AES_256_GCM_HKDF_SHA512_COMMIT_KEY' },
  { id: 0x0578, ...V2, dataKeyLength: 32, derivation: HKDF_SHA512_COMMIT, signature: P384, name: 'AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384' },
];

/** The suites by id. */
export const suites: ReadonlyMap<number, Suite> = new Map(ROWS.map((row) => [row.id, Object.freeze(row)]));

/** A rule that says whether the suites to write and to read must commit to their key. */
export type CommitmentPolicy =
  | 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT'
  | 'REQUIRE_ENCRYPT_ALLOW_DECRYPT'
  | 'FORBID_ENCRYPT_ALLOW_DECRYPT';

interface CommitmentRules {
  /** The suite for callers that do not name one. */
  readonly defaultSuite: SuiteId;
  /** Whether a suite to encrypt with must commit, or must not. */
  readonly encryptCommits: boolean;
  readonly decryptMustCommit: boolean;
}

const POLICIES: Readonly<Record<CommitmentPolicy, CommitmentRules>> = {
  REQUIRE_ENCRYPT_REQUIRE_DECRYPT: { defaultSuite: 0x0478, encryptCommits: true, decryptMustCommit: true },
  REQUIRE_ENCRYPT_ALLOW_DECRYPT: { defaultSuite: 0x0478, encryptCommits: true, decryptMustCommit: false },
  FORBID_ENCRYPT_ALLOW_DECRYPT: { defaultSuite: 0x0178, encryptCommits: false, decryptMustCommit: false },
};

/** Checks the name of a policy. An unknown name is a `RangeError`. */
export const asCommitmentPolicy: Take<CommitmentPolicy> = oneOf(
  'commitment policy',
  Object.keys(POLICIES) as CommitmentPolicy[],
);

/** The policy for callers that do not name one: messages without key commitment are neither written nor read. */
export const DEFAULT_COMMITMENT_POLICY: CommitmentPolicy = 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';

/** Returns the suite with this id, or the policy's default. Throws if the policy forbids it. */
export function suiteToEncrypt(id: SuiteId | undefined, policy: CommitmentPolicy): Suite {
  const rules = POLICIES[policy];
  const suite = suites.get(id ?? rules.defaultSuite);
  if (suite === undefined)
    throw new RangeError(
      `Unknown suite ${typeof id === 'number' ? suiteHex(id) : JSON.stringify(id)}. Known: ${[...suites.keys()].map(suiteHex).join(', ')}.`,
    );
  if (suite.commitmentLength > 0 !== rules.encryptCommits) {
    throw commitmentError(
      'The suite to encrypt with',
      suite,
      policy,
      rules.encryptCommits
        ? 'needs a committing suite to encrypt: 0x0478 or 0x0578'
        : 'forbids a committing suite to encrypt',
    );
  }
  return suite;
}

/** Throws if the policy forbids reading the suite. */
export function checkSuiteToDecrypt(suite: Suite, policy: CommitmentPolicy): void {
  if (POLICIES[policy].decryptMustCommit && suite.commitmentLength === 0) {
    throw commitmentError(
      "The message's suite",
      suite,
      policy,
      'refuses messages without key commitment; if this one must be read, decrypt with REQUIRE_ENCRYPT_ALLOW_DECRYPT',
    );
  }
}

/** Formats a suite id for people: `0x0478`. */
export function suiteHex(id: number): string {
  return `0x${id.toString(16).padStart(4, '0')}`;
}

function commitmentError(whose: string, suite: Suite, policy: CommitmentPolicy, what: string): PolicyError {
  return new PolicyError(
    'COMMITMENT_POLICY',
    `${whose} is ${suiteHex(suite.id)} (${suite.name}); policy ${policy} ${what}.`,
  );
}
