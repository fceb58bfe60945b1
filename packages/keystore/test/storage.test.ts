/** Where documents are kept: the contract of every storage, and what can go wrong with a file. */

import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { chmod, chown, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { memoryStorage as memoryEntries } from '@securestring/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EntryStorage,
  fileStorage,
  type Keystore,
  type KeystoreStorage,
  memoryStorage,
  openKeystore,
} from '../src/index.ts';
import { keystoreStorage } from '../src/storage/storage.ts';
import { keystoreStorageContract } from '../src/testing.ts';
import { startChild } from './children.ts';
import { kmsRefusal, makeKey, refusal, thrownBy, unlock } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'keystore-storage-'));
let made = 0;
/** A path whose folder has nothing in it. */
function freshPath(name = 'keys'): string {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  return join(folder, name);
}
afterAll(() => rmSync(root, { recursive: true }));

/** Documents of one keystore, of the generations 1, 2 and 3. */
const documents: Uint8Array[] = [];
beforeAll(async () => {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock });
  for (let generation = 1; generation <= 3; generation++) {
    documents.push((await storage.read()) as Uint8Array);
    await makeKey(keystore);
  }
});

const withBounds = (storage: EntryStorage): EntryStorage => ({
  ...storage,
  bounds: { valueLength: 1000, changes: 3, commitLength: 2000 },
});

describe.each<[string, () => KeystoreStorage]>([
  ['memoryStorage', memoryStorage],
  ['fileStorage', () => fileStorage(freshPath())],
  ['an entry of a storage with small bounds', () => keystoreStorage(withBounds(memoryEntries()))],
])('%s', (_, makeStorage) => {
  const document = (generation: number) => documents[generation - 1] as Uint8Array;

  it.each(keystoreStorageContract.map((rule) => [rule.rule, rule] as const))('%s', async (_name, rule) => {
    await rule.check(async () => makeStorage());
  });

  it('holds nothing at first, then what was put in last', async () => {
    const storage = makeStorage();
    expect(await storage.read()).toBeUndefined();
    await storage.replace(document(1), 0);
    expect(Buffer.from((await storage.read()) as Uint8Array)).toEqual(Buffer.from(document(1)));
    await storage.replace(document(2), 1);
    expect(Buffer.from((await storage.read()) as Uint8Array)).toEqual(Buffer.from(document(2)));
  });

  it('keeps what it was given, whatever becomes of that Buffer or of one that was read', async () => {
    const storage = makeStorage();
    const given = Buffer.from(document(1));
    await storage.replace(given, 0);
    given.fill(0);
    ((await storage.read()) as Uint8Array).fill(0);
    expect(Buffer.from((await storage.read()) as Uint8Array)).toEqual(Buffer.from(document(1)));
  });

  it('refuses a writer that expects another generation, and keeps what it has', async () => {
    const storage = makeStorage();
    await refusal(() => storage.replace(document(2), 1), 'STORAGE_CONFLICT');
    expect(await storage.read()).toBeUndefined();
    await storage.replace(document(1), 0);
    await refusal(() => storage.replace(document(1), 0), 'STORAGE_CONFLICT');
    await storage.replace(document(2), 1);
    await refusal(() => storage.replace(document(2), 1), 'STORAGE_CONFLICT');
    await refusal(() => storage.replace(document(3), 3), 'STORAGE_CONFLICT');
    expect(Buffer.from((await storage.read()) as Uint8Array)).toEqual(Buffer.from(document(2)));
  });

  it('lets exactly one of many writers through', async () => {
    const storage = makeStorage();
    const writers = Array.from({ length: 20 }, () => storage.replace(document(1), 0));
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('shares no bytes with its callers', async () => {
    const storage = makeStorage();
    const given = document(1).slice();
    await storage.replace(given, 0);
    given.fill(0);
    const read = (await storage.read()) as Uint8Array;
    expect(Buffer.from(read)).toEqual(Buffer.from(document(1)));
    read.fill(0);
    expect(Buffer.from((await storage.read()) as Uint8Array)).toEqual(Buffer.from(document(1)));
  });
});

describe('a keystore file', () => {
  it('is for its owner alone, and the only thing left in the folder', async () => {
    const path = freshPath();
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    await makeKey(keystore);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    await makeKey(keystore);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(path, '..'))).toEqual(['keys']);
  });

  it('leaves no older document beside it after a change that revokes, also none of a writer that died', async () => {
    const path = freshPath();
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const other = { rootKey: new Uint8Array(32).fill(8) };
    await keystore.addUnlockSlot({ unlock: other });
    // What is left where a writer died, and its lock was removed by hand.
    const leftOver = `${path}.${crypto.randomUUID()}.tmp`;
    writeFileSync(leftOver, readFileSync(path));
    await keystore.createKey();
    expect(readdirSync(dirname(path)).length).toBe(2);
    await keystore.removeUnlockSlot({ unlock: other });
    expect(readdirSync(dirname(path))).toEqual(['keys']);
    await refusal(() => openKeystore({ storage: fileStorage(path), unlock: other }), 'UNLOCK_FAILED');
  });

  it('may have a name of any characters', async () => {
    const path = freshPath('k.e+y(s) [1] é');
    await makeKey(await openKeystore({ storage: fileStorage(path), unlock }));
    expect(readdirSync(join(path, '..'))).toEqual(['k.e+y(s) [1] é']);
  });

  it('is where the system finds the path', async () => {
    const path = freshPath();
    mkdirSync(join(dirname(path), 'far/inner'), { recursive: true });
    symlinkSync('far/inner', join(dirname(path), 'link'));
    const keystore = await openKeystore({ storage: fileStorage(`${dirname(path)}/link/../keys`), unlock });
    const { arn } = await makeKey(keystore);
    expect(readdirSync(dirname(path))).not.toContain('keys');
    const same = await openKeystore({ storage: fileStorage(join(dirname(path), 'far/keys')), unlock });
    expect((await same.describeKey({ keyId: arn })).keyMetadata.arn).toBe(arn);
  });

  it('behind a symbolic link is replaced, not the link', async () => {
    const path = freshPath();
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const link = freshPath('link');
    symlinkSync(path, link);
    const { arn } = await makeKey(await openKeystore({ storage: fileStorage(link), unlock }));
    expect((await keystore.describeKey({ keyId: arn })).keyMetadata.arn).toBe(arn);
    expect(readdirSync(join(link, '..'))).toEqual(['link']);
  });

  it('behind a symbolic link comes to be where that leads, also through a second link', async () => {
    const path = freshPath();
    const [link, second] = [freshPath('link'), freshPath('second')];
    symlinkSync(relative(dirname(link), path), link);
    symlinkSync(link, second);
    const { arn } = await makeKey(await openKeystore({ storage: fileStorage(second), unlock }));
    for (const name of [link, second]) expect(lstatSync(name).isSymbolicLink()).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['keys']);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    expect((await keystore.describeKey({ keyId: arn })).keyMetadata.arn).toBe(arn);
  });

  it.skipIf(process.geteuid?.() !== 0)('stays its owner`s when root commits', async () => {
    const path = freshPath();
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    await chown(path, 65534, 65533);
    await makeKey(keystore);
    const { uid, gid, mode } = await stat(path);
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 65534, gid: 65533, mode: 0o600 });
  });

  it('given by a relative path stays the same when the working directory changes', async () => {
    const path = freshPath();
    const before = process.cwd();
    try {
      process.chdir(join(path, '..'));
      const storage = fileStorage('keys');
      process.chdir(before);
      await openKeystore({ storage, unlock });
      expect(statSync(path).size).toBeGreaterThan(0);
    } finally {
      process.chdir(before);
    }
  });

  it('needs a path', () => {
    for (const path of ['', undefined, 1]) expect(() => fileStorage(path as string)).toThrow(TypeError);
  });

  it('needs a patience that ends', () => {
    for (const patience of [-1, Number.NaN]) expect(() => fileStorage('keys', { patience })).toThrow(RangeError);
  });
});

describe('a file that cannot be used is a clear error', () => {
  const opening = (path: string) =>
    refusal(() => openKeystore({ storage: fileStorage(path), unlock }), 'STORAGE_FAILED');

  it('where its folder does not exist', async () => {
    const path = join(root, 'none', 'keys');
    const { message, cause } = await opening(path);
    expect(message).toBe(
      `The keystore file ${path} cannot be read: its folder ${join(root, 'none')} does not exist (ENOENT). Make the folder, or name another path.`,
    );
    expect(cause).toBeInstanceOf(Error);
  });

  it('where it is a folder', async () => {
    const path = freshPath();
    mkdirSync(path);
    expect((await opening(path)).message).toContain('it is a folder (EISDIR). Name a file in it.');
  });

  it('where its folder is a file', async () => {
    const path = freshPath();
    writeFileSync(path, '');
    expect((await opening(join(path, 'keys'))).message).toContain(`${path} is not a folder (ENOTDIR).`);
  });

  // Root may write everywhere, so these tests become another user for a moment.
  it.skipIf(process.seteuid === undefined)('where the folder is read-only', async () => {
    const path = freshPath();
    const storage = fileStorage(path);
    await openKeystore({ storage, unlock });
    const before = await readFile(path);
    const folder = join(path, '..');
    await chmod(path, 0o644);
    await chmod(root, 0o755);
    await chmod(folder, 0o555);
    await asNobody(async () => {
      const keystore = await openKeystore({ storage, unlock });
      const { message } = await refusal(() => keystore.createKey(), 'STORAGE_FAILED');
      expect(message).toMatch(new RegExp(`cannot be written: .*${folder} is read-only \\(EACCES\\)`));
      await kmsRefusal(() => keystore.describeKey({ keyId: 'x' }), 'NotFoundException', "Invalid keyId 'x'");
      expect((await opening(join(folder, 'new'))).message).toContain('EACCES');
    });
    await chmod(folder, 0o755);
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(['keys']);
  });

  it.skipIf(process.seteuid === undefined)('where it may not be read', async () => {
    const path = freshPath();
    const storage = fileStorage(path);
    await openKeystore({ storage, unlock });
    await chmod(path, 0o000);
    await chmod(root, 0o755);
    await asNobody(async () => {
      expect((await opening(path)).message).toBe(
        `The keystore file ${path} cannot be read: this process may not (EACCES). Let it read the file, and enter ${dirname(path)}.`,
      );
    });
  });

  it('where there is no room: the old file stays, and nothing beside it', async () => {
    const path = freshPath();
    // The shell's limit on the size of files; its unit is 1024 bytes.
    const child = startChild('create-keys.ts', [path, '1000'], `ulimit -f 4; export TMPDIR='${freshPath()}'; `);
    await child.ended;
    const last = child.lines.at(-1);
    expect(last).toMatch(/^STORAGE_FAILED .* cannot be written: there is no room for it \(EFBIG\)/);
    expect(readdirSync(join(path, '..'))).toEqual(['keys']);
    expect(readFileSync(path).length).toBeLessThanOrEqual(4096);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const acknowledged = child.lines.slice(1, -1);
    expect(acknowledged.length).toBeGreaterThan(3);
    for (const keyId of acknowledged) await keystore.describeKey({ keyId });
    await makeKey(keystore);
  });
});

describe('a storage of another application', () => {
  const failing = (read: () => Promise<Uint8Array | undefined>, replace: () => Promise<void>) =>
    openKeystore({ storage: { read, replace }, unlock });

  it('that throws is a storage failure, with its error as the cause', async () => {
    const cause = new Error('no connection');
    const throws = () => Promise.reject(cause);
    for (const open of [() => failing(throws, throws), () => failing(async () => undefined, throws)]) {
      const error = await refusal(open, 'STORAGE_FAILED');
      expect(error.message).toBe("The keystore's storage failed: no connection.");
      expect(error.cause).toBe(cause);
    }
  });

  it('that throws at once is one too', async () => {
    const cause = new Error('not connected');
    const throws = () => {
      throw cause;
    };
    expect((await refusal(() => failing(throws, throws), 'STORAGE_FAILED')).cause).toBe(cause);
  });

  it.each([null, 'text', new ArrayBuffer(1)])('that gives %o for a document is misuse', async (document) => {
    const read = async () => document as never;
    expect(await thrownBy(() => failing(read, async () => undefined))).toBeInstanceOf(TypeError);
  });

  it('may report a conflict with an error of its own, which has the code', async () => {
    let failures = 3;
    const inner = memoryStorage();
    const storage: KeystoreStorage = {
      read: inner.read,
      replace: async (bytes, expected) => {
        if (failures-- > 0) throw Object.assign(new Error('changed'), { code: 'STORAGE_CONFLICT' });
        await inner.replace(bytes, expected);
      },
    };
    await openKeystore({ storage, unlock });
    expect(failures).toBe(-1);
  });
});

/** Does something as a user without rights, if this process has all of them. */
async function asNobody(action: () => Promise<void>): Promise<void> {
  const self = process.geteuid?.();
  if (self !== 0) return action();
  process.seteuid?.(65534);
  try {
    await action();
  } finally {
    process.seteuid?.(self);
  }
}

describe('a change', () => {
  const other = { rootKey: new Uint8Array(32).fill(8) };
  /** Changes, and whether each asks the storage to erase older documents. */
  const CHANGES: readonly [string, boolean, (keystore: Keystore) => Promise<unknown>][] = [
    ['addUnlockSlot', false, (keystore) => keystore.addUnlockSlot({ unlock: { rootKey: new Uint8Array(32).fill(9) } })],
    ['createKey', false, (keystore) => keystore.createKey()],
    ['removeUnlockSlot', true, (keystore) => keystore.removeUnlockSlot({ unlock: other })],
    ['changeUnlock', true, (keystore) => keystore.changeUnlock({ from: other, to: { rootKey: new Uint8Array(32) } })],
    ['rotateRootKey', true, (keystore) => keystore.rotateRootKey({ unlocks: [unlock] })],
  ];

  it.each(CHANGES)('%s asks for what is older to be erased: %s', async (_, erases, change) => {
    const inner = memoryStorage();
    const asked: (boolean | undefined)[] = [];
    const storage: KeystoreStorage = {
      ...inner,
      replace: (bytes, generation, options) => {
        asked.push(options?.eraseOlder);
        return inner.replace(bytes, generation, options);
      },
    };
    const keystore = await openKeystore({ storage, unlock });
    await keystore.addUnlockSlot({ unlock: other });
    await makeKey(keystore);
    await change(keystore);
    expect(asked.at(-1)).toBe(erases);
    expect(asked.slice(0, -1).every((each) => each === false)).toBe(true);
  });
});
