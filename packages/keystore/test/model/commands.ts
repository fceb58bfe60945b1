/**
 * What may happen to a keystore: each command is done to the keystores and to the model, and compared.
 * @module
 */

import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Keystore, PageRequest, PageResult } from '../../src/index.ts';
import { change, look, type ModelHandle, type Scene } from './handles.ts';
import * as rules from './rules.ts';
import { aliasArnOf, arnOf, DAY, describe, type ModelKey, refuse, type Spec } from './state.ts';
import { agree, type MaterialIds, type Model, type Real, SSM } from './worlds.ts';

export type Command = fc.AsyncCommand<Model, Real>;

/** One of the keystores, with both sides of it. */
export interface Actor {
  readonly at: number;
  readonly keystore: Keystore;
  readonly handle: ModelHandle;
  readonly model: Model;
  readonly real: Real;
  readonly ids: MaterialIds;
  /** What a key's name is here: mostly of one of the keys that are `wanted`, where there are any. */
  named(name: KeyName, wanted?: (key: ModelKey) => boolean): string;
}

/** A key by its place among those that are there, or at times among all that ever were; and the form of its name. */
export interface KeyName {
  readonly pick: number;
  readonly ofAll: boolean;
  readonly form: 'id' | 'arn' | 'alias' | 'alias ARN';
}

const ALIASES = ['alias/a', 'alias/b/c'] as const;
const HANDLES = [0, 0, 0, 1, 1, 2] as const;

/** True once in six times. */
export const rarely: fc.Arbitrary<boolean> = fc.constantFrom(false, false, false, false, false, true);

/** Left out, three times of four. */
export function seldom<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function keyNameAs(...forms: readonly KeyName['form'][]): fc.Arbitrary<KeyName> {
  // Mostly the same key, so that much happens to it.
  const pick = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(30) });
  return fc.record({ pick, ofAll: rarely, form: fc.constantFrom(...forms) });
}

export const keyName: fc.Arbitrary<KeyName> = keyNameAs('id', 'arn', 'alias', 'alias ARN');
/** Mostly what an operation takes that takes no alias. */
export const keyIdName: fc.Arbitrary<KeyName> = keyNameAs(
  'id',
  'id',
  'id',
  'id',
  'arn',
  'arn',
  'arn',
  'alias',
  'alias ARN',
);
export const actorAt: fc.Arbitrary<number> = fc.constantFrom(...HANDLES);
const aliasName = fc.constantFrom(...ALIASES);
/** Mostly of one that is there. */
const aliasPick = fc.tuple(aliasName, fc.nat(30), rarely);

/** A command of any of the keystores. */
export function command<Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  act: (actor: Actor, args: Args) => Promise<unknown>,
): fc.Arbitrary<Command> {
  return fc.tuple(actorAt, args).map(([at, given]) => commandOf(name, act, at, given));
}

/** A command of one keystore. Afterwards each has seen as much as its model. */
function commandOf<Args>(
  name: string,
  act: (actor: Actor, args: Args) => Promise<unknown>,
  at: number,
  given: Args,
): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await act(actorOf(model, real, at), given);
      const generations = real.keystores.map(({ generation }) => generation);
      expect(generations).toEqual(model.handles.map(({ generation }) => generation));
    },
    toString: () => `${at} ${name} ${JSON.stringify(given)}`,
  };
}

export function actorOf(model: Model, real: Real, at: number): Actor {
  const [keystore, handle] = [real.keystores[at] as Keystore, model.handles[at] as ModelHandle];
  const named = ({ pick, ofAll, form }: KeyName, wanted = isCustomers) => {
    const { keys, aliases } = handle.store.state;
    const fitting = [...keys.values()].filter(wanted).map(({ id }) => id);
    const ids = ofAll || fitting.length === 0 ? model.keyIds : fitting;
    const names = ofAll ? [...ALIASES, SSM] : [...aliases.keys()];
    // The last first, as a key that was made just now is the one that most is done to.
    const id = ids.at(-1 - (pick % ids.length)) ?? '';
    const alias = names.at(-1 - (pick % names.length)) ?? ALIASES[0];
    return { id, arn: arnOf(id), alias, 'alias ARN': aliasArnOf(alias) }[form];
  };
  return { at, keystore, handle, model, real, ids: real.materialIds, named };
}

const isCustomers = ({ manager }: ModelKey) => manager === 'CUSTOMER';
const isRotating = ({ manager, origin, spec }: ModelKey) =>
  manager === 'CUSTOMER' && origin === 'AWS_KMS' && spec === 'SYMMETRIC_DEFAULT';
export const isEncrypting = ({ spec }: ModelKey): boolean => spec === 'SYMMETRIC_DEFAULT';
export const isMac = ({ spec }: ModelKey): boolean => spec !== 'SYMMETRIC_DEFAULT';
export const isExternal = ({ origin }: ModelKey): boolean => origin === 'EXTERNAL';
const isEnding = ({ ends }: ModelKey) => ends !== undefined;

/** A change on both sides. */
export function changes<Found>(
  { handle, model, ids }: Actor,
  work: () => Promise<Found>,
  edit: (scene: Scene) => unknown,
): Promise<boolean> {
  return agree(ids, work, () => change(handle, model.clock, edit));
}

/** A look on both sides. */
export function compares<Found>(
  { handle, model, ids }: Actor,
  work: () => Promise<Found>,
  view: (scene: Scene) => unknown,
): Promise<boolean> {
  return agree(ids, work, () => look(handle, model.clock, view));
}

/** All entries of a list, whose pages have `limit` of them. */
export async function allPages<Page extends PageResult, Entry>(
  limit: number,
  list: (request: PageRequest) => Promise<Page>,
  entriesOf: (page: Page) => readonly Entry[],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await list({ limit, ...(marker !== undefined && { marker }) });
    entries.push(...entriesOf(page));
    expect(page.truncated).toBe(page.nextMarker !== undefined);
    expect(entriesOf(page).length === limit || !page.truncated).toBe(true);
    if (page.nextMarker === undefined) return entries;
    expect(page.nextMarker).not.toBe(marker);
    marker = page.nextMarker;
  }
}

const SPECS = [
  'SYMMETRIC_DEFAULT',
  'SYMMETRIC_DEFAULT',
  'SYMMETRIC_DEFAULT',
  'HMAC_256',
  'HMAC_224',
  'HMAC_512',
] as const;

function aliasNamed({ handle }: Actor, [otherwise, pick, isOther]: readonly [string, number, boolean]): string {
  const own = [...handle.store.state.aliases.keys()].filter((name) => name !== SSM);
  return isOther ? otherwise : (own[pick % own.length] ?? otherwise);
}

interface Making {
  readonly keySpec: Spec;
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  readonly multiRegion: boolean;
  readonly description: string;
  readonly tagged: boolean;
  readonly withUsage: boolean;
}

async function makeKey({ keystore, handle, model, ids }: Actor, given: Making): Promise<void> {
  const { tagged, withUsage, ...request } = given;
  const { keySpec, origin, multiRegion, description } = request;
  const keyUsage = keySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
  const tagList = tagged ? [{ tagKey: 'k', tagValue: '' }] : [];
  await agree(
    ids,
    () => keystore.createKey({ ...request, tags: tagList, ...(withUsage && { keyUsage }) }),
    (found) => {
      if (!withUsage && keySpec !== 'SYMMETRIC_DEFAULT') refuse('ValidationException');
      return change(handle, model.clock, (scene) => {
        const id = found.keyMetadata.keyId;
        expect(model.keyIds).not.toContain(id);
        expect(id).toMatch(multiRegion ? /^mrk-[0-9a-f]{32}$/ : /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        model.keyIds.push(id);
        const tagMap = new Map(tagList.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
        return rules.createKey(scene, { id, spec: keySpec, origin, multiRegion, description, tags: tagMap });
      });
    },
  );
}

const createKey = command(
  'createKey',
  fc.record({
    keySpec: fc.constantFrom<Spec>(...SPECS),
    origin: fc.constantFrom('AWS_KMS', 'AWS_KMS', 'EXTERNAL'),
    multiRegion: fc.constantFrom(false, false, false, true),
    description: fc.constantFrom('', 'ü'),
    tagged: fc.boolean(),
    withUsage: fc.constantFrom(true, true, true, true, false),
  }),
  makeKey,
);

function makeAlias(actor: Actor, [alias, name]: readonly [string, KeyName]): Promise<unknown> {
  const targetKeyId = actor.named(name);
  return changes(
    actor,
    () => actor.keystore.createAlias({ aliasName: alias, targetKeyId }),
    (scene) => rules.createAlias(scene, alias, targetKeyId),
  );
}

const PLAIN = { multiRegion: false, description: '', tagged: false, withUsage: true };

/** A key of each kind, and an alias, so that there is something to be done. */
export const firstCommands: readonly Command[] = [
  commandOf('createKey', makeKey, 0, { ...PLAIN, keySpec: 'HMAC_256', origin: 'EXTERNAL' }),
  commandOf('createKey', makeKey, 0, { ...PLAIN, keySpec: 'HMAC_256', origin: 'AWS_KMS' }),
  commandOf('createKey', makeKey, 0, { ...PLAIN, keySpec: 'SYMMETRIC_DEFAULT', origin: 'EXTERNAL' }),
  commandOf('createKey', makeKey, 0, { ...PLAIN, keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' }),
  commandOf('createAlias', makeAlias, 0, [ALIASES[0], { pick: 0, ofAll: false, form: 'arn' }]),
];

const describeKey = command('describeKey', keyName, (actor, name) => {
  const keyId = actor.named(name);
  return compares(
    actor,
    () => actor.keystore.describeKey({ keyId }),
    (scene) => ({ keyMetadata: describe(rules.find(scene, keyId)) }),
  );
});

const limit = fc.constantFrom(1, 2, 100);

const listKeys = command('listKeys', limit, (actor, entries) =>
  compares(actor, () => allPages(entries, actor.keystore.listKeys, ({ keys }) => keys), rules.listKeys),
);

const updateKeyDescription = command('updateKeyDescription', keyIdName, (actor, name) => {
  const keyId = actor.named(name);
  return changes(
    actor,
    () => actor.keystore.updateKeyDescription({ keyId, description: 'another' }),
    (scene) => {
      rules.findKept(scene, keyId).description = 'another';
    },
  );
});

const changeTags = command(
  'tags',
  fc.record({
    name: keyIdName,
    tagKey: fc.constantFrom('k', 'l', 'aws:x'),
    tagValue: fc.constantFrom('', 'v', undefined),
  }),
  async (actor, { name, tagKey, tagValue }) => {
    const keyId = actor.named(name);
    const { keystore, handle, model, ids } = actor;
    await agree(
      ids,
      () =>
        tagValue === undefined
          ? keystore.untagResource({ keyId, tagKeys: [tagKey] })
          : keystore.tagResource({ keyId, tags: [{ tagKey, tagValue }] }),
      () => {
        if (tagValue !== undefined && tagKey === 'aws:x') refuse('TagException');
        change(handle, model.clock, (scene) => rules.tag(scene, keyId, tagKey, tagValue));
      },
    );
    await compares(
      actor,
      () =>
        allPages(
          1,
          (page) => keystore.listResourceTags({ keyId, ...page }),
          (found) => found.tags,
        ),
      (scene) => rules.listTags(scene, keyId),
    );
  },
);

const createAlias = command('createAlias', fc.tuple(aliasName, keyIdName), makeAlias);

const updateAlias = command('updateAlias', fc.tuple(aliasPick, keyIdName), (actor, [pick, name]) => {
  const alias = aliasNamed(actor, pick);
  const targetKeyId = actor.named(name);
  return changes(
    actor,
    () => actor.keystore.updateAlias({ aliasName: alias, targetKeyId }),
    (scene) => rules.updateAlias(scene, alias, targetKeyId),
  );
});

const deleteAlias = command('deleteAlias', fc.tuple(aliasPick, rarely), (actor, [pick, isSsm]) => {
  const alias = isSsm ? SSM : aliasNamed(actor, pick);
  const { keystore, handle, model, ids } = actor;
  return agree(
    ids,
    () => keystore.deleteAlias({ aliasName: alias }),
    () => {
      if (alias === SSM) refuse('NotAuthorizedException');
      change(handle, model.clock, (scene) => rules.deleteAlias(scene, alias));
    },
  );
});

const listAliases = command('listAliases', fc.tuple(seldom(keyIdName), limit), (actor, args) => {
  const [name, entries] = args;
  const keyId = name && actor.named(name);
  const list = (page: PageRequest) => actor.keystore.listAliases({ ...page, ...(keyId !== undefined && { keyId }) });
  return compares(
    actor,
    () => allPages(entries, list, ({ aliases }) => aliases),
    (scene) => rules.listAliases(scene, keyId),
  );
});

const enableOrDisable = command('enable or disable', fc.tuple(keyIdName, fc.boolean()), (actor, [name, disabled]) => {
  const keyId = actor.named(name);
  return changes(
    actor,
    () => (disabled ? actor.keystore.disableKey({ keyId }) : actor.keystore.enableKey({ keyId })),
    (scene) => rules.switchKey(scene, keyId, disabled),
  );
});

const scheduleKeyDeletion = command(
  'scheduleKeyDeletion',
  fc.tuple(keyIdName, fc.constantFrom(undefined, 7, 7, 30, 6)),
  ({ named, keystore, handle, model, ids }, [name, days]) => {
    const keyId = named(name);
    return agree(
      ids,
      () => keystore.scheduleKeyDeletion({ keyId, ...(days !== undefined && { pendingWindowInDays: days }) }),
      () => {
        if (days === 6) refuse('ValidationException');
        return change(handle, model.clock, (scene) => rules.scheduleDeletion(scene, keyId, days ?? 30));
      },
    );
  },
);

const cancelKeyDeletion = command('cancelKeyDeletion', keyIdName, (actor, name) => {
  const keyId = actor.named(name, isEnding);
  return changes(
    actor,
    () => actor.keystore.cancelKeyDeletion({ keyId }),
    (scene) => rules.cancelDeletion(scene, keyId),
  );
});

const enableKeyRotation = command(
  'enableKeyRotation',
  fc.tuple(keyIdName, fc.constantFrom(undefined, 90, 90, 90, 180, 2560, 89)),
  ({ named, keystore, handle, model, ids }, [name, days]) => {
    const keyId = named(name, isRotating);
    return agree(
      ids,
      () => keystore.enableKeyRotation({ keyId, ...(days !== undefined && { rotationPeriodInDays: days }) }),
      () => {
        if (days === 89) refuse('ValidationException');
        return change(handle, model.clock, (scene) => rules.enableRotation(scene, keyId, days ?? 365));
      },
    );
  },
);

const disableKeyRotation = command('disableKeyRotation', keyIdName, (actor, name) => {
  const keyId = actor.named(name, isRotating);
  return changes(
    actor,
    () => actor.keystore.disableKeyRotation({ keyId }),
    (scene) => rules.disableRotation(scene, keyId),
  );
});

const getKeyRotationStatus = command('getKeyRotationStatus', keyIdName, (actor, name) => {
  const keyId = actor.named(name, isRotating);
  return compares(
    actor,
    () => actor.keystore.getKeyRotationStatus({ keyId }),
    (scene) => rules.rotationStatus(scene, keyId),
  );
});

/** Often enough to come to the limit, at times. */
const rotateKeyOnDemand = command(
  'rotateKeyOnDemand',
  fc.tuple(keyIdName, fc.constantFrom(1, 1, 1, 1, 13)),
  async (actor, [name, times]) => {
    const keyId = actor.named(name, isEncrypting);
    for (let i = 0; i < times; i++) {
      await changes(
        actor,
        () => actor.keystore.rotateKeyOnDemand({ keyId }),
        (scene) => rules.rotateOnDemand(scene, keyId),
      );
    }
  },
);

const listKeyRotations = command('listKeyRotations', fc.tuple(keyIdName, fc.boolean(), limit), (actor, args) => {
  const [name, all, entries] = args;
  const keyId = actor.named(name, isEncrypting);
  const includeKeyMaterial = all ? 'ALL_KEY_MATERIAL' : 'ROTATIONS_ONLY';
  const list = (page: PageRequest) => actor.keystore.listKeyRotations({ keyId, includeKeyMaterial, ...page });
  return compares(
    actor,
    () => allPages(entries, list, ({ rotations }) => rotations),
    (scene) => rules.listRotations(scene, keyId, all),
  );
});

const SPANS = [1, 1000, 20 * 60_000, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3000 * DAY] as const;

/** Forwards, and at times backwards. */
const moveClock = command(
  'the clock moves by',
  fc.tuple(fc.constantFrom(...SPANS), fc.constantFrom(1, 1, 1, 1, -1)),
  async ({ model, real }, [span, sign]) => {
    real.clock.now += sign * span;
    model.clock += sign * span;
  },
);

/** To a moment at which something falls due, mostly one of the next, or to a millisecond before or after it. */
const moveClockToEdge = command(
  'the clock moves to an edge',
  fc.tuple(fc.nat(3), fc.constantFrom(-1, 0, 0, 1)),
  async ({ model, real, handle }, [place, offset]) => {
    const edges = [...handle.store.state.keys.values()].flatMap(({ ends, schedule, materials }) => [
      ends,
      schedule?.due,
      schedule && schedule.due - 20 * 60_000,
      ...materials.map(({ imported }) => imported?.until),
    ]);
    const times = [...edges, ...model.tokens.map(({ until }) => until)].filter((time) => time !== undefined);
    const coming = times.filter((time) => Number.isFinite(time) && time > model.clock).sort((a, b) => a - b);
    const edge = coming[place % coming.length];
    if (edge === undefined) return;
    real.clock.now = edge + offset;
    model.clock = edge + offset;
  },
);

/** What makes, describes and changes keys. */
export const keyCommands: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 2, arbitrary: createKey },
  { weight: 4, arbitrary: describeKey },
  { weight: 2, arbitrary: listKeys },
  { weight: 1, arbitrary: updateKeyDescription },
  { weight: 2, arbitrary: changeTags },
  { weight: 4, arbitrary: createAlias },
  { weight: 3, arbitrary: updateAlias },
  { weight: 1, arbitrary: deleteAlias },
  { weight: 2, arbitrary: listAliases },
  { weight: 4, arbitrary: enableOrDisable },
  { weight: 4, arbitrary: scheduleKeyDeletion },
  { weight: 3, arbitrary: cancelKeyDeletion },
  { weight: 5, arbitrary: enableKeyRotation },
  { weight: 2, arbitrary: disableKeyRotation },
  { weight: 3, arbitrary: getKeyRotationStatus },
  { weight: 4, arbitrary: rotateKeyOnDemand },
  { weight: 4, arbitrary: listKeyRotations },
  { weight: 4, arbitrary: moveClock },
  { weight: 8, arbitrary: moveClockToEdge },
];
