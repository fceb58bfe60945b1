/**
 * `import` and `export` on a real terminal: a file that is pasted, an interruption, narrow and wide tables, no colour.
 */

import { describeWithTmux } from '@securestring/test-support/tmux';
import { expect, it } from 'vitest';

describeWithTmux('an import on a terminal', (shell) => {
  it('says what it waits for, hides what is pasted, and Ctrl-C imports nothing', async () => {
    const { type, see, press, paste, recorded } = shell();
    type('securestring init --generate-root-key && clear');
    await see('/root.key');
    const before = recorded().length;
    type('securestring import - /app');
    await see('Names and values, from standard input; Ctrl-D ends it:');
    paste('DB_USER=not-to-be-seen\n', true);
    press('C-c');
    await see('\n$');
    type('securestring import - /app; echo "status $?"');
    await see('Names and values, from standard input; Ctrl-D ends it:');
    paste('DB_USER=web\nDB_PASSWORD=not-to-be-seen\n', true);
    press('C-d');
    const printed = await see('status 0');
    expect(printed).toContain('parameters imported: 2');
    expect(recorded().slice(before)).not.toContain('not-to-be-seen');
  });

  it.each([80, 200])('fits its table into %i columns, and colours nothing with NO_COLOR', async (columns) => {
    const { type, see, widen, recorded } = shell();
    widen(columns);
    const name = `LONG_${'NAME_'.repeat(16)}${columns}`;
    const before = recorded().length;
    type(`echo ${name}=x | NO_COLOR=1 securestring import - /wide; echo fin''ished`);
    const lines = (await see('\nfinished')).split('\n').filter((line) => /^(NAME|\/wide)/.test(line));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines[1]).toMatch(/ 1 +Standard +new$/);
    expect(recorded().slice(before)).not.toContain('\u001b[1m');
  });

  it('shows control characters of values escaped, and writes them as they are into a pipe', async () => {
    const { type, see } = shell();
    type(`printf 'a\\033[31mb' | securestring put /raw/x; securestring export /raw --format docker; echo fin''ished`);
    expect(await see('\nfinished')).toContain('X=a\\u001b[31mb');
    type(`securestring export /raw --format docker | od -c | head -1; echo fin''ished`);
    expect(await see('\nfinished')).toContain('X   =   a 033   [   3   1   m   b');
  });
});
