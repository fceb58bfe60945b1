/** What an import leaves as it is, what it only shows, and how many parameters it takes. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import type { ImportParametersOptions, PutParameterRequest, SsmError, Tag } from '../src/index.ts';
import { opened, openWorld, put, ssmRefusal } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'parameters-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const named = (count: number, value: string): PutParameterRequest[] =>
  Array.from({ length: count }, (_, at) => ({ name: `/many/${at}`, value, type: 'SecureString', overwrite: true }));

function fiftyOne(): Tag[] {
  return Array.from({ length: 51 }, (_, at) => ({ key: `tag${at}`, value: '' }));
}

describe('an import', () => {
  it('makes no version where a request changes nothing', async () => {
    const { store, storage, events } = await openWorld();
    await put(store, '/secure', 'same', { type: 'SecureString', description: 'd', allowedPattern: '.*' });
    await put(store, '/list', 'a,b', { type: 'StringList' });
    const before = await storage.list({ prefix: '' });
    events.length = 0;
    const { parameters } = await store.importParameters([
      { name: '/secure', value: 'same', overwrite: true },
      { name: '/list', value: 'a,b', type: 'StringList', tier: 'Standard', description: '', overwrite: true },
    ]);
    expect(parameters).toEqual([
      { name: '/secure', version: 1, tier: 'Standard', outcome: 'same' },
      { name: '/list', version: 1, tier: 'Standard', outcome: 'same' },
    ]);
    expect(await storage.list({ prefix: '' })).toEqual(before);
    expect(events).toEqual([]);
  });

  it.each<Partial<PutParameterRequest>>([
    { value: 'other' },
    { type: 'String' },
    { description: 'other' },
    { description: '' },
    { allowedPattern: 'same' },
    { allowedPattern: '' },
    { keyId: 'alias/aws/ssm' },
    { tier: 'Advanced' },
    { tier: 'Advanced', policies: '[{}]' },
  ])('makes a version where it changes %j', async (change) => {
    const { store, keystore } = await openWorld();
    const { keyMetadata } = await keystore.createKey({});
    await put(store, '/a', 'same', {
      type: 'SecureString',
      keyId: keyMetadata.keyId,
      description: 'd',
      allowedPattern: '.*',
    });
    const request = { name: '/a', value: 'same', overwrite: true, ...change };
    const { parameters } = await store.importParameters([request]);
    expect(parameters).toMatchObject([{ version: 2, outcome: 'changed' }]);
  });

  it('makes a version where the present value cannot be opened', async () => {
    const { store, keystore } = await openWorld();
    const { keyMetadata } = await keystore.createKey({});
    await put(store, '/a', 'same', { type: 'SecureString', keyId: keyMetadata.keyId });
    await keystore.disableKey({ keyId: keyMetadata.keyId });
    const { parameters } = await store.importParameters([{ name: '/a', value: 'same', overwrite: true }]);
    expect(parameters).toMatchObject([{ version: 2, outcome: 'changed' }]);
    expect(await opened(store, '/a')).toBe('same');
  });

  it('shows with dryRun what it would do, and does nothing', async () => {
    const { store, storage, events } = await openWorld();
    await put(store, '/changed', '1', { type: 'SecureString' });
    await put(store, '/same', '1', { type: 'SecureString' });
    const before = await storage.list({ prefix: '' });
    events.length = 0;
    const requests = ['new', 'changed', 'same'].map(
      (name): PutParameterRequest => ({
        name: `/${name}`,
        value: name === 'same' ? '1' : '2',
        type: 'SecureString',
        overwrite: true,
      }),
    );
    const shown = await store.importParameters(requests, { dryRun: true });
    expect(shown.parameters.map(({ outcome, version }) => [outcome, version])).toEqual([
      ['new', 1],
      ['changed', 2],
      ['same', 1],
    ]);
    expect(await storage.list({ prefix: '' })).toEqual(before);
    expect(events).toEqual([]);
    expect(await store.importParameters(requests)).toEqual(shown);
    expect(await opened(store, '/new')).toBe('2');
    await ssmRefusal(
      () => store.importParameters([{ name: '/same', value: '2' }], { dryRun: true }),
      'ParameterAlreadyExists',
      /overwrite/,
    );
  });

  it.each([
    ['memoryStorage', () => undefined],
    ['lmdbStorage', () => lmdbStorage(join(folder, 'store'))],
  ])('puts thousands at once, or none: %s', async (_, makeStorage) => {
    const storage = makeStorage();
    const { store } = await openWorld(storage && { storage });
    const requests = named(3000, 'first');
    const failing = [...requests, { name: '/many/last', value: '', type: 'String' as const }];
    await expect(store.importParameters(failing)).rejects.toMatchObject({ parameterName: '/many/last' });
    expect((await store.getParametersByPath({ path: '/many' })).parameters).toEqual([]);
    const { parameters } = await store.importParameters(requests);
    expect(parameters.length).toBe(3000);
    expect((await store.importParameters(named(3000, 'second'))).parameters[2999]).toMatchObject({ version: 2 });
    expect(await opened(store, '/many/0:1')).toBe('first');
    expect(await opened(store, '/many/2999')).toBe('second');
    const again = await store.importParameters([
      ...named(3000, 'second'),
      ...named(1, 'x').map((one) => ({ ...one, name: '/x' })),
    ]);
    expect(again.parameters.filter(({ outcome }) => outcome !== 'same').map(({ name }) => name)).toEqual(['/x']);
    await store.close();
  });

  it('deletes and tags in the same commit, and reports each to the subscriber', async () => {
    const { store, storage, events } = await openWorld();
    await put(store, '/from', '1', { type: 'SecureString', tags: [{ key: 'team', value: 'data' }] });
    await put(store, '/there', '1', { type: 'String', tags: [{ key: 'env', value: 'test' }] });
    events.length = 0;
    const { parameters } = await store.importParameters(
      [
        { name: '/to', value: '1', type: 'SecureString' },
        { name: '/there', value: '1', overwrite: true },
      ],
      {
        deleted: ['/from'],
        addedTags: new Map([['/there', [{ key: 'team', value: 'data' }]]]),
        expectedVersions: new Map([
          ['/from', 1],
          ['/to', 0],
          ['/there', 1],
        ]),
      },
    );
    expect(parameters.map(({ outcome }) => outcome)).toEqual(['new', 'same']);
    expect((await store.getParametersByPath({ path: '/' })).parameters.map(({ name }) => name)).toEqual([
      '/there',
      '/to',
    ]);
    expect((await store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/there' })).tagList).toEqual([
      { key: 'env', value: 'test' },
      { key: 'team', value: 'data' },
    ]);
    // Nothing of it is left, its tags and the count included.
    expect((await storage.list({ prefix: '' })).filter(({ key }) => key.includes('/from'))).toEqual([]);
    expect(events.map(({ eventName }) => eventName)).toEqual(
      expect.arrayContaining(['DeleteParameter', 'PutParameter', 'AddTagsToResource']),
    );
  });

  it.each<[string, string, ImportParametersOptions]>([
    ['/none', 'ParameterNotFound', { deleted: ['/none'] }],
    ['/none', 'ParameterNotFound', { addedTags: new Map([['/none', []]]) }],
    ['/new', 'ValidationException', { deleted: ['/new'] }],
    ['/there', 'ValidationException', { deleted: ['/there', 'there'] }],
    ['/there', 'TooManyUpdates', { deleted: ['/there'], expectedVersions: new Map([['/there', 2]]) }],
    ['/new', 'TooManyUpdates', { expectedVersions: new Map([['/new', 1]]) }],
    ['/new', 'TooManyTagsError', { addedTags: new Map([['/new', fiftyOne()]]) }],
  ])('does nothing where %s is refused: %s', async (parameterName, name, options) => {
    const { store, storage } = await openWorld();
    await put(store, '/there', '1', { type: 'String' });
    const before = await storage.list({ prefix: '' });
    const importing = store.importParameters([{ name: '/new', value: 'v', type: 'String' }], options);
    const refused = await importing.catch((error: unknown) => error);
    expect(refused).toMatchObject({ name });
    expect((refused as SsmError).parameterName?.replace(/^there/, '/there')).toBe(parameterName);
    expect(await storage.list({ prefix: '' })).toEqual(before);
  });

  it('refuses options of other types', async () => {
    const { store } = await openWorld();
    await expect(store.importParameters([], { addedTags: {} as never })).rejects.toThrow(TypeError);
    await expect(store.importParameters([], { deleted: '/a' as never })).rejects.toThrow(TypeError);
  });

  it('runs again where another writer was faster, and loses nothing', async () => {
    const world = await openWorld();
    const other = await world.another();
    const importing = world.store.importParameters(named(1000, 'imported'));
    for (let at = 0; at < 20; at++) {
      await other.putParameter({ name: `/other/${at}`, value: 'v', type: 'String' });
    }
    expect((await importing).parameters.length).toBe(1000);
    expect(await opened(other, '/many/999')).toBe('imported');
    expect(await opened(other, '/other/19')).toBe('v');
  });
});
