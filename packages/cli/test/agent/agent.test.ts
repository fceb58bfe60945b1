/** The agent beside the other commands: what it spares, and when it is of no use any more. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { slotKeyOf } from '@securestring/keystore';
import { lmdbKeystoreStorage } from '@securestring/storage-lmdb';
import { scryptRunsDuring } from '@securestring/test-support/scrypt';
import { describeWithTmux } from '@securestring/test-support/tmux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchKey, holdKey } from '../../src/agent/client.ts';
import { agentPlace } from '../../src/agent/place.ts';
import { type Agent, startAgent } from '../../src/agent/server.ts';
import { ended, runBuilt, startBuilt } from '../built.ts';
import { here, type Said } from '../here.ts';
import { makeFolder } from '../stores.ts';

let root: string;
let store: string;
let env: Record<string, string>;
let agent: Agent | undefined;
const run = (...words: readonly string[]): Promise<Said> => here(words, { env });

beforeEach(async () => {
  root = makeFolder();
  store = join(root, 'store');
  env = { SECURESTRING_HOME: store, XDG_RUNTIME_DIR: root, XDG_CACHE_HOME: join(root, 'caches') };
});
afterEach(() => {
  agent?.end();
  agent = undefined;
  rmSync(root, { recursive: true, force: true });
});

async function makeStore(): Promise<void> {
  const pass = ['--passphrase-file', join(root, 'pass')];
  expect(await run('init', ...pass)).toMatchObject({ code: 0 });
  const put = await here(['put', '/a', '--type', 'SecureString', ...pass], { env, stdin: 's3cret' });
  expect(put).toMatchObject({ code: 0 });
}

/** Starts an agent in this process, which holds the store's key. */
async function holding(): Promise<void> {
  agent = await startAgent(agentPlace(env), { idle: 60_000, lifetime: 60_000, untilEmpty: false });
  const storage = lmdbKeystoreStorage(join(store, 'data'));
  await holdKey(agentPlace(env), join(store, 'data'), await slotKeyOf({ storage, passphrase: 'correct horse' }));
  await storage.close();
}

describe('with an agent that holds the store', () => {
  beforeEach(async () => {
    await makeStore();
    await holding();
  });

  it('a command needs neither a passphrase nor scrypt', async () => {
    const runs = await scryptRunsDuring(async () => {
      expect(await run('get', '/a', '-d')).toEqual({ code: 0, out: 's3cret', err: '' });
      expect((await here(['put', '/b', '--type', 'String'], { env, stdin: 'v' })).code).toBe(0);
    });
    expect(runs).toBe(0);
  });

  it('a command that is to do without one is refused', async () => {
    env['SECURESTRING_AGENT'] = 'off';
    expect(await run('get', '/a', '-d')).toMatchObject({ code: 4, out: '' });
    env['SECURESTRING_AGENT'] = 'yes';
    expect(await run('get', '/a', '-d')).toMatchObject({ code: 2, out: '' });
  });

  it('what changes the unlock, or serves other accounts too, asks for the passphrase itself', async () => {
    for (const words of [
      ['unlock', 'add', '--new-passphrase-file', join(root, 'pass')],
      ['unlock', 'change', '--new-passphrase-file', join(root, 'pass')],
      ['unlock', 'remove', '--old-passphrase-file', join(root, 'pass')],
      ['unlock', 'rotate'],
      ['serve', '--port', '0'],
    ]) {
      expect(await run(...words)).toMatchObject({ code: 4, out: '' });
    }
    expect(await run('unlock', 'list')).toMatchObject({ code: 0 });
    expect(await run('doctor')).toMatchObject({ code: 0 });
  });

  it('a wrong passphrase that is given is refused all the same', async () => {
    writeFileSync(join(root, 'wrong'), 'wrong\n', { mode: 0o600 });
    expect(await run('get', '/a', '-d', '--passphrase-file', join(root, 'wrong'))).toMatchObject({ code: 4 });
  });

  it.each(['change', 'rotate'])('unlock %s makes its key useless, and it forgets it', async (word) => {
    const words = word === 'change' ? ['--new-passphrase-file', join(root, 'pass')] : [];
    const pass = ['--passphrase-file', join(root, 'pass')];
    expect(await run('unlock', word, ...words, ...pass)).toMatchObject({ code: 0 });
    expect(await run('get', '/a', '-d')).toMatchObject({ code: 4, out: '' });
    expect(await fetchKey(agentPlace(env), join(store, 'data'))).toBeUndefined();
    expect(await run('get', '/a', '-d', ...pass)).toMatchObject({ code: 0 });
  });

  it('lock makes it forget at once', async () => {
    expect(await run('lock')).toEqual({ code: 0, out: 'Locked. 1 store forgotten.\n', err: '' });
    expect(await run('get', '/a', '-d')).toMatchObject({ code: 4, out: '' });
  });

  it('status shows no key', async () => {
    const { out } = await run('agent', 'status', '--json');
    const key = Buffer.from((await fetchKey(agentPlace(env), join(store, 'data'))) ?? []);
    expect(JSON.parse(out)).toMatchObject({ stores: [{ store, secondsLeft: 60 }] });
    for (const form of ['hex', 'base64', 'latin1'] as const) expect(out).not.toContain(key.toString(form));
  });
});

describe('an agent in a process of its own', () => {
  const started = async (...words: readonly string[]) => {
    const child = startBuilt(['agent', ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = ended(child);
    await new Promise((done) => child.stderr?.once('data', done));
    return { child, end };
  };

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s, and takes its socket with it', async (signal, code) => {
    const { child, end } = await started('--idle', '90m');
    expect(existsSync(agentPlace(env).socket)).toBe(true);
    child.kill(signal);
    expect(await end).toEqual({
      code,
      out: '',
      err: 'Listening. A store is locked 1h 30m after its last use, and 8h after its first. Ctrl-C ends the agent.\n',
    });
    expect(existsSync(agentPlace(env).socket)).toBe(false);
  });

  it('is given a store by agent add, but not one that a root key opens', async () => {
    const { child, end } = await started();
    await makeStore();
    const add = await run('agent', 'add', '--passphrase-file', join(root, 'pass'));
    expect(add).toEqual({ code: 0, out: `The agent holds ${store}.\n`, err: '' });
    expect(await run('get', '/a', '-d')).toMatchObject({ code: 0, out: 's3cret' });
    const other = { ...env, SECURESTRING_HOME: join(root, 'other') };
    expect(await here(['init', '--generate-root-key'], { env: other })).toMatchObject({ code: 0 });
    expect(await here(['agent', 'add'], { env: other })).toMatchObject({ code: 1, out: '' });
    child.kill();
    await end;
    expect(await run('agent', 'add')).toMatchObject({ code: 3, out: '' });
  });

  it('goes on without the command that starts it, until it is stopped, without a core dump', async () => {
    const secrets = { AWS_SECRET_ACCESS_KEY: 'kept', SECURESTRING_PASSPHRASE_FILE: join(root, 'pass') };
    const started = await runBuilt(['agent', '--background'], { env: { ...env, ...secrets } });
    expect(started).toEqual({ code: 0, out: '', err: '' });
    const { pid } = JSON.parse((await run('agent', 'status', '--json')).out) as { pid: number };
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m);
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      expect(environment).toContain(`XDG_RUNTIME_DIR=${root}`);
      for (const name of Object.keys(secrets)) expect(environment).not.toContain(name);
    }
    expect(await runBuilt(['agent', '--background'], { env })).toMatchObject({ code: 1, out: '' });
    expect(await run('agent', 'stop')).toMatchObject({ code: 0, out: 'The agent has ended.\n' });
    expect(await run('agent', 'status')).toMatchObject({ code: 3, out: '' });
  });

  it.each(['0s', '31d', '15', '-1m', 'x'])('takes no time of %s', async (time) => {
    expect(await run('agent', `--idle=${time}`)).toMatchObject({ code: 2, out: '' });
  });
});

describeWithTmux('at a terminal, with SECURESTRING_AGENT=auto', (shell) => {
  it('a passphrase is asked for once, and again after lock', async () => {
    const { type, see } = shell();
    type(`export SECURESTRING_AGENT=auto; umask 077; echo 'correct horse' > pass; echo 'Do''ne'`);
    await see('Done');
    type(`securestring init --passphrase-file pass >/dev/null; echo 'Do''ne'`);
    await see('Done');
    type('echo s3cret | securestring put /a --type SecureString --passphrase-file pass');
    await see('version 1');
    type('securestring get /a -d');
    await see('Passphrase of');
    type('correct horse');
    await see('s3cret');
    type('securestring get /a -d; echo "code $?"');
    const second = await see('code 0');
    expect(second).toContain('s3cret');
    expect(second).not.toContain('Passphrase');
    type('securestring lock');
    await see('Locked. 1 store forgotten.');
    type('securestring get /a -d');
    await see('Passphrase of');
    shell().press('C-c');
    type('securestring agent stop');
    await see('The agent has ended.');
  });
});
