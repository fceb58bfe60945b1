/**
 * The attack that seals are for: someone writes a String into the storage, without any key, and `exec` would run their
 * code.
 */

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParameterStorage } from '@securestring/parameters';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeSealed } from '../../parameters/src/entries/seal.ts';
import { headCodec } from '../../parameters/src/state/codec.ts';
import { type Ended, runBuilt } from './built.ts';
import { hereIn } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

let folder: string;
let store: string;
/** What the planted code makes, if it runs. */
let trace: string;

beforeEach(async () => {
  folder = makeFolder();
  store = join(folder, 'store');
  trace = join(folder, 'trace');
  await hereIn(store, 'init', '--generate-root-key');
  await withStoreAt(store, Date.now, (parameters) =>
    parameters.putParameter({ name: '/app/PORT', value: '8080', type: 'String' }),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A String by its bytes, as anyone can encode them. */
function stringOf(value: string): Uint8Array {
  const current = {
    version: 1,
    type: 'String',
    value,
    tier: 'Standard',
    keyId: null,
    description: null,
    allowedPattern: null,
    dataType: 'text',
    policies: [],
    lastModified: 0,
  } as const;
  return headCodec.encode({ hasSlash: true, oldest: 1, nextDue: null, current });
}

async function withStorage(attack: (storage: ParameterStorage) => Promise<void>): Promise<void> {
  const storage = lmdbStorage(join(store, 'data'));
  await attack(storage);
  await storage.close();
}

function runExec(): Promise<Ended> {
  return runBuilt(['exec', '/app', '--', process.execPath, '-e', 'console.log(process.env.PORT)'], {
    env: { ...process.env, SECURESTRING_HOME: store },
  });
}

const ATTACKS: Readonly<Record<string, (storage: ParameterStorage, planted: Uint8Array) => Promise<void>>> = {
  'as releases without seals wrote it': (storage, value) =>
    storage.commit([{ key: 'p/app/NODE_OPTIONS', value, expectedVersion: 0 }]),
  'with the seal of another entry': async (storage, planted) => {
    const own = (await storage.get('p/app/PORT'))?.value ?? new Uint8Array();
    const value = Buffer.concat([own.subarray(0, 33), planted]);
    await storage.commit([{ key: 'p/app/NODE_OPTIONS', value, expectedVersion: 0 }]);
  },
  'after all seals were left out, and the name of the storage too': async (storage, value) => {
    for (const { key, value: sealed, version } of await storage.list({ prefix: '' })) {
      const record = key === 'seal' ? undefined : decodeSealed(sealed)?.record;
      await storage.commit([{ key, value: record, expectedVersion: version }]);
    }
    await storage.commit([{ key: 'p/app/NODE_OPTIONS', value, expectedVersion: 0 }]);
  },
};

describe('exec', () => {
  it('hands on what the store wrote', async () => {
    expect(await runExec()).toEqual({ code: 0, out: '8080\n', err: '' });
  });

  it.each(Object.keys(ATTACKS))('runs nothing where NODE_OPTIONS was planted %s, and names the entry', async (name) => {
    const script = join(folder, 'code.cjs');
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`);
    await withStorage((storage) => ATTACKS[name]?.(storage, stringOf(`--require ${script}`)) ?? expect.fail());
    const { code, out, err } = await runExec();
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(/^error: The entry "p\/app\/NODE_OPTIONS" of the parameter store is not authentic: /);
    expect(existsSync(trace)).toBe(false);
    for (const words of [['get', '/app/NODE_OPTIONS'], ['export', '/app'], ['list', '/app'], ['doctor']] as const) {
      const said = await hereIn(store, ...words);
      expect(said.code, words[0]).toBe(5);
      expect(said.out + said.err).toContain('"p/app/NODE_OPTIONS"');
    }
  });
});
