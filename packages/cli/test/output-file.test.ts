/**
 * What killed processes leave beside an output.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryName } from '../src/files/leftovers.ts';
import { writeOutput } from '../src/files/output-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A temporary file's name, as another process would have made it. */
const named = await temporaryName('');
const [pid = '', started = '', machine = '', boot = '', pidNamespace = '', timeNamespace = ''] = named.split(/[-.]/);
const leftover = (name: string, ended: number, places = [machine, boot, pidNamespace, timeNamespace]) =>
  `.${name}.securestring-${[ended, started, ...places].join('-')}.0123456789ab.tmp`;
const ANOTHER = '00000000';

describe('a temporary file', () => {
  it('is removed by the next that writes the same output, where its process has ended, and no other is', async () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const others = [leftover('one', process.pid), leftover('two', ended), '.one.tmp'];
    expect(Number(pid)).toBe(process.pid);
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

  it('stays where the process that made it cannot be judged from here: of another machine or another namespace', async () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const foreign = [
      leftover('five', ended, [ANOTHER, boot, pidNamespace, timeNamespace]),
      leftover('five', ended, [machine, boot, ANOTHER, timeNamespace]),
      leftover('five', ended, [machine, boot, pidNamespace, ANOTHER]),
      // Of a release that named the process id alone.
      `.five.securestring-${ended}.0123456789ab.tmp`,
    ];
    const before = leftover('five', process.pid, [machine, ANOTHER, pidNamespace, timeNamespace]);
    const fresh = mkdtempSync(join(folder, 'foreign-'));
    for (const name of [...foreign, before]) writeFileSync(join(fresh, name), '');
    await writeOutput(join(fresh, 'five'), 'five', false);
    expect(readdirSync(fresh).sort()).toEqual([...foreign, 'five'].sort());
  });
});
