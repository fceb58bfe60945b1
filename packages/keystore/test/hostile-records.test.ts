/**
 * Authentic and hostile: documents and envelopes under the right key whose records say what no release writes. Whatever
 * they say, they are refused in the keystore's own words, or work. A failure shows its seed; `SECURESTRING_SEED` begins
 * elsewhere.
 */

import { createPublicKey, publicEncrypt } from 'node:crypto';
import { SecureStringError } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { type Random, seededRandom } from '@securestring/test-support/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeEnvelope, openEnvelope, saltOf, sealEnvelope } from '../src/document/envelope.ts';
import { decodeDocument } from '../src/document/header.ts';
import { openDocument, sealDocument } from '../src/document/sealing.ts';
import { openSlot, parseUnlock } from '../src/document/slots.ts';
import {
  type Keystore,
  KeystoreError,
  type KeystoreStorage,
  KmsError,
  memoryStorage,
  openKeystore,
} from '../src/index.ts';
import { hostileRecords } from './hostile.ts';
import { refusal, thrownBy, unlock, utf8 } from './support.ts';

const MUTATIONS = budget(250, 50_000);
const FIRST_SEED = Number(process.env['SECURESTRING_SEED'] ?? 0);
const KEY = utf8('a key of 32 bytes for envelopes!');
const TIME = Date.UTC(2026, 0, 1);
const ROOT_ARN = 'arn:aws:iam::000000000000:root';

/** A document with every kind of record, an envelope of its keys, and the secrets under which they are sealed. */
let document: Uint8Array;
let state: Uint8Array;
let root: Uint8Array;
let envelope: Uint8Array;
let envelopeKey: Uint8Array;

beforeAll(async () => {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock, clock: () => TIME });
  const { keyId } = (await keystore.createKey({ description: 'one', tags: [{ tagKey: 'k', tagValue: 'v' }] }))
    .keyMetadata;
  await keystore.enableKeyRotation({ keyId });
  await keystore.rotateKeyOnDemand({ keyId });
  await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyId });
  const constraints = { encryptionContextEquals: { a: '1' }, encryptionContextSubset: { a: '1' } };
  for (const name of ['one', 'two']) {
    await keystore.createGrant({
      keyId,
      name,
      granteePrincipal: ROOT_ARN,
      retiringPrincipal: ROOT_ARN,
      operations: ['Decrypt', 'CreateGrant'],
      constraints,
    });
  }
  const mac = (await keystore.createKey({ keySpec: 'HMAC_512', keyUsage: 'GENERATE_VERIFY_MAC' })).keyMetadata.keyId;
  const deleted = (await keystore.createKey()).keyMetadata.keyId;
  await keystore.scheduleKeyDeletion({ keyId: deleted });
  const external = (await keystore.createKey({ origin: 'EXTERNAL' })).keyMetadata.keyId;
  const wrapping = { wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const;
  const { publicKey, importToken } = await keystore.getParametersForImport({ keyId: external, ...wrapping });
  const wrappingKey = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  await keystore.importKeyMaterial({
    keyId: external,
    importToken,
    encryptedKeyMaterial: publicEncrypt({ key: wrappingKey, oaepHash: 'sha256' }, Buffer.alloc(32, 5)),
    validTo: new Date(TIME + 864_000_000),
  });
  document = (await storage.read()) as Uint8Array;
  const parts = decodeDocument(document);
  root = (await openSlot(parseUnlock(unlock), parts.slots[0] ?? expect.fail())) ?? expect.fail();
  state = openDocument(root, parts);
  envelope = await keystore.exportKeys({ keyIds: [keyId, mac, external], unlock: { rootKey: KEY } });
  envelopeKey = (await openSlot(parseUnlock({ rootKey: KEY }), decodeEnvelope(envelope).slot)) ?? expect.fail();
});

/** A storage that holds the document with other records in it, sealed as the real one. */
function holding(records: Uint8Array): KeystoreStorage {
  const { storeId, generation, slots } = decodeDocument(document);
  let bytes: Uint8Array = sealDocument(root, { storeId, generation, slots }, records).bytes;
  return {
    read: async () => bytes.slice(),
    replace: async (next) => {
      bytes = next.slice();
    },
  };
}

/** Everything that a keystore may be asked for in a look at it. */
async function use(keystore: Keystore): Promise<void> {
  const { keys } = await keystore.listKeys();
  await attempt(() => keystore.listAliases());
  await attempt(() => keystore.listRetirableGrants({ retiringPrincipal: ROOT_ARN }));
  await attempt(() => keystore.encrypt({ keyId: 'alias/app', plaintext: utf8('v') }));
  await attempt(() => keystore.generateDataKey({ keyId: 'alias/aws/ssm', keySpec: 'AES_256' }));
  for (const { keyId } of keys) {
    await attempt(() => keystore.describeKey({ keyId }));
    await attempt(() => keystore.getKeyRotationStatus({ keyId }));
    await attempt(() => keystore.listKeyRotations({ keyId }));
    await attempt(() => keystore.listResourceTags({ keyId }));
    await attempt(() => keystore.listGrants({ keyId, limit: 1 }));
    await attempt(() =>
      keystore.createGrant({ keyId, name: 'one', granteePrincipal: ROOT_ARN, operations: ['DescribeKey'] }),
    );
  }
  await attempt(() => keystore.createKey({ description: 'after' }));
}

/** Ignores refusals in the keystore's and AWS's words. Anything else fails. */
async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof SecureStringError)) throw error;
  }
}

/** Returns what went wrong with one mutation, or `undefined`. */
async function outcomeOf(work: () => Promise<unknown>, codes: readonly string[]): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof KmsError) return undefined;
    if (!(error instanceof KeystoreError))
      return error instanceof Error ? (error.stack?.split('\n').slice(0, 4).join(' ') ?? error.message) : String(error);
    if (error.message.length > 1500) return `a message of ${error.message.length} characters`;
    return codes.includes(error.code) ? undefined : `${error.code}: ${error.message}`;
  }
}

async function fuzz(work: (random: Random) => Promise<unknown>, codes: readonly string[]): Promise<void> {
  const failures: string[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + MUTATIONS && failures.length < 8; seed++) {
    const outcome = await outcomeOf(() => work(seededRandom(seed)), codes);
    if (outcome !== undefined) failures.push(`seed ${seed}: ${outcome}`);
  }
  expect(failures).toEqual([]);
}

describe(`${MUTATIONS} mutations of records from seed ${FIRST_SEED} on`, () => {
  it('of a keystore document end in KEYSTORE_RECORD, or in a keystore that works', { timeout: 1_800_000 }, async () => {
    await fuzz(
      async (random) => {
        const storage = holding(hostileRecords(state, random));
        const keystore = await openKeystore({ storage, unlock, clock: () => TIME });
        await use(keystore);
        await keystore.close();
      },
      ['KEYSTORE_RECORD'],
    );
  });

  it('of an envelope end in ENVELOPE_RECORD, or in keys that work', { timeout: 1_800_000 }, async () => {
    const parts = decodeEnvelope(envelope);
    const wrapped = openEnvelope(envelopeKey, parts);
    await fuzz(
      async (random) => {
        const metadata = random.oneIn(4) ? parts.metadata : hostileRecords(parts.metadata, random);
        const materials = random.oneIn(2) ? wrapped : hostileMaterials(wrapped, random);
        const kind = random.oneIn(50) ? random.whole(256) : parts.kind;
        const sealed = sealEnvelope(envelopeKey, parts.slot, saltOf(parts), { kind, metadata, materials });
        const storage = memoryStorage();
        const keystore = await openKeystore({ storage, unlock, clock: () => TIME });
        await keystore.importKeys({ envelope: sealed, unlock: { rootKey: KEY } });
        await keystore.close();
        const again = await openKeystore({ storage, unlock, clock: () => TIME });
        await use(again);
        await again.close();
      },
      ['ENVELOPE_RECORD', 'ENVELOPE_KIND'],
    );
  });
});

function hostileMaterials(
  materials: readonly (Uint8Array | undefined)[],
  random: Random,
): readonly (Uint8Array | undefined)[] {
  const changed = [...materials];
  const at = random.whole(changed.length);
  const kind = random.whole(5);
  if (kind === 0) changed.splice(at, 1);
  else if (kind === 1) changed.splice(at, 0, changed[at]);
  else if (kind === 2) changed[at] = undefined;
  else if (kind === 3) changed[at] = random.bytes(random.pick([0, 1, 7, 8, 16, 40, 255]));
  else changed[at] = materials[random.whole(materials.length)];
  return changed;
}

describe('a record with a value of another kind', () => {
  it.each([
    ['a big integer', 2n ** 63n, 'of type bigint'],
    ['a long text', 'x'.repeat(5000), `"${'x'.repeat(256)}…"`],
    ['a list', [1n], 'of type object'],
  ] as const)('is refused by the name of the field: %s', async (_, value, shown) => {
    const { Encoder } = await import('cbor-x');
    const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });
    const records = cbor.decode(state) as { keys: { keySpec: unknown }[] };
    (records.keys[0] as { keySpec: unknown }).keySpec = value;
    const storage = holding(Uint8Array.from(cbor.encode(records)));
    const error = await refusal(() => openKeystore({ storage, unlock }), 'KEYSTORE_RECORD');
    expect(error.message).toContain(`keys[].keySpec is ${shown}, not one of SYMMETRIC_DEFAULT`);
  });

  it('imports nothing from an envelope', async () => {
    const parts = decodeEnvelope(envelope);
    const materials = openEnvelope(envelopeKey, parts);
    const metadata = Uint8Array.of(0x81, 0x1b, 0xff, 0, 0, 0, 0, 0, 0, 0);
    const sealed = sealEnvelope(envelopeKey, parts.slot, saltOf(parts), { kind: parts.kind, metadata, materials });
    const keystore = await openKeystore({ storage: memoryStorage(), unlock });
    await refusal(() => keystore.importKeys({ envelope: sealed, unlock: { rootKey: KEY } }), 'ENVELOPE_RECORD');
    expect(keystore.generation).toBe(1);
    expect(await thrownBy(() => keystore.describeKey({ keyId: 'alias/app' }))).toBeInstanceOf(KmsError);
  });
});
