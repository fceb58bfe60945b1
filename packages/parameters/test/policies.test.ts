/** Policies, by a clock that is set by hand. */

import { describe, expect, it } from 'vitest';
import { countsCodec } from '../src/state/codec.ts';
import { COUNTS_KEY, dueKey } from '../src/state/keys.ts';
import {
  beforeExpiration,
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
  ssmRefusal,
  type World,
} from './support.ts';

const advanced = { tier: 'Advanced' } as const;
const actions = ({ events }: World) =>
  events.flatMap(({ serviceEventDetails: details }) =>
    details ? [`${details.policyType} ${details.parameterName}`] : [],
  );
const statusOf = async ({ store }: World, name: string) => {
  const { parameters } = await store.describeParameters({ parameterFilters: [{ key: 'Name', values: [name] }] });
  return parameters[0]?.policies.map(({ policyType, policyStatus }) => `${policyType} ${policyStatus}`);
};

describe('an expiration', () => {
  it.each([
    ['getParameter', (world: World) => ssmRefusal(() => opened(world.store, '/p'), 'ParameterNotFound', /./)],
    ['a version', (world: World) => ssmRefusal(() => opened(world.store, '/p:1'), 'ParameterNotFound', /./)],
    [
      'getParameters',
      async ({ store }: World) =>
        expect((await store.getParameters({ names: ['/p'] })).invalidParameters).toEqual(['/p']),
    ],
    [
      'getParametersByPath',
      async ({ store }: World) => expect((await store.getParametersByPath({ path: '/' })).parameters).toEqual([]),
    ],
    [
      'describeParameters',
      async ({ store }: World) => expect((await store.describeParameters()).parameters).toEqual([]),
    ],
    [
      'getParameterHistory',
      ({ store }: World) => ssmRefusal(() => store.getParameterHistory({ name: '/p' }), 'ParameterNotFound', /./),
    ],
    [
      'deleteParameter',
      ({ store }: World) => ssmRefusal(() => store.deleteParameter({ name: '/p' }), 'ParameterNotFound', /./),
    ],
    [
      'labelParameterVersion',
      ({ store }: World) =>
        ssmRefusal(() => store.labelParameterVersion({ name: '/p', labels: ['l'] }), 'ParameterNotFound', /./),
    ],
    [
      'listTagsForResource',
      ({ store }: World) =>
        ssmRefusal(
          () => store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/p' }),
          'InvalidResourceId',
          /./,
        ),
    ],
    ['runPolicies', ({ store }: World) => store.runPolicies()],
  ])('that is due: %s sees nothing more of the parameter, and erases it', async (_, meet) => {
    const world = await openWorld();
    await put(world.store, '/p', 'v', { ...advanced, tags: [{ key: 'k', value: 'v' }] });
    await put(world.store, '/p', 'w', { overwrite: true, policies: policies(expiration(START + HOUR)) });
    await world.store.labelParameterVersion({ name: '/p', labels: ['l'] });
    world.now = START + HOUR - 1;
    expect(await opened(world.store, '/p')).toBe('w');
    expect(actions(world)).toEqual([]);
    world.now = START + HOUR;
    await meet(world);
    expect(actions(world)).toEqual(['Expiration /p']);
    expect((await world.storage.list({ prefix: '' })).map(({ key }) => key)).toEqual(['counts', 'seal']);
    // An earlier clock brings nothing back.
    world.now = START;
    await ssmRefusal(() => opened(world.store, '/p'), 'ParameterNotFound', /./);
    expect(actions(world)).toEqual(['Expiration /p']);
  });

  it('that is due makes room: the name is free for a new parameter', async () => {
    const world = await openWorld();
    await put(world.store, 'p', 'v', { ...advanced, policies: policies(expiration(START + HOUR)) });
    world.now += DAY;
    expect(await put(world.store, 'p', 'again')).toEqual({ version: 1, tier: 'Standard' });
    expect(actions(world)).toEqual(['Expiration p']);
    expect(await statusOf(world, 'p')).toEqual([]);
  });

  it('that is due makes room where there are as many parameters as there may be', async () => {
    const world = await openWorld();
    const { store } = world;
    await put(store, 'p', 'v', { ...advanced, policies: policies(expiration(START + HOUR)) });
    const counts = countsCodec.encode({ Standard: 0, Advanced: 100_000 });
    const records = recordsOf(world);
    const expectedVersion = (await records.get(COUNTS_KEY))?.version ?? 0;
    await records.commit([{ key: COUNTS_KEY, value: counts, expectedVersion }]);
    await ssmRefusal(() => put(store, 'q', 'v', advanced), 'ParameterLimitExceeded', /./);
    world.now += HOUR;
    expect((await put(store, 'q', 'v', advanced)).version).toBe(1);
    expect(actions(world)).toEqual(['Expiration p']);
    await ssmRefusal(
      () => store.importParameters([{ name: 'r', value: 'v', type: 'String', ...advanced }]),
      'ParameterLimitExceeded',
      /./,
    );
  });

  it('takes a time with an offset', async () => {
    const world = await openWorld();
    const at = { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2026-01-01T03:00:00+02:00' } };
    await put(world.store, 'p', 'v', { ...advanced, policies: policies(at) });
    world.now = START + HOUR - 1;
    expect(await opened(world.store, 'p')).toBe('v');
    world.now = START + HOUR;
    await ssmRefusal(() => opened(world.store, 'p'), 'ParameterNotFound', /./);
  });
});

describe('a notification', () => {
  it('comes once, from the store that first reads the parameter after it is due', async () => {
    const world = await openWorld();
    await put(world.store, 'p', 'v', {
      ...advanced,
      policies: policies(expiration(START + 5 * HOUR), beforeExpiration(2), noChange(1)),
    });
    expect(await statusOf(world, 'p')).toEqual([
      'Expiration Pending',
      'ExpirationNotification Pending',
      'NoChangeNotification Pending',
    ]);
    world.now = START + HOUR;
    await Promise.all([opened(world.store, 'p'), opened(await world.another(), 'p'), world.store.runPolicies()]);
    expect(actions(world)).toEqual(['NoChangeNotification p']);
    world.now = START + 3 * HOUR;
    await world.store.getParametersByPath({ path: '/' });
    await world.store.getParametersByPath({ path: '/' });
    expect(actions(world)).toEqual(['NoChangeNotification p', 'ExpirationNotification p']);
    expect(await statusOf(world, 'p')).toEqual([
      'Expiration Pending',
      'ExpirationNotification Finished',
      'NoChangeNotification Finished',
    ]);
    world.now = START + 9 * HOUR;
    await world.store.runPolicies();
    expect(actions(world).slice(2)).toEqual(['Expiration p']);
  });

  it('of no change waits again after each change', async () => {
    const world = await openWorld();
    await put(world.store, 'p', '1', { ...advanced, policies: policies(noChange(2)) });
    world.now += HOUR;
    await put(world.store, 'p', '2', { overwrite: true });
    world.now += HOUR;
    await world.store.runPolicies();
    expect(actions(world)).toEqual([]);
    world.now += HOUR;
    await world.store.runPolicies();
    expect(actions(world)).toEqual(['NoChangeNotification p']);
    await put(world.store, 'p', '3', { overwrite: true });
    world.now += 2 * HOUR;
    await world.store.runPolicies();
    expect(actions(world)).toEqual(['NoChangeNotification p', 'NoChangeNotification p']);
  });

  it('of an end that was not set never comes', async () => {
    const world = await openWorld();
    await put(world.store, 'p', 'v', { ...advanced, policies: policies(beforeExpiration(1)) });
    world.now += 1000 * DAY;
    await world.store.runPolicies();
    expect(actions(world)).toEqual([]);
    expect(await statusOf(world, 'p')).toEqual(['ExpirationNotification Pending']);
  });

  it('that was missed comes before the end that came meanwhile, in the order of their times', async () => {
    const world = await openWorld();
    await put(world.store, 'p', 'v', {
      ...advanced,
      policies: policies(noChange(50), expiration(START + 5 * HOUR), beforeExpiration(1), noChange(2)),
    });
    world.now += 60 * HOUR;
    await world.store.runPolicies();
    expect(actions(world)).toEqual(['NoChangeNotification p', 'ExpirationNotification p', 'Expiration p']);
  });

  it('of an expiration that is nearer than its notice is given at once, by runPolicies too', async () => {
    const world = await openWorld();
    const notice = { Before: '999999999', Unit: 'Days' };
    const announced = [
      expiration(START + HOUR),
      { Type: 'ExpirationNotification', Version: '1.0', Attributes: notice },
    ];
    await put(world.store, 'p', 'v', { ...advanced, policies: policies(...announced) });
    await world.store.runPolicies();
    expect(actions(world)).toEqual(['ExpirationNotification p']);
    expect(await world.storage.list({ prefix: 'd/' })).toMatchObject([{ key: dueKey('/p', START + HOUR) }]);
  });

  it('says what it is about, as EventBridge does', async () => {
    const world = await openWorld();
    await put(world.store, '/p', 'v', { ...advanced, policies: policies(noChange(1)) });
    world.now += HOUR;
    world.events.length = 0;
    await world.store.runPolicies();
    expect(world.events).toEqual([
      {
        eventVersion: '1.11',
        eventTime: new Date(START + HOUR),
        eventSource: 'ssm.amazonaws.com',
        eventName: 'ParameterPolicyAction',
        awsRegion: 'us-east-1',
        requestParameters: null,
        responseElements: null,
        eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        userIdentity: { accountId: '000000000000', invokedBy: 'AWS Internal' },
        readOnly: false,
        resources: [
          {
            accountId: '000000000000',
            type: 'AWS::SSM::Parameter',
            ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/p',
          },
        ],
        eventType: 'AwsServiceEvent',
        managementEvent: true,
        recipientAccountId: '000000000000',
        eventCategory: 'Management',
        serviceEventDetails: {
          parameterName: '/p',
          policyType: 'NoChangeNotification',
          policyContent: JSON.stringify(noChange(1)),
          actionStatus: 'Success',
        },
      },
    ]);
  });
});

describe('policies', () => {
  it('given again replace the old ones. Left out they stay, and [{}] removes them', async () => {
    const world = await openWorld();
    const { store } = world;
    await put(store, 'p', '1', { ...advanced, policies: policies(expiration(START + DAY), noChange(1)) });
    await put(store, 'p', '2', { overwrite: true });
    expect(await statusOf(world, 'p')).toEqual(['Expiration Pending', 'NoChangeNotification Pending']);
    await put(store, 'p', '3', { overwrite: true, policies: policies(noChange(3)) });
    expect(await statusOf(world, 'p')).toEqual(['NoChangeNotification Pending']);
    await put(store, 'p', '4', { overwrite: true, policies: '[{}]' });
    expect(await statusOf(world, 'p')).toEqual([]);
    expect(await world.storage.list({ prefix: 'd/' })).toEqual([]);
    world.now += 2 * DAY;
    expect(await opened(store, 'p')).toBe('4');
    const { parameters } = await store.getParameterHistory({ name: 'p' });
    expect(parameters.map((version) => version.policies.length)).toEqual([2, 2, 1, 0]);
  });

  it('move a parameter up that is put under Intelligent-Tiering', async () => {
    const world = await openWorld();
    await put(world.store, 'p', '1');
    const request = { overwrite: true, tier: 'Intelligent-Tiering', policies: policies(noChange(1)) } as const;
    expect((await put(world.store, 'p', '2', request)).tier).toBe('Advanced');
  });

  it('of a parameter that is damaged keep those of the others from nothing', async () => {
    const world = await openWorld();
    const { store } = world;
    const records = recordsOf(world);
    for (const name of ['a', 'b', 'c']) {
      await put(store, name, 'v', { ...advanced, policies: policies(expiration(START + HOUR)) });
    }
    for (const key of ['p/a', 'p/b']) {
      const expectedVersion = (await records.get(key))?.version ?? 0;
      await records.commit([{ key, value: new Uint8Array(1), expectedVersion }]);
    }
    world.now += HOUR;
    expect((await refusal(() => store.runPolicies(), 'STORE_RECORD')).message).toContain('"p/a"');
    expect(actions(world)).toEqual(['Expiration c']);
  });

  it('that are due cost what is due, not what there is', async () => {
    const world = await openWorld();
    for (let i = 0; i < 200; i++) {
      await put(world.store, `later${i}`, 'v', { ...advanced, policies: policies(noChange(100 + i)) });
    }
    for (let i = 0; i < 150; i++) {
      await put(world.store, `soon${i}`, 'v', { ...advanced, policies: policies(expiration(START + HOUR)) });
    }
    world.now += HOUR;
    await world.store.runPolicies();
    expect(actions(world)).toHaveLength(150);
    expect((await world.storage.list({ prefix: 'd/' })).length).toBe(200);
    expect((await world.storage.list({ prefix: 'd/' }))[0]?.key).toBe(dueKey('/later0', START + 100 * HOUR));
  });
});
