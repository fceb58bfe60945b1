/**
 * SIGUSR1 never opens node's inspector, through which other users of the machine could run code in the command line.
 */

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, startBuilt } from '../../packages/cli/test/built.ts';
import { hereIn } from '../../packages/cli/test/here.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');

beforeAll(async () => {
  expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
  expect((await hereIn(store, 'put', '/app/name', 'value', '--type', 'String')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('SIGUSR1', () => {
  it('does nothing to a command that waits', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const child = startBuilt(['inspect', fifo], { stdio: ['ignore', 'pipe', 'pipe'] });
    const end = ended(child);
    // Opens as soon as the command reads it.
    const input = await open(fifo, 'w');
    for (let times = 0; times < 5; times++) {
      child.kill('SIGUSR1');
      await sleep(50);
    }
    await input.write('AAAA');
    await input.close();
    const { code, err } = await end;
    expect({ code, err }).toEqual({ code: 5, err: `${fifo}: it is text, which nothing encrypted.\n` });
  });

  it.each([30, 50, 70, 90, 110, 200])(
    'after %i ms, perhaps before the first line, ends what it inspects',
    async (delay) => {
      const child = startBuilt(['inspect'], { stdio: 'pipe' });
      const end = ended(child);
      let isInspected = false;
      child.stderr?.on('data', (data) => {
        isInspected ||= String(data).includes('Debugger listening');
      });
      await sleep(delay);
      child.kill('SIGUSR1');
      await Promise.race([sleep(500), end]);
      // What is inspected ends by itself. A signal that a busy machine delivers later than this is not of this test.
      const wasInspected = isInspected;
      if (!wasInspected) child.stdin?.on('error', () => undefined).end('AAAA');
      const { code, out } = await end;
      if (wasInspected) expect({ code, out }).toEqual({ code: null, out: '' });
    },
  );

  it('goes to the program of exec, and does nothing else before and after', async () => {
    const program = 'trap "echo heard; exit 3" USR1; echo ready; while :; do sleep 0.05; done';
    const child = startBuilt(['exec', '/app', '--store', store, '--', 'bash', '-c', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = ended(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGUSR1');
    const { code, out, err } = await end;
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toContain('heard');
  });
});
