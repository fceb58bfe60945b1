/** Passphrases of messages and of private keys, typed at a terminal. */

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithTmux } from '@securestring/test-support/tmux';
import { expect, it } from 'vitest';

describeWithTmux('passphrases of messages', (shell) => {
  it('are asked for twice, and until they are right, and are never shown', async () => {
    const { type, see, recorded } = shell();
    type('echo plain > file; securestring encrypt file --passphrase; echo status $?');
    await see('New passphrase of the message:');
    type('a gr\u00fcn one');
    await see('Once more:');
    type('a gr\u00fcn one');
    await see('status 0');
    type('securestring decrypt file.encrypted -o -; echo status $?');
    await see('Passphrase of file.encrypted:');
    type('another');
    await see('warning: The passphrase is wrong.');
    type('a gr\u00fcn one');
    expect(await see('status 0')).toContain('plain');
    expect(recorded()).not.toMatch(/a gr\u00fcn one|another/);
  });

  it('are asked for beside piped input and output', async () => {
    const { type, see } = shell();
    type('cat file | securestring encrypt - --passphrase > piped; echo status $?');
    await see('New passphrase of the message:');
    type('of a pipe');
    await see('Once more:');
    type('of a pipe');
    await see('status 0');
    type('cat piped | securestring decrypt - | cat; echo done');
    await see('Passphrase of the message:');
    type('of a pipe');
    expect(await see('done')).toContain('plain');
  });

  it('are given up after three', async () => {
    const { type, see } = shell();
    type('securestring decrypt file.encrypted -o -; echo status $?');
    await see('Passphrase of file.encrypted:');
    for (const guess of ['one', 'two']) {
      type(guess);
      await see('warning: The passphrase is wrong.');
    }
    type('three');
    expect(await see('status 4')).toContain('The passphrase does not open file.encrypted.');
  });

  it('make nothing where they differ, or Ctrl-C is pressed', async () => {
    const { home, type, see, press } = shell();
    type('securestring encrypt file --passphrase -o new; echo status $?');
    await see('New passphrase of the message:');
    type('one');
    await see('Once more:');
    type('two');
    expect(await see('status 2')).toContain('The two answers differ.');
    type('securestring encrypt file --passphrase -o new; echo status $?');
    await see('New passphrase of the message:');
    press('C-c');
    await see('status 130');
    expect(existsSync(join(home, 'new'))).toBe(false);
  });

  it('open private keys', async () => {
    const { home, type, see } = shell();
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'of the key' },
    });
    writeFileSync(join(home, 'key.pub'), publicKey);
    writeFileSync(join(home, 'key'), privateKey, { mode: 0o600 });
    type('securestring encrypt file --recipient key.pub -o for-me && securestring decrypt for-me --identity key -o -');
    await see('Passphrase of key:');
    type('of the key');
    await see('plain');
  });
});
