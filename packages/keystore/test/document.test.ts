/** The keystore document: its layout, and everything that can be wrong with one. */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budget } from '@securestring/test-support/budget';
import { scryptRunsDuring } from '@securestring/test-support/scrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeDocument } from '../src/document/header.ts';
import { fileStorage, KeystoreError, memoryStorage, openKeystore, type Unlock } from '../src/index.ts';
import { makeKey, openInMemory, refusal, thrownBy, unlock } from './support.ts';

/** Where the fields of a header with one root-key slot begin. */
const AT = { version: 8, storeId: 10, generation: 26, length: 34, slotCount: 38, slot: 39, checksum: 80, salt: 112 };

let folder: string;
let path: string;
let original: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystore-document-'));
  path = join(folder, 'keys');
  const keystore = await openKeystore({ storage: fileStorage(path), unlock });
  await keystore.createAlias({ aliasName: 'alias/readable', targetKeyId: (await makeKey(keystore)).keyId });
  original = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true }));

/** Returns the error code of opening these bytes as a file. The file must be as it was. */
async function opening(bytes: Uint8Array, how: Unlock = unlock): Promise<string> {
  writeFileSync(path, bytes);
  const error = await thrownBy(() => openKeystore({ storage: fileStorage(path), unlock: how }));
  if (!readFileSync(path).equals(bytes)) expect.fail('the file was changed');
  if (!(error instanceof KeystoreError)) throw error;
  return error.code;
}

/** Returns every place up to the salt, the last one, and those between: all, or with the small budget one of five. */
function someBytes(): number[] {
  const step = budget(5, 1);
  return [...original.keys()].filter((at) => at < AT.salt || at % step === 0 || at === original.length - 1);
}

function thrownAtOnce(work: () => unknown): KeystoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof KeystoreError) return error;
    throw error;
  }
  return expect.fail();
}

function changed(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

/** Returns the same document with the checksum that fits. */
function checksummed(bytes: Uint8Array, at = AT.checksum): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const rest = createHash('sha256')
    .update(copy.subarray(0, at))
    .update(copy.subarray(at + 32));
  copy.set(rest.digest(), at);
  return copy;
}

describe('a document', () => {
  it('has the header that is written down', () => {
    expect(original.subarray(0, AT.version).toString()).toBe('SSKSTORE');
    expect(original.readUInt16BE(AT.version)).toBe(1);
    expect(original.readBigUInt64BE(AT.generation)).toBe(3n);
    expect(original.readUInt32BE(AT.length)).toBe(original.length - AT.salt);
    expect(original[AT.slotCount]).toBe(1);
    expect(original[AT.slot]).toBe(0x02);
    expect(Buffer.from(checksummed(original))).toEqual(original);
  });

  it('shows nothing after its header: no names, ids, ARNs or field names', async () => {
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const { keys } = await keystore.listKeys();
    const words = ['alias', 'readable', 'arn:', 'aws/ssm', 'us-east-1', '000000000000', 'Enabled', 'keyId', 'material'];
    let targetKeyId = '';
    for (const { keyId } of keys) {
      const { keyMetadata } = await keystore.describeKey({ keyId });
      if (keyMetadata.keyManager === 'CUSTOMER') targetKeyId = keyId;
      expect(original.toString('hex')).not.toContain(keyMetadata.currentKeyMaterialId);
    }
    // Four letters are among random bytes once in some millions of runs, and in two documents never.
    await keystore.createAlias({ aliasName: 'alias/another', targetKeyId });
    const texts = [original, readFileSync(path)].map((bytes) => bytes.toString('latin1'));
    for (const word of [...words, ...keys.map(({ keyId }) => keyId)]) {
      expect(
        texts.every((text) => text.includes(word)),
        word,
      ).toBe(false);
    }
  });

  it('is sealed again with each commit: salt, IV and all that follows change', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    const before = (await storage.read()) as Uint8Array;
    const { keyId } = await makeKey(keystore);
    await keystore.createAlias({ aliasName: 'alias/a', targetKeyId: keyId });
    const first = (await storage.read()) as Uint8Array;
    await keystore.updateAlias({ aliasName: 'alias/a', targetKeyId: keyId });
    const second = (await storage.read()) as Uint8Array;
    const sealed = (bytes: Uint8Array) => Buffer.from(bytes.subarray(AT.salt)).toString('hex');
    expect(new Set([before, first, second].map((bytes) => sealed(bytes).slice(0, 56))).size).toBe(3);
    expect(second.length).toBe(first.length);
    const same = [...second.subarray(AT.salt)].filter((byte, i) => byte === first[AT.salt + i]).length;
    expect(same).toBeLessThan(second.length / 16);
  });
});

describe('what is refused, with its own code and the file unchanged', () => {
  it('is every document with one bit changed', async () => {
    const codes = new Map<string, number>();
    const places = someBytes();
    for (const at of places) {
      const code = await opening(changed(original, at, at % 8));
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (at < AT.version) expect(code).toBe('NOT_A_KEYSTORE');
      else if (at < AT.storeId) expect(code).toBe('KEYSTORE_VERSION');
      else if (at < AT.length || at > AT.slot) expect(code, `byte ${at}`).toBe('KEYSTORE_DAMAGED');
      else expect(code, `byte ${at}`).toMatch(/^KEYSTORE_(DAMAGED|TRUNCATED)$/);
    }
    expect(codes.get('KEYSTORE_DAMAGED')).toBeGreaterThan(places.length - 20);
  });

  it('is every shorter document, the empty one too', async () => {
    for (const length of someBytes()) {
      expect(await opening(original.subarray(0, length)), `${length} bytes`).toBe('KEYSTORE_TRUNCATED');
    }
  });

  it('is a shorter document, by the field in which it ends', async () => {
    const fields: readonly (readonly [end: number, field: string, offset: number])[] = [
      [AT.version, 'magic', 0],
      [AT.storeId, 'version', AT.version],
      [AT.generation, 'store id', AT.storeId],
      [AT.length, 'generation', AT.generation],
      [AT.slotCount, 'sealed length', AT.length],
      [AT.slot, 'slot count', AT.slotCount],
      [AT.slot + 1, 'type of unlock slot 0', AT.slot],
      [AT.checksum, 'wrapped root of unlock slot 0', AT.slot + 1],
      [AT.salt, 'checksum', AT.checksum],
      [original.length, 'sealed part', AT.salt],
    ];
    for (let length = 0; length < original.length; length++) {
      const [, field, offset] = fields.find(([end]) => length < end) ?? expect.fail();
      const { message } = thrownAtOnce(() => decodeDocument(original.subarray(0, length)));
      expect(message, `${length} bytes`).toContain(`${field} needs`);
      expect(message, `${length} bytes`).toContain(`at byte ${offset})`);
    }
  });

  it('is damage, by its place', () => {
    const withByte = (at: number, byte: number) => {
      const copy = Uint8Array.from(original);
      copy[at] = byte;
      return thrownAtOnce(() => decodeDocument(copy)).message;
    };
    expect(withByte(AT.slotCount, 17)).toContain('its slot count is 17, not 1 to 16 (at byte 38)');
    expect(withByte(AT.slot, 9)).toContain('unlock slot 0 is of unknown type 9 (at byte 39)');
    expect(withByte(AT.checksum, (original[AT.checksum] ?? 0) ^ 1)).toContain('its checksum is wrong (at byte 80)');
  });

  it('is a longer document', async () => {
    expect(await opening(Buffer.concat([original, Buffer.of(0)]))).toBe('KEYSTORE_DAMAGED');
  });

  it('is a file that is something else', async () => {
    expect(await opening(Buffer.from('{"keys":[]}'))).toBe('NOT_A_KEYSTORE');
    expect(await opening(Buffer.from('X'))).toBe('NOT_A_KEYSTORE');
  });

  it('is a newer format, whatever follows', async () => {
    const newer = Uint8Array.from(original);
    newer[AT.version + 1] = 2;
    expect(await opening(newer)).toBe('KEYSTORE_VERSION');
    expect(await opening(newer.subarray(0, AT.storeId))).toBe('KEYSTORE_VERSION');
    const error = await refusal(() => openKeystore({ storage: fileStorage(path), unlock }), 'KEYSTORE_VERSION');
    expect(error.message).toMatch(/format version 2.*reads version 1.*newer release/);
  });

  it('is a wrong root key', async () => {
    expect(await opening(original, { rootKey: new Uint8Array(32).fill(8) })).toBe('UNLOCK_FAILED');
  });

  it('is a passphrase if no slot takes one, at no cost', async () => {
    const runs = await scryptRunsDuring(async () => {
      expect(await opening(original, { passphrase: 'a passphrase' })).toBe('UNLOCK_FAILED');
    });
    expect(runs).toBe(0);
  });
});

describe('a document that was changed on purpose, checksum and all', () => {
  it('is refused wherever the change is', async () => {
    for (const at of someBytes()) {
      if (at < AT.storeId || (at >= AT.checksum && at < AT.salt)) continue;
      const code = await opening(checksummed(changed(original, at, at % 8)));
      if (at >= AT.salt || at < AT.length) expect(code, `byte ${at}`).toMatch(/^KEYSTORE_(TAMPERED|DAMAGED)$/);
      else expect(code, `byte ${at}`).toMatch(/^(KEYSTORE_(TRUNCATED|DAMAGED)|UNLOCK_FAILED)$/);
    }
    expect(await opening(checksummed(changed(original, original.length - 1, 0)))).toBe('KEYSTORE_TAMPERED');
    expect(await opening(checksummed(changed(original, AT.generation + 7, 3)))).toBe('KEYSTORE_TAMPERED');
  });

  it('is refused with the header of another keystore, of the same root key', async () => {
    const storage = memoryStorage();
    await openKeystore({ storage, unlock });
    const other = (await storage.read()) as Uint8Array;
    const mixed = Buffer.concat([other.subarray(0, AT.salt), original.subarray(AT.salt)]);
    mixed.writeUInt32BE(original.length - AT.salt, AT.length);
    expect(await opening(checksummed(mixed))).toBe('KEYSTORE_TAMPERED');
  });

  it('is refused with an unlock slot too many, or none', async () => {
    const slot = original.subarray(AT.slot, AT.checksum);
    const with2 = Buffer.concat([original.subarray(0, AT.checksum), slot, original.subarray(AT.checksum)]);
    with2[AT.slotCount] = 2;
    expect(await opening(checksummed(with2, AT.checksum + slot.length))).toBe('KEYSTORE_TAMPERED');
    const with0 = Uint8Array.from(original);
    with0[AT.slotCount] = 0;
    expect(await opening(checksummed(with0))).toBe('KEYSTORE_DAMAGED');
    with0[AT.slotCount] = 17;
    expect(await opening(checksummed(with0))).toBe('KEYSTORE_DAMAGED');
  });
});

describe('an older document', () => {
  it('is refused where a later generation was seen', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    await makeKey(keystore);
    expect(keystore.generation).toBe(2);
    const again = await openKeystore({ storage, unlock, minimumGeneration: 2 });
    expect(again.generation).toBe(2);
    await refusal(() => openKeystore({ storage, unlock, minimumGeneration: 3 }), 'KEYSTORE_ROLLED_BACK');
  });

  it('is refused if there is no document, and no document is made', async () => {
    const storage = memoryStorage();
    await refusal(() => openKeystore({ storage, unlock, minimumGeneration: 1 }), 'KEYSTORE_ROLLED_BACK');
    expect(await storage.read()).toBeUndefined();
  });

  it('put in place of the one in use is refused by every awaited call', async () => {
    await writeFile(path, original);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    await makeKey(keystore);
    await writeFile(path, original);
    for (const call of [() => keystore.refresh(), () => keystore.createKey(), () => keystore.listKeys()]) {
      await refusal(call, 'KEYSTORE_ROLLED_BACK');
    }
    expect(await readFile(path)).toEqual(original);
  });

  it('that went another way to the same generation is refused too', async () => {
    await writeFile(path, original);
    const [a, b] = [await openKeystore({ storage: fileStorage(path), unlock }), join(folder, 'fork')];
    await writeFile(b, original);
    await makeKey(a);
    await makeKey(await openKeystore({ storage: fileStorage(b), unlock }));
    await writeFile(path, await readFile(b));
    await refusal(() => a.refresh(), 'KEYSTORE_ROLLED_BACK');
  });
});

describe('a keystore in use', () => {
  it('reports that its document is gone, and makes no other', async () => {
    await writeFile(path, original);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    await rm(path);
    await refusal(() => keystore.createKey(), 'STORAGE_FAILED');
    await refusal(() => readFile(path).catch(() => keystore.refresh()), 'STORAGE_FAILED');
  });

  it('reports that its document was damaged, and goes on with what it has', async () => {
    await writeFile(path, original);
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const sealed = keystore.encrypt({ keyId: 'alias/aws/ssm', plaintext: Uint8Array.of(1) });
    await writeFile(path, changed(original, original.length - 1, 0));
    await refusal(() => keystore.createKey(), 'KEYSTORE_DAMAGED');
    expect(keystore.decrypt(sealed).plaintext).toEqual(Uint8Array.of(1));
    await writeFile(path, original);
    await keystore.createKey();
  });
});

describe('Region and account id', () => {
  it.each([{ region: 'eu-west-1' }, { accountId: '111122223333' }])(
    '%o is refused where others are fixed',
    async (asked) => {
      const storage = memoryStorage();
      await openKeystore({ storage, unlock });
      const before = await storage.read();
      const error = await refusal(() => openKeystore({ storage, unlock, ...asked }), 'KEYSTORE_ACCOUNT');
      expect(error.message).toContain('us-east-1, account 000000000000');
      expect(await storage.read()).toEqual(before);
      await openKeystore({ storage, unlock, region: 'us-east-1', accountId: '000000000000' });
    },
  );

  it.each([{ region: '' }, { region: 'a:b' }, { accountId: '1' }, { accountId: '11112222333x' }])(
    '%o is misuse',
    async (asked) => {
      expect(await thrownBy(() => openInMemory(asked))).toBeInstanceOf(RangeError);
    },
  );

  it.each([{ accountId: 123456789012 }, { accountId: ['123456789012'] }, { region: ['eu-west-1'] }, { region: null }])(
    'that is not a text is misuse, whatever its text would be: %o',
    async (asked) => {
      expect(await thrownBy(() => openInMemory(asked as never))).toBeInstanceOf(TypeError);
    },
  );
});
