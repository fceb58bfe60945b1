/**
 * HMAC keys in use (RFC 2104 with SHA-2): synchronous, on committed records only, with the checks in AWS's order.
 * @module
 */

import { hmacOf, type MacHash, provider } from '#platform';
import { KmsError } from '../errors.ts';
import { MAX_MAC_LENGTH, MAX_MAC_MESSAGE_LENGTH } from '../limits.ts';
import type {
  GenerateMacRequest,
  GenerateMacResult,
  MacAlgorithm,
  VerifyMacRequest,
  VerifyMacResult,
} from '../shapes.ts';
import type { ActiveKey } from '../state/snapshot.ts';
import type { Present } from '../store.ts';
import { endDryRun, findKey, invalidState, requireKeyId, requireUsable, requireUsage } from './find-key.ts';
import { MAC_ALGORITHMS } from './metadata.ts';
import { requireBlob, requireOneOf } from './shape.ts';

const HASHES: Readonly<Record<MacAlgorithm, MacHash>> = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
};
const ALGORITHMS = Object.keys(HASHES);
const MESSAGE_BOUNDS = { least: 1, most: MAX_MAC_MESSAGE_LENGTH } as const;
const MAC_BOUNDS = { least: 1, most: MAX_MAC_LENGTH } as const;

export function generateMac(present: Present, request: GenerateMacRequest): GenerateMacResult {
  requireShape(request);
  const { arn, mac } = compute(present, request, 'GenerateMac');
  endDryRun(request, mac);
  return { mac, macAlgorithm: request.macAlgorithm, keyId: arn };
}

/** Compares in constant time. */
export function verifyMac(present: Present, request: VerifyMacRequest): VerifyMacResult {
  requireShape(request);
  requireBlob(request.mac, 'mac', MAC_BOUNDS);
  const { arn, mac } = compute(present, request, 'VerifyMac');
  if (!provider.equalConstantTime(mac, request.mac)) {
    throw new KmsError('KMSInvalidMacException', '');
  }
  endDryRun(request);
  return { keyId: arn, macValid: true, macAlgorithm: request.macAlgorithm };
}

function requireShape({ keyId, message, macAlgorithm }: GenerateMacRequest): void {
  requireKeyId(keyId, 'keyId');
  requireBlob(message, 'message', MESSAGE_BOUNDS);
  requireOneOf(macAlgorithm, 'macAlgorithm', ALGORITHMS);
}

function compute(
  present: Present,
  { keyId, message, macAlgorithm }: GenerateMacRequest,
  operation: string,
): { arn: string; mac: Uint8Array<ArrayBuffer> } {
  const key = findKey(present, keyId);
  requireUsable(key, present.now);
  requireUsage(key, 'GENERATE_VERIFY_MAC', operation);
  requireFitting(key, macAlgorithm);
  const secret = key.last?.blobKey?.material;
  // A key without its material is pending import, which was judged before.
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
