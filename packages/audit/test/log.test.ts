import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditLog, readAuditLog, verifyAuditLog } from '../src/index.ts';
import { eventOf, key, keyOf, logPath, recordsIn, refusal, START } from './support.ts';

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

describe('a log', () => {
  it('has one line an event as soon as record returns, each with the hash of the line before', async () => {
    const path = logPath();
    await using log = await openAuditLog({ path, key });
    log.record(eventOf(1));
    expect(recordsIn(path)).toHaveLength(1);
    log.record(eventOf(2));
    const [first = '', second = ''] = readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(first)).toMatchObject({ eventName: 'Decrypt', previousRecordHash: null });
    expect(JSON.parse(second)).toMatchObject({ previousRecordHash: sha256(first) });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('has a digest in CloudTrail`s shape after each record', async () => {
    const path = logPath();
    await using log = await openAuditLog({ path, key });
    for (const number of [1, 2]) {
      log.record(eventOf(number));
      expect(JSON.parse(readFileSync(`${path}.digest.json`, 'utf8'))).toMatchObject({
        awsAccountId: '111122223333',
        digestSignatureAlgorithm: 'HMAC-SHA256',
        oldestEventTime: '2026-03-01T09:30:01Z',
        newestEventTime: `2026-03-01T09:30:0${number}Z`,
        previousDigestHashValue: null,
        previousDigestSignature: null,
        logFiles: [{ s3Object: 'audit.jsonl', hashAlgorithm: 'SHA-256', hashValue: sha256(readFileSync(path)) }],
      });
    }
  });

  it('goes on where it ended, with a key and without', async () => {
    for (const options of [{}, { key }]) {
      const path = logPath();
      for (const number of [1, 2, 3]) {
        await using log = await openAuditLog({ path, ...options });
        log.record(eventOf(number));
      }
      expect(await verifyAuditLog(path, options.key)).toMatchObject({ records: 3, repairs: [], fault: undefined });
    }
  });

  it.each([{ options: {} }, { options: { key } }])(
    'is rotated by size, and the chain goes on: %o',
    async ({ options }) => {
      const path = logPath();
      for (let number = 0; number < 40; number++) {
        await using log = await openAuditLog({ path, maxBytes: 4096, ...options });
        log.record(eventOf(number));
      }
      const files = [1, 2, 3, 4].map((number) => `${path}.00000${number}`);
      for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(4096);
      expect(recordsIn(files[1] ?? '')[0]).toMatchObject({
        previousRecordHash: sha256(
          readFileSync(files[0] ?? '', 'utf8')
            .trimEnd()
            .split('\n')
            .at(-1) ?? '',
        ),
      });
      expect(await verifyAuditLog(path, options.key)).toMatchObject({ records: 40, fault: undefined });
    },
  );

  it('is open in one process at a time, which a refusal names', async () => {
    const path = logPath();
    const log = await openAuditLog({ path });
    const error = await refusal(() => openAuditLog({ path }), 'AUDIT_LOG_BUSY');
    expect(error.message).toContain(`process ${process.pid}`);
    await log.close();
    await (await openAuditLog({ path })).close();
    await refusal(() => log.record(eventOf(1)), 'AUDIT_LOG_CLOSED');
  });

  it('needs its own key, and has a key from its beginning or none', async () => {
    const [signed, plain] = [logPath(), logPath()];
    for (const [path, options] of [
      [signed, { key }],
      [plain, {}],
    ] as const) {
      await using log = await openAuditLog({ path, ...options });
      log.record(eventOf(1));
    }
    await refusal(() => openAuditLog({ path: signed }), 'AUDIT_LOG_KEY');
    await refusal(() => openAuditLog({ path: signed, key: keyOf('another') }), 'AUDIT_LOG_KEY');
    await refusal(() => openAuditLog({ path: plain, key }), 'AUDIT_LOG_DAMAGED');
    await refusal(() => openAuditLog({ path: logPath(), key: { sign: () => undefined } }), 'AUDIT_LOG_KEY');
  });

  it('refuses folders, missing folders, small sizes and unknown options', async () => {
    const path = logPath();
    await refusal(() => openAuditLog({ path: dirname(path) }), 'AUDIT_LOG_FAILED');
    await refusal(() => openAuditLog({ path: join(path, 'no', 'folder') }), 'AUDIT_LOG_MISSING');
    await expect(openAuditLog({ path, maxBytes: 4095 })).rejects.toThrow(RangeError);
    await expect(openAuditLog({ path, size: 1 } as never)).rejects.toThrow(TypeError);
    // The whole keystore instead of its key.
    await expect(openAuditLog({ path, key: {} } as never)).rejects.toThrow('key must be a key that signs digests');
    await expect(verifyAuditLog(path, {} as never)).rejects.toThrow('key must be a key that signs digests');
    await expect(verifyAuditLog(undefined as never)).rejects.toThrow('path must be a string, not undefined.');
    await expect(readAuditLog(undefined as never).next()).rejects.toThrow('path must be a string, not undefined.');
  });
});

describe('a log that was changed while it is open', () => {
  it.each<[string, (path: string) => void]>([
    ['by another writer', (path) => appendFileSync(path, 'x\n')],
    ['by a cut', (path) => truncateSync(path, 10)],
    ['by being moved', (path) => renameSync(path, `${path}.old`)],
    [
      'by being replaced',
      (path) => {
        const bytes = readFileSync(path);
        rmSync(path);
        mkdirSync(`${path}.x`);
        writeFileSync(path, bytes);
      },
    ],
  ])('%s takes no more records', async (_how, change) => {
    const path = logPath();
    await using log = await openAuditLog({ path, key });
    log.record(eventOf(1));
    change(path);
    await refusal(() => log.record(eventOf(2)), 'AUDIT_LOG_FAILED');
  });
});

describe('an interrupted write', () => {
  async function begun(options = { key } as { key?: typeof key }) {
    const path = logPath();
    await using log = await openAuditLog({ path, ...options });
    for (const number of [1, 2]) log.record(eventOf(number));
    return path;
  }

  it.each([{ options: {} }, { options: { key } }])('of a line is taken out and recorded: %o', async ({ options }) => {
    const path = await begun(options);
    appendFileSync(path, '{"eventVersion":"1.11","userId');
    expect((await verifyAuditLog(path)).fault).toMatchObject({ line: 3, reason: 'torn' });
    await using log = await openAuditLog({ path, clock: () => START, ...options });
    log.record(eventOf(3));
    expect(recordsIn(path)[2]).toMatchObject({
      eventName: 'AuditLogRepaired',
      eventTime: '2026-03-01T09:30:00Z',
      serviceEventDetails: { tornBytes: 30, tornLine: '{"eventVersion":"1.11","userId' },
    });
    const { fault, repairs, records } = await verifyAuditLog(path, options.key);
    expect({ fault, records, repairs }).toMatchObject({ fault: undefined, records: 4, repairs: [{ line: 3 }] });
  });

  it('before the digest is found, repaired and recorded', async () => {
    const path = await begun();
    const digest = readFileSync(`${path}.digest.json`);
    {
      await using log = await openAuditLog({ path, key });
      log.record(eventOf(3));
    }
    writeFileSync(`${path}.digest.json`, digest);
    expect((await verifyAuditLog(path, key)).fault).toMatchObject({ line: 3, reason: 'not signed' });
    await (await openAuditLog({ path, key })).close();
    expect(await verifyAuditLog(path, key)).toMatchObject({
      records: 4,
      fault: undefined,
      repairs: [{ line: 4, text: 'AuditLogRepaired {"recordsWithoutDigest":1}' }],
    });
  });

  it('of a rotation goes on from every step', async () => {
    const path = logPath();
    const folder: Record<string, Buffer> = {};
    {
      await using log = await openAuditLog({ path, maxBytes: 4096, key });
      let number = 0;
      for (; !existsSync(`${path}.000001`); number++) {
        for (const name of [path, `${path}.digest.json`]) if (existsSync(name)) folder[name] = readFileSync(name);
        log.record(eventOf(number));
      }
    }
    const full = readFileSync(`${path}.000001.digest.json`);
    const before = (more: Record<string, Buffer | undefined>) => {
      for (const name of [path, `${path}.digest.json`, `${path}.000001`, `${path}.000001.digest.json`]) {
        rmSync(name, { force: true });
      }
      for (const [name, bytes] of Object.entries({ ...folder, ...more })) if (bytes) writeFileSync(name, bytes);
    };
    const digested = { [`${path}.000001.digest.json`]: full };
    const renamed = { ...digested, [`${path}.000001`]: folder[path], [path]: undefined };
    for (const files of [digested, renamed, { ...renamed, [path]: Buffer.alloc(0) }]) {
      before(files);
      expect((await verifyAuditLog(path, key)).fault).toBeUndefined();
      await using log = await openAuditLog({ path, maxBytes: 4096, key });
      log.record(eventOf(9));
      expect((await verifyAuditLog(path, key)).fault).toBeUndefined();
      expect(recordsIn(`${path}.000001`).length).toBeGreaterThan(2);
    }
  });
});

describe('best effort', () => {
  it('lets calls go on, reports the loss, and records how many are missing', async () => {
    const path = logPath();
    const lost: unknown[] = [];
    await using log = await openAuditLog({ path, key, bestEffort: true, onLost: (error) => lost.push(error) });
    log.record(eventOf(1));
    renameSync(path, `${path}.away`);
    log.record(eventOf(2));
    log.record(eventOf(3));
    renameSync(`${path}.away`, path);
    log.record(eventOf(4));
    expect(lost).toHaveLength(2);
    expect(recordsIn(path).map(({ eventName }) => eventName)).toEqual(['Decrypt', 'AuditRecordsLost', 'Decrypt']);
    expect(recordsIn(path)[1]).toMatchObject({ serviceEventDetails: { records: 2 } });
    expect((await verifyAuditLog(path, key)).fault).toBeUndefined();
  });

  it('records at its end how many are missing, if no other call came', async () => {
    const path = logPath();
    const log = await openAuditLog({ path, key, bestEffort: true });
    log.record(eventOf(1));
    renameSync(path, `${path}.away`);
    log.record(eventOf(2));
    renameSync(`${path}.away`, path);
    await log.close();
    await log.close();
    expect(recordsIn(path)[1]).toMatchObject({ eventName: 'AuditRecordsLost', serviceEventDetails: { records: 1 } });
    expect(await verifyAuditLog(path, key)).toMatchObject({ records: 2, fault: undefined });
  });

  it('closes where nothing can be written still', async () => {
    const path = logPath();
    const log = await openAuditLog({ path, key, bestEffort: true });
    renameSync(path, `${path}.away`);
    log.record(eventOf(1));
    await expect(log.close()).resolves.toBeUndefined();
  });
});
