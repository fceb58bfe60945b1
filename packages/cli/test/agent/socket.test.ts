/** Attacks on the agent's socket: what others say on it, and what they put there. */

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchKey, forgetAll, forgetKeys, holdKey, statusOf, stopAgent } from '../../src/agent/client.ts';
import { type AgentPlace, agentPlace, agentPlaces } from '../../src/agent/place.ts';
import { encodeFrame } from '../../src/agent/protocol.ts';
import { type Agent, startAgent } from '../../src/agent/server.ts';
import { makeFolder } from '../stores.ts';

const TIMES = { idle: 60_000, lifetime: 600_000, untilEmpty: false };
const key = new Uint8Array(32).fill(7);
const isRoot = process.getuid?.() === 0;
const OTHER_USER = 65534;

let root: string;
let place: AgentPlace;
let agent: Agent | undefined;

beforeEach(() => {
  root = makeFolder();
  const folder = join(root, 'run', 'securestring');
  place = { folder, socket: join(folder, 'agent.sock') };
  mkdirSync(join(root, 'run'), { mode: 0o755 });
});
afterEach(() => {
  agent?.end();
  agent = undefined;
  rmSync(root, { recursive: true, force: true });
});

async function start(): Promise<void> {
  agent = await startAgent(place, TIMES);
}

/** Sends bytes, and returns what comes back until the agent closes. */
function said(bytes: Uint8Array, hangUp = false): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(place.socket, () => {
      socket.write(bytes);
      if (hangUp) socket.destroy();
    });
    socket.on('data', (part) => parts.push(part)).on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(parts).toString('hex')));
  });
}

describe('lock', () => {
  it('reaches agents of shells with other variables, also where one cannot be trusted', async () => {
    await start();
    await holdKey(place, '/a', key);
    const env = { XDG_RUNTIME_DIR: join(root, 'elsewhere'), XDG_CACHE_HOME: join(root, 'run') };
    mkdirSync(env.XDG_RUNTIME_DIR);
    expect(agentPlaces(env).map(({ socket }) => socket)).toContain(place.socket);
    expect(await forgetAll(agentPlaces(env))).toBe(1);
    await holdKey(place, '/a', key);
    const other = agentPlace(env);
    mkdirSync(other.folder);
    writeFileSync(other.socket, '');
    await expect(forgetAll(agentPlaces(env))).rejects.toThrow('cannot be trusted');
    expect(await fetchKey(place, '/a')).toBeUndefined();
  });
});

describe("an agent's place", () => {
  it('is in no folder whose path is not UTF-8', () => {
    const odd = join(root, 'p\ufffds');
    mkdirSync(odd);
    const usual = join(root, '.cache/securestring/agent.sock');
    expect(agentPlace({ HOME: root, XDG_RUNTIME_DIR: odd, XDG_CACHE_HOME: odd }).socket).toBe(usual);
    expect(() => agentPlace({ HOME: odd })).toThrow('HOME is not UTF-8');
    expect(agentPlace({ HOME: odd, XDG_RUNTIME_DIR: root }).folder).toBe(join(root, 'securestring'));
  });
});

describe('an agent', () => {
  it.skipIf(!isRoot)("leaves nothing of root's in the home of a user", async () => {
    chownSync(join(root, 'run'), OTHER_USER, OTHER_USER);
    await expect(startAgent(place, TIMES)).rejects.toThrow(`belongs to user ${OTHER_USER}`);
    expect(existsSync(place.folder)).toBe(false);
  });

  it('lends what it was given, to a store by its folder alone', async () => {
    await start();
    expect(await holdKey(place, '/stores/é/data', key)).toBe(true);
    expect(await fetchKey(place, '/stores/é/data')).toEqual(Buffer.from(key));
    expect(await fetchKey(place, '/stores/other/data')).toBeUndefined();
    expect((await statusOf(place))?.stores.map((each) => each.place)).toEqual(['/stores/é/data']);
    expect(await forgetKeys(place)).toBe(1);
    expect(await fetchKey(place, '/stores/é/data')).toBeUndefined();
    expect(await stopAgent(place)).toBe(true);
    await agent?.ended;
    expect(existsSync(place.socket)).toBe(false);
    expect(await stopAgent(place)).toBe(false);
    expect(await fetchKey(place, '/stores/é/data')).toBeUndefined();
  });

  it('makes a folder and a socket for its owner alone, under every umask', async () => {
    const before = process.umask(0);
    await start();
    expect(process.umask(before)).toBe(0);
    expect([place.folder, place.socket].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
      '700',
      '600',
    ]);
  });

  it.each<[string, Uint8Array]>([
    ['a length beyond all bounds', Buffer.from('ffffffff01', 'hex')],
    ['a length of 0', Buffer.from('0000000001', 'hex')],
    ['an unknown kind', encodeFrame(0x7f, Buffer.from('/a'))],
    ['a key that is cut short', encodeFrame(0x02, key.subarray(1))],
    ['a key without a folder', encodeFrame(0x02, key)],
    ['two requests at once', Buffer.concat([encodeFrame(0x04), encodeFrame(0x04)])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
    ['much more than a request has', Buffer.alloc(1 << 20, 1)],
  ])('says nothing to %s, and goes on', async (_, bytes) => {
    await start();
    await holdKey(place, '/a', key);
    expect(await said(bytes)).toBe('');
    expect(await fetchKey(place, '/a')).toEqual(Buffer.from(key));
  });

  it('goes on where a client goes in the middle of a request, or before its answer', async () => {
    await start();
    await holdKey(place, '/a', key);
    const request = encodeFrame(0x01, Buffer.from('/a'));
    for (let length = 1; length <= request.length; length++) await said(request.subarray(0, length), true);
    expect(await fetchKey(place, '/a')).toEqual(Buffer.from(key));
  });

  it('takes a request byte by byte', async () => {
    await start();
    await holdKey(place, '/a', key);
    const answer = await new Promise<string>((resolve) => {
      const parts: Buffer[] = [];
      const socket = connect(place.socket, async () => {
        for (const byte of encodeFrame(0x01, Buffer.from('/a'))) {
          socket.write(Uint8Array.of(byte));
          await new Promise((done) => setTimeout(done, 2));
        }
      });
      socket.on('data', (part) => parts.push(part)).on('close', () => resolve(Buffer.concat(parts).toString('hex')));
    });
    expect(answer).toBe(Buffer.from(encodeFrame(0x01, key)).toString('hex'));
  });

  it('answers many clients at once, and is there after more than it takes', async () => {
    await start();
    await holdKey(place, '/a', key);
    const some = await Promise.all(Array.from({ length: 40 }, () => fetchKey(place, '/a')));
    expect(some.every((each) => each !== undefined)).toBe(true);
    const silent = Array.from({ length: 200 }, () => connect(place.socket).on('error', () => undefined));
    await Promise.all(silent.map((each) => new Promise((done) => each.once('connect', done).once('close', done))));
    for (const each of silent) each.destroy();
    await Promise.all(silent.map((each) => new Promise((done) => (each.closed ? done(0) : each.once('close', done)))));
    let again: Uint8Array | undefined;
    while (again === undefined) again = await fetchKey(place, '/a').catch(() => undefined);
    expect(again).toEqual(Buffer.from(key));
  });

  it('is the only one', async () => {
    await start();
    await expect(startAgent(place, TIMES)).rejects.toThrow('An agent is running already.');
  });

  it('takes the place of one that was killed', async () => {
    mkdirSync(place.folder, { mode: 0o700 });
    const child = spawn(process.execPath, [
      '-e',
      `require('node:net').createServer().listen(${JSON.stringify(place.socket)}, () => console.log('there'))`,
    ]);
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    expect(existsSync(place.socket)).toBe(true);
    expect(await fetchKey(place, '/a')).toBeUndefined();
    await start();
    expect(await holdKey(place, '/a', key)).toBe(true);
  });

  it.runIf(isRoot)('is out of reach of another user', async () => {
    chmodSync(root, 0o755);
    await start();
    const script = `require('node:net').connect(${JSON.stringify(place.socket)}).on('error', (error) => console.log(error.code)).on('connect', () => console.log('in'))`;
    const out = execFileSync(process.execPath, ['-e', script], { uid: OTHER_USER, gid: OTHER_USER, cwd: '/' });
    expect(String(out).trim()).toBe('EACCES');
  });
});

describe('neither side uses', () => {
  const both = async (message: string | RegExp) => {
    await expect(fetchKey(place, '/a')).rejects.toThrow(message);
    await expect(holdKey(place, '/a', key)).rejects.toThrow(message);
    await expect(startAgent(place, TIMES)).rejects.toThrow(message);
  };

  it('a folder that is a link', async () => {
    const other = { folder: join(root, 'else'), socket: join(root, 'else', 'agent.sock') };
    agent = await startAgent(other, TIMES);
    symlinkSync(other.folder, place.folder);
    await both('is a link to one');
  });

  it('a folder that others may enter', async () => {
    await start();
    chmodSync(place.folder, 0o710);
    await both('is open to others');
  });

  it('a folder below one that others may change', async () => {
    await start();
    chmodSync(join(root, 'run'), 0o777);
    await both(/run can be changed by others/);
    // As the folder of temporary files: others cannot replace what is not theirs.
    chmodSync(join(root, 'run'), 0o1777);
    expect(await fetchKey(place, '/a')).toBeUndefined();
  });

  it('a file in the place of the socket', async () => {
    mkdirSync(place.folder, { mode: 0o700 });
    writeFileSync(place.socket, '');
    await both('is not a socket');
  });

  it.runIf(isRoot)('a socket of another user', async () => {
    await start();
    chownSync(place.socket, OTHER_USER, OTHER_USER);
    await both(`belongs to user ${OTHER_USER}`);
  });

  it.runIf(isRoot).each(['run', 'run/securestring'])("another user's folder: %s", async (folder) => {
    await start();
    chownSync(join(root, folder), OTHER_USER, OTHER_USER);
    await both(`belongs to user ${OTHER_USER}`);
  });

  it('a path that no socket can have', async () => {
    const folder = join(root, 'long'.repeat(30));
    const long = { folder, socket: join(folder, 'agent.sock') };
    await expect(startAgent(long, TIMES)).rejects.toThrow('is too long for a socket');
  });
});
