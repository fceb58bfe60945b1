/** The deterministic keystore and provider: what a seed decides, and that it cannot be mistaken for the real one. */

import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decrypt, encrypt, inspect, rawAesKeyring } from '@securestring/core';
import { materialId } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { describe, expect, it } from 'vitest';
import { type DecryptRequest, type Keystore, memoryStorage, openKeystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import {
  DETERMINISTIC_TIME,
  type DeterministicCreateKeyRequest,
  insecureDeterministicKeystore,
  insecureDeterministicProvider,
} from '../src/testing.ts';
import { startChild } from './children.ts';
import { computeAnswers, seed } from './deterministic-answers.ts';
import { kmsRefusal, openInMemory, refusal, thrownBy, unlock, utf8 } from './support.ts';

const fixture: unknown = JSON.parse(readFileSync(new URL('fixtures/deterministic.json', import.meta.url), 'utf8'));
const plaintext = utf8('secret_value');
const open = (clock?: () => number) => insecureDeterministicKeystore({ seed, ...(clock && { clock }) });
const ssm = 'alias/aws/ssm';

describe('the known answers', () => {
  it('are computed again', async () => {
    expect(await computeAnswers()).toEqual(fixture);
  });

  it.each(['TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8', 'TZ=America/St_Johns LC_ALL=C'])(
    'are the same in another process with %s',
    async (environment) => {
      const child = startChild('print-answers.ts', [], `export ${environment}; `);
      await child.ended;
      expect(JSON.parse(child.lines.join(''))).toEqual(fixture);
    },
  );

  it('are what SP 800-108 counter mode gives', async () => {
    const kdf = (key: Uint8Array, label: string, ...context: readonly Uint8Array[]) =>
      createHmac('sha256', key)
        .update(Buffer.from('00000001', 'hex'))
        .update(label)
        .update(Buffer.concat([Uint8Array.of(0), ...context, Buffer.from('00000100', 'hex')]))
        .digest();
    const root = createHash('sha256').update(seed).digest();
    // One input: the count 0, with its length in front; then part 0, block 0.
    const key = kdf(root, 'securestring insecure key id v1', Uint8Array.of(0, 0, 0, 4), Uint8Array.of(0, 0, 0, 0));
    const bytes = kdf(key, 'securestring insecure block v1', new Uint8Array(8)).subarray(0, 16);
    const { keyId } = (await (await open()).describeKey({ keyId: ssm })).keyMetadata;
    const found = Buffer.from(keyId.replaceAll('-', ''), 'hex');
    expect([found[6], found[8]].map((byte) => (byte as number) & 0xc0)).toEqual([0x40, 0x80]);
    for (const [i, byte] of found.entries()) {
      const free = i === 6 ? 0x0f : i === 8 ? 0x3f : 0xff;
      expect(byte & free).toBe((bytes[i] as number) & free);
    }
  });
});

describe('a seed', () => {
  it('as text is its UTF-8', async () => {
    const [one, other] = await Promise.all([open(), insecureDeterministicKeystore({ seed: utf8(seed) })]);
    expect(one.encrypt({ keyId: ssm, plaintext })).toEqual(other.encrypt({ keyId: ssm, plaintext }));
  });

  it.each([`${seed}\0`, seed.toUpperCase(), 'x'.repeat(65)])(
    'of another text gives nothing that is the same',
    async (text) => {
      const [one, other] = await Promise.all([open(), insecureDeterministicKeystore({ seed: text })]);
      const chosen = { keyId: '00000000-0000-4000-8000-000000000001', keyMaterial: new Uint8Array(32).fill(1) };
      for (const keystore of [one, other]) await keystore.createKey(chosen);
      const blobs = [one, other].map((keystore) => keystore.encrypt({ keyId: chosen.keyId, plaintext }).ciphertextBlob);
      // Nonce and IV are the seed's also under the same key.
      expect(blobs[0]?.subarray(38, 54)).not.toEqual(blobs[1]?.subarray(38, 54));
      expect((await one.listKeys()).keys).not.toEqual((await other.listKeys()).keys);
      expect(one.generateRandom({ numberOfBytes: 32 })).not.toEqual(other.generateRandom({ numberOfBytes: 32 }));
    },
  );

  it.each([
    ['no text or bytes', 7, TypeError],
    ['a lone surrogate', '\ud800', TypeError],
    ['an empty text', '', RangeError],
    ['no bytes', new Uint8Array(0), RangeError],
  ])('is refused: %s', async (_what, bad, error) => {
    expect(await thrownBy(() => insecureDeterministicKeystore({ seed: bad as string }))).toBeInstanceOf(error);
    expect(() => insecureDeterministicProvider(bad as string)).toThrow(error);
  });
});

describe('a deterministic keystore', () => {
  it('gives another ciphertext and data key each time, and all of them open', async () => {
    const keystore = await open();
    const blobs = [0, 1, 2].map(() => keystore.encrypt({ keyId: ssm, plaintext }).ciphertextBlob);
    const dataKeys = [0, 1, 2].map(() => keystore.generateDataKey({ keyId: ssm, keySpec: 'AES_256' }));
    expect(new Set(blobs.map((blob) => Buffer.from(blob).toString('hex'))).size).toBe(3);
    expect(new Set(dataKeys.map((key) => Buffer.from(key.plaintext).toString('hex'))).size).toBe(3);
    for (const ciphertextBlob of blobs) expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });

  it('gives the same after dry runs', async () => {
    const calls = async (dryRuns: boolean) => {
      const keystore = await open();
      const { ciphertextBlob } = keystore.encrypt({ keyId: ssm, plaintext: utf8('another') });
      const each = [
        (dryRun: boolean) => keystore.encrypt({ keyId: ssm, plaintext, dryRun }),
        (dryRun: boolean) => keystore.reEncrypt({ ciphertextBlob, destinationKeyId: ssm, dryRun }),
        (dryRun: boolean) => keystore.generateDataKey({ keyId: ssm, numberOfBytes: 32, dryRun }),
        (dryRun: boolean) => keystore.generateDataKeyWithoutPlaintext({ keyId: ssm, numberOfBytes: 32, dryRun }),
      ];
      if (dryRuns) for (const call of each) expect(() => call(true)).toThrow(/DryRun option is set/);
      return each.map((call) => call(false));
    };
    expect(await calls(true)).toEqual(await calls(false));
  });

  it('gives the same whatever was called in between for others', async () => {
    const calls = async (disturb: boolean) => {
      const keystore = await open();
      const { keyId } = (await keystore.createKey()).keyMetadata;
      if (disturb) {
        await keystore.createKey({ keyId: '00000000-0000-4000-8000-000000000001' });
        await thrownBy(() => keystore.createAlias({ aliasName: 'alias/none', targetKeyId: 'none' }));
      }
      const results = [];
      for (let i = 0; i < 3; i++) {
        if (disturb) {
          keystore.encrypt({ keyId: ssm, plaintext });
          keystore.encrypt({ keyId, plaintext: utf8(`another ${i}`) });
          keystore.encrypt({ keyId, plaintext, encryptionContext: { i: `${i}` } });
          keystore.generateDataKey({ keyId, numberOfBytes: 31 });
          keystore.generateRandom({ numberOfBytes: i + 1 });
        }
        results.push(keystore.encrypt({ keyId, plaintext }), keystore.generateDataKey({ keyId, numberOfBytes: 32 }));
        results.push(keystore.generateRandom({ numberOfBytes: 32 }));
      }
      return [...results, (await keystore.createKey()).keyMetadata];
    };
    expect(await calls(true)).toEqual(await calls(false));
  });

  it('keeps the material that was due, however many changes are refused first', async () => {
    const rotate = async (refusals: number) => {
      let now = DETERMINISTIC_TIME;
      const keystore = await open(() => now);
      const { keyId } = (await keystore.createKey()).keyMetadata;
      await keystore.enableKeyRotation({ keyId });
      for (let year = 0; year < 3; year++) {
        now += 365 * DAY;
        for (let i = 0; i < refusals; i++) await thrownBy(() => keystore.deleteAlias({ aliasName: 'alias/none' }));
        await keystore.tagResource({ keyId, tags: [] });
      }
      return keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
    };
    expect((await rotate(0)).rotations.length).toBe(4);
    expect(await rotate(2)).toEqual(await rotate(0));
  });

  it('never has a material twice, whichever way the key rotates', async () => {
    let now = DETERMINISTIC_TIME;
    const keystore = await open(() => now);
    const { keyId } = (await keystore.createKey()).keyMetadata;
    for (let i = 0; i < 3; i++) {
      await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
      await keystore.rotateKeyOnDemand({ keyId });
      now += 90 * DAY;
      await keystore.rotateKeyOnDemand({ keyId });
      await keystore.disableKeyRotation({ keyId });
    }
    const { rotations } = await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
    expect(rotations.length).toBe(10);
    expect(new Set(rotations.map(({ keyMaterialId }) => keyMaterialId)).size).toBe(10);
  });

  it('shows a fixed time unless it is given a clock', async () => {
    const { keyMetadata } = await (await open()).createKey();
    expect(keyMetadata.creationDate.toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });

  it.each([
    ['storage', { storage: memoryStorage() }],
    ['unlock', { unlock }],
  ])('is in memory alone: it refuses a caller who slips in %s', async (name, slipped) => {
    await expect(insecureDeterministicKeystore({ seed, ...slipped })).rejects.toThrow(
      new TypeError(
        `insecureDeterministicKeystore knows no "${name}". It takes seed, region, accountId, clock, diagnostics, onEvent, onAudit.`,
      ),
    );
  });
});

describe('a key whose id and material are chosen', () => {
  const keyId = '00000000-0000-4000-8000-000000000001';

  it('has them', async () => {
    const keystore = await open();
    const keyMaterial = new Uint8Array(32).fill(5);
    const creation = keystore.createKey({ keyId, keyMaterial, description: 'chosen' });
    keyMaterial.fill(6);
    const { keyMetadata } = await creation;
    expect(keyMetadata).toMatchObject({ keyId, description: 'chosen' });
    const expected = materialId(nodeProvider, new Uint8Array(32).fill(5), keyMetadata.arn);
    expect(keyMetadata.currentKeyMaterialId).toBe(Buffer.from(expected).toString('hex'));
  });

  it('makes MACs with its material', async () => {
    const keystore = await open();
    const keyMaterial = new Uint8Array(28).fill(9);
    await keystore.createKey({ keyId, keyMaterial, keySpec: 'HMAC_224', keyUsage: 'GENERATE_VERIFY_MAC' });
    const { mac } = keystore.generateMac({ keyId, macAlgorithm: 'HMAC_SHA_224', message: plaintext });
    expect(Buffer.from(mac)).toEqual(createHmac('sha224', keyMaterial).update(plaintext).digest());
  });

  it('may be a multi-Region key', async () => {
    const mrk = `mrk-${'0'.repeat(32)}`;
    expect((await (await open()).createKey({ keyId: mrk, multiRegion: true })).keyMetadata.keyId).toBe(mrk);
  });

  it('is refused an id that another key has', async () => {
    const keystore = await open();
    const { arn } = (await keystore.createKey({ keyId })).keyMetadata;
    await kmsRefusal(() => keystore.createKey({ keyId }), 'AlreadyExistsException', `Key '${arn}' already exists`);
  });

  it.each([false, true])(
    'keeps its id, also where the seed would have given that (multiRegion: %s)',
    async (multiRegion) => {
      const generated = (await (await open()).createKey({ multiRegion })).keyMetadata.keyId;
      const keystore = await open();
      const chosen = (await keystore.createKey({ keyId: generated, multiRegion, description: 'chosen' })).keyMetadata;
      const next = (await keystore.createKey({ multiRegion })).keyMetadata.keyId;
      expect(next).not.toBe(generated);
      expect((await keystore.listKeys()).keys).toHaveLength(3);
      expect((await keystore.describeKey({ keyId: generated })).keyMetadata).toEqual(chosen);
    },
  );

  it.each<[string, DeterministicCreateKeyRequest, new () => Error]>([
    ['an id that is not a UUID', { keyId: 'key-1' }, RangeError],
    ['an id in upper case', { keyId: 'ABCDEF00-0000-4000-8000-000000000001' }, RangeError],
    ['a multi-Region id without multiRegion', { keyId: `mrk-${'0'.repeat(32)}` }, RangeError],
    ['a UUID with multiRegion', { keyId, multiRegion: true }, RangeError],
    ['material of another length', { keyMaterial: new Uint8Array(31) }, RangeError],
    ['material of a key that is to be imported', { keyMaterial: new Uint8Array(32), origin: 'EXTERNAL' }, RangeError],
    ['material that is text', { keyMaterial: 'x'.repeat(32) as never }, TypeError],
  ])('is refused %s', async (_what, request, error) => {
    expect(await thrownBy(async () => (await open()).createKey(request))).toBeInstanceOf(error);
  });
});

describe('what is insecure', () => {
  const diagnostics = true;

  it('is refused by a real keystore, and refuses the real', async () => {
    const [real, deterministic] = await Promise.all([
      openInMemory({ diagnostics }),
      insecureDeterministicKeystore({ seed, diagnostics }),
    ]);
    const [secure, insecure] = [real, deterministic].map((keystore) => {
      const { ciphertextBlob } = keystore.encrypt({ keyId: ssm, plaintext });
      return { ciphertextBlob };
    }) as [DecryptRequest, DecryptRequest];
    const [byReal, byDeterministic] = await Promise.all([
      kmsRefusal(() => real.decrypt(insecure), 'InvalidCiphertextException', ''),
      kmsRefusal(() => deterministic.decrypt(secure), 'InvalidCiphertextException', ''),
    ]);
    expect(byReal.reason).toContain('protects nothing');
    expect(byDeterministic.reason).toContain('a real keystore');
    expect(real.decrypt(secure).plaintext).toEqual(deterministic.decrypt(insecure).plaintext);
  });

  it('is not moved into a real keystore, nor is anything real moved out of one', async () => {
    const keystores = [await openInMemory(), await insecureDeterministicKeystore({ seed })] as const;
    for (const [from, to] of [keystores, keystores.toReversed() as [Keystore, Keystore]]) {
      const { keyId } = (await from.createKey()).keyMetadata;
      const envelope = await from.exportKeys({ keyIds: [keyId], unlock });
      await refusal(() => to.importKeys({ envelope, unlock }), 'ENVELOPE_KIND');
      expect((await to.listKeys()).keys.map((key) => key.keyId)).not.toContain(keyId);
    }
  });

  it('says so when it is inspected', async () => {
    const { ciphertextBlob } = (await open()).encrypt({ keyId: ssm, plaintext });
    expect(inspect(ciphertextBlob).problems.map(({ what }) => what)).toEqual([expect.stringContaining('INSECURE')]);
    const real = (await openInMemory()).encrypt({ keyId: ssm, plaintext });
    expect(inspect(real.ciphertextBlob).problems).toEqual([]);
  });

  it('is reached by no option of a real keystore', async () => {
    const slipped = { seed, randomness: { blobVersion: 0x54 }, createKey: () => undefined, keyId: 'x' };
    for (const [name, value] of Object.entries(slipped)) {
      await expect(openKeystore({ storage: memoryStorage(), unlock, [name]: value })).rejects.toThrow(
        `openKeystore knows no "${name}".`,
      );
    }
    const keystore = await openKeystore({ storage: memoryStorage(), unlock });
    const { ciphertextBlob } = keystore.encrypt({ keyId: ssm, plaintext });
    expect(ciphertextBlob[2]).toBe(0x53);
    const keyId = '00000000-0000-4000-8000-000000000001';
    expect(await thrownBy(() => keystore.createKey({ keyId } as object))).toBeInstanceOf(TypeError);
    expect((await keystore.listKeys()).keys.map((key) => key.keyId)).not.toContain(keyId);
  });
});

describe('a deterministic provider', () => {
  const keyring = rawAesKeyring({ keyNamespace: 'n', keyName: 'k', wrappingKey: new Uint8Array(32).fill(7) });
  const seal = (provider = insecureDeterministicProvider(seed)) => encrypt(plaintext, { keyring, provider }).message;

  it('makes the same message from the same seed, which everybody opens', () => {
    expect(seal()).toEqual(seal());
    expect(decrypt(seal(), { keyring }).plaintext).toEqual(plaintext);
  });

  it('makes another message each time, and from another seed', () => {
    const provider = insecureDeterministicProvider(seed);
    const first = seal(provider);
    expect(seal(provider)).not.toEqual(first);
    expect(seal(insecureDeterministicProvider('another'))).not.toEqual(first);
  });

  it('says by its name what it is', () => {
    expect(insecureDeterministicProvider(seed).name).toContain('insecure');
  });
});
