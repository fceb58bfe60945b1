/** Tags of keys. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore, type Tag } from '../src/index.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy, unlock } from './support.ts';

let storage: KeystoreStorage;
let keystore: Keystore;
let keyId: string;

const tag = (tagKey: string, tagValue = ''): Tag => ({ tagKey, tagValue });
const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => tag(`k${from + i}`, String(i)));
const tagsOf = async (id = keyId) => (await keystore.listResourceTags({ keyId: id })).tags;

beforeEach(async () => {
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock });
  ({ keyId } = await makeKey(keystore));
});

describe('tags', () => {
  it('come with a key, are added, changed and taken away, and are listed by their keys', async () => {
    const { keyMetadata } = await keystore.createKey({ tags: [tag('b', '1'), tag('a', '2')] });
    const { arn } = keyMetadata;
    expect(await keystore.listResourceTags({ keyId: arn })).toEqual({
      tags: [tag('a', '2'), tag('b', '1')],
      truncated: false,
    });
    expect(await keystore.tagResource({ keyId: arn, tags: [tag('c', '3'), tag('a', '')] })).toBeUndefined();
    expect(await tagsOf(arn)).toEqual([tag('a', ''), tag('b', '1'), tag('c', '3')]);
    expect(await keystore.untagResource({ keyId: arn, tagKeys: ['b', 'none'] })).toBeUndefined();
    expect(await tagsOf(arn)).toEqual([tag('a', ''), tag('c', '3')]);
    expect(await tagsOf()).toEqual([]);
  });

  it('are those of the request when it was made, whatever becomes of it afterwards', async () => {
    await keystore.tagResource({ keyId, tags: [tag('a'), tag('b')] });
    const request = { keyId, tagKeys: ['a'] };
    const untagging = keystore.untagResource(request);
    request.tagKeys.push('b');
    request.keyId = 'alias/aws/ssm';
    await untagging;
    expect(await tagsOf()).toEqual([tag('b')]);
  });

  it('differ by case, and stay', async () => {
    const tags = [
      tag('A', 'x'),
      tag('__proto__', 'y'),
      tag('a', 'ä'),
      tag('é', '日本'),
      tag('é'.repeat(128), 'v'.repeat(256)),
    ];
    await keystore.tagResource({ keyId, tags });
    keystore = await openKeystore({ storage, unlock });
    const found = await tagsOf();
    expect(found).toHaveLength(tags.length);
    expect(found).toEqual(expect.arrayContaining(tags));
  });

  it.each(['😀', 'a\ufeff', 'a\tb', 'a#b', 'a,b'])(
    'with a character that AWS does not take are refused: %j',
    async (text) => {
      for (const wrong of [tag(text), tag('a', text)]) {
        await kmsRefusal(() => keystore.tagResource({ keyId, tags: [wrong] }), 'TagException', 'Invalid tag');
      }
    },
  );

  it('leave a description its byte order mark, however long it is', async () => {
    const description = `\ufeff${'a'.repeat(90)}`;
    const made = (await keystore.createKey({ description })).keyMetadata.keyId;
    const envelope = await keystore.exportKeys({ keyIds: [made], unlock });
    const elsewhere = await openInMemory();
    await elsewhere.importKeys({ envelope, unlock });
    for (const reader of [await openKeystore({ storage, unlock }), elsewhere]) {
      expect((await reader.describeKey({ keyId: made })).keyMetadata.description).toBe(description);
    }
  });

  it('come in pages', async () => {
    await keystore.tagResource({ keyId, tags: many(5) });
    const first = await keystore.listResourceTags({ keyId, limit: 3 });
    expect(first).toMatchObject({ truncated: true, tags: many(3) });
    const second = await keystore.listResourceTags({ keyId, limit: 3, marker: String(first.nextMarker) });
    expect(second).toEqual({ truncated: false, tags: many(5).slice(3) });
  });

  it('are at most 50 for one key, those that are there counted once', async () => {
    const { keyMetadata } = await keystore.createKey({ tags: many(50) });
    const full = keyMetadata.keyId;
    await keystore.tagResource({ keyId: full, tags: [tag('k0', 'other')] });
    const oneMore = { keyId: full, tags: [tag('new')] };
    await kmsRefusal(() => keystore.tagResource(oneMore), 'TagException', 'Too many tags');
    await keystore.untagResource({ keyId: full, tagKeys: ['k1'] });
    await keystore.tagResource(oneMore);
    expect(await tagsOf(full)).toHaveLength(50);
  });

  it.each([
    ['a tag key', tag('a\ud800')],
    ['a tag value', tag('a', '\udc00')],
    ['both, though they fit together', tag('a\ud83d', '\ude00')],
  ])('with a lone surrogate in %s are misuse', async (_, wrong) => {
    expect(await thrownBy(() => keystore.tagResource({ keyId, tags: [wrong] }))).toBeInstanceOf(TypeError);
  });

  it('of which one is not a record are refused, in words', async () => {
    const text = await thrownBy(() => keystore.tagResource({ keyId, tags: ['a' as never] }));
    expect(text).toEqual(new TypeError('tags.1.member takes an object, not string.'));
    for (const wrong of [null, undefined]) {
      await kmsRefusal(
        () => keystore.tagResource({ keyId, tags: [{ tagKey: 'a', tagValue: 'b' }, wrong as never] }),
        'ValidationException',
        "1 validation error detected: Value null at 'tags.2.member' failed to satisfy constraint: Member must not be null",
      );
    }
  });

  it('are listed 50 at a time at most, and all where no limit is named', async () => {
    await keystore.tagResource({ keyId, tags: many(50) });
    expect(await tagsOf()).toHaveLength(50);
    expect((await keystore.listResourceTags({ keyId, limit: 50 })).tags).toHaveLength(50);
    await kmsRefusal(
      () => keystore.listResourceTags({ keyId, limit: 51 }),
      'ValidationException',
      "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50",
    );
  });

  it('that are not a list are misuse', async () => {
    expect(await thrownBy(() => keystore.tagResource({ keyId, tags: {} as never }))).toBeInstanceOf(TypeError);
    expect(await thrownBy(() => keystore.untagResource({ keyId, tagKeys: 'a' as never }))).toBeInstanceOf(TypeError);
  });
});
