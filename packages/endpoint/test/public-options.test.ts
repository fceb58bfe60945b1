/**
 * Every public function of the endpoint, in one table. The test fails for a function without a row, and for one that
 * ignores a misspelled member, a missing one, or one of a wrong type: an endpoint without its access keys trusts every
 * caller.
 */

import { kindOf } from '@securestring/core/options';
import { createTestStore } from '@securestring/parameters/testing';
import { describe, expect, it } from 'vitest';
import * as aws from '../src/aws.ts';
import { exportFixtures } from '../src/fixtures.ts';
import * as endpointPackage from '../src/index.ts';
import { awsEndpoint, storesByPlace } from '../src/index.ts';
import * as onNode from '../src/node.ts';
import * as testing from '../src/testing.ts';

interface Row {
  /** Options with every member. */
  readonly options: Readonly<Record<string, unknown>>;
  /** All members, where some exclude others. */
  readonly takes?: readonly string[];
  readonly required: readonly string[];
  /** Members that other functions judge, whose names are in their errors. */
  readonly passed?: readonly string[];
  readonly call: (options: never) => unknown;
}

const { keystore, store: parameters } = await createTestStore();
const services = { keystore, parameters };
const endpoint = awsEndpoint(services);
const nothing = (): undefined => undefined;
const LISTENING = { host: '127.0.0.1', port: 0, names: ['vault.internal'] };

const ROWS: Readonly<Record<string, Row>> = {
  awsEndpoint: {
    options: { ...services, accessKey: nothing, onCall: nothing, clock: Date.now },
    takes: ['keystore', 'parameters', 'services', 'accessKey', 'onCall', 'clock'],
    required: ['keystore', 'parameters'],
    call: awsEndpoint,
  },
  serve: {
    options: { endpoint, ...LISTENING, maxConnections: 3 },
    takes: ['endpoint', 'host', 'port', 'tls', 'names', 'maxConnections'],
    required: ['endpoint'],
    call: async (options) => (await onNode.serve(options)).close(),
  },
  storesByPlace: {
    options: { own: services, open: async () => undefined },
    required: ['own', 'open'],
    call: storesByPlace,
  },
  startTestEndpoint: {
    options: {
      seed: 'test',
      parameters: { '/a': 'v' },
      region: 'us-east-1',
      accountId: '000000000000',
      clock: Date.now,
      onEvent: nothing,
      onAudit: nothing,
      ...LISTENING,
      accessKey: nothing,
      onCall: nothing,
      fixtures: { stores: [{ accountId: '000000000000', region: 'us-east-1' }] },
      autoCreate: false,
    },
    takes:
      'seed parameters region accountId clock onEvent onAudit host port tls names accessKey onCall fixtures autoCreate'.split(
        ' ',
      ),
    required: [],
    passed: ['fixtures'],
    call: async (options) => (await testing.startTestEndpoint(options)).close(),
  },
  exportFixtures: {
    options: { withSecrets: true },
    required: [],
    call: (options) => exportFixtures(services, options),
  },
  order: {
    options: { error: 'E', message: 'm', status: 500, latency: 1, cut: false, operation: 'Encrypt', times: 1 },
    required: [],
    call: async (options) => {
      await using started = await testing.startTestEndpoint();
      started.order(options);
    },
  },
};
/** Functions without a record of options, each with calls that are wrong. */
const WITHOUT_OPTIONS: Readonly<Record<string, readonly (() => unknown)[]>> = {
  accessKeysOf: [
    () => endpointPackage.accessKeysOf(undefined as never),
    () => endpointPackage.accessKeysOf(parameters as never),
  ],
  anyAccessKey: [() => endpointPackage.anyAccessKey(undefined as never)],
  sdkRequestHandler: [() => endpointPackage.sdkRequestHandler(undefined as never)],
  awsKeyService: [
    () => aws.awsKeyService(undefined as never, {} as never),
    () => aws.awsKeyService({ send: async () => undefined }, {} as never),
  ],
};
/** A value that is wrong for every member. */
class Wrong {}

async function rejectionOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was refused');
}

async function typeErrorOf(work: () => unknown): Promise<string> {
  const error = await rejectionOf(work);
  expect(error).toBeInstanceOf(TypeError);
  return String(error);
}

it('every public function has a row', () => {
  // The variables are made of what a server shows.
  const { environmentOf: _, ...ofTests } = testing;
  const exported = Object.entries({ ...endpointPackage, ...aws, ...onNode, ...ofTests }).filter(
    ([, value]) => typeof value === 'function' && !(value.prototype instanceof Error),
  );
  // These two are of others' records.
  const known = [...Object.keys(ROWS), ...Object.keys(WITHOUT_OPTIONS)].filter(
    (name) => name !== 'exportFixtures' && name !== 'order',
  );
  expect(exported.map(([name]) => name).sort()).toEqual(known.sort());
});

it.each(Object.entries(WITHOUT_OPTIONS))('%s refuses arguments of a wrong type', async (_, calls) => {
  for (const call of calls) expect(await typeErrorOf(call)).toMatch(/must be .*, not [\w ]+\./);
});

describe.each(Object.entries(ROWS))('%s', (name, { options, takes, required, passed = [], call }) => {
  const use = call as (options: unknown) => unknown;
  const known = takes ?? Object.keys(options);

  it('works with all of its options', async () => {
    await use(options);
  });

  it.each([[null], [[]], ['text'], [new Wrong()]])('takes an object, not %s', async (wrong) => {
    expect(await typeErrorOf(() => use(wrong))).toBe(`TypeError: ${name} takes an object, not ${kindOf(wrong)}.`);
  });

  it.each(['misspelled', ...known.map((member) => member.toUpperCase())])('refuses the unknown %s', async (member) => {
    expect(await typeErrorOf(() => use({ ...options, [member]: undefined }))).toBe(
      `TypeError: ${name} knows no "${member}". It takes ${known.join(', ')}.`,
    );
  });

  it.each(Object.keys(options))('refuses %s of a wrong type', async (member) => {
    for (const wrong of [new Wrong(), null]) {
      const error = await rejectionOf(() => use({ ...options, [member]: wrong }));
      if (!passed.includes(member)) expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(new RegExp(`${member}.* must be |${member} takes an object`));
    }
  });

  it.each(required.length === 0 ? [] : [required])('refuses options without %s', async (member) => {
    const { [member]: _, ...rest } = options;
    expect(await typeErrorOf(() => use(rest))).toMatch(/must be .*, not undefined\./);
  });
});

it('an endpoint has one source of services', async () => {
  const both = { services: () => services, ...services } as never;
  expect(await typeErrorOf(() => awsEndpoint(both))).toContain('services alone, or keystore and parameters');
});

it('a certificate that is misspelled is refused, and not served in clear', async () => {
  const wrong = { endpoint, tls: { certificate: 'PEM', key: 'PEM' } } as never;
  expect(await typeErrorOf(() => onNode.serve(wrong))).toContain('tls knows no "certificate". It takes cert, key.');
});

it('an account that no ARN can have is refused', async () => {
  expect(() => endpointPackage.anyAccessKey('123')).toThrow(RangeError);
});
