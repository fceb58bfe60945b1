/** An LMDB folder that this process may only read, while another one writes it. Needs root. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbKeystoreStorage } from '../src/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../src/lmdb-storage.ts';
import { bundleChildren, startChild } from './children.ts';
import { numberIn } from './counter.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-read-only-'));
const [written, mounted, scripts] = ['written', 'mounted', 'scripts'].map((name) => join(root, name)) as [
  string,
  string,
  string,
];
const mount = (...words: string[]) => spawnSync('mount', words).status === 0;
mkdirSync(written);
mkdirSync(mounted);
const canMount =
  process.getuid?.() === 0 && mount('--bind', written, mounted) && mount('-o', 'remount,bind,ro', mounted);

beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => {
  spawnSync('umount', ['--lazy', mounted]);
  rmSync(root, { recursive: true });
});

describe.skipIf(!canMount)('a folder that may only be read', () => {
  it('shows whole commits while another process writes it, and grows', async () => {
    const writer = startChild(scripts, 'count', [written, '1000000']);
    await writer.firstLine;
    await expect.poll(() => writer.lines.length, { timeout: 60_000 }).toBeGreaterThan(10);
    const reader = lmdbStorage(mounted);
    let last = 0;
    for (let reads = 0; reads < 300; reads++) {
      const [one, other] = await reader.list({ prefix: 'o' });
      expect(numberIn(other)).toBe(numberIn(one));
      expect(numberIn(one)).toBeGreaterThanOrEqual(last);
      last = numberIn(one);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(last).toBeGreaterThan(10);
    // More than was mapped when the reader opened it.
    const filler = startChild(scripts, 'grow', [written]);
    expect(await filler.ended).toBe(0);
    expect(await reader.list({ prefix: 'grown' })).toHaveLength(500);
    writer.process.kill('SIGKILL');
    await writer.ended;
    const refused = reader.commit([{ key: 'a', value: new Uint8Array(1), expectedVersion: 0 }]);
    await expect(refused).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('(EROFS)'),
    });
    const keys = lmdbKeystoreStorage(mounted);
    expect(await keys.read()).toBeUndefined();
    await expect(keys.replace(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await keys.close();
    await reader.close();
    expect(readdirSync(written).filter((name) => name.startsWith('open'))).toEqual([]);
  });

  it('is refused where its data file is cut off, which LMDB would not survive', async () => {
    const cut = join(written, 'cut');
    mkdirSync(cut);
    writeFileSync(join(cut, 'data.mdb'), new Uint8Array(100));
    const reader = lmdbStorage(join(mounted, 'cut'));
    await expect(reader.get('a')).rejects.toMatchObject({ message: expect.stringContaining('damaged') });
    await reader.close();
  });
});
