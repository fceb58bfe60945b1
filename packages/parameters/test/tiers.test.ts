/** Tiers, and what a ciphertext is bound to. */

import { inspect } from '@securestring/core';
import { describe, expect, it } from 'vitest';
import type { ParameterStore } from '../src/index.ts';
import { countsCodec, headCodec } from '../src/state/codec.ts';
import { COUNTS_KEY } from '../src/state/keys.ts';
import { noChange, opened, openWorld, policies, put, recordsOf, ssmRefusal, thrownBy } from './support.ts';
import { expectWhole } from './whole.ts';

const SETTING = '/ssm/parameter-store/default-parameter-tier';
const secure = { type: 'SecureString' } as const;

async function tierOf(store: ParameterStore, name = 'p') {
  const { parameters } = await store.describeParameters({ parameterFilters: [{ key: 'Name', values: [name] }] });
  return parameters[0]?.tier;
}

/** What is stored of each version, taken apart without a key. */
async function stored(store: ParameterStore, name = 'p') {
  const { parameters } = await store.getParameterHistory({ name });
  return parameters.map(({ tier, value }) => [tier, inspect(value).kind]);
}

describe('the tier', () => {
  it('standard stores one encrypted blob, advanced an envelope message', async () => {
    const { store } = await openWorld();
    await put(store, 'p', 'v', secure);
    await put(store, 'q', 'v', { ...secure, tier: 'Advanced' });
    expect(await stored(store)).toEqual([['Standard', 'key-blob']]);
    expect(await stored(store, 'q')).toEqual([['Advanced', 'message']]);
    const message = inspect((await store.getParameter({ name: 'q' })).parameter.value);
    expect(message).toMatchObject({
      suite: '0x0478',
      encryptionContext: { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/q' },
    });
  });

  it('changes upward with overwrite and Advanced, to another key too; older versions stay as they are', async () => {
    const { store, keystore } = await openWorld();
    const { keyMetadata } = await keystore.createKey();
    await put(store, 'p', '1', secure);
    const before = (await store.getParameter({ name: 'p' })).parameter.value;
    expect(
      await put(store, 'p', '2', { ...secure, tier: 'Advanced', overwrite: true, keyId: keyMetadata.arn }),
    ).toEqual({
      version: 2,
      tier: 'Advanced',
    });
    expect(await stored(store)).toEqual([
      ['Standard', 'key-blob'],
      ['Advanced', 'message'],
    ]);
    expect((await store.getParameter({ name: 'p:1' })).parameter.value).toBe(before);
    expect([await opened(store, 'p:1'), await opened(store, 'p')]).toEqual(['1', '2']);
    const { parameters } = await store.getParameterHistory({ name: 'p' });
    expect(parameters.map(({ keyId }) => keyId)).toEqual(['alias/aws/ssm', keyMetadata.arn]);
  });

  it('stays Advanced where an overwrite names none, and never goes back', async () => {
    const { store } = await openWorld();
    await put(store, 'p', '1', { tier: 'Advanced' });
    expect(await put(store, 'p', '2', { overwrite: true })).toEqual({ version: 2, tier: 'Advanced' });
    expect((await put(store, 'p', '3', { overwrite: true, tier: 'Intelligent-Tiering' })).tier).toBe('Advanced');
    await ssmRefusal(
      () => put(store, 'p', '4', { overwrite: true, tier: 'Standard' }),
      'ValidationException',
      /downgrade/,
    );
    expect(await opened(store, 'p')).toBe('3');
    await store.deleteParameter({ name: 'p' });
    expect((await put(store, 'p', '1', { tier: 'Standard' })).tier).toBe('Standard');
  });

  it('converts with the value, key and settings that are there, or under another key', async () => {
    const { store, keystore } = await openWorld();
    const { keyMetadata } = await keystore.createKey();
    const resource = { resourceType: 'Parameter', resourceId: '/p' } as const;
    for (const [name, keyId] of [
      ['/p', keyMetadata.keyId],
      ['/q', 'alias/aws/ssm'],
    ] as const) {
      await put(store, name, 's3cret', { ...secure, keyId, description: 'd', allowedPattern: '[a-z0-9]+' });
    }
    await store.addTagsToResource({ ...resource, tags: [{ key: 'a', value: 'b' }] });
    const { arn } = (await store.getParameter({ name: '/p' })).parameter;
    expect(await store.convertToAdvanced({ name: arn })).toEqual({ version: 2, tier: 'Advanced' });
    await store.convertToAdvanced({ name: '/q', keyId: keyMetadata.arn });
    const { parameters } = await store.describeParameters();
    const kept = { tier: 'Advanced', version: 2, description: 'd', allowedPattern: '[a-z0-9]+' };
    expect(parameters).toEqual([
      expect.objectContaining({ ...kept, name: '/p', keyId: keyMetadata.keyId }),
      expect.objectContaining({ ...kept, name: '/q', keyId: keyMetadata.arn }),
    ]);
    expect([await opened(store, '/p'), await opened(store, '/q')]).toEqual(['s3cret', 's3cret']);
    expect((await store.listTagsForResource(resource)).tagList).toEqual([{ key: 'a', value: 'b' }]);
    expect(await stored(store, '/p')).toEqual([
      ['Standard', 'key-blob'],
      ['Advanced', 'message'],
    ]);
  });

  it('converts a String, in clear, and counts it in its new tier', async () => {
    const { store, storage } = await openWorld();
    await put(store, 'p', 'v');
    await store.convertToAdvanced({ name: 'p' });
    expect([await tierOf(store), await opened(store, 'p')]).toEqual(['Advanced', 'v']);
    await expectWhole(storage);
  });

  it('refuses to convert what is not there or Advanced already, and a key for a String', async () => {
    const { store } = await openWorld();
    const convert = (name: string, keyId?: string) => () => store.convertToAdvanced({ name, ...(keyId && { keyId }) });
    await put(store, 'p', 'v', { tier: 'Advanced' });
    await put(store, 'q', 'v');
    await put(store, 's', 'v', secure);
    await ssmRefusal(convert('none'), 'ParameterNotFound', 'Parameter none not found.');
    await ssmRefusal(convert('p'), 'ValidationException', 'Parameter p uses the advanced-parameter tier already.');
    await ssmRefusal(
      convert('q', 'alias/aws/ssm'),
      'ValidationException',
      'KeyId is required for SecureString type parameter only.',
    );
    await ssmRefusal(convert('s', 'alias/none'), 'InvalidKeyId', /alias\/none is not found/);
    await ssmRefusal(convert('s:1'), 'ValidationException', /correct syntax/);
    for (const [name, version] of [
      ['p', 1],
      ['q', 1],
      ['s', 1],
    ] as const) {
      expect((await store.getParameter({ name })).parameter.version).toBe(version);
    }
  });

  it.each([
    ['a short value', 'v'.repeat(4096), {}, 'Standard'],
    ['a long value', 'v'.repeat(4097), {}, 'Advanced'],
    ['a value of many bytes', 'ü'.repeat(2049), {}, 'Advanced'],
    ['policies', 'v', { policies: policies(noChange(1)) }, 'Advanced'],
    ['no policies', 'v', { policies: '[{}]' }, 'Standard'],
  ] as const)('under Intelligent-Tiering follows from %s', async (_, value, request, tier) => {
    const { store } = await openWorld();
    expect((await put(store, 'p', value, { ...request, tier: 'Intelligent-Tiering' })).tier).toBe(tier);
    expect(await tierOf(store)).toBe(tier);
  });

  it('under Intelligent-Tiering is Advanced where there are 10,000 standard parameters', async () => {
    const world = await openWorld();
    const { store } = world;
    const records = recordsOf(world);
    await put(store, 'there', 'v');
    const counts = countsCodec.encode({ Standard: 10_000, Advanced: 0 });
    const expectedVersion = (await records.get(COUNTS_KEY))?.version ?? 0;
    await records.commit([{ key: COUNTS_KEY, value: counts, expectedVersion }]);
    expect((await put(store, 'p', 'v', { tier: 'Intelligent-Tiering' })).tier).toBe('Advanced');
    expect((await put(store, 'there', 'w', { tier: 'Intelligent-Tiering', overwrite: true })).tier).toBe('Standard');
    await store.deleteParameter({ name: 'there' });
    expect((await put(store, 'again', 'v')).tier).toBe('Standard');
  });

  it('that no request names is the setting’s, for all stores on the storage', async () => {
    const { store, another } = await openWorld();
    const other = await another();
    expect((await store.getServiceSetting({ settingId: SETTING })).serviceSetting).toEqual({
      settingId: SETTING,
      settingValue: 'Standard',
      lastModifiedDate: new Date(0),
      lastModifiedUser: 'arn:aws:iam::000000000000:root',
      arn: `arn:aws:ssm:us-east-1:000000000000:servicesetting${SETTING}`,
      status: 'Default',
    });
    await put(store, 'old', '1');
    await store.updateServiceSetting({ settingId: SETTING, settingValue: 'Advanced' });
    expect((await put(other, 'p', 'v')).tier).toBe('Advanced');
    expect((await put(other, 'q', 'v', { tier: 'Standard' })).tier).toBe('Standard');
    expect((await put(other, 'old', '2', { overwrite: true })).tier).toBe('Advanced');
    expect((await other.getServiceSetting({ settingId: SETTING })).serviceSetting).toMatchObject({
      settingValue: 'Advanced',
      status: 'Customized',
    });
    await store.resetServiceSetting({ settingId: SETTING });
    expect((await put(other, 'r', 'v')).tier).toBe('Standard');
  });

  it('is not what the throughput setting changes, which is kept as tools ask for it', async () => {
    const { store, another } = await openWorld();
    const settingId = '/ssm/parameter-store/high-throughput-enabled';
    const setting = async () => (await (await another()).getServiceSetting({ settingId })).serviceSetting;
    expect(await setting()).toMatchObject({ settingValue: 'false', status: 'Default', lastModifiedDate: new Date(0) });
    await store.updateServiceSetting({ settingId, settingValue: 'true' });
    expect(await setting()).toMatchObject({ settingId, settingValue: 'true', status: 'Customized' });
    await ssmRefusal(
      () => store.updateServiceSetting({ settingId, settingValue: 'yes' }),
      'ValidationException',
      'Invalid setting value: yes. Valid values are: true, false.',
    );
    expect((await store.resetServiceSetting({ settingId })).serviceSetting).toMatchObject({ settingValue: 'false' });
    expect((await put(store, 'p', 'v')).tier).toBe('Standard');
  });

  it('counts what there is: made, moved up, deleted, expired', async () => {
    const world = await openWorld();
    const { store } = world;
    const counts = async () =>
      countsCodec.decode((await recordsOf(world).get(COUNTS_KEY))?.value ?? new Uint8Array(), '');
    await put(store, 'a', '1');
    await put(store, 'b', '1', { tier: 'Advanced' });
    await put(store, 'a', '2', { overwrite: true });
    expect(await counts()).toEqual({ Standard: 1, Advanced: 1 });
    await put(store, 'a', '3', { overwrite: true, tier: 'Advanced' });
    expect(await counts()).toEqual({ Standard: 0, Advanced: 2 });
    await store.deleteParameters({ names: ['a', 'b', 'c'] });
    expect(await counts()).toEqual({ Standard: 0, Advanced: 0 });
  });

  it('sizes: the largest value of each fits, in bytes of UTF-8', async () => {
    const { store } = await openWorld();
    for (const [i, value] of ['v'.repeat(4096), 'ü'.repeat(2048), '𝄞'.repeat(1024)].entries()) {
      await put(store, `s${i}`, value, secure);
      expect(await opened(store, `s${i}`)).toBe(value);
      await put(store, `a${i}`, value + value, { ...secure, tier: 'Advanced' });
      expect(await opened(store, `a${i}`)).toBe(value + value);
    }
  });
});

describe('a ciphertext', () => {
  it.each([
    ['Standard', 'SsmError', 'SSM_INVALID_KEY_ID'],
    ['Advanced', 'PolicyError', 'ENCRYPTION_CONTEXT_MISMATCH'],
  ] as const)('of the %s tier that was copied under another name does not open', async (tier, type, code) => {
    const world = await openWorld();
    const { store } = world;
    const records = recordsOf(world);
    await put(store, '/from', 'secret', { ...secure, tier });
    await put(store, '/to', 'other', { ...secure, tier });
    const from = await records.get('p/from');
    const to = await records.get('p/to');
    await records.commit([{ key: 'p/to', value: from?.value, expectedVersion: to?.version ?? 0 }]);
    const error = await thrownBy(() => opened(store, '/to'));
    expect((error as Error).constructor.name).toBe(type);
    expect(error).toHaveProperty('code', code);
    expect(await opened(store, '/from')).toBe('secret');
  });

  it.each(['Standard', 'Advanced'] as const)(
    'of the %s tier in which a bit was changed does not open',
    async (tier) => {
      const world = await openWorld();
      const { store } = world;
      const records = recordsOf(world);
      await put(store, '/p', 'secret', { ...secure, tier });
      const entry = await records.get('p/p');
      const head = headCodec.decode(entry?.value ?? new Uint8Array(), 'p/p');
      const bytes = Buffer.from(head.current.value, 'base64');
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
      const changed = { ...head, current: { ...head.current, value: bytes.toString('base64') } };
      await records.commit([{ key: 'p/p', value: headCodec.encode(changed), expectedVersion: entry?.version ?? 0 }]);
      expect(await thrownBy(() => opened(store, '/p'))).toBeInstanceOf(Error);
    },
  );
});

describe('Strings', () => {
  it('are stored as they are, and need no key', async () => {
    const { store, storage } = await openWorld();
    await put(store, 'p', 'plain text');
    await put(store, 'l', 'one,two', { type: 'StringList', tier: 'Advanced' });
    const bytes = Buffer.concat((await storage.list({ prefix: '' })).map(({ value }) => value));
    for (const value of ['plain text', 'one,two']) expect(bytes.includes(value)).toBe(true);
    expect((await store.getParameter({ name: 'l' })).parameter.value).toBe('one,two');
  });
});
