/** Processes that are killed while they write, disks that are full, folders that are read-only: nothing is lost. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budget } from '@securestring/test-support/budget';
import { afterAll, describe, expect, it } from 'vitest';
import { fileStorage, type Keystore, openKeystore } from '../src/index.ts';
import { type Child, startChild } from './children.ts';
import { makeKey, refusal, unlock, utf8 } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'keystore-crash-'));
let made = 0;
function freshFolder(): string {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  return folder;
}
const startWriter = (args: readonly string[]) => startChild('write-changes.ts', args);
afterAll(() => rmSync(root, { recursive: true }));

/** Returns the keys or aliases that writers reported as stored. Their first line says that the keystore is open. */
function acknowledged(children: readonly Child[], kind: 'key' | 'alias'): string[] {
  const lines = children.flatMap(({ lines }) => lines.slice(1));
  return lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
}

async function list<Entry>(
  page: (marker: string | undefined) => Promise<{ entries: readonly Entry[]; nextMarker?: string | undefined }>,
): Promise<Entry[]> {
  const all: Entry[] = [];
  let marker: string | undefined;
  do {
    const { entries, nextMarker } = await page(marker);
    all.push(...entries);
    marker = nextMarker;
  } while (marker !== undefined);
  return all;
}

/** Checks that all that was acknowledged is there, and that each commit is in the document as a whole. */
async function requireWhole(keystore: Keystore, children: readonly Child[]): Promise<void> {
  const keys = await list(async (marker) => {
    const { keys, nextMarker } = await keystore.listKeys({ limit: 1000, ...(marker !== undefined && { marker }) });
    return { entries: keys, nextMarker };
  });
  const aliases = await list(async (marker) => {
    const { aliases, nextMarker } = await keystore.listAliases({
      limit: 100,
      ...(marker !== undefined && { marker }),
    });
    return { entries: aliases, nextMarker };
  });
  const keyIds = keys.map(({ keyId }) => keyId);
  const names = aliases.map(({ aliasName }) => aliasName);
  expect(keyIds).toEqual(expect.arrayContaining(acknowledged(children, 'key')));
  expect(names).toEqual(expect.arrayContaining(acknowledged(children, 'alias')));
  // Each commit made one key or one alias, but for the first, which made one of both.
  expect(keystore.generation).toBe(keyIds.length + names.length - 1);
  for (const keyId of keyIds) expect(keystore.decrypt(seal(keystore, keyId)).plaintext).toEqual(utf8('x'));
  for (const name of names.filter((name) => name !== 'alias/aws/ssm')) {
    expect(seal(keystore, name).keyId).toContain(name.slice('alias/'.length));
  }
}

function seal(keystore: Keystore, keyId: string) {
  return keystore.encrypt({ keyId, plaintext: utf8('x') });
}

describe('a process that is killed while it writes', () => {
  const KILLS = budget(20, 200);
  const AT_ONCE = 4;

  it(`loses no acknowledged change and leaves no half of one, ${KILLS} times`, {
    timeout: KILLS * 15_000,
  }, async () => {
    const folder = freshFolder();
    const path = join(folder, 'keys');
    await (await openKeystore({ storage: fileStorage(path), unlock })).close();
    const children: Child[] = [];
    while (children.length < KILLS || acknowledged(children, 'key').length === 0) {
      const writers = Array.from({ length: AT_ONCE }, () => startWriter([path]));
      children.push(...writers);
      await Promise.all(
        writers.map(async ({ firstLine, process, ended }) => {
          await firstLine;
          await new Promise((resolve) => setTimeout(resolve, 100 * Math.random()));
          process.kill('SIGKILL');
          await ended;
        }),
      );
      const keystore = await openKeystore({ storage: fileStorage(path), unlock });
      await requireWhole(keystore, writers);
      await keystore.close();
    }
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    await requireWhole(keystore, children);
    // The next writer removes what they left.
    await makeKey(keystore);
    await makeKey(keystore);
    expect(readdirSync(folder).filter((name) => !name.startsWith('keys.lock'))).toEqual(['keys']);
  });
});

describe.skipIf(!mayMount())('on a file system of its own (needs the right to mount)', () => {
  it('a full disk is a clear error: nothing acknowledged is lost, and it goes on when there is room', async () => {
    const folder = mounted(['-t', 'tmpfs', '-o', 'size=48k', 'none']);
    const path = join(folder, 'keys');
    const child = startWriter([path]);
    await child.ended;
    expect(child.lines.at(-1)).toMatch(
      /^STORAGE_FAILED .* cannot be written: there is no room for it \(ENOSPC\)\. Nothing was changed; make room/,
    );
    child.lines.pop();
    expect(readdirSync(folder)).toEqual(['keys']);
    const before = readFileSync(path);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    await requireWhole(keystore, [child]);
    for (let i = 0; i < 3; i++) {
      const error = await refusal(async () => {
        for (;;) await keystore.createKey({ description: 'd'.repeat(4096) });
      }, 'STORAGE_FAILED');
      expect(error.message).toContain('ENOSPC');
    }
    expect(readFileSync(path).length).toBeGreaterThanOrEqual(before.length);
    execFileSync('mount', ['-o', 'remount,size=1m', folder]);
    await keystore.createKey();
    await refusal(
      () => openKeystore({ storage: fileStorage(path), unlock: { rootKey: new Uint8Array(32) } }),
      'UNLOCK_FAILED',
    );
    execFileSync('umount', [folder]);
  });

  it('a read-only one is a clear error, and opens and decrypts all the same', async () => {
    const folder = mounted(['-t', 'tmpfs', '-o', 'size=1m', 'none']);
    const path = join(folder, 'keys');
    const writer = await openKeystore({ storage: fileStorage(path), unlock });
    const { keyId } = await makeKey(writer);
    const sealed = seal(writer, keyId);
    const before = readFileSync(path);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const { message } = await refusal(() => keystore.createKey(), 'STORAGE_FAILED');
    expect(message).toMatch(/cannot be written: this process may not, or .* is read-only \(EROFS\)/);
    expect(keystore.decrypt(sealed).plaintext).toEqual(utf8('x'));
    expect(readFileSync(path)).toEqual(before);
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    await makeKey(keystore);
    execFileSync('umount', [folder]);
  });
});

function mounted(options: readonly string[]): string {
  const folder = freshFolder();
  execFileSync('mount', [...options, folder]);
  return folder;
}

/** Whether this process may mount a file system: it tries. */
function mayMount(): boolean {
  const folder = freshFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or no such system.
    return false;
  }
}
