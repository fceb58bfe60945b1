/** Processes that are killed while they append: no kept record is lost, and the next opening repairs the rest. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleChildren, startChild } from '../../storage-lmdb/test/children.ts';
import { openAuditLog, readAuditLog, verifyAuditLog } from '../src/index.ts';
import { eventOf, key, logPath } from './support.ts';

const scripts = mkdtempSync(join(tmpdir(), 'audit-children-'));
beforeAll(() => bundleChildren(scripts, import.meta.url));
afterAll(() => rmSync(scripts, { recursive: true, force: true }));

describe('kill -9', () => {
  it('loses no record that was kept, again and again', { timeout: 60_000 }, async () => {
    const path = logPath();
    let kept = 0;
    for (let round = 0; round < 6; round++) {
      const child = startChild(scripts, 'append', [path]);
      await child.firstLine;
      await new Promise((resolve) => setTimeout(resolve, 20 * round));
      child.process.kill('SIGKILL');
      await child.ended;
      kept += child.lines.length;
    }
    await using log = await openAuditLog({ path, key });
    log.record(eventOf(0));
    const { fault, records, files } = await verifyAuditLog(path, key);
    expect(fault).toBeUndefined();
    expect(files).toBeGreaterThan(1);
    expect(records).toBeGreaterThan(kept);
    let read = 0;
    for await (const { record } of readAuditLog(path)) if (record?.['eventName'] === 'Decrypt') read += 1;
    // The last record of each process may be kept before its number is printed.
    expect(read - 1 - kept).toBeGreaterThanOrEqual(0);
    expect(read - 1 - kept).toBeLessThanOrEqual(6);
  });
});

describe('a file that cannot grow', () => {
  it('takes a part of a line back, and fails the call whose record it was', { timeout: 60_000 }, async () => {
    const path = logPath();
    // Blocks of 1024 bytes. Without the trap the signal would end the process.
    const child = startChild(scripts, 'fill', [path], 'trap "" XFSZ; ulimit -f 16; ');
    const [kept, code] = (await child.firstLine).split(' ');
    expect(await child.ended).toBe(0);
    expect(code).toBe('AUDIT_LOG_FAILED');
    expect(await verifyAuditLog(path, key)).toMatchObject({ records: Number(kept), fault: undefined });
    await using log = await openAuditLog({ path, key });
    log.record(eventOf(0));
    expect(await verifyAuditLog(path, key)).toMatchObject({ records: Number(kept) + 1, repairs: [] });
  });
});
