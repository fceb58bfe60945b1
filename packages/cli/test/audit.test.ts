/** `audit` and `usage` over files that no server wrote. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { here } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const log = join(folder, 'audit.jsonl');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (...records: readonly object[]): void =>
  writeFileSync(log, records.map((record) => `${JSON.stringify(record)}\n`).join(''));

describe('audit', () => {
  it('names the role of AssumeRole', async () => {
    const roleArn = 'arn:aws:iam::000000000000:role/deploy';
    write({ eventName: 'AssumeRole', resources: [], requestParameters: { roleArn } });
    expect((await here(['audit', '--log', log])).out).toContain(roleArn);
  });

  it('verify refuses the options that choose records', async () => {
    write({});
    for (const words of [
      ['audit', 'verify', '--log', log, '--principal', 'alice'],
      ['audit', '--refused', 'verify', '--log', log],
    ]) {
      expect(await here(words)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^error: verify is about every line of a log: leave out --(principal|refused)\.\n/),
      });
    }
  });
});

describe('usage', () => {
  it('warns of lines that it cannot count', async () => {
    writeFileSync(log, 'one\n{}\nthree\n');
    expect(await here(['usage', '--log', log, '--without-store'])).toMatchObject({
      code: 0,
      err: 'warning: Not records: 2 lines. See securestring audit verify.\n',
    });
  });
});
