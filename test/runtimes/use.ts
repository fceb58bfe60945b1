/**
 * The script that another runtime runs, from the sources: `use.ts FOLDER`. It compares each primitive of the default
 * provider with noble's, uses a keystore in memory and one in a file, and prints the provider's name.
 * @module
 */

import { deepStrictEqual, strictEqual } from 'node:assert';
import { join } from 'node:path';
import { decrypt, encrypt, providerName, rawAesKeyring, unwrapKey, wrapKey } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { fileStorage, memoryStorage, openKeystore } from '@securestring/keystore';

const plaintext = new TextEncoder().encode('hello');
const key = new Uint8Array(32).fill(5);

for (const length of [16, 24, 32]) {
  const wrappingKey = new Uint8Array(length).fill(7);
  for (const algorithm of ['AES-KW', 'AES-KWP'] as const) {
    const wrapped = wrapKey(wrappingKey, key, { algorithm });
    deepStrictEqual(wrapped, wrapKey(wrappingKey, key, { algorithm, provider: nobleProvider }));
    deepStrictEqual(unwrapKey(wrappingKey, wrapped, { algorithm }), key);
  }
  const keyring = rawAesKeyring({ keyNamespace: 'check', keyName: 'one', wrappingKey });
  for (const suite of [0x0014, 0x0046, 0x0178, 0x0378, 0x0478, 0x0578] as const) {
    const commitmentPolicy = suite < 0x0400 ? 'FORBID_ENCRYPT_ALLOW_DECRYPT' : 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';
    const { message } = encrypt(plaintext, { keyring, suite, commitmentPolicy });
    for (const provider of [undefined, nobleProvider]) {
      const options = { keyring, commitmentPolicy, ...(provider && { provider }) } as const;
      deepStrictEqual(decrypt(message, options).plaintext, plaintext);
    }
  }
}

const file = fileStorage(join(process.argv[2] ?? '', `keys-${process.pid}`));
for (const [storage, unlock] of [
  [memoryStorage(), { rootKey: key }],
  [file, { passphrase: 'correct horse' }],
  [file, { passphrase: 'correct horse' }],
] as const) {
  const keystore = await openKeystore({ storage, unlock });
  const { ciphertextBlob } = keystore.encrypt({ keyId: 'alias/aws/ssm', plaintext });
  deepStrictEqual(keystore.decrypt({ ciphertextBlob }).plaintext, plaintext);
  const { keyMetadata } = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
  const request = { keyId: keyMetadata.keyId, message: plaintext, macAlgorithm: 'HMAC_SHA_256' } as const;
  const { mac } = keystore.generateMac(request);
  strictEqual(keystore.verifyMac({ ...request, mac }).macValid, true);
  const envelope = await keystore.exportKeys({ keyIds: [keyMetadata.keyId], unlock: { rootKey: key } });
  const other = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: key } });
  strictEqual((await other.importKeys({ envelope, unlock: { rootKey: key } })).keys.length, 1);
  await other.close();
  await keystore.close();
}
process.stdout.write(`${providerName}\n`);
