/**
 * Keys as people name them.
 * @module
 */

import type { Keystore } from '@securestring/keystore';

/** An alias, or an alias's ARN. */
const ALIAS = /^(arn:[^/]*:)?alias\//;

/**
 * What operations that take no alias are given: the id behind an alias, and everything else as it was typed.
 *
 * @throws `KmsError` (`NotFoundException`) where there is no such alias.
 */
export async function plainKeyId(keystore: Keystore, typed: string): Promise<string> {
  if (!ALIAS.test(typed)) return typed;
  return (await keystore.describeKey({ keyId: typed })).keyMetadata.keyId;
}
