/**
 * What only a terminal shows: prompts without echo, colour, bars.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithTmux } from '@securestring/test-support/tmux';
import { expect, it } from 'vitest';

const SECRET = 'correct-horse';

describeWithTmux('on a terminal', (shell) => {
  it('init asks for a passphrase twice, and makes nothing where the two differ', async () => {
    const { type, see, home } = shell();
    type('securestring init');
    await see('New passphrase for');
    type(SECRET);
    await see('Once more:');
    type('another');
    await see('The two answers differ. Nothing was done.');
    expect(existsSync(join(home, '.securestring/data'))).toBe(false);
  });

  it('get shows a value in a line of its own, and hands on its bytes alone', async () => {
    const { type, see } = shell();
    type(
      'export SECURESTRING_HOME=own; securestring init --generate-root-key && securestring put /a value --type String',
    );
    type('securestring get /a; securestring get /a | wc -c; unset SECURESTRING_HOME');
    expect(await see('\n5\n')).toContain('\nvalue\n5\n');
  });

  it('Ctrl-C at a prompt ends the command in one line, as a signal does', async () => {
    const { type, see, press } = shell();
    type('securestring init; echo "status $?"');
    await see('New passphrase for');
    press('C-c');
    expect(await see('status 130')).toContain('error: Interrupted. Nothing was done.\n');
  });

  it('passphrases and values are asked for without echo', async () => {
    const { type, see, recorded } = shell();
    type('securestring init');
    await see('New passphrase for');
    type(SECRET);
    await see('Once more:');
    type(SECRET);
    await see('Unlocked by  a passphrase');
    type('securestring put /app/secret');
    await see('Passphrase of');
    type(SECRET);
    await see('Value:');
    type(SECRET);
    await see('/app/secret version 1 (Standard)');
    expect(recorded()).not.toContain(SECRET);
    type('export SECURESTRING_PASSPHRASE=$(echo corr)ect-horse; securestring get /app/secret -d');
    await see(`\n${SECRET}\n`);
  });

  it('a root-key file that does not open the store is named, and the passphrase is asked for', async () => {
    const { type, see, home } = shell();
    const rootKey = join(home, '.securestring/root.key');
    writeFileSync(rootKey, `${Buffer.alloc(32).toString('base64')}\n`, { mode: 0o600 });
    type('env -u SECURESTRING_PASSPHRASE securestring list -d');
    await see('root.key does not open the store. Move it away, so that it is not tried again.');
    await see('Passphrase of');
    rmSync(rootKey);
    type(SECRET);
    await see('/app/secret  SecureString');
  });

  it('serve --print-env asks for the passphrase, and goes on in the background when it has it', async () => {
    const { type, see, press, recorded } = shell();
    const serve = 'eval "$(env -u SECURESTRING_PASSPHRASE securestring serve --port 0 --print-env)"';
    type(serve);
    await see('Passphrase of');
    press('C-c');
    await see('error: Interrupted. Nothing was done.\n$ ');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it.
    type('echo "region ${AWS_REGION-unset}"');
    await see('region unset');
    type(serve);
    await see('Passphrase of');
    const before = recorded().length;
    type(SECRET);
    await see('\n$ ');
    expect(recorded().slice(before)).not.toContain(SECRET);
    type('kill -0 "$SECURESTRING_SERVE_PID" && echo "region $AWS_REGION"');
    await see('region us-east-1');
    type('kill "$SECURESTRING_SERVE_PID"; while kill -0 "$SECURESTRING_SERVE_PID"; do sleep 0.1; done; echo en""ded');
    await see('\nended');
  });

  it('a ciphertext is printed with a hint that it is one, which a pipe does not get', async () => {
    const { type, see } = shell();
    const hint = 'That is the ciphertext. Give --with-decryption (-d) for the value.';
    type("securestring get /app/secret; echo fin''ished");
    expect(await see('finished')).toContain(hint);
    type("securestring get /app/secret | cat; echo fin''ished");
    expect(await see('finished')).not.toContain(hint);
  });

  it('states are coloured on a terminal, and neither in a pipe nor with NO_COLOR or --no-color', async () => {
    const { type, see, recorded } = shell();
    const green = '\x1b[32mEnabled\x1b[39m';
    const printedBy = async (command: string) => {
      const before = recorded().length;
      type(`${command}; echo fin''ished`);
      await see('finished');
      return recorded().slice(before);
    };
    expect(await printedBy('securestring key list')).toContain(green);
    for (const plain of [
      'securestring key list | cat',
      'NO_COLOR=1 securestring key list',
      'securestring key list --no-color',
    ]) {
      const printed = await printedBy(plain);
      expect(printed).toContain('Enabled');
      expect(printed).not.toContain(green);
    }
  });

  it('long work shows a bar, which is gone at the end', async () => {
    const { type, see, home, recorded } = shell();
    execFileSync('truncate', ['-s', '64M', join(home, 'big')]);
    type("securestring encrypt big; echo fin''ished");
    await see('finished');
    expect(recorded()).toMatch(/\d+% [\d.]+ MB of 67\.1 MB/);
    expect(recorded()).toContain('\x1b[?25h');
    type("securestring encrypt big --overwrite 2>&1 | cat; echo fin''ished");
    expect(await see('finished')).not.toContain('MB of');
  });

  it('doctor counts many parameters in a bar', async () => {
    const { type, see, recorded } = shell();
    type(
      'for i in $(seq 250); do echo "N$i=x"; done > many.env; securestring import many.env /many > many.log; securestring doctor',
    );
    await see('All is well.');
    expect(recorded()).toMatch(/\d+% \d+ of 251/);
  });

  it('Ctrl-C during long work removes what was written, and shows the cursor again', async () => {
    const { type, see, home, press, recorded } = shell();
    execFileSync('truncate', ['-s', '4G', join(home, 'huge')]);
    const before = recorded().length;
    type('securestring encrypt huge; echo "status $?"');
    await see('MB of');
    press('C-c');
    await see('status 130');
    expect(readdirSync(home).filter((name) => name.includes('huge'))).toEqual(['huge']);
    expect(recorded().slice(before).lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      recorded().slice(before).lastIndexOf('\x1b[?25l'),
    );
  });
});
