/** What the operations do, one rule at a time. */

import { DEFAULT_BOUNDS } from '@securestring/storage';
import { describe, expect, it } from 'vitest';
import { type DescribeParametersRequest, memoryStorage } from '../src/index.ts';
import { MAX_SCANNED_ENTRIES } from '../src/limits.ts';
import { allPages, HOUR, opened, openWorld, put, START, ssmRefusal } from './support.ts';

const ARN = 'arn:aws:ssm:us-east-1:000000000000:parameter';

describe('a put', () => {
  it('makes a parameter, whose version is 1 and whose tier is Standard', async () => {
    const { store } = await openWorld();
    expect(await put(store, '/app/db/password', 's3cret', { type: 'SecureString' })).toEqual({
      version: 1,
      tier: 'Standard',
    });
    expect(await store.getParameter({ name: '/app/db/password', withDecryption: true })).toEqual({
      parameter: {
        name: '/app/db/password',
        type: 'SecureString',
        value: 's3cret',
        version: 1,
        lastModifiedDate: new Date(START),
        arn: `${ARN}/app/db/password`,
        dataType: 'text',
      },
    });
  });

  it('with overwrite makes a new version, or a parameter if it does not exist', async () => {
    const world = await openWorld();
    const { store } = world;
    expect((await put(store, 'a', '1', { overwrite: true })).version).toBe(1);
    world.now += HOUR;
    expect((await store.putParameter({ name: 'a', value: '2', overwrite: true })).version).toBe(2);
    const { parameter } = await store.getParameter({ name: 'a' });
    expect(parameter).toMatchObject({
      value: '2',
      version: 2,
      type: 'String',
      lastModifiedDate: new Date(START + HOUR),
    });
    expect(await opened(store, 'a:1')).toBe('1');
  });

  it('keeps what it does not name, but for the key; an empty text takes away', async () => {
    const { store } = await openWorld();
    await put(store, 'a', '12', { description: 'digits', allowedPattern: '\\d+' });
    await put(store, 'a', '34', { overwrite: true });
    const describe = async () => (await store.describeParameters()).parameters[0];
    expect(await describe()).toMatchObject({ description: 'digits', allowedPattern: '\\d+' });
    await ssmRefusal(() => put(store, 'a', 'x', { overwrite: true }), 'ParameterPatternMismatchException', /./);
    await put(store, 'a', 'x', { overwrite: true, description: '', allowedPattern: '' });
    expect(await describe()).not.toHaveProperty('description');
    expect(await describe()).not.toHaveProperty('allowedPattern');
  });

  it('keeps a byte order mark in front of a text, however long that is', async () => {
    const { store, another } = await openWorld();
    for (const length of [1, 61, 62, 4000]) {
      const text = `\ufeff${'a'.repeat(length)}`;
      await put(store, `a${length}`, text, { description: text.slice(0, 1024) });
      const reader = await another();
      expect(await opened(reader, `a${length}`)).toBe(text);
      const { parameters } = await reader.describeParameters({ maxResults: 50 });
      expect(parameters.find(({ name }) => name === `a${length}`)?.description).toBe(text.slice(0, 1024));
    }
  });

  it('may change the type', async () => {
    const { store, keystore } = await openWorld();
    await keystore.createAlias({
      aliasName: 'alias/app',
      targetKeyId: (await keystore.createKey()).keyMetadata.keyId,
    });
    await put(store, 'a', 'v');
    await put(store, 'a', 'v', { type: 'SecureString', keyId: 'alias/app', overwrite: true });
    expect((await store.describeParameters()).parameters[0]).toMatchObject({
      type: 'SecureString',
      keyId: 'alias/app',
    });
    await put(store, 'a', 'w', { type: 'SecureString', overwrite: true });
    expect((await store.describeParameters()).parameters[0]).toMatchObject({ keyId: 'alias/aws/ssm' });
    await put(store, 'a', 'a,b', { type: 'StringList', overwrite: true });
    expect((await store.describeParameters()).parameters[0]).not.toHaveProperty('keyId');
    const { parameters } = await store.getParameterHistory({ name: 'a', withDecryption: true });
    expect(parameters.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'String v',
      'SecureString v',
      'SecureString w',
      'StringList a,b',
    ]);
  });

  it('takes a key in all four forms, and shows it as it was given', async () => {
    const { store, keystore } = await openWorld();
    const { keyMetadata } = await keystore.createKey();
    await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyMetadata.keyId });
    const forms = [keyMetadata.keyId, keyMetadata.arn, 'alias/app', 'arn:aws:kms:us-east-1:000000000000:alias/app'];
    for (const [i, keyId] of forms.entries()) await put(store, `k${i}`, 'v', { type: 'SecureString', keyId });
    expect((await store.describeParameters()).parameters.map(({ keyId }) => keyId)).toEqual(forms);
    for (const i of forms.keys()) expect(await opened(store, `k${i}`)).toBe('v');
  });

  it('accepts every name that AWS does, and trims it', async () => {
    const { store } = await openWorld();
    const names = [
      'a',
      'A.b-c_9',
      '/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15',
      '__proto__',
      'constructor',
      '/__proto__/toString',
      'n'.repeat(1011 - ARN.length - 1),
      '/x/aws',
      '/.',
    ];
    for (const name of names) await put(store, ` ${name} `, name.slice(0, 10));
    for (const name of names) {
      expect((await store.getParameter({ name })).parameter).toMatchObject({ name, value: name.slice(0, 10) });
    }
    const listed = await allPages((nextToken) =>
      store.getParametersByPath({ path: '/', recursive: true, ...(nextToken !== undefined && { nextToken }) }),
    );
    expect(listed.map(({ name }) => name).sort()).toEqual(names.toSorted());
  });

  it('of X and of /X is of the same parameter, which keeps the name that it was made with', async () => {
    const { store } = await openWorld();
    await put(store, 'X', '1');
    await ssmRefusal(() => put(store, '/X', '2'), 'ParameterAlreadyExists', /./);
    await put(store, '/X', '2', { overwrite: true });
    // AWS answers a name as it was asked for. An ARN does not say it.
    const rows = { X: 'X', '/X': '/X', '/X:2': '/X', [`${ARN}/X`]: 'X', [`${ARN}/X:2`]: 'X' };
    for (const [asked, name] of Object.entries(rows)) {
      const found = { name, value: '2', arn: `${ARN}/X` };
      expect((await store.getParameter({ name: asked })).parameter).toMatchObject(found);
      expect((await store.getParameters({ names: [asked] })).parameters).toMatchObject([found]);
    }
    expect((await store.getParametersByPath({ path: '/' })).parameters).toMatchObject([{ name: 'X' }]);
  });

  it('takes data types with what belongs to them', async () => {
    const { store } = await openWorld();
    await put(store, 'image', 'ami-12345abcdeEXAMPLE', { dataType: 'aws:ec2:image' });
    await put(store, 'hook', '{"url":"x"}', { dataType: 'aws:ssm:integration', type: 'SecureString' });
    expect((await store.getParameter({ name: 'image' })).parameter.dataType).toBe('aws:ec2:image');
    expect((await store.getParameter({ name: 'hook' })).parameter.dataType).toBe('aws:ssm:integration');
  });

  it('does what was asked when it was called, whatever becomes of the request', async () => {
    const { store } = await openWorld();
    const request = { name: '/a', value: 'v', type: 'String' as const, tags: [{ key: 'k', value: '1' }] };
    const putting = store.putParameter(request);
    Object.assign(request, { name: 'a b', value: 'x'.repeat(5000) });
    request.tags.length = 0;
    await putting;
    expect(await opened(store, '/a')).toBe('v');
    const { tagList } = await store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/a' });
    expect(tagList).toHaveLength(1);
    const names = ['/a'];
    const reading = store.getParameters({ names });
    names[0] = 'none';
    expect((await reading).parameters).toHaveLength(1);
  });

  it('accepts braces that nest no parameter', async () => {
    const { store } = await openWorld();
    for (const [i, value] of ['{{', '}} {{', '{ {x} }', '{x}'].entries()) await put(store, `b${i}`, value);
    expect(await opened(store, 'b1')).toBe('}} {{');
  });

  it.each([
    ['\\[x&&y\\]', '[x&&y]'],
    ['\\Q[a&&b]\\E', '[a&&b]'],
    ['[[:alpha:]_&]+', 'a_&'],
    ['[\\[&]+', '[&['],
    ['\\p{L}\\x{1D11E}', 'ä𝄞'],
    ['.{1,1000}', 'a'.repeat(1000)],
    ['(?i)abc|d', 'aBc'],
    ['(?:(?:[^{]|\\x{1000}){1,20}){1,40}(?:\\Q{1000}\\E){0}', 'abc'],
    ['^\\d{3}$', '123'],
    ['\\v.\\012', '\v\r\n'],
  ])('takes the pattern %s', async (allowedPattern, value) => {
    const { store } = await openWorld();
    await put(store, 'a', value, { allowedPattern });
    expect(await opened(store, 'a')).toBe(value);
  });

  it('judges a hostile pattern in time that grows with the value alone', async () => {
    const { store } = await openWorld();
    // A backtracking engine would need longer than the universe has been there.
    await ssmRefusal(
      () => put(store, 'a', `${'a'.repeat(4000)}!`, { allowedPattern: '(a+)+(b|a+)+' }),
      'ParameterPatternMismatchException',
      /./,
    );
  });
});

describe('a read', () => {
  it('without decryption gives the base64 text of the ciphertext', async () => {
    const { store } = await openWorld();
    await put(store, 's', 'clear', { type: 'SecureString' });
    const { parameter } = await store.getParameter({ name: 's' });
    expect(Buffer.from(parameter.value, 'base64').toString('base64')).toBe(parameter.value);
    expect(parameter.value).toMatch(/^AQJTAH[ghij]/);
    await put(store, 'adv', 'clear', { type: 'SecureString', tier: 'Advanced' });
    expect((await store.getParameter({ name: 'adv' })).parameter.value).toMatch(/^AgR4/);
    const byPath = await store.getParametersByPath({ path: '/' });
    expect(byPath.parameters.map(({ value }) => value.slice(0, 4))).toEqual(['AgR4', 'AQJT']);
    const history = await store.getParameterHistory({ name: 's' });
    expect(history.parameters[0]?.value).toBe(parameter.value);
  });

  it('by version or label says so, with the colon', async () => {
    const { store } = await openWorld();
    await put(store, '/a', '1');
    await put(store, '/a', '2', { overwrite: true });
    await store.labelParameterVersion({ name: '/a', parameterVersion: 1, labels: ['prod'] });
    const read = async (name: string) => {
      const { selector, value, version } = (await store.getParameter({ name })).parameter;
      return { selector, value, version };
    };
    expect(await read('/a:1')).toEqual({ selector: ':1', value: '1', version: 1 });
    expect(await read('/a:prod')).toEqual({ selector: ':prod', value: '1', version: 1 });
    expect(await read(`${ARN}/a:prod`)).toEqual({ selector: ':prod', value: '1', version: 1 });
    expect(await read('/a:2')).toEqual({ selector: ':2', value: '2', version: 2 });
    expect(await read('/a')).toEqual({ selector: undefined, value: '2', version: 2 });
  });

  it('of several gives them in order, and names what is not there', async () => {
    const { store } = await openWorld();
    await put(store, 'b', '1');
    await put(store, 'a', '2', { type: 'SecureString' });
    const names = ['b', 'none', 'a', 'b', 'b:9', 'a:1', '/b:none'];
    const { parameters, invalidParameters } = await store.getParameters({ names, withDecryption: true });
    expect(parameters.map(({ name, value, selector }) => [name, value, selector])).toEqual([
      ['a', '2', undefined],
      ['a', '2', ':1'],
      ['b', '1', undefined],
    ]);
    expect(invalidParameters).toEqual(['/b:none', 'b:9', 'none']);
  });
});

describe('a path', () => {
  async function tree() {
    const world = await openWorld();
    for (const name of ['/app/a', '/app/a/x', '/app/a-b', '/app/a.c', '/app/b/x/y', '/app/c', '/apple', 'root']) {
      await put(world.store, name, name);
    }
    return world;
  }
  const namesAt = async (path: string, recursive: boolean, maxResults: number) => {
    const { store } = await tree();
    const pages = await allPages((nextToken) =>
      store.getParametersByPath({ path, recursive, maxResults, ...(nextToken !== undefined && { nextToken }) }),
    );
    return pages.map(({ name }) => name);
  };

  it.each([1, 2, 3, 10])('lists its own level alone, in pages of %i', async (maxResults) => {
    expect(await namesAt('/app', false, maxResults)).toEqual(['/app/a', '/app/a-b', '/app/a.c', '/app/c']);
    expect(await namesAt('/app/', false, maxResults)).toEqual(['/app/a', '/app/a-b', '/app/a.c', '/app/c']);
    expect(await namesAt('/', false, maxResults)).toEqual(['/apple', 'root']);
    expect(await namesAt('/app/b', false, maxResults)).toEqual([]);
    expect(await namesAt('/none', false, maxResults)).toEqual([]);
  });

  it.each([1, 2, 3, 10])('lists all below it where it is recursive, in pages of %i', async (maxResults) => {
    expect(await namesAt('/app', true, maxResults)).toEqual([
      '/app/a',
      '/app/a-b',
      '/app/a.c',
      '/app/a/x',
      '/app/b/x/y',
      '/app/c',
    ]);
    expect(await namesAt('/app/b/x', true, maxResults)).toEqual(['/app/b/x/y']);
    expect(await namesAt('/', true, maxResults)).toHaveLength(8);
  });

  it('passes over sub-trees without reading them', async () => {
    const { store, storage, another } = await openWorld();
    for (let i = 0; i < 300; i++) await put(store, `/big/sub/${i}`, 'v');
    await put(store, '/big/z', 'v');
    let read = 0;
    const counting = await another({
      storage: {
        ...storage,
        list: async (request) => {
          const entries = await storage.list(request);
          read += entries.length;
          return entries;
        },
      },
    });
    const { parameters } = await counting.getParametersByPath({ path: '/big' });
    expect(parameters.map(({ name }) => name)).toEqual(['/big/z']);
    expect(read).toBeLessThan(15);
  });

  it('ends a page early where it is all sub-trees, and goes on with the token', async () => {
    const { store } = await openWorld();
    await store.importParameters(
      Array.from({ length: 450 }, (_, i) => ({ name: `/many/${i}/x`, value: 'v', type: 'String' as const })),
    );
    await put(store, '/many/zz', 'last');
    const first = await store.getParametersByPath({ path: '/many' });
    expect(first.parameters).toEqual([]);
    const all = await allPages((nextToken) =>
      store.getParametersByPath({ path: '/many', ...(nextToken !== undefined && { nextToken }) }),
    );
    expect(all.map(({ value }) => value)).toEqual(['last']);
  });

  it('is filtered by type, key and label, which chooses the labelled version', async () => {
    const { store } = await openWorld();
    await put(store, '/p/a', '1');
    await put(store, '/p/b', 's', { type: 'SecureString' });
    await put(store, '/p/a', '2', { overwrite: true });
    await store.labelParameterVersion({ name: '/p/a', parameterVersion: 1, labels: ['old'] });
    const by = async (key: string, values: string[], option?: string) =>
      (
        await store.getParametersByPath({
          path: '/p',
          withDecryption: true,
          parameterFilters: [{ key, values, ...(option !== undefined && { option }) }],
        })
      ).parameters.map(({ name, value }) => [name, value]);
    expect(await by('Type', ['SecureString'])).toEqual([['/p/b', 's']]);
    expect(await by('KeyId', ['alias/aws/ssm'])).toEqual([['/p/b', 's']]);
    expect(await by('KeyId', ['alias/aws'], 'BeginsWith')).toEqual([['/p/b', 's']]);
    expect(await by('Label', ['old', 'none'])).toEqual([['/p/a', '1']]);
    expect(await by('Label', ['none'])).toEqual([]);
  });
});

describe('descriptions', () => {
  async function many() {
    const world = await openWorld();
    const { store } = world;
    await put(store, '/app/one', '1', { tags: [{ key: 'env', value: 'prod' }], description: 'the first' });
    await put(store, '/app/deep/two', 's', { type: 'SecureString', tier: 'Advanced' });
    await put(store, 'three', 'a,b', { type: 'StringList', tags: [{ key: 'env', value: 'test' }] });
    await put(store, 'image', 'ami-12345678', { dataType: 'aws:ec2:image' });
    return world;
  }

  it('show everything but the value', async () => {
    const { store } = await many();
    const { parameters } = await store.describeParameters();
    expect(parameters[1]).toEqual({
      name: '/app/one',
      arn: `${ARN}/app/one`,
      type: 'String',
      lastModifiedDate: new Date(START),
      lastModifiedUser: 'arn:aws:iam::000000000000:root',
      description: 'the first',
      version: 1,
      tier: 'Standard',
      policies: [],
      dataType: 'text',
    });
    expect(parameters[0]).toMatchObject({ name: '/app/deep/two', keyId: 'alias/aws/ssm', tier: 'Advanced' });
  });

  it('are filtered in the old form too, and by what other accounts share, which is nothing', async () => {
    const { store } = await many();
    const names = async (request: DescribeParametersRequest) =>
      (await store.describeParameters(request)).parameters.map(({ name }) => name);
    expect(await names({ filters: [{ key: 'Name', values: ['/app/one', 'three'] }] })).toEqual(['/app/one', 'three']);
    expect(await names({ shared: true })).toEqual([]);
    expect(await names({ shared: false, filters: [] })).toHaveLength((await names({})).length);
    await ssmRefusal(
      () => store.describeParameters({ filters: [], parameterFilters: [] }),
      'ValidationException',
      'You can use either Filters or ParameterFilters in a single request.',
    );
  });

  it.each(['/aws', '/ssm', '/AWS/service', 'ssm'])(
    'refuse a filter by the path %s of AWS`s own parameters',
    async (path) => {
      const { store } = await many();
      await ssmRefusal(
        () => store.describeParameters({ parameterFilters: [{ key: 'Path', values: [path] }] }),
        'ValidationException',
        'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
      );
    },
  );

  it.each([
    ['Name', 'Equals', ['/app/one', '/three'], ['/app/one', 'three']],
    ['Name', undefined, ['three'], ['three']],
    ['Name', 'BeginsWith', ['/app/'], ['/app/deep/two', '/app/one']],
    ['Name', 'BeginsWith', ['th'], ['three']],
    ['Name', 'Contains', ['o'], ['/app/deep/two', '/app/one']],
    ['Name', 'Equals', ['/app'], []],
    ['Name', 'Equals', ['thréé'], []],
    ['Name', 'BeginsWith', ['é'], []],
    ['Name', 'BeginsWith', ['three\n'], []],
    ['Name', 'BeginsWith', ['three'.repeat(204)], []],
    ['Type', 'Equals', ['StringList', 'SecureString'], ['/app/deep/two', 'three']],
    ['Type', 'BeginsWith', ['String'], ['/app/one', 'image', 'three']],
    ['KeyId', 'BeginsWith', ['alias/'], ['/app/deep/two']],
    ['Tier', 'Equals', ['Advanced'], ['/app/deep/two']],
    ['DataType', 'Equals', ['aws:ec2:image'], ['image']],
    ['Path', 'OneLevel', ['/app'], ['/app/one']],
    ['Path', undefined, ['/app/'], ['/app/one']],
    ['Path', 'Recursive', ['/app'], ['/app/deep/two', '/app/one']],
    ['Path', 'OneLevel', ['/'], ['image', 'three']],
    ['Path', 'OneLevel', ['/app', '/app/deep'], ['/app/deep/two', '/app/one']],
    ['tag:env', 'Equals', ['prod'], ['/app/one']],
    ['tag:env', 'BeginsWith', ['t'], ['three']],
    ['tag:env', undefined, undefined, ['/app/one', 'three']],
    ['tag:none', undefined, undefined, []],
  ] as const)('are filtered by %s %s %s', async (key, option, values, names) => {
    const { store } = await many();
    for (const maxResults of [1, 50]) {
      const filter = { key, ...(option !== undefined && { option }), ...(values !== undefined && { values }) };
      const all = await allPages((nextToken) =>
        store.describeParameters({
          parameterFilters: [filter],
          maxResults,
          ...(nextToken !== undefined && { nextToken }),
        }),
      );
      expect(all.map(({ name }) => name)).toEqual(names);
    }
  });

  it('must fit all filters', async () => {
    const { store } = await many();
    const parameterFilters = [
      { key: 'Path', option: 'Recursive', values: ['/app'] },
      { key: 'Type', values: ['String'] },
    ];
    expect((await store.describeParameters({ parameterFilters })).parameters).toHaveLength(1);
  });

  it('look at so many entries a page, and go on with the token', async () => {
    const { store } = await openWorld();
    for (let batch = 0; batch < 3; batch++) {
      await store.importParameters(
        Array.from({ length: 450 }, (_, i) => ({
          name: `n${batch * 450 + i}`,
          value: 'v',
          type: 'String' as const,
        })),
      );
    }
    await put(store, 'zz', 's', { type: 'SecureString' });
    const parameterFilters = [{ key: 'Type', values: ['SecureString'] }];
    const first = await store.describeParameters({ parameterFilters });
    expect(first.parameters).toEqual([]);
    expect(MAX_SCANNED_ENTRIES).toBeLessThan(1350);
    const { nextToken = '' } = first;
    const second = await store.describeParameters({ parameterFilters, nextToken });
    expect(second.parameters.map(({ name }) => name)).toEqual(['zz']);
    expect(second).not.toHaveProperty('nextToken');
  });

  it('of one name exactly look at nothing below it', async () => {
    const { store } = await openWorld();
    for (const batch of [1, 2, 3]) {
      await store.importParameters(
        Array.from({ length: 450 }, (_, i) => ({ name: `/app/${batch}/${i}`, value: 'v', type: 'String' as const })),
      );
    }
    const parameterFilters = [{ key: 'Name', values: ['/app'] }];
    expect(await store.describeParameters({ parameterFilters })).toEqual({ parameters: [] });
    await put(store, '/app', 'v');
    const { parameters, ...rest } = await store.describeParameters({ parameterFilters });
    expect(parameters.map(({ name }) => name)).toEqual(['/app']);
    expect(rest).toEqual({});
  });
});

describe('a history', () => {
  it('has every version that is kept, oldest first, in pages', async () => {
    const { store } = await openWorld();
    for (let i = 1; i <= 103; i++) await put(store, 'h', String(i), { overwrite: true });
    await store.labelParameterVersion({ name: 'h', parameterVersion: 50, labels: ['mid', 'other'] });
    for (const maxResults of [1, 7, 50]) {
      const all = await allPages((nextToken) =>
        store.getParameterHistory({ name: 'h', maxResults, ...(nextToken !== undefined && { nextToken }) }),
      );
      expect(all.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, i) => i + 4));
      expect(all.every(({ version, value }) => value === String(version))).toBe(true);
      expect(all.filter(({ labels }) => labels.length > 0).map(({ version, labels }) => [version, labels])).toEqual([
        [50, ['mid', 'other']],
      ]);
    }
    await ssmRefusal(() => store.getParameter({ name: 'h:3' }), 'ParameterVersionNotFound', /version 3 of h\./);
    expect(await opened(store, 'h:4')).toBe('4');
  });

  it('goes on where the page before ended, though versions came and went meanwhile', async () => {
    const { store } = await openWorld();
    for (let i = 1; i <= 100; i++) await put(store, 'h', String(i), { overwrite: true });
    const { nextToken = '' } = await store.getParameterHistory({ name: 'h', maxResults: 2 });
    for (let i = 101; i <= 104; i++) await put(store, 'h', String(i), { overwrite: true });
    const next = await store.getParameterHistory({ name: 'h', maxResults: 2, nextToken });
    expect(next.parameters.map(({ version }) => version)).toEqual([5, 6]);
  });
});

describe('labels', () => {
  async function three() {
    const world = await openWorld();
    for (const value of ['1', '2', '3']) await put(world.store, 'l', value, { overwrite: true });
    const labelsOf = async () =>
      (await world.store.getParameterHistory({ name: 'l' })).parameters.map(({ labels }) => labels.toSorted());
    return { ...world, labelsOf };
  }

  it('go to the current version if the request names no version', async () => {
    const { store, labelsOf } = await three();
    expect(await store.labelParameterVersion({ name: 'l', labels: ['a', 'b', 'a'] })).toEqual({
      invalidLabels: [],
      parameterVersion: 3,
    });
    expect(await labelsOf()).toEqual([[], [], ['a', 'b']]);
    await put(store, 'l', '4', { overwrite: true });
    expect(await labelsOf()).toEqual([[], [], ['a', 'b'], []]);
    expect(await opened(store, 'l:a')).toBe('3');
  });

  it('move: each is on one version at most', async () => {
    const { store, labelsOf } = await three();
    await store.labelParameterVersion({ name: 'l', parameterVersion: 1, labels: ['a', 'b'] });
    await store.labelParameterVersion({ name: 'l', parameterVersion: 3, labels: ['a'] });
    expect(await labelsOf()).toEqual([['b'], [], ['a']]);
    await store.labelParameterVersion({ name: 'l', parameterVersion: 2, labels: ['a', 'b'] });
    expect(await labelsOf()).toEqual([[], ['a', 'b'], []]);
  });

  it('that cannot be are named, and the others set', async () => {
    const { store, labelsOf } = await three();
    const bad = ['1st', 'awsome', 'SSM', 'with space', 'a:b', 'x'.repeat(101), ''];
    const { invalidLabels } = await store.labelParameterVersion({
      name: 'l',
      labels: [...bad, 'x'.repeat(100), '_.-'],
    });
    expect(invalidLabels).toEqual(bad);
    expect(await labelsOf()).toEqual([[], [], ['_.-', 'x'.repeat(100)]]);
  });

  it('are taken off the version that they are on, and no other', async () => {
    const { store, labelsOf } = await three();
    await store.labelParameterVersion({ name: 'l', parameterVersion: 1, labels: ['a', 'b'] });
    await store.labelParameterVersion({ name: 'l', parameterVersion: 2, labels: ['c'] });
    expect(
      await store.unlabelParameterVersion({ name: 'l', parameterVersion: 1, labels: ['a', 'c', 'd', '?'] }),
    ).toEqual({ removedLabels: ['a'], invalidLabels: ['c', 'd', '?'] });
    expect(await labelsOf()).toEqual([['b'], ['c'], []]);
  });

  it('protect the oldest version until they move', async () => {
    const { store } = await three();
    await store.labelParameterVersion({ name: 'l', parameterVersion: 1, labels: ['a'] });
    for (let i = 4; i <= 100; i++) await put(store, 'l', String(i), { overwrite: true });
    await ssmRefusal(
      () => put(store, 'l', '101', { overwrite: true }),
      'ParameterMaxVersionLimitExceeded',
      /Version 1,/,
    );
    expect(await opened(store, 'l')).toBe('100');
    await store.labelParameterVersion({ name: 'l', labels: ['a'] });
    expect((await put(store, 'l', '101', { overwrite: true })).version).toBe(101);
    expect(await opened(store, 'l:a')).toBe('100');
  });

  it('may be a thousand on one parameter, which is deleted in one commit all the same', async () => {
    const { store, storage } = await openWorld();
    for (let i = 1; i <= 100; i++) await put(store, 'l', String(i), { overwrite: true });
    for (let version = 1; version <= 100; version++) {
      const labels = Array.from({ length: 10 }, (_, i) => `${'l'.repeat(93)}-${version}-${i}`);
      await store.labelParameterVersion({ name: 'l', parameterVersion: version, labels });
    }
    expect(await opened(store, `l:${'l'.repeat(93)}-37-4`)).toBe('37');
    await store.deleteParameter({ name: 'l' });
    expect((await storage.list({ prefix: '' })).map(({ key }) => key)).toEqual(['counts', 'seal']);
  });
});

describe('deleting', () => {
  it('leaves nothing of a parameter, and nothing of another changes', async () => {
    const { store, storage } = await openWorld();
    await put(store, '/a', '1', { tags: [{ key: 'k', value: 'v' }] });
    await put(store, '/a', '2', { overwrite: true });
    await store.labelParameterVersion({ name: '/a', labels: ['l'] });
    for (const name of ['/a/b', '/ab', '/a-b']) {
      await put(store, name, '1');
      await put(store, name, '2', { overwrite: true });
    }
    expect(await store.deleteParameter({ name: '/a' })).toBeUndefined();
    const keys = (await storage.list({ prefix: '' })).map(({ key }) => key);
    expect(keys.filter((key) => /^.\/a( |$)/.test(key))).toEqual([]);
    expect(keys).toHaveLength(8);
    await put(store, '/a', 'again');
    expect((await store.getParameter({ name: '/a' })).parameter.version).toBe(1);
    expect((await store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/a' })).tagList).toEqual([]);
  });

  it('of several names what was there and what was not', async () => {
    const { store } = await openWorld();
    await put(store, 'b', '1');
    await put(store, '/a', '1');
    expect(await store.deleteParameters({ names: ['b', 'none', '/a', '/b', 'a:1'].slice(0, 4) })).toEqual({
      deletedParameters: ['/a', 'b'],
      invalidParameters: ['/b', 'none'],
    });
    expect((await store.describeParameters()).parameters).toEqual([]);
  });

  it('of several names deletes nothing where one of them cannot be a parameter’s', async () => {
    const { store } = await openWorld();
    await put(store, 'a', '1');
    await ssmRefusal(() => store.deleteParameters({ names: ['a', 'a:1'] }), 'ValidationException', /./);
    expect(await opened(store, 'a')).toBe('1');
    const elsewhere = 'arn:aws:ssm:eu-west-1:000000000000:parameter/a';
    expect(await store.deleteParameters({ names: [elsewhere, 'a'] })).toEqual({
      deletedParameters: ['a'],
      invalidParameters: [elsewhere],
    });
  });
});

describe('tags', () => {
  const resource = { resourceType: 'Parameter', resourceId: '/t' } as const;

  it('are added, changed, removed and listed by key', async () => {
    const { store } = await openWorld();
    await put(store, '/t', 'v', { tags: [{ key: 'b', value: '1' }] });
    await store.addTagsToResource({
      ...resource,
      tags: [
        { key: 'a', value: '2' },
        { key: '__proto__', value: 'ü' },
        { key: 'b', value: '' },
      ],
    });
    const list = async () =>
      (await store.listTagsForResource(resource)).tagList.map(({ key, value }) => `${key}=${value}`);
    expect(await list()).toEqual(['__proto__=ü', 'a=2', 'b=']);
    await put(store, '/t', 'w', { overwrite: true });
    expect(await list()).toEqual(['__proto__=ü', 'a=2', 'b=']);
    await store.removeTagsFromResource({ ...resource, tagKeys: ['a', 'none'] });
    expect(await list()).toEqual(['__proto__=ü', 'b=']);
    await store.removeTagsFromResource({ ...resource, tagKeys: ['b', '__proto__'] });
    expect(await list()).toEqual([]);
  });

  it('of the largest size fit into their entry', async () => {
    const { store } = await openWorld();
    const tags = Array.from({ length: 50 }, (_, i) => ({ key: `${'漢'.repeat(125)}${i}`, value: '字'.repeat(256) }));
    await put(store, '/t', 'v', { tags });
    expect((await store.listTagsForResource(resource)).tagList).toHaveLength(50);
  });
});

describe('an import', () => {
  it('puts all, in the order of the requests', async () => {
    const { store } = await openWorld();
    await put(store, 'there', '1');
    const { parameters } = await store.importParameters([
      { name: 'new', value: 's', type: 'SecureString', tags: [{ key: 'k', value: 'v' }] },
      { name: 'there', value: '2', overwrite: true },
      { name: '/big', value: 'x'.repeat(5000), type: 'String', tier: 'Intelligent-Tiering' },
    ]);
    expect(parameters).toEqual([
      { name: 'new', version: 1, tier: 'Standard', outcome: 'new' },
      { name: 'there', version: 2, tier: 'Standard', outcome: 'changed' },
      { name: '/big', version: 1, tier: 'Advanced', outcome: 'new' },
    ]);
    expect(await opened(store, 'new')).toBe('s');
    expect(await opened(store, 'there:1')).toBe('1');
  });

  it('puts none where one is refused, and names it', async () => {
    const { store, storage } = await openWorld();
    const before = await storage.list({ prefix: 'p/' });
    for (const bad of [
      { name: 'a/b', value: 'v', type: 'String' },
      { name: 'b', value: 'v' },
      { name: 'b', value: 'v', type: 'SecureString', keyId: 'alias/none' },
      { name: '/a', value: 'twice', type: 'String' },
    ] as const) {
      const requests = [{ name: 'a', value: 'v', type: 'String' as const }, bad];
      const error = await store.importParameters(requests).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ parameterName: bad.name });
    }
    expect(await storage.list({ prefix: 'p/' })).toEqual(before);
  });

  it('of more than a commit of its storage holds is refused', async () => {
    const { store } = await openWorld({ storage: memoryStorage({ bounds: DEFAULT_BOUNDS }) });
    const requests = Array.from({ length: 500 }, (_, i) => ({ name: `n${i}`, value: 'v', type: 'String' as const }));
    await ssmRefusal(
      () => store.importParameters(requests),
      'ValidationException',
      'This import would change at least 501 entries, and one commit changes at most 500: split it. A new parameter is one entry, a new version two or three, tags one, policies one or two, and the count of parameters one.',
    );
    await ssmRefusal(() => store.importParameters([...requests, ...requests]), 'ValidationException', /1000 entries/);
    await store.importParameters(requests.slice(1));
    expect((await store.describeParameters()).parameters).toHaveLength(50);
    expect((await store.importParameters([])).parameters).toEqual([]);
    const error = await store.importParameters(new Array(1)).catch((reason: unknown) => reason);
    expect(error).toEqual(await store.putParameter(undefined as never).catch((reason: unknown) => reason));
  });
});
