/**
 * `docs/comparison.md` says of this project what the probes find. `npm run bench -- rivals` writes the page.
 * `SECURESTRING_BOTO` names the folder that pip installed boto3 to.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRequired } from '@securestring/test-support/required';
import { describe, expect, it } from 'vitest';
import { serveFolder } from '../../bench/rivals/ours.ts';
import { findingsOf } from '../../bench/rivals/probe.ts';
import { cellOf, ROWS } from '../../bench/rivals/table.ts';

const boto = process.env['SECURESTRING_BOTO'];

/** Our own column of the page, by the questions of its rows. */
function ownColumn(): Readonly<Record<string, string>> {
  const page = readFileSync(fileURLToPath(new URL('../../docs/comparison.md', import.meta.url)), 'utf8');
  const [measured = ''] = page.split('\n## ');
  const rows = measured.split('\n').map((line) => line.split(' | ').map((cell) => cell.replace(/^\| /, '')));
  const questions = Object.values(ROWS);
  return Object.fromEntries(
    rows.flatMap(([title = '', own = '']) => (questions.includes(title) ? [[title, own]] : [])),
  );
}

describe.skipIf(boto === undefined && !isRequired('clients'))(
  'docs/comparison.md, with boto3 (SECURESTRING_BOTO)',
  () => {
    it('has in its first column what the probes find', { timeout: 600_000 }, async () => {
      if (boto === undefined) return expect.fail('SECURESTRING_BOTO names no folder');
      const folder = mkdtempSync(join(tmpdir(), 'securestring-comparison-'));
      try {
        const findings = await findingsOf(() => serveFolder(folder), boto);
        const found = Object.entries(ROWS).map(([probe, title]) => [title, cellOf(findings[probe])] as const);
        expect(ownColumn()).toEqual(Object.fromEntries(found));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  },
);
