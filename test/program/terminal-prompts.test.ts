/**
 * Questions on a real terminal: pastes, pipes, Ctrl-Z, signals, and a terminal that is as it was before.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithTmux } from '@securestring/test-support/tmux';
import { expect, it } from 'vitest';

const SECRET = 'correct-horse-é';
const PEM = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n'.repeat(40)}-----END PRIVATE KEY-----\n`;
const WITH_PASSPHRASE = `SECURESTRING_PASSPHRASE=${SECRET}`;

describeWithTmux('a question on a terminal', (shell) => {
  it('a passphrase is asked for while standard input and output are pipes', async () => {
    const { type, see, recorded } = shell();
    type('securestring init 2>/dev/null | cat; stty -a > before');
    await see('New passphrase for');
    type(SECRET);
    await see('Once more:');
    type(SECRET);
    await see('Unlocked by  a passphrase');
    type('echo piped | securestring put /piped 2>/dev/null | cat');
    await see('Passphrase of');
    type('wrong');
    await see('It does not open the store. Passphrase of');
    type(SECRET);
    await see('/piped version 1');
    expect(recorded()).not.toContain(SECRET);
  });

  it.each([
    ['wrapped', true],
    ['as it is', false],
  ])('a PEM that is pasted %s is stored whole, and no line of it reaches the shell', async (name, isWrapped) => {
    const { type, see, press, paste, home, recorded } = shell();
    const before = recorded().length;
    type(`export ${WITH_PASSPHRASE}; securestring put /pem/${isWrapped}`);
    await see('Value:');
    paste(PEM, isWrapped);
    await see('(42 lines)');
    if (isWrapped) press('Enter');
    await see(`/pem/${isWrapped} version 1`);
    type(`securestring get /pem/${isWrapped} -d > got; unset SECURESTRING_PASSPHRASE; echo fin''ished`);
    await see('finished');
    expect(readFileSync(join(home, 'got'), 'utf8'), name).toBe(PEM.trimEnd());
    expect(recorded().slice(before)).not.toContain('PRIVATE KEY');
  });

  it('a paste of several lines is refused as a passphrase, and no line of it reaches the shell', async () => {
    const { type, see, paste, recorded } = shell();
    const before = recorded().length;
    type('securestring list -d; echo "status $?"');
    await see('Passphrase of');
    paste(PEM, false);
    await see('error: The answer has 42 lines, and a passphrase is one line. Nothing was done.');
    await see('status 2');
    expect(recorded().slice(before)).not.toContain('PRIVATE KEY');
  });

  it('Ctrl-Z stops the whole pipeline with echo for the shell, and fg asks again without', async () => {
    const { type, see, press, recorded } = shell();
    type('echo other | securestring put /stopped');
    await see('Passphrase of');
    press('C-z');
    await see('Stopped');
    type('stty -a > stopped; cmp before stopped && echo sa""me');
    await see('\nsame');
    const before = recorded().length;
    type('fg');
    await see('Passphrase of');
    type(SECRET);
    await see('/stopped version 1');
    expect(recorded().slice(before)).not.toContain(SECRET);
  });

  it.each(['TERM', 'HUP', 'INT', 'QUIT', 'USR2'])('SIG%s leaves the terminal as it was', async (signal) => {
    const { type, see, home } = shell();
    // bash mends the terminal after a job that a signal ended. This job is a subshell, which reads it first, and which
    // the signal does not reach.
    const asks = "sh -c 'echo $$ > pid; exec securestring list -d'";
    type(
      `(trap : TERM HUP INT QUIT USR2; ${asks}; stty -a > after; true); cmp before after && echo sa""me; echo en""ded`,
    );
    await see('Passphrase of');
    process.kill(Number(readFileSync(join(home, 'pid'), 'utf8')), `SIG${signal}`);
    expect(await see('\nended')).toContain('same\n');
  });

  it('without a terminal at all nothing is asked, and the options are named', async () => {
    const { type, see } = shell();
    type('setsid -w securestring list -d < /dev/null; echo "status $?"');
    expect(await see('status 4')).toContain('is locked. Give --passphrase-file FILE');
  });
});

describeWithTmux('a table on a terminal', (shell) => {
  it.each([80, 200])('fits into %i columns, and has whole names with --wide and in a pipe', async (columns) => {
    const { type, see, widen } = shell();
    const name = `/applications/production/eu-central-1/database/replica/${columns}/password`;
    widen(columns);
    type(`export SECURESTRING_HOME=${columns}; securestring init --generate-root-key && clear`);
    type(`securestring put ${name} x --type String; securestring list; echo fin''ished`);
    const lines = (await see('\nfinished')).split('\n').filter((line) => /^(NAME|\/app.*T\d\d:)/.test(line));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines[1]).toMatch(columns === 80 ? /^\/app.*….*word {2}/ : new RegExp(`^${name}  `));
    type("securestring list --wide; securestring list | cat; echo fin''ished");
    expect((await see('\nfinished')).split(`\n${name} `)).toHaveLength(3);
  });

  it('a message is not written to it, and a text that is encrypted is not shown while it is typed', async () => {
    const { type, see, press, recorded } = shell();
    type("echo text > text; securestring encrypt text -o -; echo fin''ished");
    await see('error: The message is binary, and standard output is a terminal.');
    const before = recorded().length;
    type('securestring encrypt - --encode');
    await see('Text to encrypt, from standard input; Ctrl-D ends it:');
    type('not for the screen');
    press('C-d');
    await see('==');
    type('securestring decrypt -o - --decode -');
    await see('Message to decrypt, from standard input; Ctrl-D ends it:');
    press('C-c');
    expect(recorded().slice(before)).not.toContain('not for the screen');
  });
});
