/** What a change revokes cannot be read from the folder any more, with other processes on it, and killed ones. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeystore } from '@securestring/keystore';
import { budget } from '@securestring/test-support/budget';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage, lmdbStorage } from '../src/index.ts';
import { session } from '../src/session.ts';
import { bundleChildren, startChild } from './children.ts';
import { generationsIn, opened } from './documents.ts';
import { openWorld, second } from './revocable.ts';
import { rootKeyOf } from './root-keys.ts';

const root = mkdtempSync(join(tmpdir(), 'storage-lmdb-erase-'));
let made = 0;
const freshPath = () => join(root, String(made++));
const scripts = join(root, 'scripts');
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(root, { recursive: true }));

const value = new Uint8Array(100).fill(7);

describe('with other processes on the folder', { timeout: budget(180_000, 600_000) }, () => {
  it('an older state is overwritten when no process reads it any more', async () => {
    const { folder, keystore, close } = await openWorld(freshPath(), 0);
    const storage = lmdbStorage(folder);
    await storage.commit([{ key: 'key', value, expectedVersion: 0 }]);
    const enough = freshPath();
    const reader = startChild(scripts, 'read-slowly', [folder, enough]);
    expect(await reader.firstLine).toBe('reading');
    const removed = keystore.removeUnlockSlot({ unlock: second });
    expect(await Promise.race([removed, new Promise((resolve) => setTimeout(resolve, 500, 'waits'))])).toBe('waits');
    writeFileSync(enough, '');
    await removed;
    expect(generationsIn(folder)).toEqual([keystore.generation]);
    expect(await reader.ended).toBe(0);
    expect(reader.lines).toEqual(['reading', 'read', String(value.length)]);
    await storage.close();
    await close();
  });

  it('one that reads an older state for too long is named, and nothing of that state is overwritten', async () => {
    const { folder, keystore, close } = await openWorld(freshPath(), 0);
    const storage = lmdbStorage(folder);
    await storage.commit([{ key: 'key', value, expectedVersion: 0 }]);
    const enough = freshPath();
    const reader = startChild(scripts, 'read-slowly', [folder, enough]);
    expect(await reader.firstLine).toBe('reading');
    await keystore.createKey();
    const entries = session(folder, 'keystore');
    const error = await entries.erase(50, () => undefined).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORAGE_BUSY' });
    expect(String(error)).toContain(`Process ${reader.process.pid} `);
    expect(generationsIn(folder).length).toBeGreaterThan(1);
    writeFileSync(enough, '');
    expect(await reader.ended).toBe(0);
    await entries.close();
    await storage.close();
    await close();
  });

  it('writers and readers of parameters lose nothing while it is erased again and again', async () => {
    const { folder, keystore, close } = await openWorld(freshPath(), 0);
    const others = ['a', 'b', 'c', 'd'].map((name) => startChild(scripts, 'mix', [folder, name]));
    await Promise.all(others.map(({ firstLine }) => firstLine));
    for (let number = 2; number < budget(12, 200); number++) {
      await keystore.changeUnlock({ from: { rootKey: rootKeyOf(number) }, to: { rootKey: rootKeyOf(number + 1) } });
      expect(generationsIn(folder)).toEqual([keystore.generation]);
    }
    expect(others.map((child) => child.process.exitCode)).toEqual([null, null, null, null]);
    for (const child of others) child.process.kill('SIGKILL');
    await Promise.all(others.map(({ ended }) => ended));
    await close();
  });

  it('one that is killed leaves nothing that what was acknowledged as revoked opens, and the next opening does the rest', async () => {
    const folder = freshPath();
    let number = 1;
    for (let round = 0; round < budget(8, 100); round++) {
      const child = startChild(scripts, 'revoke', [folder, String(number)]);
      await child.firstLine;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      child.process.kill('SIGKILL');
      await child.ended;
      const acknowledged = Number(child.lines.findLast((line) => line.endsWith('done'))?.split(' ')[0] ?? number);
      for (let old = Math.max(1, acknowledged - 5); old < acknowledged; old++) {
        expect(await opened(folder, { rootKey: rootKeyOf(old) })).toBe(0);
      }
      const storage = lmdbKeystoreStorage(folder);
      // Stored or not, that change is the only one that was under way.
      const now = [acknowledged + 1, acknowledged].map((each) => ({ rootKey: rootKeyOf(each) }));
      const bytes = (await storage.read()) ?? new Uint8Array();
      const memory = { read: async () => bytes, replace: async () => undefined };
      const opens = await Promise.allSettled(
        now.map(async (unlock) => (await openKeystore({ storage: memory, unlock })).close()),
      );
      number = opens[0]?.status === 'fulfilled' ? acknowledged + 1 : acknowledged;
      expect(opens.filter(({ status }) => status === 'fulfilled').length).toBe(1);
      for (let old = Math.max(1, number - 5); old < number; old++) {
        expect(await opened(folder, { rootKey: rootKeyOf(old) })).toBe(0);
      }
      await storage.close();
    }
  });
});
