/**
 * What does a message cost where there is no OpenSSL: noble against node?
 * @module
 */

import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, type Provider, rawAesKeyring } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { mustEqual } from '../agreement.ts';
import type { Question, Row } from '../question.ts';

const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };
const cases = [
  { name: '64 B', length: 64 },
  { name: '4 KB', length: 4096 },
  { name: '64 KB', length: 65536 },
];

export const question: Question = {
  title: 'Providers: our messages of suite 0x0478 in frames of 4096 bytes, node:crypto against noble',
  rows: () => cases.flatMap(({ name, length }) => providerRows(name, length)),
};

function providerRows(name: string, length: number): Row[] {
  const keyring = rawAesKeyring({ keyNamespace: 'bench', keyName: 'key-1', wrappingKey: randomBytes(32) });
  const plaintext = Uint8Array.from(randomBytes(length));
  const seal = (provider: Provider) => encrypt(plaintext, { keyring, encryptionContext, provider }).message;
  const open = (message: Uint8Array, provider: Provider) => decrypt(message, { keyring, provider }).plaintext;

  const message = seal(nodeProvider);
  mustEqual(`${name}: sealed with node, opened with noble`, open(message, nobleProvider), plaintext);
  mustEqual(`${name}: sealed with noble, opened with node`, open(seal(nobleProvider), nodeProvider), plaintext);

  return [
    {
      name: `${name} encrypt`,
      measure: 'speed-up',
      subject: { name: 'node', asynchronous: false, run: () => seal(nodeProvider) },
      reference: { name: 'noble', asynchronous: false, run: () => seal(nobleProvider) },
    },
    {
      name: `${name} decrypt`,
      measure: 'speed-up',
      subject: { name: 'node', asynchronous: false, run: () => open(message, nodeProvider) },
      reference: { name: 'noble', asynchronous: false, run: () => open(message, nobleProvider) },
    },
  ];
}
