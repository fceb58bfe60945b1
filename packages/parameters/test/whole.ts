/**
 * Whether all entries of a storage fit together.
 * @module
 */

import { expect } from 'vitest';
import { decodeSealed } from '../src/entries/seal.ts';
import type { ParameterStorage } from '../src/index.ts';
import { countsCodec, headCodec, labelsCodec, versionCodec } from '../src/state/codec.ts';
import { COUNTS_KEY, dueKey, headKey, labelsKey, versionKey } from '../src/state/keys.ts';
import type { HeadRecord } from '../src/state/records.ts';

/** Fails where an entry is missing, too many, or says something else than another one. */
export async function expectWhole(storage: ParameterStorage): Promise<Map<string, HeadRecord>> {
  const entries = new Map((await storage.list({ prefix: '' })).map(({ key, value }) => [key, recordOf(value)]));
  const heads = new Map<string, HeadRecord>();
  const due: string[] = [];
  for (const [key, value] of entries) {
    if (!key.startsWith('p/')) continue;
    const path = key.slice(1);
    const head = headCodec.decode(value, key);
    heads.set(path, head);
    if (head.nextDue !== null) due.push(dueKey(path, head.nextDue));
    for (let version = head.oldest; version < head.current.version; version++) {
      const older = entries.get(versionKey(path, version));
      expect(older, `version ${version} of ${path}`).toBeDefined();
      expect(versionCodec.decode(older as Uint8Array, path).version).toBe(version);
    }
  }
  const count = (tier: string) => [...heads.values()].filter(({ current }) => current.tier === tier).length;
  const counts = entries.get(COUNTS_KEY);
  expect(counts === undefined ? { Standard: 0, Advanced: 0 } : countsCodec.decode(counts, COUNTS_KEY)).toEqual({
    Standard: count('Standard'),
    Advanced: count('Advanced'),
  });
  expect([...entries.keys()].filter((key) => key.startsWith('d/'))).toEqual(due.sort());
  expectNoOrphans(entries, heads);
  return heads;
}

/** An entry's record, be it sealed or not. */
function recordOf(value: Uint8Array): Uint8Array {
  return decodeSealed(value)?.record ?? value;
}

function expectNoOrphans(entries: ReadonlyMap<string, Uint8Array>, heads: ReadonlyMap<string, HeadRecord>): void {
  for (const [key, value] of entries) {
    const [, kind = '', path = '', rest = ''] = /^([vlt])(\/[^ ]*)(?: (.*))?$/.exec(key) ?? [];
    if (kind === '') continue;
    const head = heads.get(path);
    expect(head, `${key} has no ${headKey(path)}`).toBeDefined();
    if (head === undefined) continue;
    if (kind === 'v') expect(Number.parseInt(rest, 16)).toBeLessThan(head.current.version);
    if (kind === 'v') expect(Number.parseInt(rest, 16)).toBeGreaterThanOrEqual(head.oldest);
    for (const { version } of kind === 'l' ? labelsCodec.decode(value, key) : []) {
      expect(labelsKey(path, version)).toBe(key);
      expect(version).toBeGreaterThanOrEqual(head.oldest);
      expect(version).toBeLessThanOrEqual(head.current.version);
    }
  }
}
