/**
 * What may happen to grants, and to their tokens, as the rest of the keystore goes on.
 * @module
 */

import * as fc from 'fast-check';
import type { GrantOperation } from '../../src/index.ts';
import { utf8 } from '../support.ts';
import { type Actor, allPages, type Command, changes, command, compares, keyIdName, rarely } from './commands.ts';
import { change, type ModelHandle, type Scene, use } from './handles.ts';
import * as rules from './rules.ts';
import { ACCOUNT, type ModelGrant, refuse, usageOf } from './state.ts';
import { agree, type ModelGrantToken } from './worlds.ts';

const GRANTEE = 'arn:aws:iam::111122223333:role/reader';
const UNKNOWN = { grantId: 'f'.repeat(64), token: 'x' };
const OPERATIONS: readonly (readonly GrantOperation[])[] = [
  ['Decrypt'],
  ['DescribeKey', 'Encrypt'],
  ['Encrypt', 'DescribeKey'],
  ['GenerateMac'],
  ['CreateGrant'],
];

const createGrant = command(
  'createGrant',
  fc.record({
    name: keyIdName,
    operations: fc.constantFrom(...OPERATIONS),
    grantName: fc.constantFrom(undefined, undefined, 'n'),
    subset: fc.constantFrom(undefined, undefined, { a: '1' }),
  }),
  (actor, { name, operations, grantName, subset }) => {
    const keyId = actor.named(name);
    const { keystore, handle, model, ids } = actor;
    const request = {
      keyId,
      granteePrincipal: GRANTEE,
      operations,
      ...(grantName && { name: grantName }),
      ...(subset && { constraints: { encryptionContextSubset: subset } }),
    };
    return agree(
      ids,
      () => keystore.createGrant(request),
      ({ grantId, grantToken: token }) => {
        if (operations.every((operation) => operation === 'CreateGrant')) refuse('ValidationException');
        return change(handle, model.clock, (scene) => {
          const facts = { id: grantId, name: grantName ?? '', operations, subset };
          const made = makeGrant(scene, keyId, facts);
          model.grantTokens.push({ grantId: made.id, token, store: handle.store, root: handle.root });
          return { grantId: made.id, grantToken: token };
        });
      },
    );
  },
);

function makeGrant(scene: Scene, keyId: string, facts: Omit<ModelGrant, 'key' | 'made'>): ModelGrant {
  const { state, now } = scene;
  const key = rules.findOwn(scene, keyId);
  rules.requireUsable(key);
  const isMac = usageOf(key.spec) === 'GENERATE_VERIFY_MAC';
  const fitting = isMac ? ['GenerateMac', 'DescribeKey'] : ['Decrypt', 'Encrypt', 'DescribeKey'];
  if (!facts.operations.every((operation) => fitting.includes(operation))) refuse('ValidationException');
  if (isMac && facts.subset !== undefined) refuse('ValidationException');
  const comparable = ({ name, operations, subset }: typeof facts) =>
    JSON.stringify([name, [...operations].sort(), subset]);
  const equal = [...state.grants.values()].find(
    (grant) => grant.key === key.id && grant.name !== '' && comparable(grant) === comparable(facts),
  );
  if (equal !== undefined) return equal;
  const made = { ...facts, key: key.id, made: now };
  state.grants.set(made.id, made);
  return made;
}

/** Lists the grants of a key. */
export function listGrants(scene: Scene, keyId: string): readonly object[] {
  const { id: owner, arn } = rules.findById(scene, keyId);
  const own = [...scene.state.grants.values()].filter(({ key }) => key === owner);
  return own
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, name, operations, subset, made }) => ({
      keyId: arn,
      grantId: id,
      name,
      creationDate: new Date(made),
      granteePrincipal: GRANTEE,
      issuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
      operations,
      ...(subset && { constraints: { encryptionContextSubset: subset } }),
    }));
}

/** One of those that ever were: mostly one of the last, and at times one that never was. */
const pick = fc.tuple(fc.nat(4), rarely);

function picked(
  { model }: Actor,
  [place, isUnknown]: readonly [number, boolean],
): Pick<ModelGrantToken, 'grantId' | 'token'> {
  const { grantTokens } = model;
  return (isUnknown ? undefined : grantTokens.at(-1 - (place % grantTokens.length))) ?? UNKNOWN;
}

/** The grant that a token is of, in what a keystore has seen. */
function requireToken({ model }: Actor, { store, root }: ModelHandle, { state }: Scene, token: string): string {
  const found = model.grantTokens.find(
    (given) => given.token === token && given.store === store && given.root === root,
  );
  if (found === undefined || !state.grants.has(found.grantId)) return refuse('InvalidGrantTokenException');
  return found.grantId;
}

const revokeGrant = command('revokeGrant', fc.tuple(keyIdName, pick), (actor, [name, place]) => {
  const keyId = actor.named(name);
  const { grantId } = picked(actor, place);
  return changes(
    actor,
    () => actor.keystore.revokeGrant({ keyId, grantId }),
    (scene) => {
      const { id } = rules.findById(scene, keyId);
      if (scene.state.grants.get(grantId)?.key !== id) refuse('NotFoundException');
      scene.state.grants.delete(grantId);
    },
  );
});

const retireGrant = command('retireGrant', pick, (actor, place) => {
  const { token: grantToken } = picked(actor, place);
  return changes(
    actor,
    () => actor.keystore.retireGrant({ grantToken }),
    (scene) => {
      scene.state.grants.delete(requireToken(actor, actor.handle, scene, grantToken));
    },
  );
});

const listThem = command('listGrants', fc.tuple(keyIdName, fc.constantFrom(1, 2, 100)), (actor, [name, entries]) => {
  const keyId = actor.named(name);
  return compares(
    actor,
    () =>
      allPages(
        entries,
        (page) => actor.keystore.listGrants({ ...page, keyId }),
        ({ grants }) => grants,
      ),
    (scene) => listGrants(scene, keyId),
  );
});

/** A synchronous call with a token: on what was seen, and once more on what is stored where that does not know it. */
const useToken = command('encrypt with a token', fc.tuple(keyIdName, pick), (actor, [name, place]) => {
  const keyId = actor.named(name);
  const { token } = picked(actor, place);
  const { keystore, handle, model, ids } = actor;
  return agree(
    ids,
    () => keystore.encrypt({ keyId, plaintext: utf8('x'), grantTokens: [token] }).keyId,
    () =>
      use(handle, model.clock, (scene) => {
        requireToken(actor, handle, scene, token);
        const key = rules.find(scene, keyId);
        rules.requireUsable(key);
        return usageOf(key.spec) === 'ENCRYPT_DECRYPT' ? key.arn : refuse('InvalidKeyUsageException');
      }),
  );
});

export const grantCommands: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 5, arbitrary: createGrant },
  { weight: 2, arbitrary: revokeGrant },
  { weight: 2, arbitrary: retireGrant },
  { weight: 2, arbitrary: listThem },
  { weight: 3, arbitrary: useToken },
];
