/** What events show of each operation, and what is in no event, error or storage. */

import { inspect } from 'node:util';
import { awsName, type Members } from '@securestring/service';
import { describe, expect, it } from 'vitest';
import {
  memoryStorage,
  type ParameterStorage,
  type ParameterStore,
  ParameterStoreError,
  type ParameterStoreEvent,
} from '../src/index.ts';
import { OPERATIONS } from '../src/operations.ts';
import { headCodec } from '../src/state/codec.ts';
import { ALL_FACTS, callOf, SECRET } from './operations.ts';
import {
  DAY,
  expiration,
  HOUR,
  noChange,
  opened,
  openWorld,
  policies,
  put,
  recordsOf,
  refusal,
  START,
  thrownBy,
} from './support.ts';

/** Members that no event shows. All others are in clear in the audit trail. */
const SECRET_MEMBERS = ['value'];

it('the members of requests that no event shows are those listed here', () => {
  const secret = Object.values(OPERATIONS).flatMap(({ request }) =>
    Object.entries(request as Members).flatMap(([name, { isSecret }]) => (isSecret ? [name] : [])),
  );
  expect([...new Set(secret)].sort()).toEqual(SECRET_MEMBERS);
});

describe('an event', () => {
  it.each(ALL_FACTS)('of %s has CloudTrail’s fields, and no value', async (name, { request: sent, response }) => {
    const { store, events } = await openWorld();
    await put(store, '/p', SECRET, { type: 'SecureString' });
    events.length = 0;
    await callOf(name)(store);
    const request = Object.fromEntries(Object.entries(sent).filter(([member]) => !SECRET_MEMBERS.includes(member)));
    expect(events).toHaveLength(1);
    const { resources, ...event } = events[0] as ParameterStoreEvent;
    expect(event).toEqual({
      eventVersion: '1.11',
      userIdentity: {
        type: 'Root',
        principalId: '000000000000',
        arn: 'arn:aws:iam::000000000000:root',
        accountId: '000000000000',
      },
      eventTime: new Date(START),
      eventSource: 'ssm.amazonaws.com',
      eventName: awsName(name),
      awsRegion: 'us-east-1',
      requestParameters: request,
      responseElements: response,
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      readOnly: /^(get|list|describe)/.test(name),
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '000000000000',
      eventCategory: 'Management',
    });
    const arns = resources?.map(({ ARN, accountId, type }) => [ARN, accountId, type]) ?? [];
    for (const arn of arns) expect(arn[0]).toMatch(/^arn:aws:ssm:us-east-1:000000000000:parameter\/[px]$/);
    expect(arns.length > 0).toBe(JSON.stringify(request).includes('/p"') || JSON.stringify(request).includes('/p:1'));
  });

  it('of a refusal has AWS’s name and text', async () => {
    const { store, events } = await openWorld();
    await thrownBy(() => put(store, '/p', SECRET.repeat(200), { type: 'SecureString' }));
    expect(events[0]).toMatchObject({
      eventName: 'PutParameter',
      errorCode: 'ValidationException',
      errorMessage: expect.stringMatching(/^Standard tier parameters support/),
      requestParameters: { name: '/p', type: 'SecureString' },
      responseElements: null,
    });
    await thrownBy(() => store.getParameterHistory({ name: 'none' }));
    expect(events[1]).toMatchObject({ eventName: 'GetParameterHistory', errorCode: 'ParameterNotFound' });
  });

  it('has what was sent, also if the caller changes that afterwards', async () => {
    const { store, events } = await openWorld();
    await put(store, 'a', 'v');
    const request = { names: ['a', 'x'] };
    const reading = store.getParameters(request);
    request.names[0] = 'b';
    request.names.push('c');
    expect((await reading).parameters.map(({ name }) => name)).toEqual(['a']);
    expect(events.at(-1)?.requestParameters).toEqual({ names: ['a', 'x'] });
    expect(events.at(-1)?.resources?.map(({ ARN }) => ARN.slice(-2))).toEqual(['/a', '/x']);
  });

  it('that cannot be made breaks no operation', async () => {
    const { store } = await openWorld();
    await put(store, 'a', 'v');
    let asked = 0;
    const request = {
      get name() {
        asked += 1;
        if (asked !== 2) throw new Error('not now');
        return 'a';
      },
    };
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push(await store.getParameter(request).catch(({ message }) => message));
    expect(outcomes).toContainEqual({ parameter: expect.objectContaining({ name: 'a', value: 'v' }) });
  });

  it('is not kept of a read or a deletion that met nothing', async () => {
    const { store, events } = await openWorld();
    await thrownBy(() => store.getParameter({ name: 'none' }));
    await thrownBy(() => store.deleteParameter({ name: 'none' }));
    expect(events).toEqual([]);
    await put(store, 'p', 'v');
    await thrownBy(() => store.getParameter({ name: 'p:2' }));
    expect(events[1]).toMatchObject({ eventName: 'GetParameter', errorCode: 'ParameterVersionNotFound' });
  });

  it('comes of each parameter that an import puts, and of the one that stops it', async () => {
    const { store, events } = await openWorld();
    const secure = { value: SECRET, type: 'SecureString' } as const;
    await store.importParameters([
      { name: 'a', ...secure },
      { name: 'b', ...secure },
    ]);
    expect(events.map(({ eventName, requestParameters }) => [eventName, requestParameters?.['name']])).toEqual([
      ['PutParameter', 'a'],
      ['PutParameter', 'b'],
    ]);
    events.length = 0;
    await thrownBy(() =>
      store.importParameters([
        { name: 'c', ...secure },
        { name: 'a', ...secure },
      ]),
    );
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ requestParameters: { name: 'a' }, errorCode: 'ParameterAlreadyExists' });
  });

  it('that a subscriber throws at breaks nothing, now or later', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    for (const onEvent of [
      () => {
        throw new Error('no');
      },
      async () => {
        throw new Error('later');
      },
    ]) {
      const world = await openWorld({ onEvent });
      await put(world.store, 'p', 'v', { tier: 'Advanced', policies: policies(noChange(1)) });
      world.now += HOUR;
      expect(await opened(world.store, 'p')).toBe('v');
      await thrownBy(() => put(world.store, 'p', 'v'));
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });
});

/** Every form that a text may have in bytes. */
function formsOf(text: string): Buffer[] {
  const utf8 = Buffer.from(text);
  // Of base64 that begins at any of the three places within a group, the part that does not depend on its neighbours.
  const shifted = [0, 1, 2].map((skip) => utf8.subarray(skip, skip + 24).toString('base64'));
  return [
    utf8,
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
    ...shifted.map((part) => Buffer.from(part)),
  ];
}

async function dump(storage: ParameterStorage): Promise<Buffer> {
  const entries = await storage.list({ prefix: '' });
  return Buffer.concat(entries.flatMap(({ key, value }) => [Buffer.from(key), value]));
}

describe('the value of a SecureString', () => {
  it('is nowhere in the storage, in any version and tier', async () => {
    const { store, storage, events } = await openWorld();
    for (const tier of ['Standard', 'Advanced'] as const) {
      for (let i = 0; i < 3; i++)
        await put(store, `/${tier}`, `${SECRET} ${i}`, { type: 'SecureString', tier, overwrite: true });
    }
    await put(store, 'plain', 'a String to find', {});
    const bytes = await dump(storage);
    expect(bytes.includes('a String to find')).toBe(true);
    for (const form of formsOf(SECRET)) expect(bytes.includes(form)).toBe(false);
    const told = Buffer.from(inspect(events, { depth: null }) + JSON.stringify(events));
    for (const form of formsOf(SECRET)) expect(told.includes(form)).toBe(false);
  });

  it('and its ciphertext are in no event', async () => {
    const { store, events } = await openWorld();
    await put(store, '/p', SECRET, { type: 'SecureString' });
    const { parameter } = await store.getParameter({ name: '/p' });
    await store.getParameterHistory({ name: '/p', withDecryption: true });
    await store.getParametersByPath({ path: '/', withDecryption: true });
    const told = inspect(events, { depth: null }) + JSON.stringify(events);
    expect(told).not.toContain(parameter.value);
    expect(told).not.toContain(SECRET.slice(0, 20));
  });

  it('is in no error, and no text of the store', async () => {
    const { store, storage, another } = await openWorld();
    await put(store, '/p', SECRET, { type: 'SecureString' });
    const failing = await another({
      storage: { ...storage, commit: () => Promise.reject(new Error('disk full')) },
    });
    const request = { type: 'SecureString', overwrite: true } as const;
    const errors = [
      await thrownBy(() => put(store, '/p', SECRET, { type: 'SecureString' })),
      await thrownBy(() => put(store, '/p', `${SECRET}{{x}}`, request)),
      await thrownBy(() => put(store, '/p', `${SECRET}\ud800`, request)),
      await thrownBy(() => put(store, '/p', SECRET.repeat(300), request)),
      await thrownBy(() => put(store, '/p', SECRET, { ...request, allowedPattern: 'x' })),
      await thrownBy(() => put(store, '/p', SECRET, { ...request, keyId: 'alias/none' })),
      await thrownBy(() => put(store, '/p', SECRET, { ...request, tags: [{ key: 'k', value: 'v' }] })),
      await thrownBy(() => put(store, '/p', [SECRET] as never, request)),
      await thrownBy(() => put(store, '/p', SECRET, { ...request, Value: SECRET } as never)),
      await thrownBy(() => put(failing, '/p', SECRET, request)),
    ];
    for (const error of errors) {
      const text = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
      expect(text).not.toContain(SECRET.slice(0, 20));
    }
    const shown = inspect(store, { depth: null, showHidden: true, getters: true }) + JSON.stringify(store);
    expect(shown).not.toContain(SECRET.slice(0, 20));
    expect(JSON.parse(JSON.stringify(store))).toEqual({
      partition: 'aws',
      region: 'us-east-1',
      accountId: '000000000000',
    });
  });

  it('that was unsealed for a change which is refused is not stored', async () => {
    const { store, storage } = await openWorld();
    await put(store, '/p', '1', { type: 'SecureString' });
    const before = await dump(storage);
    await thrownBy(() =>
      put(store, '/p', '2', { type: 'SecureString', tier: 'Standard', policies: policies(noChange(1)) }),
    );
    expect(await dump(storage)).toEqual(before);
  });
});

describe('a storage', () => {
  it('that fails is reported as such, with its error as the cause', async () => {
    for (const [broken, text] of [
      ['get', 'disk full'],
      ['list', 'disk full'],
      ['commit', 'disk full.'],
      ['close', 'disk full'],
    ] as const) {
      const cause = new Error(text);
      const storage = { ...memoryStorage(), [broken]: () => Promise.reject(cause) };
      const { store } = await openWorld({ storage });
      const error = await refusal(async () => {
        await put(store, 'p', 'v');
        await store.describeParameters();
        await store.close();
      }, 'STORAGE_FAILED');
      expect(error.message).toBe("The parameters' storage failed: disk full.");
      expect(error.cause).toBe(cause);
    }
  });

  it('whose entries are damaged is refused by the name of the entry, and nothing of it is quoted', async () => {
    const world = await openWorld();
    const { store } = world;
    const records = recordsOf(world);
    await put(store, '/p', 'v');
    const entry = await records.get('p/p');
    const head = headCodec.decode(entry?.value ?? new Uint8Array(), '');
    const broken: Uint8Array[] = [
      Buffer.from(`not CBOR at all: ${SECRET}`),
      new Uint8Array(0),
      headCodec.encode({ ...head, extra: 1 } as never),
      headCodec.encode({ hasSlash: true } as never),
      headCodec.encode({ ...head, oldest: 2 }),
      headCodec.encode({ ...head, current: { ...head.current, type: SECRET } } as never),
      headCodec.encode({ ...head, current: { ...head.current, lastModified: 1.5 } }),
      headCodec.encode({ ...head, current: { ...head.current, version: -1 } }),
      headCodec.encode({ ...head, current: { ...head.current, policies: [1] } } as never),
    ];
    for (const value of broken) {
      const expectedVersion = (await records.get('p/p'))?.version ?? 0;
      await records.commit([{ key: 'p/p', value, expectedVersion }]);
      const error = await refusal(() => store.getParameter({ name: '/p' }), 'STORE_RECORD');
      expect(error.message).toMatch(/^The entry "p\/p" of the parameter store cannot be used: /);
      expect(inspect(error, { depth: null })).not.toContain(SECRET);
      await refusal(() => put(store, '/p', 'w', { overwrite: true }), 'STORE_RECORD');
      await refusal(() => store.deleteParameter({ name: '/p' }), 'STORE_RECORD');
    }
  });
});

describe('a parameter that is not there', () => {
  it.each(ALL_FACTS)('or has expired is refused by %s as AWS does, or answered', async (name, { absent }) => {
    const empty = await openWorld();
    const expired = await openWorld();
    const ended = policies(expiration(START + HOUR));
    await put(expired.store, '/p', SECRET, { type: 'SecureString', tier: 'Advanced', policies: ended });
    expired.now += DAY;
    for (const { store } of [empty, expired]) {
      if (absent === undefined) await callOf(name)(store);
      else expect(await thrownBy(() => callOf(name)(store))).toHaveProperty('name', absent);
    }
  });
});

describe('a closed store', () => {
  it('refuses everything with one clear error, after what was under way', async () => {
    const { store, events } = await openWorld();
    const writing = put(store, 'p', 'v');
    const closed = store.close();
    expect((await writing).version).toBe(1);
    await closed;
    events.length = 0;
    for (const [name] of ALL_FACTS) await refusal(() => callOf(name)(store), 'STORE_CLOSED');
    await refusal(() => store.importParameters([]), 'STORE_CLOSED');
    await refusal(() => store.runPolicies(), 'STORE_CLOSED');
    await store.close();
    expect(events).toEqual([]);
  });

  it('is closed at the end of an `await using` block, after what was under way', async () => {
    const { another, keystore, events } = await openWorld();
    let used: ParameterStore;
    let writing: Promise<{ readonly version: number }>;
    {
      await using store = await another({ storage: memoryStorage() });
      used = store;
      writing = put(store, 'p', 'v');
    }
    expect((await writing).version).toBe(1);
    expect(events.map(({ eventName }) => eventName)).toEqual(['PutParameter']);
    await refusal(() => used.getParameter({ name: 'p' }), 'STORE_CLOSED');
    expect(keystore.generateRandom({ numberOfBytes: 1 }).plaintext).toHaveLength(1);
  });

  it('leaves its keystore open', async () => {
    const { store, keystore } = await openWorld();
    await store.close();
    expect(keystore.generateRandom({ numberOfBytes: 1 }).plaintext).toHaveLength(1);
    expect(await thrownBy(() => store.getParameter({ name: 'p' }))).toBeInstanceOf(ParameterStoreError);
  });
});
