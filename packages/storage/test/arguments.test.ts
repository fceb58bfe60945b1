/** Wrong arguments of the functions for authors of storages: each is named, and nothing is written. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkRequest, takeChanges, untilCommitted } from '../src/index.ts';
import { withFileLock } from '../src/lock.ts';
import { absolutePath, plainPath, truePath } from '../src/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-arguments-'));
afterAll(() => rmSync(folder, { recursive: true }));
const place = join(folder, 'held');
const work = async () => undefined;
const refusal = () => new Error('beaten');

type Call = (...given: never[]) => unknown;
const ROWS: readonly (readonly [Call, readonly unknown[], string])[] = [
  [withFileLock, [], 'work must be a function, not undefined.'],
  [withFileLock, [place], 'work must be a function, not undefined.'],
  [withFileLock, [place, 100, 'work'], 'work must be a function, not string.'],
  [withFileLock, [place, '100', work], 'patience must be a number, not string.'],
  [withFileLock, [undefined, 100, work], 'path must be a string, not undefined.'],
  [withFileLock, [null, 100, work], 'path must be a string, not null.'],
  [absolutePath, [], 'path must be a string, not undefined.'],
  [plainPath, [42], 'path must be a string, not number.'],
  [truePath, [{}], 'path must be a string, not object.'],
  [untilCommitted, [], 'attempt must be a function, not undefined.'],
  [untilCommitted, [work], 'refusal must be a function, not undefined.'],
  [untilCommitted, ['x', refusal], 'attempt must be a function, not string.'],
  [takeChanges, [], 'changes must be a list of changes, not undefined.'],
  [takeChanges, [{}], 'changes must be a list of changes, not object.'],
  [takeChanges, [[null]], 'A change must be an object with a key, not null.'],
  [checkRequest, [], 'request must be an object with a prefix, not undefined.'],
  [checkRequest, [null], 'request must be an object with a prefix, not null.'],
];

describe('a wrong argument', () => {
  it.each(ROWS.map(([call, given, message]) => ({ name: call.name, given, call, message })))(
    'is a TypeError that names it: $name($given)',
    async ({ call, given, message }) => {
      const attempt = async () => call(...(given as never[]));
      await expect(attempt()).rejects.toThrow(new TypeError(message));
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
