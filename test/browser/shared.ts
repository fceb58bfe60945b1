/**
 * What the page and the tests share: keys, and a small key service over the engine's key blobs. No Node in it.
 * @module
 */

import {
  encodeEncryptionContext,
  type Keyring,
  type KeyService,
  type Provider,
  rawAesKeyring,
} from '@securestring/core';
import { blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';

export const ARN = 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter';
export const CONTEXT = { purpose: 'test', Zebra: 'é', '\u{1f600}': '\ufffd' };

const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';

export function sharedKeyring(): Keyring {
  return rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'test-key', wrappingKey: new Uint8Array(32).fill(7) });
}

/** A service with one key, under every name. */
export function sharedKeyService(provider: Provider): KeyService {
  const key = blobKey(provider, new Uint8Array(32).fill(9), KEY_ARN);
  const wrap: KeyService['encrypt'] = ({ plaintext, encryptionContext = {} }) => ({
    keyId: KEY_ARN,
    ciphertextBlob: wrapKeyBlob(provider, key, 0x54, plaintext, encodeEncryptionContext(encryptionContext)),
  });
  return {
    encrypt: wrap,
    generateDataKey: (request) => {
      const plaintext = provider.randomKey(request.numberOfBytes);
      return { ...wrap({ ...request, plaintext }), plaintext };
    },
    decrypt: ({ ciphertextBlob, encryptionContext = {} }) => ({
      keyId: KEY_ARN,
      plaintext: unwrapKeyBlob(
        provider,
        key,
        decodeKeyBlob(ciphertextBlob),
        encodeEncryptionContext(encryptionContext),
      ),
    }),
  };
}
