/** What `diagnostics` adds to the error of a message that does not open, and that nothing is added without it. */

import {
  decrypt,
  diagnostics,
  encrypt,
  type KeyUnavailableError,
  kmsKeyring,
  multiKeyring,
  rawAesKeyring,
  rawRsaKeyring,
} from '@securestring/core';
import { decryptNodeStream } from '@securestring/core/node';
import { counting } from '@securestring/test-support/bytes';
import { KmsError, testKeystore } from '@securestring/test-support/keystores';
import { refusal } from '@securestring/test-support/refusal';
import { rsaKeys } from '@securestring/test-support/rsa-keys';
import { expect, it } from 'vitest';

const kms = await testKeystore();
const { keyMetadata } = await kms.createKey();
const raw = (keyName: string, first = 0) =>
  rawAesKeyring({ keyNamespace: 'files', keyName, wrappingKey: counting(32).fill(first, 0, 1) });
const strict = kmsKeyring({ kms, generatorKeyId: keyMetadata.arn });
const { message } = encrypt(counting(9), {
  keyring: multiKeyring({
    generator: strict,
    children: [
      raw('one'),
      rawRsaKeyring({
        keyNamespace: 'people',
        keyName: 'ann',
        padding: 'OAEP-SHA-256',
        publicKey: rsaKeys().publicKey,
      }),
    ],
  }),
  encryptionContext: { project: 'alpha' },
});
await kms.disableKey({ keyId: keyMetadata.keyId });
const keyring = multiKeyring({ children: [strict, raw('one', 9)] });

function failure(options: {
  readonly diagnostics?: typeof diagnostics;
  readonly encryptionContext?: Record<string, string>;
}) {
  return refusal(() => decrypt(message, { keyring, ...options }), 'NO_DATA_KEY') as KeyUnavailableError;
}

it('names every key of the message and what its keyring said', () => {
  const { failures, message: said } = failure({ diagnostics });
  expect(failures).toEqual([
    { index: 0, providerId: 'aws-kms', cause: 'unwrap failed', keyName: keyMetadata.arn, reason: expect.any(KmsError) },
    { index: 1, providerId: 'files', cause: 'unwrap failed', keyName: 'one', reason: expect.any(Error) },
    { index: 2, providerId: 'people', cause: 'not mine', keyName: 'ann' },
  ]);
  expect(failures[0]?.reason).toMatchObject({ name: 'DisabledException' });
  expect(said).toContain(`#0 "aws-kms" "${keyMetadata.arn}": unwrap failed (DisabledException: `);
  expect(said).toContain('#2 "people" "ann": not mine');
});

it('says the same of a stream', async () => {
  const stream = decryptNodeStream({ keyring, diagnostics });
  stream.on('error', () => undefined);
  stream.end(message);
  await expect(stream.header).rejects.toMatchObject({ failures: failure({ diagnostics }).failures });
});

it('names the pairs that the header does not have, beside those that it has', () => {
  const { contextNames, message: said } = failure({ diagnostics, encryptionContext: { projct: 'alpha' } });
  expect(contextNames).toEqual({ stored: ['project'], unstored: ['projct'] });
  expect(said).toContain('Its header does not have "projct", which the caller gave; it has "project". ');
  expect(failure({ diagnostics, encryptionContext: { project: 'alpha' } }).contextNames?.unstored).toEqual([]);
});

it('says nothing of that without the option', () => {
  const { failures, contextNames, message: said } = failure({ encryptionContext: { projct: 'alpha' } });
  expect(failures).toEqual([
    { index: 0, providerId: 'aws-kms', cause: 'unwrap failed' },
    { index: 1, providerId: 'files', cause: 'unwrap failed' },
    { index: 2, providerId: 'people', cause: 'not mine' },
  ]);
  expect(contextNames).toBeUndefined();
  expect(said).not.toMatch(/Disabled|projct|arn:/);
});
