/**
 * Interrupted at any moment, nothing half-written stays: no output, no store, no parameter.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { budget } from '@securestring/test-support/budget';
import { environmentOf, makeHome, program, runSteps } from '@securestring/test-support/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ENTRIES = 800;
/**
 * Of this run alone, since one test looks for it in the command lines of all processes. Letters only: a pattern refuses
 * it.
 */
const SECRET = `correct-horse-battery-${String(process.pid).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}`;
let home: string;
const store = () => join(home, '.securestring');

beforeAll(async () => {
  home = makeHome();
  await runSteps(home, [
    'securestring init --generate-root-key',
    'truncate -s 2G big',
    `printf ${SECRET} > secret`,
    'printf "backup passphrase" > pass; chmod 600 pass',
  ]);
  await fill();
});
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));

/** Many parameters, so that a restore takes its time. */
async function fill(): Promise<void> {
  const rootKey = Buffer.from(readFileSync(join(store(), 'root.key'), 'utf8'), 'base64');
  const data = join(store(), 'data');
  const storage = lmdbKeystoreStorage(data);
  const keystore = await openKeystore({ storage, unlock: { rootKey } });
  const parameters = await openParameterStore({ keystore, storage: lmdbStorage(data) });
  for (let at = 0; at < ENTRIES; at += 400) {
    const names = Array.from({ length: 400 }, (_, i) => `/many/${at + i}`);
    await parameters.importParameters(names.map((name) => ({ name, value: SECRET, type: 'SecureString' })));
  }
  await parameters.close();
  await keystore.close();
  await storage.close();
}

function start(...words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...words], { cwd: home, env: environmentOf(home), stdio: 'ignore' });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function ended(child: ChildProcess): Promise<number | string | null> {
  if (!hasEnded(child)) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

/** Waits until a folder has a name that matches, or the command that makes it has ended. */
async function appears(child: ChildProcess, folder: string, pattern: RegExp): Promise<void> {
  const isThere = () => existsSync(folder) && readdirSync(folder).some((name) => pattern.test(name));
  while (!isThere() && !hasEnded(child)) await sleep(2);
}

/** Ends a restore while it works, and returns how it ended. It begins again if the machine was too busy to see it. */
async function endedRestore(name: string, signal: NodeJS.Signals): Promise<number | string | null> {
  const folder = join(home, name);
  for (;;) {
    const child = start('restore', 'many.backup', '--backup-passphrase-file', 'pass', '--store', name);
    await appears(child, folder, /^\.restore-/);
    child.kill(signal);
    const how = await ended(child);
    if (!existsSync(join(folder, 'data'))) return how;
    rmSync(folder, { recursive: true });
  }
}

const namesWith = (text: string) => readdirSync(home).filter((name) => name.includes(text));

async function outputs(...commands: readonly string[]): Promise<string[]> {
  return (await runSteps(home, commands)).map(({ output }) => output);
}

describe('encrypt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('leaves nothing behind where %s ends it', async (signal, code) => {
    const child = start('encrypt', 'big');
    await appears(child, home, /^\.big\.encrypted/);
    child.kill(signal);
    expect(await ended(child)).toBe(code);
    expect(namesWith('big')).toEqual(['big']);
  });

  it('leaves no output where SIGKILL ends it, and the next one removes the temporary file', async () => {
    const child = start('encrypt', 'big');
    await appears(child, home, /^\.big\.encrypted/);
    child.kill('SIGKILL');
    expect(await ended(child)).toBe('SIGKILL');
    expect(existsSync(join(home, 'big.encrypted'))).toBe(false);
    expect(namesWith('big').length).toBe(2);
    expect(await outputs('securestring encrypt secret -o big.encrypted')).toEqual(['']);
    expect(namesWith('big').sort()).toEqual(['big', 'big.encrypted']);
    rmSync(join(home, 'big.encrypted'));
  });

  it('ends quietly if the reader of its output has ended', async () => {
    const [bytes] = await outputs(
      'set -o pipefail; securestring encrypt big --output - --encode | head -c 4; echo " $?"',
    );
    expect(bytes).toBe('AgR4 141\n');
    expect(namesWith('big')).toEqual(['big']);
  });

  it('does not damage what it was to overwrite', async () => {
    writeFileSync(join(home, 'precious'), 'precious');
    const child = start('encrypt', 'big', '--output', 'precious', '--overwrite');
    await appears(child, home, /^\.precious/);
    child.kill('SIGINT');
    await ended(child);
    expect(readFileSync(join(home, 'precious'), 'utf8')).toBe('precious');
    expect(namesWith('precious')).toEqual(['precious']);
  });
});

describe('a killed process', { timeout: 600_000 }, () => {
  /** Kills a command at moments that go through all of its life. */
  async function killThroughout(words: readonly string[], between: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await ended(start(...words));
    const whole = performance.now() - began;
    const kills = budget(5, 40);
    for (let at = 0; at < kills; at++) {
      await between();
      const child = start(...words);
      const exit = ended(child);
      await sleep((whole * (at + 0.5)) / kills);
      child.kill('SIGKILL');
      await exit;
    }
  }

  it('of put has stored all of a version, or nothing', async () => {
    await killThroughout(['put', '/one', '--value-file', 'secret', '--overwrite'], async () => undefined);
    const [history = '', doctor = ''] = await outputs(
      'securestring history /one -d --json',
      'securestring doctor --all --store .securestring | tail -1',
    );
    const { Parameters: versions } = JSON.parse(history) as { Parameters: { Version: number; Value: string }[] };
    expect(versions.map(({ Version }) => Version)).toEqual(versions.map((_, at) => at + 1));
    expect(new Set(versions.map(({ Value }) => Value))).toEqual(new Set([SECRET]));
    expect(doctor).toBe('All is well.\n');
  });

  it('of import has stored all parameters, or none', async () => {
    const names = Array.from({ length: 1200 }, (_, at) => `NAME_${at}=${SECRET}`);
    writeFileSync(join(home, 'many.env'), names.join('\n'));
    const counts: number[] = [];
    const count = async () => {
      const [listed = ''] = await outputs('securestring list /imported --json');
      const found = [...listed.matchAll(/"Name": "([^"]+)"/g)].map(([, name = '']) => name);
      counts.push(found.length);
      if (found.length > 0) await outputs(`securestring delete ${found.join(' ')}`);
    };
    await killThroughout(['import', 'many.env', '/imported'], count);
    await count();
    expect(counts[0]).toBe(1200);
    expect(counts.filter((one) => one !== 0 && one !== 1200)).toEqual([]);
  });

  it('of move has all parameters under the new path, or all under the old one', async () => {
    const names = Array.from({ length: 400 }, (_, at) => `NAME_${at}=${SECRET}`);
    writeFileSync(join(home, 'tree.env'), names.join('\n'));
    const seen: string[] = [];
    const count = async () => {
      const [old = '', moved = ''] = await outputs(
        'securestring list /tree --json | grep -c Name',
        'securestring list /moved --json | grep -c Name',
      );
      seen.push(`${old.trim()} ${moved.trim()}`);
      if (moved !== '0\n') await outputs('securestring move /moved /tree --recursive');
    };
    await outputs('securestring import tree.env /tree');
    await killThroughout(['move', '/tree', '/moved', '--recursive'], count);
    await count();
    expect(seen[0]).toBe('0 400');
    expect(seen.filter((one) => one !== '0 400' && one !== '400 0')).toEqual([]);
    const [doctor] = await outputs('securestring delete /tree --recursive --yes; securestring doctor --all | tail -1');
    expect(doctor).toContain('All is well.');
  });

  it('of init leaves a store, or a folder in which init works', async () => {
    const folder = join(home, 'new');
    await killThroughout(['init', '--generate-root-key', '--store', 'new'], async () => {
      rmSync(folder, { recursive: true, force: true });
    });
    const [, doctor = ''] = await outputs(
      'securestring init --generate-root-key --store new',
      'securestring doctor --store new | tail -1',
    );
    expect(doctor).toBe('All is well.\n');
  });

  it('of restore leaves no store, and the next one removes what it left', async () => {
    const [backup] = await outputs('securestring backup many.backup --backup-passphrase-file pass');
    expect(backup).toContain(`entries\n`);
    const folder = join(home, 'restored');
    expect(await endedRestore('restored', 'SIGKILL')).toBe('SIGKILL');
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.restore-/)]);
    const [list = '', again = ''] = await outputs(
      'securestring list --store restored',
      'securestring restore many.backup --backup-passphrase-file pass --store restored',
    );
    expect(list).toMatch(/^error: There is no store in /);
    expect(again).toContain(`${/\d+ entries/.exec(backup ?? '')?.[0]}\n`);
    expect(readdirSync(folder)).toEqual(['data']);
    const [theirs, ours] = await outputs(
      'securestring doctor --all --store restored --root-key-file .securestring/root.key | grep -v "folder:\\|file:\\|key:"',
      'securestring doctor --all | grep -v "folder:\\|file:\\|key:"',
    );
    expect(theirs).toContain('All is well.');
    expect(theirs).toBe(ours);
  });

  it('of restore by Ctrl-C leaves nothing at all', async () => {
    expect(await endedRestore('interrupted', 'SIGINT')).toBe(130);
    expect(existsSync(join(home, 'interrupted'))).toBe(false);
  });
});

describe('what is not a store yet', () => {
  const states: Readonly<Record<string, (folder: string) => Promise<void>>> = {
    'an empty folder': async () => undefined,
    'a root key alone': async (folder) => {
      await outputs(`umask 077; head -c 32 /dev/urandom | base64 > ${folder}/root.key`);
    },
    'an empty data folder': async (folder) => mkdirSync(join(folder, 'data'), { mode: 0o700 }) as undefined,
    'data without a keystore': async (folder) => {
      const storage = lmdbKeystoreStorage(join(folder, 'data'));
      await storage.read();
      await storage.close();
    },
  };

  it.each(Object.entries(states))('%s is made one by init, and by nothing else', async (_, make) => {
    const folder = join(home, 'half');
    mkdirSync(folder, { mode: 0o700 });
    await make(folder);
    const [list = '', init = '', doctor = ''] = await outputs(
      'SECURESTRING_PASSPHRASE=x securestring list --store half',
      'securestring init --generate-root-key --store half',
      'securestring doctor --store half | tail -1',
    );
    rmSync(folder, { recursive: true });
    expect(list).toMatch(/^error: There is no store in .*\. Make one: securestring init --store .*\n$/);
    expect(init).toMatch(/^Store {8}/);
    expect(doctor).toBe('All is well.\n');
  });
});

describe('secrets', () => {
  it('are in no command line of a process because of us', async () => {
    const seen = join(home, 'seen');
    await outputs(
      'securestring put /seen/value --value-file secret',
      `securestring exec /seen -- sh -c 'cat /proc/*/cmdline > seen 2> /dev/null; test "$VALUE" = ${SECRET.slice(0, 3)}"$(cut -c4- secret)"; echo $? >> seen'`,
    );
    const commandLines = readFileSync(seen, 'latin1');
    // Where node can replace itself, no process of exec's is left.
    expect(commandLines).toContain('execve' in process ? 'sh\0-c\0cat /proc' : 'exec\0/seen');
    expect(commandLines).toMatch(/\n?0\n$/);
    expect(commandLines).not.toContain(SECRET);
  });

  it('are in no error', async () => {
    const printed = await outputs(
      'securestring put /aws/no --value-file secret',
      'securestring put /many/1 --value-file secret',
      "securestring put /no --value-file secret --allowed-pattern '[0-9]+'",
      'securestring put /no --value-file secret --type Wrong',
      'securestring import secret /no',
      'securestring import secret /no --format json',
      'securestring list --root-key-file secret',
      'securestring list --passphrase-file secret',
      'chmod 600 secret; securestring list --passphrase-file secret --debug',
      'securestring list --root-key-file secret --debug',
      'securestring key import secret --envelope-passphrase-file secret --debug',
      'securestring restore secret --store no --debug',
      'securestring inspect /no/such/file',
    );
    for (const text of printed) {
      expect(text).toMatch(/^error: /);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 20));
    }
  });

  it('are in no file of ours that others can read', () => {
    const modes = execFileSync('find', [store(), '-printf', '%m\n'], { encoding: 'utf8' }).trim().split('\n');
    expect(new Set(modes)).toEqual(new Set(['700', '600']));
  });
});
