import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openAuditLog, readAuditLog, verifyAuditLog } from '../src/index.ts';
import { eventOf, key, logPath } from './support.ts';

/** Files of four or five records. */
const maxBytes = 4096;

describe('a log whose files become full meanwhile', () => {
  it('verifies', async () => {
    const path = logPath();
    await using log = await openAuditLog({ path, maxBytes, key });
    for (let number = 0; number < 100; number++) log.record(eventOf(number % 60));
    const verified = { isOver: false };
    const writing = (async () => {
      for (let number = 0; !verified.isOver; number++) {
        log.record(eventOf(number % 60));
        await sleep(3);
      }
    })();
    const faults: unknown[] = [];
    for (let round = 0; round < 10; round++) faults.push((await verifyAuditLog(path, key)).fault);
    verified.isOver = true;
    await writing;
    expect(faults).toEqual(faults.map(() => undefined));
  });

  it('is read without a gap', async () => {
    const path = logPath();
    await using log = await openAuditLog({ path, maxBytes, key });
    let written = 0;
    const write = (): void => log.record({ ...eventOf(written % 60), requestID: String(written++) });
    while (written < 30) write();
    const read: unknown[] = [];
    for await (const { record } of readAuditLog(path)) {
      read.push(record?.['requestID']);
      if (written < 60) write();
    }
    expect(read.length).toBeGreaterThanOrEqual(30);
    expect(read).toEqual(read.map((_, at) => String(at)));
  });
});
