/** Any sequence of operations, clock moves and reopenings against a plain model of AWS's rules. */

import { budget } from '@securestring/test-support/budget';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_FACTS } from '../operations.ts';
import { accessKeyCommands } from './access-key-commands.ts';
import { type Actor, actorOf, allPages, compares, firstCommands, keyCommands } from './commands.ts';
import { grantCommands, listGrants } from './grant-commands.ts';
import * as rules from './rules.ts';
import { describe as describeModel } from './state.ts';
import { useCommands } from './use-commands.ts';
import { called, type Model, makeWorlds, type Real } from './worlds.ts';

/** With those that come first. */
const LONGEST = 60;
const command = fc.oneof(...keyCommands, ...useCommands, ...accessKeyCommands, ...grantCommands);
const commands = fc.noBias(fc.commands([command], { maxCommands: LONGEST - firstCommands.length, size: 'max' }));

/** Compares everything that a keystore shows with the model. */
async function expectSame(actor: Actor): Promise<void> {
  const { keystore } = actor;
  await compares(actor, () => allPages(1000, keystore.listKeys, ({ keys }) => keys), rules.listKeys);
  await compares(
    actor,
    () => allPages(1000, keystore.listAliases, ({ aliases }) => aliases),
    (scene) => rules.listAliases(scene, undefined),
  );
  await compares(
    actor,
    () => allPages(1000, keystore.listAccessKeys, ({ accessKeys }) => accessKeys),
    rules.listAccessKeys,
  );
  for (const keyId of actor.handle.store.state.keys.keys()) {
    await compares(
      actor,
      async () => (await keystore.describeKey({ keyId })).keyMetadata,
      (scene) => describeModel(rules.find(scene, keyId)),
    );
    await compares(
      actor,
      async () => (await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' })).rotations,
      (scene) => rules.listRotations(scene, keyId, true),
    );
    await compares(
      actor,
      () =>
        allPages(
          100,
          (page) => keystore.listGrants({ ...page, keyId }),
          ({ grants }) => grants,
        ),
      (scene) => listGrants(scene, keyId),
    );
    await compares(
      actor,
      async () => (await keystore.listResourceTags({ keyId })).tags,
      (scene) => rules.listTags(scene, keyId),
    );
  }
}

async function runAll(model: Model, real: Real, all: Iterable<fc.AsyncCommand<Model, Real>>): Promise<void> {
  await fc.asyncModelRun(() => ({ model, real }), [...firstCommands, ...all]);
  for (const at of [0, 2]) await expectSame(actorOf(model, real, at));
  for (const keystore of real.keystores) await keystore.close();
}

describe('a keystore', () => {
  it('does what the model does, whatever comes in whatever order', { timeout: 600_000 }, async () => {
    let longest = 0;
    const property = fc.asyncProperty(commands, async (all) => {
      longest = Math.max(longest, [...all].length);
      const { model, real } = await makeWorlds();
      await runAll(model, real, all);
    });
    await fc.assert(property, { numRuns: budget(150, 1500) });
    // Of a million runs one draws no long sequence.
    while (longest <= 50) await fc.assert(property, { numRuns: 10 });
    expect(longest).toBeGreaterThan(50);
    const modelled = ALL_FACTS.filter(([, { isInModel }]) => isInModel);
    expect(ALL_FACTS.map(([name]) => name).filter((name) => called.has(name))).toEqual(modelled.map(([name]) => name));
  });
});
