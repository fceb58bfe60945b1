/** What openers, storages and unlock slots take: unknown, missing and wrong members are refused by name. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nobleProvider } from '@securestring/core/noble';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import * as keystorePackage from '../src/index.ts';
import {
  fileStorage,
  type Keystore,
  type KeystoreOptions,
  memoryStorage,
  openKeystore,
  slotKeyOf,
} from '../src/index.ts';
import { createCustody } from '../src/state/custody.ts';
import * as testing from '../src/testing.ts';
import { insecureDeterministicKeystore } from '../src/testing.ts';
import { holding } from './documents.ts';
import { openInMemory, refusal, thrownBy, unlock } from './support.ts';

interface Row {
  /** Options of which every member is there. */
  readonly options: () => Readonly<Record<string, unknown>>;
  /** All members, where some exclude others. */
  readonly takes?: readonly string[];
  readonly required: readonly string[];
  readonly call: (options: never) => unknown;
}

const passphrase = 'correct horse';
const withPassphrase = memoryStorage();
await (await openKeystore({ storage: withPassphrase, unlock: { passphrase } })).close();

const other = { rootKey: new Uint8Array(32).fill(9) };
const slotCall =
  (name: 'addUnlockSlot' | 'renameUnlockSlot' | 'removeUnlockSlot' | 'changeUnlock' | 'rotateRootKey') =>
  async (options: never): Promise<unknown> => {
    const keystore = await openInMemory();
    await keystore.addUnlockSlot({ unlock: other, name: 'other' });
    return keystore[name](options);
  };

const ROWS: Readonly<Record<string, Row>> = {
  openKeystore: {
    options: () => ({
      storage: memoryStorage(),
      unlock,
      region: 'us-east-1',
      accountId: '000000000000',
      create: true,
      clock: Date.now,
      minimumGeneration: 0,
      diagnostics: false,
      onEvent: () => undefined,
      onAudit: () => undefined,
      provider: nobleProvider,
    }),
    required: ['storage', 'unlock'],
    call: openKeystore,
  },
  insecureDeterministicKeystore: {
    options: () => ({
      seed: 'seed',
      region: 'us-east-1',
      accountId: '000000000000',
      clock: Date.now,
      diagnostics: false,
      onEvent: () => undefined,
      onAudit: () => undefined,
    }),
    required: ['seed'],
    call: insecureDeterministicKeystore,
  },
  fileStorage: {
    options: () => ({ patience: 1 }),
    required: [],
    call: (options) => fileStorage('keys', options),
  },
  slotKeyOf: {
    options: () => ({ storage: withPassphrase, passphrase }),
    required: ['storage', 'passphrase'],
    call: slotKeyOf,
  },
  addUnlockSlot: {
    options: () => ({ unlock, name: 'laptop' }),
    required: ['unlock'],
    call: slotCall('addUnlockSlot'),
  },
  renameUnlockSlot: {
    options: () => ({ name: 'other', to: 'another' }),
    takes: ['name', 'slot', 'to'],
    required: ['to'],
    call: slotCall('renameUnlockSlot'),
  },
  removeUnlockSlot: {
    options: () => ({ unlock }),
    takes: ['unlock', 'name', 'slot'],
    required: ['unlock'],
    call: slotCall('removeUnlockSlot'),
  },
  changeUnlock: {
    options: () => ({ from: unlock, to: other }),
    required: ['from', 'to'],
    call: slotCall('changeUnlock'),
  },
  rotateRootKey: { options: () => ({ unlocks: [unlock] }), required: ['unlocks'], call: slotCall('rotateRootKey') },
};
/** Functions that take no record. */
const WITHOUT_OPTIONS = [
  'documentGeneration',
  'insecureDeterministicProvider',
  'insecureKeyMaterials',
  'isDefaultKeyPolicy',
  'isUnlockSlotName',
  'memoryStorage',
];
/** Operations whose requests are judged elsewhere, or that take none. */
const SLOT_OPERATIONS = /Unlock|RootKey/;

/** A value that is wrong for every member. */
class Wrong {}

async function typeErrorOf(work: () => unknown): Promise<string> {
  const error = await thrownBy(work);
  expect(error).toBeInstanceOf(TypeError);
  return String(error);
}

it('every public function, and every operation on unlock slots, has a row', async () => {
  const exported = Object.entries({ ...keystorePackage, ...testing })
    .filter(([, value]) => typeof value === 'function' && !(value.prototype instanceof Error))
    .map(([name]) => name);
  const operations = Object.keys(await openInMemory()).filter(
    (name) => SLOT_OPERATIONS.test(name) && !name.startsWith('list'),
  );
  expect([...exported, ...operations].sort()).toEqual([...Object.keys(ROWS), ...WITHOUT_OPTIONS].sort());
});

describe.each(Object.entries(ROWS))('%s', (name, { options, takes, required, call }) => {
  const use = call as (options: unknown) => unknown;
  const names = Object.keys(options());
  const known = takes ?? names;

  it('works with all of its options', async () => {
    await use(options());
  });

  it('takes an object', async () => {
    if (name !== 'fileStorage') {
      expect(await typeErrorOf(() => use(undefined))).toBe(`TypeError: ${name} takes an object, not undefined.`);
    }
    for (const [wrong, kind] of [
      [null, 'null'],
      [[], 'a list'],
      [new Wrong(), 'Wrong'],
    ]) {
      expect(await typeErrorOf(() => use(wrong))).toBe(`TypeError: ${name} takes an object, not ${kind}.`);
    }
  });

  it.each(['misspelled', ...known.map((member) => `${member}s`)])('refuses the unknown member %s', async (member) => {
    expect(await typeErrorOf(() => use({ ...options(), [member]: undefined }))).toContain(
      `${name} knows no "${member}". It takes ${known.join(', ')}.`,
    );
  });

  it.each(required)('refuses options without %s', async (member) => {
    const { [member]: _, ...rest } = options();
    expect(await typeErrorOf(() => use(rest))).toMatch(/must be .*, not undefined\./);
  });

  it.each(names)('refuses %s of a wrong type', async (member) => {
    for (const [wrong, kind] of [
      [new Wrong(), 'Wrong'],
      [null, 'null'],
    ]) {
      expect(await typeErrorOf(() => use({ ...options(), [member]: wrong }))).toMatch(
        new RegExp(`must be .*, not ${kind}\\.`),
      );
    }
  });
});

describe('common slips', () => {
  const open = (options: object) => typeErrorOf(() => openKeystore(options as KeystoreOptions));
  const PLACE_TO_KEEP =
    'storage must be a place to keep the keystore, such as fileStorage(path) or memoryStorage() of this package';

  it('are answered with what belongs there', async () => {
    expect(await open({ storage: './keys', unlock })).toContain(`${PLACE_TO_KEEP}, not string.`);
    expect(await open({ storage: memoryStorage, unlock })).toContain('A function that makes one has to be called.');
    expect(await open({ storage: memoryStorage() })).toBe(
      'TypeError: unlock must be one of { passphrase: string } and { rootKey: Uint8Array of 32 bytes }, not undefined.',
    );
    expect(await open({ storage: memoryStorage(), unlock: 'secret' })).toContain('not string.');
    expect(await open({ storage: memoryStorage(), unlock, clock: new Date() })).toContain(
      'clock must be a function that returns milliseconds, such as Date.now, not Date.',
    );
    expect(await open({ storage: memoryStorage(), unlock: { ...unlock, rootkey: 1 } })).toContain(
      'unlock knows no "rootkey". It takes passphrase, rootKey.',
    );
  });

  it.each([
    ['a'.repeat(64), 'This text looks like 32 bytes in 64 characters of hex'],
    [`${'A'.repeat(43)}=`, 'This text looks like 32 bytes in 44 characters of base64'],
    ['a password', 'A password belongs in unlock.passphrase.'],
  ])('a root key as text is never to be encoded as text: %s', async (text, advice) => {
    const said = await open({ storage: memoryStorage(), unlock: { rootKey: text } });
    expect(said).toContain('unlock.rootKey must be a Uint8Array, not string. It is 32 random bytes');
    expect(said).toContain(advice);
    expect(said).not.toContain('TextEncoder');
    expect(said).not.toContain(text);
  });

  it('a blob as text is to be decoded, and a plaintext to be encoded', async () => {
    const keystore = await openInMemory();
    const ciphertextBlob = 'AQJT'.repeat(20) as never;
    expect(await typeErrorOf(() => keystore.decrypt({ ciphertextBlob }))).toMatch(
      /has to be decoded to bytes first\. This text looks like 60 bytes in 80 characters of base64/,
    );
    const keyId = 'alias/aws/ssm';
    expect(await typeErrorOf(() => keystore.encrypt({ keyId, plaintext: 'text' as never }))).toContain('TextEncoder');
  });

  it('a polluted Object.prototype reaches no option', async () => {
    const polluted = { create: false, minimumGeneration: 9, region: 'eu-west-1', onEvent: () => expect.fail('heard') };
    Object.assign(Object.prototype, polluted);
    try {
      const keystore = await openKeystore({ storage: memoryStorage(), unlock });
      expect(keystore.region).toBe('us-east-1');
      await keystore.createKey();
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
    }
  });
});

describe('create', () => {
  it('false refuses a storage without a keystore, and makes no file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystore-create-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const storage = fileStorage(join(folder, 'keys'));
    const error = await refusal(() => openKeystore({ storage, unlock, create: false }), 'KEYSTORE_MISSING');
    expect(error.message).toMatch(/^There is no keystore in this storage\. Check its path/);
    expect(readdirSync(folder)).toEqual([]);
    await (await openKeystore({ storage, unlock })).close();
    await (await openKeystore({ storage, unlock, create: false })).close();
    expect(readdirSync(folder)).toEqual(['keys']);
  });

  it('true refuses a storage with a keystore, before anything is unlocked', async () => {
    const storage = memoryStorage();
    await openKeystore({ storage, unlock, create: true });
    const before = await storage.read();
    await refusal(() => openKeystore({ storage, unlock: other, create: true }), 'KEYSTORE_EXISTS');
    expect(await storage.read()).toEqual(before);
  });

  it('true makes one keystore of two openers at once', async () => {
    const storage = memoryStorage();
    const outcomes = await Promise.allSettled([1, 2].map(() => openKeystore({ storage, unlock, create: true })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'KEYSTORE_EXISTS' } });
  });
});

describe('the partition', () => {
  const arnsOf = async (keystore: Keystore) => {
    const { keyMetadata } = await keystore.createKey();
    await keystore.createAlias({ aliasName: 'alias/mine', targetKeyId: keyMetadata.keyId });
    const { aliases } = await keystore.listAliases();
    return [keyMetadata.arn, ...aliases.map(({ aliasArn }) => aliasArn)];
  };

  it.each([
    ['eu-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('of %s is %s, in key and alias ARNs and when it is opened again', async (region, partition) => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock, region });
    expect(keystore.partition).toBe(partition);
    for (const arn of await arnsOf(keystore)) expect(arn).toMatch(new RegExp(`^arn:${partition}:kms:${region}:`));
    const again = await openKeystore({ storage, unlock });
    expect([again.partition, again.region]).toEqual([partition, region]);
    const keyId = `arn:${partition}:kms:${region}:000000000000:alias/mine`;
    const sealed = again.encrypt({ keyId, plaintext: Uint8Array.of(1) });
    expect(keystore.decrypt(sealed).plaintext).toEqual(Uint8Array.of(1));
  });

  it('of a keystore that was made before partitions stays aws, in every Region', async () => {
    // The bytes are the old form: a state in the partition aws does not name it.
    const old = { partition: 'aws', region: 'cn-north-1', accountId: '000000000000', highestClock: 0 };
    const { bytes } = await createCustody(parseUnlock(unlock), () => ({ ...old, keys: new Map(), aliases: new Map() }));
    const storage = memoryStorage();
    await storage.replace(bytes, 0);
    const keystore = await openKeystore({ storage, unlock, create: false });
    expect(keystore.partition).toBe('aws');
    for (const arn of await arnsOf(keystore)) expect(arn).toMatch(/^arn:aws:kms:cn-north-1:/);
    expect((await openKeystore({ storage: holding((await storage.read()) as Uint8Array), unlock })).partition).toBe(
      'aws',
    );
  });
});
