/** Keys, aliases, and the pages of their lists. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Keystore, memoryStorage, openKeystore } from '../src/index.ts';
import { kmsRefusal, makeKey, openInMemory, place, unlock, utf8 } from './support.ts';

const ARN = 'arn:aws:kms:us-east-1:000000000000';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let now: number;
let keystore: Keystore;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  keystore = await openInMemory({ clock: () => now });
});

describe('the first open', () => {
  it('makes the AWS-managed key alias/aws/ssm, and the keystore is ready', async () => {
    const { keys } = await keystore.listKeys();
    expect(keys).toHaveLength(1);
    const { keyMetadata } = await keystore.describeKey({ keyId: 'alias/aws/ssm' });
    expect(keyMetadata).toEqual({
      keyId: keys[0]?.keyId,
      arn: keys[0]?.keyArn,
      awsAccountId: '000000000000',
      creationDate: new Date(now),
      enabled: true,
      description: 'Default key that protects my SSM parameters when no other key is defined',
      keyUsage: 'ENCRYPT_DECRYPT',
      keyState: 'Enabled',
      origin: 'AWS_KMS',
      keyManager: 'AWS',
      keySpec: 'SYMMETRIC_DEFAULT',
      customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      encryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      multiRegion: false,
      currentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(keystore.encrypt({ keyId: 'alias/aws/ssm', plaintext: utf8('x') }).keyId).toBe(keyMetadata.arn);
  });

  it('fixes Region and account id', async () => {
    const storage = memoryStorage();
    const asked = { region: 'eu-central-1', accountId: '111122223333' };
    const first = await openKeystore({ storage, unlock, ...asked });
    const second = await openKeystore({ storage, unlock });
    for (const { region, accountId } of [first, second]) expect({ region, accountId }).toEqual(asked);
    const { arn } = await makeKey(second);
    expect(arn).toMatch(/^arn:aws:kms:eu-central-1:111122223333:key\//);
  });

  it('is us-east-1 and 000000000000 where nothing is said', () => {
    expect({ region: keystore.region, accountId: keystore.accountId }).toEqual(place);
  });
});

describe('createKey', () => {
  it('makes a customer key, which is there at once', async () => {
    now += 5;
    const { keyMetadata } = await keystore.createKey({ description: 'for the app' });
    expect(keyMetadata).toMatchObject({ description: 'for the app', keyManager: 'CUSTOMER', enabled: true });
    expect(keyMetadata.keyId).toMatch(UUID);
    expect(keyMetadata.arn).toBe(`${ARN}:key/${keyMetadata.keyId}`);
    expect(keyMetadata.creationDate).toEqual(new Date(now));
    expect(await keystore.describeKey({ keyId: keyMetadata.arn })).toEqual({ keyMetadata });
    const made = keystore.generateDataKey({ keyId: keyMetadata.keyId, keySpec: 'AES_256' });
    expect(made.keyMaterialId).toBe(keyMetadata.currentKeyMaterialId);
  });

  it('keeps any description that is text', async () => {
    const storage = memoryStorage();
    const own = await openKeystore({ storage, unlock });
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constant('é'.repeat(8192)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (description) => {
        const { keyMetadata } = await own.createKey({ description });
        const again = await openKeystore({ storage, unlock });
        expect(await again.describeKey({ keyId: keyMetadata.keyId })).toEqual({ keyMetadata });
        expect(keyMetadata.description).toBe(description);
      }),
      { numRuns: 20 },
    );
    await expect(own.createKey({ description: 'a\ud800' })).rejects.toThrow(TypeError);
  });

  it('takes the values of the one kind that is built', async () => {
    const request = { keyUsage: 'ENCRYPT_DECRYPT', keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' } as const;
    const { keyMetadata } = await keystore.createKey({ ...request, multiRegion: false });
    expect(keyMetadata).toMatchObject({ ...request, multiRegion: false, description: '' });
  });

  it('never lets the clock run backwards', async () => {
    now -= 1000;
    expect((await keystore.createKey()).keyMetadata.creationDate).toEqual(new Date(now + 1000));
    now += 3000;
    await keystore.createKey();
    now -= 3000;
    expect((await keystore.createKey()).keyMetadata.creationDate).toEqual(new Date(now + 3000));
  });
});

describe('aliases', () => {
  it('have no colon behind their prefix, though the pattern lets one through', async () => {
    const { keyId } = await makeKey(keystore);
    await kmsRefusal(
      () => keystore.createAlias({ aliasName: 'alias/my:alias', targetKeyId: keyId }),
      'ValidationException',
      'alias/my:alias contains invalid characters for an alias',
    );
  });

  it('are made, listed with their dates, moved and deleted', async () => {
    const [a, b] = [await makeKey(keystore), await makeKey(keystore)];
    const created = new Date(now);
    await keystore.createAlias({ aliasName: 'alias/app/main-1_x', targetKeyId: a.arn });
    const sealed = keystore.encrypt({ keyId: 'alias/app/main-1_x', plaintext: utf8('x') });
    expect(sealed.keyId).toBe(a.arn);

    now += 1000;
    await keystore.updateAlias({ aliasName: 'alias/app/main-1_x', targetKeyId: b.keyId });
    expect(keystore.encrypt({ keyId: 'alias/app/main-1_x', plaintext: utf8('x') }).keyId).toBe(b.arn);
    expect(keystore.decrypt({ ciphertextBlob: sealed.ciphertextBlob }).keyId).toBe(a.arn);
    expect((await keystore.listAliases({ keyId: b.arn })).aliases).toEqual([
      {
        aliasName: 'alias/app/main-1_x',
        aliasArn: `${ARN}:alias/app/main-1_x`,
        targetKeyId: b.keyId,
        creationDate: created,
        lastUpdatedDate: new Date(now),
      },
    ]);
    expect((await keystore.listAliases({ keyId: a.keyId })).aliases).toEqual([]);

    await keystore.deleteAlias({ aliasName: 'alias/app/main-1_x' });
    await kmsRefusal(
      () => keystore.encrypt({ keyId: 'alias/app/main-1_x', plaintext: utf8('x') }),
      'NotFoundException',
      `Alias ${ARN}:alias/app/main-1_x is not found.`,
    );
  });

  it('have one name each', async () => {
    const { keyId } = await makeKey(keystore);
    await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyId });
    await kmsRefusal(
      () => keystore.createAlias({ aliasName: 'alias/app', targetKeyId: keyId }),
      'AlreadyExistsException',
      `An alias with the name ${ARN}:alias/app already exists`,
    );
  });

  it('that are not there cannot be moved or deleted', async () => {
    const { keyId } = await makeKey(keystore);
    const words = `Alias ${ARN}:alias/none is not found.`;
    const aliasName = 'alias/none';
    await kmsRefusal(() => keystore.updateAlias({ aliasName, targetKeyId: keyId }), 'NotFoundException', words);
    await kmsRefusal(() => keystore.deleteAlias({ aliasName }), 'NotFoundException', words);
  });

  it('of AWS, and of keys that AWS manages, are not the caller’s to change', async () => {
    const { keyId } = await makeKey(keystore);
    const aws = (await keystore.describeKey({ keyId: 'alias/aws/ssm' })).keyMetadata.keyId;
    for (const aliasName of ['alias/aws/ssm', 'alias/aws/new']) {
      await kmsRefusal(() => keystore.createAlias({ aliasName, targetKeyId: keyId }), 'NotAuthorizedException', '');
      await kmsRefusal(() => keystore.updateAlias({ aliasName, targetKeyId: keyId }), 'NotAuthorizedException', '');
      await kmsRefusal(() => keystore.deleteAlias({ aliasName }), 'NotAuthorizedException', '');
    }
    const own = { aliasName: 'alias/mine', targetKeyId: aws };
    await kmsRefusal(() => keystore.createAlias(own), 'NotAuthorizedException', '');
    await keystore.createAlias({ aliasName: 'alias/awsome', targetKeyId: keyId });
  });

  it('are at most 50 for one key', async () => {
    const [a, b] = [await makeKey(keystore), await makeKey(keystore)];
    for (let i = 0; i < 50; i++) await keystore.createAlias({ aliasName: `alias/${i}`, targetKeyId: a.keyId });
    await keystore.createAlias({ aliasName: 'alias/other', targetKeyId: b.keyId });
    const words = `The key ${a.keyId} has 50 aliases already, which is the most.`;
    const moved = { aliasName: 'alias/other', targetKeyId: a.keyId };
    await kmsRefusal(() => keystore.updateAlias(moved), 'LimitExceededException', words);
    await kmsRefusal(() => keystore.createAlias({ ...moved, aliasName: 'alias/50' }), 'LimitExceededException', words);
    await keystore.updateAlias({ aliasName: 'alias/0', targetKeyId: a.arn });
  });
});

describe('lists', () => {
  it('come in pages, which together are the whole list, once and in order', async () => {
    for (let i = 0; i < 7; i++) {
      const { keyId } = await makeKey(keystore);
      await keystore.createAlias({ aliasName: `alias/${i}`, targetKeyId: keyId });
    }
    const whole = await keystore.listKeys();
    expect(whole.truncated).toBe(false);
    expect(whole).not.toHaveProperty('nextMarker');
    expect(whole.keys).toHaveLength(8);
    const aliases = await keystore.listAliases();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (limit) => {
        expect(await all((page) => keystore.listKeys({ limit, ...page }), 'keys')).toEqual(whole.keys);
        expect(await all((page) => keystore.listAliases({ limit, ...page }), 'aliases')).toEqual(aliases.aliases);
      }),
      { numRuns: 9 },
    );
  });

  it('go on where the entry that a marker names is gone', async () => {
    const { keyId } = await makeKey(keystore);
    for (const name of ['a', 'b', 'c']) await keystore.createAlias({ aliasName: `alias/${name}`, targetKeyId: keyId });
    const first = await keystore.listAliases({ keyId, limit: 2 });
    await keystore.deleteAlias({ aliasName: 'alias/b' });
    const second = await keystore.listAliases({ keyId, marker: String(first.nextMarker) });
    expect(second.aliases.map(({ aliasName }) => aliasName)).toEqual(['alias/c']);
  });

  async function all<Name extends string, Entry>(
    list: (page: {
      marker?: string;
    }) => Promise<{ readonly [key in Name]: readonly Entry[] } & { truncated: boolean; nextMarker?: string }>,
    name: Name,
  ): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let marker: { marker?: string } = {}; ; ) {
      const page = await list(marker);
      entries.push(...page[name]);
      expect(page.truncated).toBe(page.nextMarker !== undefined);
      if (page.nextMarker === undefined) return entries;
      marker = { marker: page.nextMarker };
    }
  }
});
