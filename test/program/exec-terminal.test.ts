/** `exec` on a terminal: the program has it, and Ctrl-C reaches the program once. */

import { describeWithTmux } from '@securestring/test-support/tmux';
import { expect, it } from 'vitest';

describeWithTmux('exec on a terminal', (shell) => {
  it('gives the terminal to the program, with its echo back after a prompt', async () => {
    const { type, see } = shell();
    type('securestring init');
    await see('New passphrase for');
    type('correct-horse');
    await see('Once more:');
    type('correct-horse');
    await see('Unlocked by  a passphrase');
    type('SECURESTRING_PASSPHRASE=correct-horse securestring put /a/value "a secret" --type String');
    await see('version 1');
    type('securestring exec /a -- sh -c \'test -t 0 && test -t 1 && stty -a | grep -o " echo "; echo "got $VALUE"\'');
    await see('Passphrase of');
    type('correct-horse');
    expect(await see('got a secret')).toContain('\n echo \n');
  });

  it('says that a program under --mask has none, which a pipe is not', async () => {
    const { type, see } = shell();
    type(
      'export SECURESTRING_PASSPHRASE=correct-horse; securestring exec /a --mask -- sh -c \'test -t 1 || echo "<$VALUE>"\'',
    );
    expect(await see('<***>')).toContain('With --mask, the program writes to a pipe, and not to the terminal.');
    type('securestring exec /a --mask -- echo piped 2>&1 | cat; echo end');
    expect(await see('\nend\n')).toMatch(/\npiped\nend\n/);
  });

  it.each(['', '--mask', '--watch'])('hands Ctrl-C on once, and waits for the program to end: %s', async (option) => {
    const { type, see, press } = shell();
    const program = `n=0; trap 'n=$((n+1))' INT; echo ready; while [ $n = 0 ]; do sleep 0.1; done; sleep 0.5; echo "heard $n"; exit 7`;
    type(`securestring exec /a ${option} -- sh -c '${program.replaceAll("'", "'\\''")}'; echo "status $?"`);
    await see('\nready\n');
    press('C-c');
    expect(await see('\nstatus 7\n')).toContain('heard 1\n');
  });

  it('stops and goes on with its program: Ctrl-Z and fg', async () => {
    const { type, see, press } = shell();
    type('securestring exec /a -- sh -c \'echo ready; read line; echo "read $line"\'');
    await see('\nready\n');
    press('C-z');
    await see('Stopped');
    type('fg');
    await see('securestring exec');
    type('a line');
    await see('\nread a line\n');
  });
});
