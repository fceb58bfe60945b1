/** The partition of a parameter's ARN, which its ciphertext is bound to, is the keystore's. */

import { memoryStorage as keystoreMemory, openKeystore } from '@securestring/keystore';
import { expect, it } from 'vitest';
import { memoryStorage, openParameterStore, type ParameterKeystore } from '../src/index.ts';
import { rootKey } from './support.ts';

const PARAMETER = { name: '/secret', value: 'value', type: 'SecureString' } as const;

it.each([
  ['eu-west-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
])('a parameter in %s has an ARN in %s, and opens by it', async (region, partition) => {
  const keystore = await openKeystore({ storage: keystoreMemory(), unlock: { rootKey }, region });
  const store = await openParameterStore({ keystore, storage: memoryStorage() });
  await store.putParameter(PARAMETER);
  const arn = `arn:${partition}:ssm:${region}:000000000000:parameter/secret`;
  const { parameter } = await store.getParameter({ name: arn, withDecryption: true });
  expect(parameter).toMatchObject({ arn, value: 'value' });
});

it('over a key service that names no partition it is aws, as before', async () => {
  const keystore = await openKeystore({ storage: keystoreMemory(), unlock: { rootKey }, region: 'cn-north-1' });
  const { partition: _, ...rest } = keystore;
  const older: ParameterKeystore = rest;
  const store = await openParameterStore({ keystore: older, storage: memoryStorage() });
  await store.putParameter(PARAMETER);
  const { parameter } = await store.getParameter({ name: '/secret', withDecryption: true });
  expect(parameter).toMatchObject({ arn: 'arn:aws:ssm:cn-north-1:000000000000:parameter/secret', value: 'value' });
});
