import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, expect, it, vi } from 'vitest';
import { openAuditLog, verifyAuditLog } from '../src/index.ts';
import { eventOf, key, logPath } from './support.ts';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** As on a file system that has no inode for a new file. Only the superuser could mount one. */
function refuseNewFiles(): void {
  const { openSync } = fs;
  vi.spyOn(fs, 'openSync').mockImplementation((path, flags, mode) => {
    if (typeof flags === 'number' && (flags & fs.constants.O_EXCL) !== 0) {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    }
    return openSync(path, flags, mode);
  });
  syncBuiltinESMExports();
}

it('goes on as soon as the next file can be made', async () => {
  const path = logPath();
  await using log = await openAuditLog({ path, maxBytes: 4096, key });
  const write = (): unknown => {
    try {
      return log.record(eventOf(1));
    } catch (error) {
      return error;
    }
  };
  refuseNewFiles();
  const outcomes = Array.from({ length: 12 }, write);
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  const kept = outcomes.filter((outcome) => outcome === undefined).length;
  expect(outcomes.slice(kept).map(String)).toEqual(outcomes.slice(kept).map(() => expect.stringContaining('ENOSPC')));
  expect(kept).toBeLessThan(12);
  expect(await verifyAuditLog(path, key)).toMatchObject({ files: 1, records: kept, fault: undefined });
  expect(write()).toBeUndefined();
  expect(await verifyAuditLog(path, key)).toMatchObject({ files: 2, records: kept + 1, fault: undefined });
});
