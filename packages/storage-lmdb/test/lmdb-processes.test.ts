/** One LMDB folder in many processes, some of which are killed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParameterStorage } from '@securestring/parameters';
import { budget } from '@securestring/test-support/budget';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lmdbStorage } from '../src/lmdb-storage.ts';
import { bundleChildren, startChild } from './children.ts';
import { increment, numberIn } from './counter.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-processes-'));
let made = 0;
const freshPath = () => join(root, String(made++));
const scripts = join(root, 'scripts');
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(root, { recursive: true }));

/** The number that both entries hold. */
async function agreed(storage: ParameterStorage): Promise<number> {
  const [one, other] = await storage.list({ prefix: 'o' });
  expect(numberIn(other)).toBe(numberIn(one));
  expect(other?.version).toBe(one?.version);
  return numberIn(one);
}

describe('processes on one folder', { timeout: budget(180_000, 600_000) }, () => {
  it('eight that write at once lose nothing', async () => {
    const path = freshPath();
    const each = budget(25, 250);
    const children = Array.from({ length: 8 }, () => startChild(scripts, 'count', [path, String(each)]));
    const codes = await Promise.all(children.map(({ ended }) => ended));
    expect(codes).toEqual(codes.map(() => 0));
    const sums = children.flatMap(({ lines }) => lines.slice(1).map(Number));
    // Each sum was acknowledged to exactly one of them.
    expect(sums.sort((a, b) => a - b)).toEqual(Array.from({ length: 8 * each }, (_, at) => at + 1));
    const storage = lmdbStorage(path);
    expect(await agreed(storage)).toBe(8 * each);
    await storage.close();
  });

  it('one that is killed loses nothing that was acknowledged, leaves no half of a commit, and no process waits for it', async () => {
    const path = freshPath();
    const storage = lmdbStorage(path);
    let acknowledged = 0;
    for (let round = 0; round < budget(5, 100); round++) {
      const children = [1, 2].map(() => startChild(scripts, 'count', [path, '1000000']));
      for (const child of children) {
        await expect.poll(() => child.lines.length, { timeout: 60_000, interval: 1 }).toBeGreaterThan(1);
        await new Promise((resolve) => setTimeout(resolve, 30 * Math.random()));
        child.process.kill('SIGKILL');
      }
      // At once: the lock may still be that of the dead.
      const sum = await increment(storage);
      await Promise.all(children.map(({ ended }) => ended));
      const printed = children.flatMap(({ lines }) => lines.slice(1).map(Number));
      const now = await agreed(storage);
      expect(now).toBeGreaterThanOrEqual(Math.max(...printed, sum, acknowledged));
      acknowledged = now;
    }
    expect(acknowledged).toBeGreaterThan(budget(5, 100));
    await storage.close();
  });

  it('one that is killed within a commit of thousands of changes leaves all of them or none', async () => {
    const path = freshPath();
    const storage = lmdbStorage(path);
    let acknowledged = 0;
    for (let round = 0; round < budget(8, 100); round++) {
      const child = startChild(scripts, 'generations', [path, '4000']);
      await child.firstLine;
      await new Promise((resolve) => setTimeout(resolve, 200 * Math.random()));
      child.process.kill('SIGKILL');
      await child.ended;
      const entries = await storage.list({ prefix: 'generation' });
      const numbers = new Set(entries.map(numberIn));
      expect([entries.length, numbers.size]).toEqual([4000, 1]);
      const [number = 0] = numbers;
      expect(number).toBeGreaterThanOrEqual(Math.max(acknowledged, ...child.lines.map(Number)));
      acknowledged = number;
    }
    await increment(storage);
    await storage.close();
  });

  it('that open it while another one commits undo nothing that the other had acknowledged', async () => {
    const path = freshPath();
    const child = startChild(scripts, 'count', [path, '1000000']);
    await child.firstLine;
    for (let opening = 0; opening < budget(150, 2000) || child.lines.length <= 11; opening++) {
      const storage = lmdbStorage(path);
      await storage.get('one');
      await storage.close();
    }
    child.process.kill('SIGKILL');
    await child.ended;
    const sums = child.lines.slice(1).map(Number);
    expect(sums).toEqual(sums.map((_, at) => at + 1));
    const storage = lmdbStorage(path);
    expect(await agreed(storage)).toBeGreaterThanOrEqual(sums.length);
    expect(sums.length).toBeGreaterThan(10);
    await storage.close();
  });

  it('see each other’s commits as soon as these are acknowledged', async () => {
    const path = freshPath();
    const storage = lmdbStorage(path);
    expect(await storage.get('one')).toBeUndefined();
    const child = startChild(scripts, 'count', [path, '5']);
    await child.ended;
    expect(child.lines).toEqual(['open', '1', '2', '3', '4', '5']);
    expect(await agreed(storage)).toBe(5);
    await storage.close();
  });

  it('one with an open storage ends by itself', async () => {
    // Its storage was never closed, and no timer stopped it.
    expect(await startChild(scripts, 'count', [freshPath(), '1']).ended).toBe(0);
  });
});
