/** Names of unlock slots: given, kept, refused, and removed by. */

import { budget } from '@securestring/test-support/budget';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore, type Unlock } from '../src/index.ts';
import { encodeState } from '../src/state/codec.ts';
import { parseState } from '../src/state/parse.ts';
import { isSlotName } from '../src/state/slot-names.ts';
import { withSlots } from './documents.ts';
import { makeKey, refusal, thrownBy, unlock } from './support.ts';

const rootKey = (byte: number): Unlock => ({ rootKey: new Uint8Array(32).fill(byte) });
const other = rootKey(8);
const third = rootKey(9);

let storage: KeystoreStorage;
let keystore: Keystore;
beforeEach(async () => {
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock });
});

const namesOf = async (of = keystore) => (await of.listUnlockSlots()).map(({ name }) => name);
const opensNot = (how: Unlock) => refusal(() => openKeystore({ storage, unlock: how }), 'UNLOCK_FAILED');
const idOf = async (index: number) => (await keystore.listUnlockSlots())[index]?.slot ?? '';

describe('the name of an unlock slot', () => {
  it('is listed, also by those who open the keystore later, and outlives every other change', async () => {
    const added = await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    expect(added).toEqual({ slot: await idOf(1), kind: 'rootKey', name: 'laptop', current: false });
    await makeKey(keystore);
    await keystore.addUnlockSlot({ unlock: third });
    const again = await openKeystore({ storage, unlock: third });
    expect(await again.listUnlockSlots()).toEqual([
      { slot: await idOf(0), kind: 'rootKey', current: false },
      added,
      { slot: await idOf(2), kind: 'rootKey', current: true },
    ]);
  });

  it('is given to a slot that is there, and replaced, by what opens it', async () => {
    await keystore.addUnlockSlot({ unlock, name: 'first' });
    expect(await namesOf()).toEqual(['first']);
    await keystore.addUnlockSlot({ unlock, name: 'ci' });
    expect(await namesOf()).toEqual(['ci']);
    const { generation } = keystore;
    expect(await keystore.addUnlockSlot({ unlock, name: 'ci' })).toMatchObject({ name: 'ci' });
    expect(await keystore.addUnlockSlot({ unlock })).toMatchObject({ name: 'ci' });
    expect(keystore.generation).toBe(generation);
  });

  it('is replaced without the secret, by the id', async () => {
    const { slot } = await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    expect(await keystore.renameUnlockSlot({ slot, to: 'desk' })).toEqual({
      slot,
      kind: 'rootKey',
      name: 'desk',
      current: false,
    });
    expect(await namesOf()).toEqual([undefined, 'desk']);
    const { generation } = keystore;
    await keystore.renameUnlockSlot({ slot, to: 'desk' });
    expect(keystore.generation).toBe(generation);
    await refusal(() => keystore.renameUnlockSlot({ slot: '0123456789abcdef', to: 'x' }), 'UNLOCK_SLOTS');
    await keystore.addUnlockSlot({ unlock, name: 'server' });
    await refusal(() => keystore.renameUnlockSlot({ slot, to: 'server' }), 'UNLOCK_SLOTS');
    await expect(keystore.renameUnlockSlot({ slot, to: ' x' })).rejects.toThrow(RangeError);
    await refusal(() => keystore.renameUnlockSlot({ name: 'laptop', to: 'x' }), 'UNLOCK_SLOTS');
    await keystore.renameUnlockSlot({ name: 'desk', to: 'table' });
    expect(await namesOf()).toEqual(['server', 'table']);
  });

  it('is kept by changeUnlock, and by rotateRootKey for the secrets that it gets', async () => {
    await keystore.addUnlockSlot({ unlock, name: 'server' });
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    await keystore.changeUnlock({ from: other, to: third });
    expect(await namesOf()).toEqual(['server', 'laptop']);
    await keystore.rotateRootKey({ unlocks: [third, rootKey(10), unlock] });
    expect(await namesOf()).toEqual(['laptop', undefined, 'server']);
    await keystore.rotateRootKey({ unlocks: [unlock] });
    expect(await namesOf()).toEqual(['server']);
    // The name is free again.
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
  });

  it('of a slot that another secret opens already is not replaced by changeUnlock', async () => {
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    await keystore.addUnlockSlot({ unlock: third, name: 'desk' });
    await keystore.changeUnlock({ from: other, to: third });
    expect(await namesOf()).toEqual([undefined, 'desk']);
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    await keystore.changeUnlock({ from: other, to: unlock });
    expect(await namesOf()).toEqual(['laptop', 'desk']);
  });

  it.skipIf(budget(1, 2) === 1)('of a passphrase is kept, too', async () => {
    await keystore.addUnlockSlot({ unlock: { passphrase: 'one' }, name: 'laptop' });
    await keystore.changeUnlock({ from: { passphrase: 'one' }, to: { passphrase: 'two' } });
    await keystore.rotateRootKey({ unlocks: [{ passphrase: 'two' }] });
    expect(await namesOf()).toEqual(['laptop']);
  });

  it('is of one slot only', async () => {
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    const before = await storage.read();
    for (const how of [unlock, third]) {
      const { message } = await refusal(() => keystore.addUnlockSlot({ unlock: how, name: 'laptop' }), 'UNLOCK_SLOTS');
      expect(message).toMatch(/^Another unlock slot has the name "laptop"/);
    }
    expect(await storage.read()).toEqual(before);
  });

  it.each(['a', '7', 'a'.repeat(64), 'annas laptop', 'ci/build_7.x', 'anna@example.org', 'A-b', 'F'.repeat(16)])(
    'may be %j',
    async (name) => {
      expect(await keystore.addUnlockSlot({ unlock: other, name })).toMatchObject({ name });
      expect(await namesOf(await openKeystore({ storage, unlock: other }))).toEqual([undefined, name]);
    },
  );

  it.each([
    '',
    'a'.repeat(65),
    ' a',
    'a ',
    '-a',
    'a\n',
    'a\nb',
    'a\u001b[31mb',
    'a\u202eb',
    'b\u00fcro',
    'a\u0000',
    '0123456789abcdef',
  ])('may not be %j: a RangeError, before anything is read', async (name) => {
    const before = await storage.read();
    const error = await thrownBy(() => keystore.addUnlockSlot({ unlock: other, name }));
    expect(error).toBeInstanceOf(RangeError);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no such character may be shown.
    expect(String(error)).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(await storage.read()).toEqual(before);
  });

  it('does not show in the document', async () => {
    await keystore.addUnlockSlot({ unlock: other, name: 'a name that is sealed' });
    expect(Buffer.from((await storage.read()) as Uint8Array).includes('a name that is sealed')).toBe(false);
  });
});

describe('removeUnlockSlot', () => {
  it.each(['name', 'slot'] as const)('removes by %s, without the secret', async (by) => {
    const { slot } = await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    await keystore.addUnlockSlot({ unlock: third, name: 'desk' });
    await keystore.removeUnlockSlot(by === 'name' ? { name: 'laptop' } : { slot });
    await opensNot(other);
    expect(await namesOf()).toEqual([undefined, 'desk']);
    await openKeystore({ storage, unlock: third });
  });

  it('lists the slots that are there where none has the name or the id, and changes nothing', async () => {
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    const [first, second] = [await idOf(0), await idOf(1)];
    const before = await storage.read();
    for (const request of [
      { name: 'Laptop' },
      { name: first },
      { slot: 'laptop' },
      { slot: '' },
      { name: '\u001b[31m' },
    ]) {
      const { message } = await refusal(() => keystore.removeUnlockSlot(request), 'UNLOCK_SLOTS');
      expect(message).toContain(`Those of the keystore are ${first}, ${second} (laptop).`);
      expect(message).not.toContain('\u001b');
    }
    expect(await storage.read()).toEqual(before);
  });

  it('removes the slot that opened the keystore, which goes on; and never the last one', async () => {
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    await keystore.removeUnlockSlot({ slot: await idOf(0) });
    await makeKey(keystore);
    expect(await keystore.listUnlockSlots()).toEqual([
      { slot: await idOf(0), kind: 'rootKey', name: 'laptop', current: false },
    ]);
    for (const request of [{ name: 'laptop' }, { slot: await idOf(0) }, { unlock: other }]) {
      const { message } = await refusal(() => keystore.removeUnlockSlot(request), 'UNLOCK_SLOTS');
      expect(message).toMatch(/^Nothing else opens the keystore/);
    }
    await opensNot(unlock);
    await openKeystore({ storage, unlock: other });
  });

  it('takes one of them', async () => {
    for (const request of [{}, { name: 'a', slot: 'b' }, { unlock: other, name: 'a' }, { name: 7 }]) {
      expect(await thrownBy(() => keystore.removeUnlockSlot(request as never))).toBeInstanceOf(TypeError);
    }
  });
});

describe('a document', () => {
  const place = { partition: 'aws', region: 'us-east-1', accountId: '000000000000', highestClock: 0 };
  const state = { ...place, keys: new Map(), aliases: new Map() };
  const given = (slotNames: unknown) => ({
    region: 'r',
    accountId: 'a',
    highestClock: 0,
    keys: [],
    aliases: [],
    slotNames,
  });
  const id = '0123456789abcdef';

  it('without names has no trace of them, also after the last name went', async () => {
    expect(Buffer.from(encodeState(state)).includes('slotNames')).toBe(false);
    expect(Buffer.from(encodeState({ ...state, slotNames: new Map([[id, 'a']]) })).includes('slotNames')).toBe(true);
    const sizeOf = async () => ((await storage.read()) as Uint8Array).length;
    const before = await sizeOf();
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    await keystore.removeUnlockSlot({ name: 'laptop' });
    expect(await sizeOf()).toBe(before);
  });

  it('with names that no slot may have was written by another release: KEYSTORE_RECORD', async () => {
    expect(parseState(given([[id, 'a']])).slotNames).toEqual(new Map([[id, 'a']]));
    const second = 'fedcba9876543210';
    for (const names of [
      [[id, '\u001b[2J']],
      [['x', 'a']],
      [[id, id]],
      [
        [id, 'a'],
        [second, 'a'],
      ],
      [
        [id, 'a'],
        [id, 'b'],
      ],
      'a',
      null,
    ]) {
      await refusal(() => parseState(given(names)), 'KEYSTORE_RECORD');
    }
  });

  it('seals them: exchanged slots keep no name', async () => {
    await keystore.addUnlockSlot({ unlock: other, name: 'laptop' });
    const bytes = (await storage.read()) as Uint8Array;
    const [a, b] = [bytes.subarray(39, 80), bytes.subarray(80, 121)];
    const swapped = withSlots(bytes, [b, a]);
    await refusal(
      () => openKeystore({ storage: { ...storage, read: async () => swapped }, unlock }),
      'KEYSTORE_TAMPERED',
    );
  });

  it('judges a name in time that grows with its length only', () => {
    expect(isSlotName(`a${' '.repeat(1_000_000)}`)).toBe(false);
  });
});
