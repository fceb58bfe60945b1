/** An LMDB folder that a process in another container left locked when it was killed. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeHolder, thisProcess } from '@securestring/keystore/file-lock';
import { withStoppedClock } from '@securestring/test-support/stopped-clock';
import { afterAll, describe, expect, it } from 'vitest';
import { lmdbStorage } from '../src/lmdb-storage.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-gate-'));
afterAll(() => rmSync(root, { recursive: true }));

describe.each(['open.lock', '.writing.'])('%s of a killed container', (kind) => {
  it('keeps an opening waiting for five seconds, not a minute, and the error names it', async () => {
    const folder = join(root, kind);
    const first = lmdbStorage(folder);
    await first.commit([{ key: 'a', value: new Uint8Array([1]), expectedVersion: 0 }]);
    await first.close();
    const foreign = { ...(await thisProcess()), pid: 1, pidNamespace: 'pid:[1]' };
    const file = join(folder, kind === '.writing.' ? kind + foreign.token : kind);
    writeFileSync(file, encodeHolder(foreign));
    const storage = lmdbStorage(folder);
    await withStoppedClock(async (clock) => {
      let isWaiting = true;
      const refused = storage.get('a').catch((error: unknown) => error);
      refused.finally(() => {
        isWaiting = false;
      });
      await clock.looks();
      clock.now = 5000;
      await clock.looks();
      expect(isWaiting).toBe(true);
      clock.now = 5001;
      expect(await refused).toMatchObject({
        code: 'STORAGE_BUSY',
        message: expect.stringMatching(/another container.*cannot be seen from here: if it was killed, remove .*/),
      });
    });
    rmSync(file);
    expect((await storage.get('a'))?.value).toEqual(new Uint8Array([1]));
    await storage.close();
  });
});
