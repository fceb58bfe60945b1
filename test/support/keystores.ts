/**
 * A real keystore in memory, its class of errors, and the ARNs of parameters. The tests of core, which knows no
 * keystore, import it from here.
 * @module
 */

import { parameterArn } from '@securestring/core';
import { type Keystore, memoryStorage, openKeystore } from '@securestring/keystore';
import { counting } from './bytes.ts';

export { KmsError } from '@securestring/keystore';

export const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** Opens a keystore with a raw root key, since scrypt would cost every test half a second. */
export function testKeystore(): Promise<Keystore> {
  return openKeystore({ storage: memoryStorage(), unlock: { rootKey: counting(32, 50) }, ...PLACE });
}

export function arnOf(name: string): string {
  return parameterArn({ name, ...PLACE });
}
