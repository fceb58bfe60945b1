/** Any sequence of operations against a plain model of what AWS says: versions, labels, tiers, policies, clock. */

import { awsName } from '@securestring/service';
import { budget } from '@securestring/test-support/budget';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  memoryStorage,
  openParameterStore,
  type ParameterStore,
  type ParameterStoreEvent,
  type PutParameterRequest,
} from '../src/index.ts';
import { ALL_FACTS } from './operations.ts';
import { allPages, HOUR, openKeys, START } from './support.ts';

interface ModelVersion {
  readonly version: number;
  readonly value: string;
  readonly type: string;
  readonly tier: 'Standard' | 'Advanced';
}

interface ModelPolicy {
  readonly type: 'Expiration' | 'ExpirationNotification' | 'NoChangeNotification';
  /** Hours: of an expiration since the start, else a span. */
  readonly hours: number;
  finished: boolean;
}

interface ModelParameter {
  versions: ModelVersion[];
  readonly labels: Map<string, number>;
  policies: ModelPolicy[];
  changed: number;
}

interface Model {
  now: number;
  readonly parameters: Map<string, ModelParameter>;
  /** The events that the policies should have given by now. */
  readonly notices: string[];
}

interface Real {
  readonly store: ParameterStore;
  readonly clock: { now: number };
  readonly events: ParameterStoreEvent[];
}

/** An outcome that both sides must agree on: a result's essence, or the name of a refusal. */
type Outcome = unknown;

interface Step {
  run(model: Model): Outcome;
  perform(real: Real): Promise<Outcome>;
  readonly shown: string;
}

const NAMES = ['/a', '/a/b', '/a/c', '/a/b/d', '/__proto__', '/constructor'] as const;
const LABELS = ['prod', 'test', 'old', 'x.y', '1bad', 'awsbad'] as const;
const VALUES = ['v', 'short', 'x'.repeat(4096), 'y'.repeat(4097)] as const;

const timeOf = (policy: ModelPolicy, parameter: ModelParameter): number | undefined => {
  if (policy.type === 'Expiration') return START + policy.hours * HOUR;
  if (policy.type === 'NoChangeNotification') return parameter.changed + policy.hours * HOUR;
  const end = parameter.policies.find(({ type }) => type === 'Expiration');
  return end && START + (end.hours - policy.hours) * HOUR;
};

/** Does what AWS does by itself: sends the events that are due, in order, and deletes what has ended. */
function meet(model: Model, name: string): ModelParameter | undefined {
  const parameter = model.parameters.get(name);
  if (parameter === undefined) return undefined;
  const due = parameter.policies
    .filter((policy) => !policy.finished)
    .map((policy) => ({ policy, time: timeOf(policy, parameter) ?? Number.POSITIVE_INFINITY }))
    .filter(({ time }) => time <= model.now)
    .sort((a, b) => a.time - b.time || Number(a.policy.type === 'Expiration') - Number(b.policy.type === 'Expiration'));
  for (const { policy } of due) {
    model.notices.push(`${policy.type} ${name}`);
    policy.finished = true;
    if (policy.type !== 'Expiration') continue;
    model.parameters.delete(name);
    return undefined;
  }
  return parameter;
}

const outcomeOf = async (work: () => Promise<Outcome>): Promise<Outcome> => {
  try {
    return await work();
  } catch (error) {
    return (error as Error).name;
  }
};

function putStep(
  name: string,
  value: string,
  request: {
    readonly type: 'String' | 'SecureString';
    readonly overwrite: boolean;
    readonly tier: 'Standard' | 'Advanced' | 'Intelligent-Tiering' | undefined;
    readonly policies: readonly Omit<ModelPolicy, 'finished'>[] | undefined;
  },
): Step {
  const { type, overwrite, tier: asked, policies: given } = request;
  return {
    shown: `put ${name} ${value.length} ${JSON.stringify(request)}`,
    run: (model) => {
      const present = model.parameters.get(name);
      // Judged on a copy: what is refused carries nothing out.
      const trial: Model = {
        ...model,
        parameters: new Map(present && [[name, structuredClone(present)]]),
        notices: [],
      };
      const parameter = meet(trial, name);
      if (parameter !== undefined && !overwrite) return 'ParameterAlreadyExists';
      const before = parameter?.versions.at(-1);
      const ends = given?.filter(({ type: kind }) => kind === 'Expiration') ?? [];
      if (ends.length > 1) return 'IncompatiblePolicyException';
      if (ends.some(({ hours }) => START + hours * HOUR <= model.now)) return 'InvalidPolicyAttributeException';
      const policies = given?.map((policy) => ({ ...policy, finished: false })) ?? parameter?.policies ?? [];
      const wanted = asked ?? (before?.tier === 'Advanced' ? 'Advanced' : 'Standard');
      const needs = before?.tier === 'Advanced' || policies.length > 0 || value.length > 4096;
      const tier = wanted === 'Intelligent-Tiering' ? (needs ? 'Advanced' : 'Standard') : wanted;
      if (tier === 'Standard' && needs) return 'ValidationException';
      const version = (before?.version ?? 0) + 1;
      const oldest = parameter?.versions[0]?.version ?? 0;
      if (parameter?.versions.length === 100 && [...parameter.labels.values()].includes(oldest)) {
        return 'ParameterMaxVersionLimitExceeded';
      }
      model.notices.push(...trial.notices);
      model.parameters.set(name, {
        versions: [...(parameter?.versions ?? []), { version, value, type, tier }].slice(-100),
        labels: parameter?.labels ?? new Map(),
        policies: policies.map((policy) =>
          policy.type === 'NoChangeNotification' ? { ...policy, finished: false } : policy,
        ),
        changed: model.now,
      });
      return { version, tier };
    },
    perform: ({ store }) => {
      const attributes = (policy: Omit<ModelPolicy, 'finished'>) => {
        if (policy.type === 'Expiration') return { Timestamp: new Date(START + policy.hours * HOUR).toISOString() };
        const span = policy.type === 'NoChangeNotification' ? 'After' : 'Before';
        return { [span]: String(policy.hours), Unit: 'Hours' };
      };
      const policies = given?.map((policy) => ({ Type: policy.type, Version: '1.0', Attributes: attributes(policy) }));
      const full: PutParameterRequest = {
        name,
        value,
        type,
        overwrite,
        ...(asked !== undefined && { tier: asked }),
        ...(policies !== undefined && { policies: JSON.stringify(policies) }),
      };
      return outcomeOf(() => store.putParameter(full));
    },
  };
}

function manyPutsStep(name: string): Step {
  const one = putStep(name, 'again', { type: 'String', overwrite: true, tier: undefined, policies: undefined });
  return {
    shown: `put ${name} 45 times`,
    run: (model) => Array.from({ length: 45 }, () => one.run(model)),
    perform: async (real) => {
      const outcomes: Outcome[] = [];
      for (let i = 0; i < 45; i++) outcomes.push(await one.perform(real));
      return outcomes;
    },
  };
}

function getStep(name: string, selector: string): Step {
  return {
    shown: `get ${name}${selector}`,
    run: (model) => {
      const parameter = meet(model, name);
      if (parameter === undefined) return 'ParameterNotFound';
      const wanted = selector.slice(1);
      const isNumber = /^\d+$/.test(wanted);
      const number =
        selector === '' ? parameter.versions.at(-1)?.version : isNumber ? Number(wanted) : parameter.labels.get(wanted);
      if (number === undefined) return 'ParameterNotFound';
      const found = parameter.versions.find(({ version }) => version === number);
      return found === undefined ? 'ParameterVersionNotFound' : { ...found, tier: undefined };
    },
    perform: ({ store }) =>
      outcomeOf(async () => {
        const { parameter } = await store.getParameter({ name: `${name}${selector}`, withDecryption: true });
        const { version, value, type } = parameter;
        return { version, value, type, tier: undefined };
      }),
  };
}

function labelStep(name: string, back: number | undefined, labels: readonly string[]): Step {
  const asked = (latest: number) => (back === undefined ? latest : Math.max(1, latest - back));
  return {
    shown: `label ${name} ${back} ${labels}`,
    run: (model) => {
      const parameter = meet(model, name);
      if (parameter === undefined) return 'ParameterNotFound';
      const latest = parameter.versions.at(-1)?.version ?? 0;
      const number = asked(latest);
      if (number < (parameter.versions[0]?.version ?? 0)) return 'ParameterVersionNotFound';
      const good = [...new Set(labels)].filter((label) => !label.endsWith('bad'));
      for (const label of good) parameter.labels.set(label, number);
      return { parameterVersion: number, invalidLabels: [...new Set(labels)].filter((label) => label.endsWith('bad')) };
    },
    perform: async ({ store }) =>
      outcomeOf(async () => {
        if (back === undefined) return store.labelParameterVersion({ name, labels });
        const { parameter } = await store.getParameter({ name });
        return store.labelParameterVersion({ name, labels, parameterVersion: asked(parameter.version) });
      }),
  };
}

function unlabelStep(name: string, label: string): Step {
  return {
    shown: `unlabel ${name} ${label}`,
    run: (model) => {
      const parameter = meet(model, name);
      if (parameter === undefined) return 'ParameterNotFound';
      const latest = parameter.versions.at(-1)?.version;
      const isThere = parameter.labels.get(label) === latest;
      if (isThere) parameter.labels.delete(label);
      return isThere ? { removedLabels: [label], invalidLabels: [] } : { removedLabels: [], invalidLabels: [label] };
    },
    perform: ({ store }) =>
      outcomeOf(async () => {
        const { parameter } = await store.getParameter({ name });
        return store.unlabelParameterVersion({ name, labels: [label], parameterVersion: parameter.version });
      }),
  };
}

function deleteStep(name: string): Step {
  return {
    shown: `delete ${name}`,
    run: (model) => {
      if (meet(model, name) === undefined) return 'ParameterNotFound';
      model.parameters.delete(name);
      return undefined;
    },
    perform: ({ store }) => outcomeOf(() => store.deleteParameter({ name })),
  };
}

function advanceStep(hours: number): Step {
  return {
    shown: `${hours} hours pass`,
    run: (model) => {
      model.now += hours * HOUR;
      return undefined;
    },
    perform: async ({ clock }) => {
      clock.now += hours * HOUR;
      return undefined;
    },
  };
}

function pathStep(path: string, recursive: boolean, maxResults: number): Step {
  return {
    shown: `list ${path} ${recursive} ${maxResults}`,
    run: (model) => {
      const prefix = path === '/' ? '/' : `${path}/`;
      const below = NAMES.filter((name) => name.startsWith(prefix));
      return below
        .filter((name) => recursive || !name.slice(prefix.length).includes('/'))
        .toSorted()
        .flatMap((name) => meet(model, name)?.versions.at(-1) ?? [])
        .map(({ version, value }) => [version, value.length]);
    },
    perform: ({ store }) =>
      outcomeOf(async () => {
        const all = await allPages((nextToken) =>
          store.getParametersByPath({
            path,
            recursive,
            maxResults,
            withDecryption: true,
            ...(nextToken !== undefined && { nextToken }),
          }),
        );
        return all.map(({ version, value }) => [version, value.length]);
      }),
  };
}

/** All that there is, by every operation that lists. */
async function expectSame(model: Model, { store, events }: Real): Promise<void> {
  await store.runPolicies();
  const live = NAMES.toSorted().flatMap((name) => {
    const parameter = meet(model, name);
    return parameter === undefined ? [] : [{ name, parameter }];
  });
  const { parameters } = await store.describeParameters();
  expect(
    parameters.map(({ name, version, tier, policies }) => ({
      name,
      version,
      tier,
      policies: policies.map(({ policyType, policyStatus }) => [policyType, policyStatus]),
    })),
  ).toEqual(
    live.map(({ name, parameter }) => ({
      name,
      version: parameter.versions.at(-1)?.version,
      tier: parameter.versions.at(-1)?.tier,
      policies: parameter.policies.map(({ type, finished }) => [type, finished ? 'Finished' : 'Pending']),
    })),
  );
  for (const { name, parameter } of live) {
    const history = await allPages((nextToken) =>
      store.getParameterHistory({ name, withDecryption: true, ...(nextToken !== undefined && { nextToken }) }),
    );
    const labelsOf = (number: number) => [...parameter.labels].flatMap(([label, at]) => (at === number ? [label] : []));
    expect(
      history.map(({ version, value, type, tier, labels }) => ({
        version,
        value,
        type,
        tier,
        labels: labels.toSorted(),
      })),
    ).toEqual(parameter.versions.map((version) => ({ ...version, labels: labelsOf(version.version).sort() })));
  }
  const notices = events.flatMap(({ serviceEventDetails: details }) =>
    details === undefined ? [] : [`${details.policyType} ${details.parameterName}`],
  );
  expect(notices.toSorted()).toEqual(model.notices.toSorted());
}

const name = fc.constantFrom(...NAMES);
const policy = fc.record({
  type: fc.constantFrom('Expiration' as const, 'ExpirationNotification' as const, 'NoChangeNotification' as const),
  hours: fc.integer({ min: 1, max: 40 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        name,
        fc.constantFrom(...VALUES),
        fc.record({
          type: fc.constantFrom('String' as const, 'SecureString' as const),
          overwrite: fc.boolean(),
          tier: fc.constantFrom(undefined, 'Standard' as const, 'Advanced' as const, 'Intelligent-Tiering' as const),
          policies: fc.option(fc.array(policy, { maxLength: 4 }), { nil: undefined, freq: 3 }),
        }),
      )
      .map((args) => putStep(...args)),
  },
  { weight: 1, arbitrary: name.map(manyPutsStep) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(name, fc.constantFrom('', '', ':1', ':2', ':46', ':91', ':prod', ':old', ':none'))
      .map((args) => getStep(...args)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        name,
        fc.option(fc.integer({ min: 0, max: 101 }), { nil: undefined }),
        fc.array(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }),
      )
      .map((args) => labelStep(...args)),
  },
  { weight: 1, arbitrary: fc.tuple(name, fc.constantFrom('prod', 'test')).map((args) => unlabelStep(...args)) },
  { weight: 1, arbitrary: name.map(deleteStep) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }).map(advanceStep) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('/', '/a', '/a/b'), fc.boolean(), fc.integer({ min: 1, max: 10 }))
      .map((args) => pathStep(...args)),
  },
);

describe('the store', () => {
  it('does what the model does, whatever comes in whatever order', { timeout: 600_000 }, async () => {
    const keystore = await openKeys();
    const steps = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
    let longest = 0;
    const called = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        longest = Math.max(longest, sequence.length);
        const clock = { now: START };
        const events: ParameterStoreEvent[] = [];
        const store = await openParameterStore({
          keystore,
          storage: memoryStorage(),
          clock: () => clock.now,
          onEvent: (event) => {
            called.add(event.eventName);
            events.push(event);
          },
        });
        const real: Real = { store, clock, events };
        const model: Model = { now: START, parameters: new Map(), notices: [] };
        for (const each of sequence) {
          const expected = each.run(model);
          expect(await each.perform(real), each.shown).toEqual(expected);
        }
        await expectSame(model, real);
        await store.close();
      }),
      { numRuns: budget(300, 3000) },
    );
    expect(longest).toBeGreaterThan(50);
    const modelled = ALL_FACTS.filter(([, { isInModel }]) => isInModel);
    expect(ALL_FACTS.filter(([name]) => called.has(awsName(name)))).toEqual(modelled);
  });
});
