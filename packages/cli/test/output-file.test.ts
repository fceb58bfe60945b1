/**
 * What killed processes leave beside an output.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeOutput } from '../src/files/output-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const leftover = (name: string, pid: number) => `.${name}.securestring-${pid}.0123456789ab.tmp`;

describe('a temporary file', () => {
  it('is removed by the next that writes the same output, where its process has ended, and no other is', async () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const others = [leftover('one', process.pid), leftover('two', ended), '.one.tmp'];
    for (const name of [leftover('one', ended), ...others]) writeFileSync(join(folder, name), '');
    await writeOutput(join(folder, 'one'), 'one', false);
    expect(readdirSync(folder).sort()).toEqual([...others, 'one'].sort());
    await writeOutput(join(folder, 'two'), 'two', false);
    expect(readdirSync(folder)).not.toContain(leftover('two', ended));
  });

  it('is looked for once in a folder, however many outputs it gets', async () => {
    await writeOutput(join(folder, 'three'), 'three', false);
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(folder, leftover('four', ended)), '');
    await writeOutput(join(folder, 'four'), 'four', false);
    expect(readdirSync(folder)).toContain(leftover('four', ended));
  });
});
