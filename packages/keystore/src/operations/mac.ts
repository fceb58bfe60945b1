/**
 * The operations of HMAC keys (RFC 2104 with SHA-2). They are synchronous, on the committed state, with AWS's order of
 * checks.
 * @module
 */

import { PLAIN_TEXT_HINT } from '@securestring/core/bytes';
import { blob, oneOf } from '@securestring/service';
import { hmacOf, type MacHash, provider } from '#platform';
import { KmsError } from '../errors.ts';
import { MAX_MAC_LENGTH, MAX_MAC_MESSAGE_LENGTH } from '../limits.ts';
import type {
  CryptographicOperations,
  GenerateMacRequest,
  GenerateMacResult,
  MacAlgorithm,
  VerifyMacRequest,
  VerifyMacResult,
} from '../requests.ts';
import type { ActiveKey } from '../state/unwrapped.ts';
import type { View } from '../state/view.ts';
import { endDryRun, findKey, invalidState, requireUsable, requireUsage } from './checks.ts';
import { BYTES, FLAG, GRANT_TOKENS, KEY_ID, TEXT, YES_OR_NO } from './members.ts';
import { MAC_ALGORITHMS } from './metadata.ts';
import type { Rows } from './row.ts';

const HASHES: Readonly<Record<MacAlgorithm, MacHash>> = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
};

/** Computes a MAC. */
export function generateMac(view: View, request: GenerateMacRequest): GenerateMacResult {
  const { arn, mac } = compute(view, request, 'GenerateMac');
  endDryRun(request, mac);
  return { mac, macAlgorithm: request.macAlgorithm, keyId: arn };
}

/** Verifies a MAC in constant time. */
export function verifyMac(view: View, request: VerifyMacRequest): VerifyMacResult {
  const { arn, mac } = compute(view, request, 'VerifyMac');
  if (!provider.equalConstantTime(mac, request.mac)) {
    throw new KmsError('KMSInvalidMacException', '');
  }
  endDryRun(request);
  return { keyId: arn, macValid: true, macAlgorithm: request.macAlgorithm };
}

function compute(
  view: View,
  { keyId, message, macAlgorithm }: GenerateMacRequest,
  operation: string,
): { arn: string; mac: Uint8Array<ArrayBuffer> } {
  const key = findKey(view, keyId);
  requireUsable(key, view.now);
  requireUsage(key, 'GENERATE_VERIFY_MAC', operation);
  requireFitting(key, macAlgorithm);
  const secret = key.last?.blobKey?.material;
  // A key without its material is pending import, and was refused before.
  if (secret === undefined) throw invalidState(key.record.arn, 'PendingImport');
  return {
    arn: key.record.arn,
    mac: hmacOf(HASHES[macAlgorithm], secret, message),
  };
}

function requireFitting({ record: { keySpec } }: ActiveKey, algorithm: MacAlgorithm): void {
  if (keySpec !== 'SYMMETRIC_DEFAULT' && MAC_ALGORITHMS[keySpec] === algorithm) return;
  throw new KmsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${keySpec}.`);
}

const MAC_ALGORITHM = oneOf(['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512']);
const MAC = {
  keyId: KEY_ID,
  message: blob({ least: 1, most: MAX_MAC_MESSAGE_LENGTH }, PLAIN_TEXT_HINT),
  macAlgorithm: MAC_ALGORITHM,
  dryRun: FLAG,
  grantTokens: GRANT_TOKENS,
} as const;

/** The rows of these operations. */
export const MAC_ROWS: Rows<Pick<CryptographicOperations, 'generateMac' | 'verifyMac'>> = {
  generateMac: {
    request: MAC,
    answer: { mac: BYTES, macAlgorithm: TEXT, keyId: TEXT },
    readOnly: true,
    way: 'use',
    conditions: { 'kms:MacAlgorithm': 'macAlgorithm' },
    isCrossAccount: true,
    work: generateMac,
  },
  verifyMac: {
    request: { ...MAC, mac: blob({ least: 1, most: MAX_MAC_LENGTH }) },
    answer: { keyId: TEXT, macValid: YES_OR_NO, macAlgorithm: TEXT },
    readOnly: true,
    way: 'use',
    conditions: { 'kms:MacAlgorithm': 'macAlgorithm' },
    isCrossAccount: true,
    work: verifyMac,
  },
};
