import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chainLine, checkLine } from '../src/chain.ts';
import { decodeDigest } from '../src/digest.ts';
import { openAuditLog, verifyAuditLog } from '../src/index.ts';
import { eventOf, key, keyOf, logPath, refusal } from './support.ts';

/** A log of three files, to be damaged. */
async function writtenLog(options: { readonly key?: typeof key } = { key }): Promise<string> {
  const path = logPath();
  await using log = await openAuditLog({ path, maxBytes: 4096, ...options });
  for (let number = 0; number < 18; number++) log.record(eventOf(number));
  return path;
}

const lines = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const write = (file: string, kept: readonly string[]) => writeFileSync(file, kept.map((line) => `${line}\n`).join(''));
const changed = (all: readonly string[], at: number) => all.with(at, all[at]?.replace('"Decrypt"', '"Encrypt"') ?? '');

/** Computes the chain of lines again, as a person could who has no key. */
function chainedAgain(all: readonly string[]): string[] {
  let last: string | null = null;
  return all.map((line) => {
    const { previousRecordHash: _, recordHash: __, ...record } = JSON.parse(line) as Record<string, unknown>;
    const { bytes, hash } = chainLine(record, last);
    last = hash;
    return bytes.toString();
  });
}

const FULL = '.000001';
const tamperings: readonly (readonly [string, (path: string) => void, object, boolean])[] = [
  ['altered', (path) => write(path + FULL, changed(lines(path + FULL), 2)), { line: 3, reason: 'altered' }, true],
  [
    'dropped',
    (path) => write(path + FULL, lines(path + FULL).toSpliced(2, 1)),
    { line: 3, reason: 'out of order' },
    true,
  ],
  [
    'moved',
    (path) => {
      const [a = '', b = '', c = '', ...rest] = lines(path + FULL);
      write(path + FULL, [a, c, b, ...rest]);
    },
    { line: 2, reason: 'out of order' },
    true,
  ],
  [
    'put in twice',
    (path) => write(path + FULL, lines(path + FULL).toSpliced(1, 0, lines(path + FULL)[1] ?? '')),
    { line: 3, reason: 'out of order' },
    true,
  ],
  ['cut in the middle', (path) => writeFileSync(path, readFileSync(path).subarray(0, -5)), { reason: 'torn' }, true],
  ['dropped at the end', (path) => write(path, lines(path).slice(0, -1)), { reason: 'missing lines' }, false],
  ['all dropped', (path) => write(path, []), { line: 1, reason: 'missing lines' }, false],
  [
    'altered, with the chain computed again',
    (path) => write(path + FULL, chainedAgain(changed(lines(path + FULL), 2))),
    { reason: 'altered' },
    false,
  ],
  [
    'dropped at the end of a full file',
    (path) => write(path + FULL, lines(path + FULL).slice(0, -1)),
    { file: expect.stringContaining(FULL), reason: 'missing lines' },
    false,
  ],
];

it('names lines that were put in at the end before the log was opened again', async () => {
  const path = logPath();
  const opened = await openAuditLog({ path, key });
  opened.record(eventOf(1));
  await opened.close();
  write(path, chainedAgain([...lines(path), ...lines(path), ...lines(path)]));
  expect((await verifyAuditLog(path, key)).fault).toMatchObject({ line: 2, reason: 'not signed' });
  await (await openAuditLog({ path, key })).close();
  const { fault, repairs } = await verifyAuditLog(path, key);
  expect(fault).toBeUndefined();
  expect(repairs).toMatchObject([
    {
      line: 4,
      text: expect.stringMatching(/"recordsWithoutDigest":2.* were put in by a person who can write the file/),
    },
  ]);
});

describe('a log whose lines were', () => {
  it.each(tamperings)('%s does not verify', async (_how, tamper, expected, isFoundWithoutKey) => {
    const path = await writtenLog();
    expect((await verifyAuditLog(path, key)).fault).toBeUndefined();
    tamper(path);
    const { fault } = await verifyAuditLog(path, key);
    expect(fault).toMatchObject(expected);
    expect(fault?.text).toContain(basename(fault?.file ?? ''));
    if (isFoundWithoutKey) expect((await verifyAuditLog(path)).fault).toMatchObject(expected);
  });

  it('altered is not opened, and nothing is changed', async () => {
    const path = await writtenLog();
    write(path, changed(lines(path), 0));
    const before = readFileSync(path);
    const error = await refusal(() => openAuditLog({ path, key }), 'AUDIT_LOG_DAMAGED');
    expect(error.message).toContain('Line 1 of');
    expect(readFileSync(path)).toEqual(before);
  });

  it('written by another keystore does not verify', async () => {
    const path = await writtenLog();
    expect((await verifyAuditLog(path, keyOf('another'))).fault).toMatchObject({ reason: 'digest' });
  });

  it('put in behind the last digest does not verify, nor is it taken without a record', async () => {
    const path = await writtenLog();
    const all = lines(path);
    const last = JSON.parse(all.at(-1) ?? '') as Record<string, unknown>;
    const { previousRecordHash: _, recordHash: __, ...forged } = last;
    const hash = createHash('sha256')
      .update(all.at(-1) ?? '')
      .digest('hex');
    write(path, [...all, chainLine(forged, hash).bytes.toString()]);
    expect((await verifyAuditLog(path, key)).fault).toMatchObject({ line: all.length + 1, reason: 'not signed' });
    await (await openAuditLog({ path, key })).close();
    expect((await verifyAuditLog(path, key)).repairs).toHaveLength(1);
  });
});

describe('a log whose files were', () => {
  it.each<[string, (path: string) => void]>([
    ['removed: the first', (path) => rmSync(`${path}.000001`)],
    ['removed: one in the middle', (path) => rmSync(`${path}.000002`)],
    ['removed: the last', (path) => rmSync(path)],
    ['removed: the digest', (path) => rmSync(`${path}.digest.json`)],
    ['removed: a full file`s digest', (path) => rmSync(`${path}.000001.digest.json`)],
    [
      'removed: the last ones, with a full file in their place',
      (path) => {
        renameSync(`${path}.000001`, path);
        renameSync(`${path}.000001.digest.json`, `${path}.digest.json`);
        for (const name of readdirSync(dirname(path))) if (/\.00000/.test(name)) rmSync(join(dirname(path), name));
      },
    ],
    [
      'exchanged',
      (path) => {
        for (const end of ['', '.digest.json']) {
          renameSync(`${path}.000001${end}`, `${path}.x`);
          renameSync(`${path}.000002${end}`, `${path}.000001${end}`);
          renameSync(`${path}.x`, `${path}.000002${end}`);
        }
      },
    ],
  ])('%s does not verify', async (_how, tamper) => {
    const path = await writtenLog();
    expect(readdirSync(dirname(path)).filter((name) => /\.00000\d$/.test(name)).length).toBeGreaterThanOrEqual(2);
    tamper(path);
    expect((await verifyAuditLog(path, key)).fault).toBeDefined();
  });

  it('all removed is reported as missing', async () => {
    await refusal(() => verifyAuditLog(logPath(), key), 'AUDIT_LOG_MISSING');
  });
});

describe('every bit', () => {
  let path: string;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-bits-'));
    path = join(folder, 'audit.jsonl');
    await using log = await openAuditLog({ path, key });
    for (const number of [1, 2, 3]) log.record(eventOf(number));
    return () => rmSync(folder, { recursive: true });
  });

  it('of a small log is guarded: one of each byte in the files', async () => {
    const bytes = readFileSync(path);
    const lineOf = (at: number) => bytes.subarray(0, at).toString('latin1').split('\n').length;
    for (let at = 0; at < bytes.length; at++) {
      writeFileSync(path, flipped(bytes, at, at % 8));
      const { fault } = await verifyAuditLog(path, key);
      expect(fault, `byte ${at}`).toMatchObject({ line: lineOf(at) });
    }
    writeFileSync(path, bytes);
    expect((await verifyAuditLog(path, key)).fault).toBeUndefined();
  });

  it('of a line is guarded: all of them', () => {
    const [first = '', second = ''] = lines(path);
    const bytes = Buffer.from(second);
    const previous = createHash('sha256').update(first).digest('hex');
    expect(checkLine(bytes, previous)).toHaveProperty('hash');
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        expect(checkLine(flipped(bytes, at, bit), previous), `byte ${at}, bit ${bit}`).toEqual({ reason: 'altered' });
      }
    }
  });

  it('of a digest is guarded: all of them', () => {
    const bytes = readFileSync(`${path}.digest.json`);
    expect(decodeDigest(bytes, key)).toBeDefined();
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        expect(decodeDigest(flipped(bytes, at, bit), key), `byte ${at}, bit ${bit}`).toBeUndefined();
      }
    }
  });
});

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}
