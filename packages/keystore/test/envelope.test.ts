/** Keys from one keystore to another: what goes along, what is refused, and what an envelope shows. */

import { createHash, randomUUID } from 'node:crypto';
import { materialId } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { budget } from '@securestring/test-support/budget';
import { Encoder } from 'cbor-x';
import { beforeEach, describe, expect, it } from 'vitest';
import { envelopeMaterialKey, sealEnvelope } from '../src/document/envelope.ts';
import { makeSlot, parseUnlock } from '../src/document/slots.ts';
import {
  type Keystore,
  type KeystoreErrorCode,
  type KeystoreStorage,
  memoryStorage,
  openKeystore,
  type Unlock,
} from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { unlockCustody } from '../src/state/custody.ts';
import type { KeyRecord } from '../src/state/records.ts';
import { insecureDeterministicKeystore } from '../src/testing.ts';
import { kmsRefusal, makeKey, openInMemory, refusal, thrownBy, unlock, utf8 } from './support.ts';

const plaintext = utf8('secret_value');
/** Of the envelope, and of nothing else. */
const sealing = { rootKey: new Uint8Array(32).fill(9) };
/** Where the fields of an envelope with a root-key slot begin. */
const AT = { version: 8, kind: 10, metadataLength: 11, sealedLength: 15, slot: 19, metadata: 60 };

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });

let now: number;
let storage: KeystoreStorage;
let source: Keystore;
let keyId: string;
let arn: string;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  storage = memoryStorage();
  source = await openKeystore({ storage, unlock, clock: () => now });
  ({ keyId, arn } = await makeKey(source));
});

const elsewhere = () => openInMemory({ region: 'eu-central-1', accountId: '111122223333', clock: () => now });
const seal = (keyIds: readonly string[] = [keyId], how: Unlock = sealing) => source.exportKeys({ keyIds, unlock: how });

/** The same bytes with one bit flipped. */
function flipped(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
}

/** The same with the checksum that fits. */
function checksummed(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const slotLength = bytes[AT.slot] === 1 ? 60 : 41;
  const at = AT.slot + slotLength + view.getUint32(AT.metadataLength);
  const copy = Uint8Array.from(bytes);
  const rest = createHash('sha256')
    .update(copy.subarray(0, at))
    .update(copy.subarray(at + 32));
  copy.set(rest.digest(), at);
  return copy;
}

async function custodyOf(of: KeystoreStorage) {
  return unlockCustody(parseUnlock(unlock), (await of.read()) as Uint8Array);
}

describe('keys that were exported and imported', () => {
  it('open in a keystore of another Region and account what was sealed before, under the ARN that they had', async () => {
    const { ciphertextBlob } = source.encrypt({ keyId, plaintext, encryptionContext: { a: 'b' } });
    const target = await elsewhere();
    expect(await target.importKeys({ envelope: await seal(), unlock: sealing })).toEqual({
      keys: [{ keyId, keyArn: arn }],
    });
    const opened = target.decrypt({ ciphertextBlob, encryptionContext: { a: 'b' } });
    expect(opened).toMatchObject({ plaintext, keyId: arn });
    const back = target.encrypt({ keyId: arn, plaintext }).ciphertextBlob;
    expect(source.decrypt({ ciphertextBlob: back, keyId })).toMatchObject({ plaintext, keyId: arn });
    const { keyMetadata } = await target.describeKey({ keyId });
    expect(keyMetadata).toEqual((await source.describeKey({ keyId })).keyMetadata);
  });

  it('have all that they were made of: versions, description, tags, automatic rotation', async () => {
    await source.updateKeyDescription({ keyId, description: 'größer' });
    await source.tagResource({ keyId, tags: [{ tagKey: 'team', tagValue: 'a' }] });
    await source.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    const blobs = [source.encrypt({ keyId, plaintext }).ciphertextBlob];
    await source.rotateKeyOnDemand({ keyId });
    blobs.push(source.encrypt({ keyId, plaintext }).ciphertextBlob);
    now += 90 * DAY;
    blobs.push(source.encrypt({ keyId, plaintext }).ciphertextBlob);
    const envelope = await seal();
    now += 90 * DAY;
    blobs.push(source.encrypt({ keyId, plaintext }).ciphertextBlob);
    const target = await elsewhere();
    await target.importKeys({ envelope, unlock: sealing });
    for (const ciphertextBlob of blobs.slice(0, 3)) {
      expect(target.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
    }
    expect(await target.listResourceTags({ keyId })).toEqual(await source.listResourceTags({ keyId }));
    expect(await target.getKeyRotationStatus({ keyId })).toEqual(await source.getKeyRotationStatus({ keyId }));
    const [original, copy] = [await source.describeKey({ keyId }), await target.describeKey({ keyId })];
    expect(copy.keyMetadata.description).toBe('größer');
    expect(copy.keyMetadata).toEqual({
      ...original.keyMetadata,
      currentKeyMaterialId: copy.keyMetadata.currentKeyMaterialId,
    });
  });

  it('rotate to the same material at the next date, when both rotate by themselves', async () => {
    await source.enableKeyRotation({ keyId });
    const target = await elsewhere();
    await target.importKeys({ envelope: await seal(), unlock: sealing });
    now += 365 * DAY;
    const { ciphertextBlob } = source.encrypt({ keyId, plaintext });
    const { keyMaterialId } = target.decrypt({ ciphertextBlob });
    expect(target.generateDataKey({ keyId, numberOfBytes: 1 }).keyMaterialId).toBe(keyMaterialId);
  });

  it('are disabled where they were, and have no alias', async () => {
    await source.createAlias({ aliasName: 'alias/app', targetKeyId: keyId });
    await source.disableKey({ keyId });
    const target = await elsewhere();
    await target.importKeys({ envelope: await seal([arn]), unlock: sealing });
    expect((await target.describeKey({ keyId })).keyMetadata.keyState).toBe('Disabled');
    expect(await target.listAliases({ keyId })).toEqual({ aliases: [], truncated: false });
  });

  it('are of any spec, those that await their material too', async () => {
    const specs = ['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'] as const;
    const keyIds: string[] = [];
    for (const keySpec of specs) {
      const { keyMetadata } = await source.createKey({ keySpec, keyUsage: 'GENERATE_VERIFY_MAC' });
      keyIds.push(keyMetadata.keyId);
    }
    keyIds.push((await source.createKey({ origin: 'EXTERNAL' })).keyMetadata.keyId);
    const target = await elsewhere();
    const { keys } = await target.importKeys({ envelope: await seal(keyIds), unlock: sealing });
    expect(keys.map((key) => key.keyId)).toEqual(keyIds);
    for (const [index, hmac] of specs.entries()) {
      const request = { keyId: keyIds[index] as string, message: plaintext, macAlgorithm: hmac.replace('_', '_SHA_') };
      expect(target.generateMac(request as never)).toEqual(source.generateMac(request as never));
    }
    expect((await target.describeKey({ keyId: keyIds[4] as string })).keyMetadata.keyState).toBe('PendingImport');
  });

  it('go under a passphrase as well, however it was composed', async () => {
    const envelope = await seal([keyId], { passphrase: 'pa\u0308ss' });
    const target = await elsewhere();
    const wrong = await refusal(() => target.importKeys({ envelope, unlock: { passphrase: 'pass' } }), 'UNLOCK_FAILED');
    expect(wrong.message).toBe('The passphrase is wrong: it does not open the key envelope. Nothing was imported.');
    await target.importKeys({ envelope, unlock: { passphrase: 'p\u00e4ss' } });
    const { ciphertextBlob } = source.encrypt({ keyId, plaintext });
    expect(target.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });

  it('are one commit, however many', async () => {
    const count = budget(1000, 10_000);
    const records = Array.from({ length: count }, () => handmadeKey());
    const target = await elsewhere();
    const { generation } = target;
    const { keys } = await target.importKeys({ envelope: await handmade(records), unlock: sealing });
    expect(keys).toHaveLength(count);
    expect(target.generation).toBe(generation + 1);
    const { keyArn } = keys[count - 1] as { keyArn: string };
    const { ciphertextBlob } = target.encrypt({ keyId: keyArn, plaintext });
    expect(target.decrypt({ ciphertextBlob })).toMatchObject({ plaintext, keyId: keyArn });
  });

  it('are committed by none but the import', async () => {
    const { generation } = source;
    await seal();
    expect(source.generation).toBe(generation);
  });
});

describe('exportKeys', () => {
  it('refuses keys that AWS manages', async () => {
    const { keyMetadata } = await source.describeKey({ keyId: 'alias/aws/ssm' });
    await kmsRefusal(
      () => seal([keyId, keyMetadata.keyId]),
      'AccessDeniedException',
      `User: arn:aws:iam::000000000000:root is not authorized to perform: kms:ExportKeys on resource: ${keyMetadata.arn} because no resource-based policy allows the kms:ExportKeys action`,
    );
  });

  it('refuses a key that is pending deletion', async () => {
    await source.scheduleKeyDeletion({ keyId });
    await kmsRefusal(() => seal(), 'KMSInvalidStateException', `${arn} is pending deletion.`);
  });

  it('refuses unknown keys, aliases, and no key at all', async () => {
    const absent = randomUUID();
    const words = `Key 'arn:aws:kms:us-east-1:000000000000:key/${absent}' does not exist`;
    await kmsRefusal(() => seal([absent]), 'NotFoundException', words);
    await kmsRefusal(() => seal(['alias/app']), 'NotFoundException', "Invalid keyId 'alias/app'");
    await kmsRefusal(() => seal([]), 'ValidationException', 'keyIds must name at least one key.');
    expect(await thrownBy(() => source.exportKeys({ keyIds: keyId as never, unlock: sealing }))).toBeInstanceOf(
      TypeError,
    );
  });

  it('takes a key once, however often it is named', async () => {
    const target = await elsewhere();
    const { keys } = await target.importKeys({ envelope: await seal([keyId, arn]), unlock: sealing });
    expect(keys).toEqual([{ keyId, keyArn: arn }]);
  });

  it('leaves expired material behind', async () => {
    const target = await elsewhere();
    const made = handmadeKey({ origin: 'EXTERNAL' });
    const imported = { validTo: now + DAY, description: '', pendingRotation: false };
    const key = { ...made.key, materials: made.key.materials.map((material) => ({ ...material, imported })) };
    await source.importKeys({ envelope: await handmade([{ ...made, key }]), unlock: sealing });
    now += DAY;
    await target.importKeys({ envelope: await seal([key.keyId]), unlock: sealing });
    const { keyMetadata } = await target.describeKey({ keyId: key.keyId });
    expect(keyMetadata.keyState).toBe('PendingImport');
  });

  it('shows nothing secret in clear, and all that is not', async () => {
    await source.updateKeyDescription({ keyId, description: 'readable' });
    const envelope = Buffer.from(await seal());
    const { materials, state } = await custodyOf(storage);
    const secrets = [...materials.values()].map(({ blobKey }) => blobKey?.material as Uint8Array);
    for (const secret of [...secrets, sealing.rootKey, unlock.rootKey])
      expect(envelope.includes(Buffer.from(secret))).toBe(false);
    expect(envelope.includes(arn)).toBe(true);
    expect(envelope.includes('readable')).toBe(true);
    expect(envelope.includes(Buffer.from(state.keys.get(keyId)?.materials[0]?.id as Uint8Array))).toBe(true);
  });

  it('shares no byte of its sealed part with another export of the same', async () => {
    const [one, other] = [await seal(), await seal()];
    const tail = (bytes: Uint8Array) => Buffer.from(bytes.subarray(-40)).toString('hex');
    expect(tail(one)).not.toBe(tail(other));
  });

  it('gives bytes that own their memory', async () => {
    const envelope = await seal();
    expect(envelope.buffer.byteLength).toBe(envelope.length);
  });
});

describe('importKeys', () => {
  const opening = async (target: Keystore, envelope: Uint8Array): Promise<string> => {
    const error = await thrownBy(() => target.importKeys({ envelope, unlock: sealing }));
    return (error as { code: string }).code;
  };

  it('refuses all where one key is there already, and changes nothing', async () => {
    const fresh = await makeKey(source);
    const envelope = await seal([fresh.keyId, keyId]);
    const target = await elsewhere();
    await target.importKeys({ envelope: await seal(), unlock: sealing });
    const { generation } = target;
    await kmsRefusal(
      () => target.importKeys({ envelope, unlock: sealing }),
      'AlreadyExistsException',
      `A key with the id ${keyId} already exists: ${arn} cannot be imported over it. Nothing was imported.`,
    );
    expect(target.generation).toBe(generation);
    const { name } = (await thrownBy(() => target.describeKey({ keyId: fresh.arn }))) as Error;
    expect(name).toBe('NotFoundException');
  });

  it('refuses every truncation', async () => {
    const envelope = await seal();
    const target = await elsewhere();
    const codes = new Set<string>();
    for (let length = 0; length < envelope.length; length++) {
      codes.add(await opening(target, envelope.subarray(0, length)));
    }
    expect([...codes]).toEqual(['ENVELOPE_TRUNCATED']);
    expect(await opening(target, Buffer.concat([envelope, new Uint8Array(1)]))).toBe('ENVELOPE_DAMAGED');
  });

  it.each([
    [7, 'magic', 0],
    [9, 'version', 8],
    [10, 'kind', 10],
    [14, 'metadata length', 11],
    [18, 'sealed length', 15],
    [19, 'type of unlock slot', 19],
    [59, 'wrapped root of unlock slot', 20],
    [60, 'metadata', 60],
  ])('names the field in which %i bytes end: %s', async (length, field, offset) => {
    const envelope = (await seal()).subarray(0, length);
    const error = await refusal(() => source.importKeys({ envelope, unlock: sealing }), 'ENVELOPE_TRUNCATED');
    expect(error.message).toContain(`${field} needs`);
    expect(error.message).toContain(`at byte ${offset})`);
  });

  it('refuses every bit flip', async () => {
    const envelope = await seal();
    const target = await elsewhere();
    const { generation } = target;
    const counts: Record<string, number> = {};
    for (let at = 0; at < envelope.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const code = await opening(target, flipped(envelope, at, bit));
        counts[code] = (counts[code] ?? 0) + 1;
      }
    }
    expect(Object.keys(counts).sort()).toEqual([
      'ENVELOPE_DAMAGED',
      'ENVELOPE_TRUNCATED',
      'ENVELOPE_VERSION',
      'NOT_AN_ENVELOPE',
    ]);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(envelope.length * 8);
    expect(target.generation).toBe(generation);
  });

  it('refuses every byte changed with the checksum to fit', async () => {
    const envelope = await seal();
    const view = new DataView(envelope.buffer);
    const checksumAt = AT.metadata + view.getUint32(AT.metadataLength);
    const target = await elsewhere();
    const codes = new Map<string, string[]>();
    for (let at = AT.slot + 1; at < envelope.length; at++) {
      const where =
        at < AT.metadata ? 'slot' : at < checksumAt ? 'metadata' : at < checksumAt + 32 ? 'checksum' : 'sealed';
      if (where !== 'checksum') {
        const code = await opening(target, checksummed(flipped(envelope, at)));
        codes.set(where, [...new Set([...(codes.get(where) ?? []), code])]);
      }
    }
    expect(Object.fromEntries(codes)).toEqual({
      slot: ['UNLOCK_FAILED'],
      metadata: ['ENVELOPE_TAMPERED'],
      sealed: ['ENVELOPE_TAMPERED'],
    });
    expect(await opening(target, checksummed(flipped(envelope, AT.kind)))).toBe('ENVELOPE_TAMPERED');
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, KeystoreErrorCode, string]>([
    ['something else', () => utf8('SSKSTORE'), 'NOT_AN_ENVELOPE', 'it does not begin with "SSKEYENV"'],
    [
      'a newer version',
      (bytes) => bytes.map((byte, at) => (at === 9 ? 2 : byte)),
      'ENVELOPE_VERSION',
      'a newer release',
    ],
    ['an unknown slot', (bytes) => bytes.map((byte, at) => (at === AT.slot ? 3 : byte)), 'ENVELOPE_DAMAGED', 'type 3'],
  ])('refuses %s in words', async (_, change, code, words) => {
    const envelope = change(await seal());
    const error = await refusal(() => source.importKeys({ envelope, unlock: sealing }), code);
    expect(error.message).toContain(words);
  });

  it('refuses a wrong key, and a passphrase where a key seals', async () => {
    const envelope = await seal();
    const wrong = { rootKey: new Uint8Array(32).fill(8) };
    const one = await refusal(() => source.importKeys({ envelope, unlock: wrong }), 'UNLOCK_FAILED');
    expect(one.message).toBe('The root key is wrong: it does not open the key envelope. Nothing was imported.');
    const other = await refusal(() => source.importKeys({ envelope, unlock: { passphrase: 'x' } }), 'UNLOCK_FAILED');
    expect(other.message).toBe(
      'The key envelope is not unlocked with a passphrase, but with a root key. Nothing was imported.',
    );
  });

  it('refuses hostile scrypt parameters without running it', async () => {
    const rows = [
      ['log2 N', 17, 16],
      ['log2 N', 17, 21],
      ['log2 N', 17, 255],
      ['r', 18, 7],
      ['r', 18, 255],
      ['p', 19, 0],
      ['p', 19, 5],
    ] as const;
    const passphrase = { passphrase: 'x' };
    const envelope = await handmade([handmadeKey()], passphrase);
    for (const [what, offset, value] of rows) {
      const hostile = checksummed(envelope.map((byte, at) => (at === AT.slot + offset ? value : byte)));
      const error = await refusal(
        () => source.importKeys({ envelope: hostile, unlock: passphrase }),
        'UNSAFE_UNLOCK_SLOT',
      );
      expect(error.message, what).toMatch(/^The envelope asks for scrypt/);
    }
  });

  it('refuses records that no export gives', async () => {
    const target = await elsewhere();
    const good = handmadeKey();
    const other = handmadeKey();
    const unlike: readonly [string, readonly Handmade[]][] = [
      ['managed by AWS', [{ ...good, key: { ...good.key, keyManager: 'AWS' } }]],
      ['lacks key material', [{ ...good, materials: [undefined] }]],
      ['fewer materials', [{ ...good, materials: [] }]],
      ['more materials', [{ ...good, materials: [...good.materials, ...good.materials] }]],
      ['is not what its id names', [{ ...good, materials: other.materials }]],
      ['metadata cannot be read', [good, good]],
      ['metadata cannot be read', [{ ...good, key: { ...good.key, keySpec: 'RSA_2048' } as never }]],
    ];
    for (const [what, records] of unlike) {
      const envelope = await handmade(records);
      const error = await refusal(() => target.importKeys({ envelope, unlock: sealing }), 'ENVELOPE_RECORD');
      expect(error.message).toContain(what);
    }
    await target.importKeys({ envelope: await handmade([good]), unlock: sealing });
  });

  it('refuses material that would serve for encryption and for MACs', async () => {
    const encryption = handmadeKey();
    const mac = handmadeKey({ keySpec: 'HMAC_256' }, encryption.materials[0]);
    const shared = (from: string, usage: string, into: string) =>
      `The key material is that of ${from}, whose key usage is ${usage}: the same bytes cannot be imported into a ${into} key.`;
    const target = await elsewhere();
    const importing = async (keys: readonly Handmade[]) =>
      target.importKeys({ envelope: await handmade(keys), unlock: sealing });
    const intoMac = shared(encryption.key.arn, 'ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC');
    const intoEncryption = shared(mac.key.arn, 'GENERATE_VERIFY_MAC', 'ENCRYPT_DECRYPT');
    await kmsRefusal(() => importing([encryption, mac]), 'IncorrectKeyMaterialException', intoMac);
    await importing([mac]);
    await kmsRefusal(() => importing([encryption]), 'IncorrectKeyMaterialException', intoEncryption);
  });

  it('takes no keys of a deterministic keystore into a real one, nor the other way round', async () => {
    const fixture = await insecureDeterministicKeystore({ seed: 'seed' });
    const { keyMetadata } = await fixture.createKey();
    const insecure = await fixture.exportKeys({ keyIds: [keyMetadata.keyId], unlock: sealing });
    await refusal(() => source.importKeys({ envelope: insecure, unlock: sealing }), 'ENVELOPE_KIND');
    const envelope = await seal();
    await refusal(() => fixture.importKeys({ envelope, unlock: sealing }), 'ENVELOPE_KIND');
    const another = await insecureDeterministicKeystore({ seed: 'another' });
    await another.importKeys({ envelope: insecure, unlock: sealing });
    const { ciphertextBlob } = fixture.encrypt({ keyId: keyMetadata.keyId, plaintext });
    expect(another.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });

  it('does not mind what the caller does to its bytes meanwhile', async () => {
    const envelope = await seal();
    const target = await elsewhere();
    const importing = target.importKeys({ envelope, unlock: sealing });
    envelope.fill(0);
    await importing;
  });
});

/** A key as no operation made it. */
interface Handmade {
  readonly key: KeyRecord;
  readonly materials: readonly (Uint8Array | undefined)[];
}

function handmadeKey(change: Partial<KeyRecord> = {}, material: Uint8Array = nodeProvider.randomKey(32)): Handmade {
  const id = randomUUID();
  const keyArn = `arn:aws:kms:us-east-1:000000000000:key/${id}`;
  const key: KeyRecord = {
    keyId: id,
    arn: keyArn,
    description: '',
    disabled: false,
    deletionDate: undefined,
    keyManager: 'CUSTOMER',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    multiRegion: false,
    creationDate: now,
    tags: new Map(),
    rotation: undefined,
    materials: [
      {
        id: materialId(nodeProvider, material, keyArn),
        wrapped: undefined,
        creationDate: now,
        rotation: undefined,
        imported: undefined,
      },
    ],
    ...change,
  };
  return { key, materials: [material] };
}

/** An envelope of such keys, authentic. */
async function handmade(records: readonly Handmade[], how: Unlock = sealing): Promise<Uint8Array> {
  const envelopeKey = nodeProvider.randomKey(32);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const materialKey = envelopeMaterialKey(envelopeKey, salt);
  const slot = await makeSlot(parseUnlock(how), envelopeKey);
  const materials = records.flatMap((record) =>
    record.materials.map((material) => material && nodeProvider.aesKwpWrap(materialKey, material)),
  );
  const metadata = cbor.encode(records.map(({ key }) => ({ ...key, tags: [...key.tags] })));
  return sealEnvelope(envelopeKey, slot, salt, { kind: 0x53, metadata, materials });
}
