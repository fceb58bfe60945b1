/** Keys in the native table: closed, forgotten, too many; in workers; and a memory that stays as it is. */

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type AesGcmKey, decrypt, encrypt, type Provider } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { counting, toHex } from '@securestring/test-support/bytes';
import { testKeyring } from '@securestring/test-support/keyrings';
import { describeWithNative } from '@securestring/test-support/native';
import { expect, it } from 'vitest';
import { packagesFor } from '../src/addon.ts';

const TABLE = 16_384;
const NONE = new Uint8Array(0);

describeWithNative('native keys', (provider) => {
  it('do nothing more after they were closed, and leave others alone', () => {
    const [first, second] = [provider.aesGcm(counting(32)), provider.aesGcm(counting(32, 1))];
    const tag = tagOf(second);
    first.close?.();
    const third = provider.aesGcm(counting(32, 2));
    first.close?.();
    expect(() => tagOf(first)).toThrow('closed');
    expect(() => first.sealFrames?.(counting(32), NONE, 1, new Uint8Array(40))).toThrow('closed');
    expect(() => first.openFrames?.(counting(32), new Uint8Array(40), 1, NONE)).toThrow('closed');
    expect(tagOf(second)).toBe(tag);
    expect(tagOf(third)).not.toBe(tag);
    second.close?.();
    third.close?.();
  });

  it('do not need the bytes that they were made of', () => {
    const bytes = counting(32);
    const key = provider.aesGcm(bytes);
    bytes.fill(0);
    expect(tagOf(key)).toBe(tagOf(provider.aesGcm(counting(32))));
  });

  it('are OpenSSL’s if the table is full, until one is closed', async () => {
    const keys: AesGcmKey[] = [];
    while (keys.length <= TABLE && keys.at(-1)?.close === keys[0]?.close) keys.push(provider.aesGcm(counting(32)));
    const beyond = keys.at(-1);
    expect(beyond?.sealFrames).toBeUndefined();
    expect(beyond && tagOf(beyond)).toBe(keys[0] && tagOf(keys[0]));
    expect(provider.deriveMessageKey?.(0x0478, counting(32), counting(32), new Uint8Array(32))).toBeUndefined();
    const keyring = testKeyring();
    const { message } = encrypt(counting(5000), { keyring, provider });
    expect(decrypt(message, { keyring, provider }).plaintext).toEqual(counting(5000));
    expect(decrypt(message, { keyring }).plaintext).toEqual(counting(5000));
    keys[0]?.close?.();
    derived(provider).close?.();
    for (const key of keys) key.close?.();
  });

  it('are wiped after they were forgotten', async () => {
    for (let round = 0; round < 8; round++) {
      for (let i = 0; i < TABLE / 4; i++) provider.aesGcm(counting(32));
      await collect();
    }
    const key = provider.aesGcm(counting(32));
    expect(key.close).toBeDefined();
    key.close?.();
  });

  it('are closed by the engine: as many messages as you like, without a pause', () => {
    const options = { keyring: testKeyring(), provider };
    const { message } = encrypt(counting(64), options);
    for (let i = 0; i < TABLE + 1; i++) decrypt(message, options);
    for (let i = 0; i < TABLE + 1; i++) encrypt(counting(64), options);
    derived(provider).close?.();
  });
});

describeWithNative('the memory of the native provider', (provider) => {
  it('stays within 5 MB over very many messages', async () => {
    const options = { keyring: testKeyring(), provider };
    const messages = budget(10_000, 1_000_000);
    const plaintext = counting(64);
    const run = async (count: number) => {
      for (let i = 0; i < count; i++) decrypt(encrypt(plaintext, options).message, options);
      await collect();
      const { heapUsed, external, arrayBuffers } = process.memoryUsage();
      return heapUsed + external + arrayBuffers;
    };
    const before = await run(messages / 10);
    expect((await run(messages)) - before).toBeLessThan(5e6);
  });
});

describeWithNative('the native part in workers', () => {
  // Node closes a worker's libraries before its thread ends, which a program by itself shows best.
  const WORKERS = `
    const { Worker } = require('node:worker_threads');
    const code = \`
      const { parentPort, workerData } = require('node:worker_threads');
      const addon = require(workerData.path);
      const scratch = new Uint8Array(400);
      const key = addon.openKey(scratch, new Uint8Array(32).fill(workerData.i));
      for (let i = 0; i < 2000; i++) {
        addon.randomFill(scratch, new Uint8Array(100));
        addon.seal(scratch, key, new Uint8Array(12), new Uint8Array(0), new Uint8Array(5000), new Uint8Array(5016));
      }
      const tag = new Uint8Array(16);
      addon.seal(scratch, key, new Uint8Array(12), new Uint8Array(0), new Uint8Array(0), tag);
      parentPort.postMessage(key + ' ' + Buffer.from(tag).toString('hex'));
      if (workerData.i % 3 === 2) for (;;) addon.randomFill(scratch, tag);
    \`;
    let left = 12;
    const said = [];
    const start = (i) => {
      const worker = new Worker(code, { eval: true, workerData: { path: process.argv[1], i } });
      worker.on('message', (text) => { said.push(text); worker.terminate(); });
      worker.on('exit', () => { if (--left === 0) console.log(JSON.stringify(said.sort())); else if (left >= 4) start(12 - left + 3); });
    };
    for (let i = 0; i < 4; i++) start(i);
  `;

  it('has keys of its own in each, and ends with it', () => {
    const path = createRequire(import.meta.resolve('../src/addon.ts')).resolve(installed());
    const printed = execFileSync(process.execPath, ['-e', WORKERS, path], { encoding: 'utf8' });
    const said: readonly string[] = JSON.parse(printed);
    expect(said.length).toBe(12);
    expect(new Set(said).size).toBe(12);
    // Each begins with the first place of a table of its own.
    expect(said.every((text) => text.startsWith('0 '))).toBe(true);
  });

  it('loads twice in one thread, with two tables', () => {
    const require = createRequire(import.meta.resolve('../src/addon.ts'));
    const path = require.resolve(installed());
    const load = () => {
      delete require.cache[path];
      return require(path) as typeof import('../src/native-aes.ts')['addon'];
    };
    const [one, two] = [load(), load()];
    const scratch = new Uint8Array(100);
    expect(one).not.toBe(two);
    expect([one.openKey(scratch, counting(32)), two.openKey(scratch, counting(32))]).toEqual([0, 0]);
    two.closeKey(scratch, 0);
    one.seal(scratch, 0, 12, 0, 0, new Uint8Array(100).subarray(0, 16));
  });
});

/** The package that is here. */
function installed(): string {
  const require = createRequire(import.meta.resolve('../src/addon.ts'));
  const found = packagesFor(process).find((name) => {
    try {
      return require.resolve(name);
    } catch {
      // The other C library's.
      return undefined;
    }
  });
  return found ?? expect.fail('no package for this machine');
}

/** Collects garbage, and lets what waits for that run. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    gc();
    await setTimeout(10);
  }
}

function tagOf(key: AesGcmKey): string {
  const tag = new Uint8Array(16);
  key.gcmSeal(counting(12), NONE, NONE, tag);
  return toHex(tag);
}

function derived(provider: Provider): AesGcmKey {
  const key = provider.deriveMessageKey?.(0x0478, counting(32), counting(32), new Uint8Array(32));
  return key ?? expect.fail('no key');
}
