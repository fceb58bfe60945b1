/**
 * Other people's implementations, apart from ours: what they bring along is never installed with our packages.
 * @module
 */

import { createRequire } from 'node:module';

export {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
export { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
export { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

const require = createRequire(import.meta.url);

/** The installed version. */
export const clientNodeVersion: string = (require('@aws-crypto/client-node/package.json') as { version: string })
  .version;
