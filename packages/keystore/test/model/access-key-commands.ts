/**
 * What may happen to access keys: made, listed, deleted, and found with their secrets, as the rest of the keystore goes
 * on.
 * @module
 */

import * as fc from 'fast-check';
import { expect } from 'vitest';
import { ACCESS_KEYS } from '../../src/access-keys.ts';
import { type Actor, allPages, type Command, changes, command, compares, rarely } from './commands.ts';
import { change, use } from './handles.ts';
import * as rules from './rules.ts';
import { ACCOUNT } from './state.ts';
import { agree } from './worlds.ts';

const OTHER_ACCOUNT = '111122223333';
const UNKNOWN = 'AKIAIOSFODNN7EXAMPLE';

const createAccessKey = command(
  'createAccessKey',
  fc.record({ description: fc.constantFrom(undefined, 'ci'), isOther: rarely }),
  ({ keystore, handle, model, ids }, { description, isOther }) => {
    const request = { ...(description && { description }), ...(isOther && { accountId: OTHER_ACCOUNT }) };
    return agree(
      ids,
      () => keystore.createAccessKey(request),
      ({ accessKeyId: id, secretAccessKey: secret }) =>
        change(handle, model.clock, (scene) => {
          expect(model.accessKeyIds).not.toContain(id);
          model.accessKeyIds.push(id);
          const accountId = isOther ? OTHER_ACCOUNT : ACCOUNT;
          return rules.createAccessKey(scene, { id, secret, accountId, description: description ?? '' });
        }),
    );
  },
);

/** One of those that ever were: mostly one of the last, and at times one that never was. */
const pick = fc.tuple(fc.nat(4), rarely);

function picked({ model }: Actor, [place, isUnknown]: readonly [number, boolean]): string {
  const { accessKeyIds } = model;
  return (isUnknown ? undefined : accessKeyIds.at(-1 - (place % accessKeyIds.length))) ?? UNKNOWN;
}

const deleteAccessKey = command('deleteAccessKey', pick, (actor, place) => {
  const accessKeyId = picked(actor, place);
  return changes(
    actor,
    () => actor.keystore.deleteAccessKey({ accessKeyId }),
    (scene) => rules.deleteAccessKey(scene, accessKeyId),
  );
});

const listAccessKeys = command('listAccessKeys', fc.constantFrom(1, 2, 100), (actor, entries) =>
  compares(
    actor,
    () => allPages(entries, actor.keystore.listAccessKeys, ({ accessKeys }) => accessKeys),
    rules.listAccessKeys,
  ),
);

/** What an endpoint asks for at each request, without waiting. */
const findAccessKey = command('find an access key', pick, (actor, place) => {
  const { keystore, handle, model, ids } = actor;
  const id = picked(actor, place);
  return agree(
    ids,
    () => keystore[ACCESS_KEYS].find(id) ?? 'not found',
    () => {
      try {
        return use(handle, model.clock, (scene) => rules.findAccessKey(scene, id));
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFoundException') return 'not found';
        throw error;
      }
    },
  );
});

export const accessKeyCommands: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 4, arbitrary: createAccessKey },
  { weight: 2, arbitrary: deleteAccessKey },
  { weight: 2, arbitrary: listAccessKeys },
  { weight: 4, arbitrary: findAccessKey },
];
