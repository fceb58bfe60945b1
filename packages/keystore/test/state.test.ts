/** The state inside of the document: what is read of it, and what is not. */

import { Encoder } from 'cbor-x';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { KeystoreError, memoryStorage, openKeystore } from '../src/index.ts';
import { decodeState, encodeState } from '../src/state/codec.ts';
import { unlockCustody } from '../src/state/custody.ts';
import type { KeystoreState } from '../src/state/records.ts';
import { makeKey, overwriteState, refusal, unlock, utf8, withKeys } from './support.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is decoded can be anything; so can what these tests make of it.
type Loose = any;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
let state: KeystoreState;

beforeAll(async () => {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock });
  await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: (await makeKey(keystore)).keyId });
  ({ state } = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array));
});

describe('the state', () => {
  it('is CBOR maps, texts, numbers and byte strings, without tags', () => {
    const bytes = Uint8Array.from(encodeState(state));
    const plain: Loose = cbor.decode(bytes);
    expect(Object.keys(plain)).toEqual(['region', 'accountId', 'highestClock', 'entries', 'aliases', 'keys']);
    expect(plain.keys[0].materials[0].id).toBeInstanceOf(Uint8Array);
    expect(decodeState(bytes)).toEqual(state);
  });

  it('has a text as bytes where it begins with a byte order mark, which the codec would drop; else as text', () => {
    const [first] = [...state.keys.values()];
    for (const length of [1, 61, 62, 8000]) {
      const description = `\ufeff${'a'.repeat(length)}`;
      const marked = withKeys(state, (key) => (key === first ? { description } : {}));
      const bytes = Uint8Array.from(encodeState(marked));
      expect((cbor.decode(bytes) as Loose).keys[0].description).toEqual(utf8(description));
      expect(decodeState(bytes)).toEqual(marked);
    }
    expect((cbor.decode(Uint8Array.from(encodeState(state))) as Loose).keys[0].description).toBe(first?.description);
  });

  it('is refused before it is stored where it would be read as another', () => {
    const changes: readonly ((plain: KeystoreState) => KeystoreState)[] = [
      (s) => ({ ...s, region: '\ud800'.repeat(40) }),
      (s) => ({ ...s, accountId: 0 as never }),
      (s) => withKeys(s, () => ({ description: 'half \ud83d' })),
      (s) => withKeys(s, () => ({ tags: new Map([['a', '\ude00']]) })),
      (s) => ({ ...s, aliases: new Map([...s.aliases].map(([name, alias]) => [name, { ...alias, name: '\udc00' }])) }),
    ];
    for (const change of changes)
      expect(() => encodeState(change(state))).toThrow(/would not be read back as it was written/);
  });

  it('reads as copies of what was read', () => {
    const bytes = Uint8Array.from(encodeState(state));
    const read = decodeState(bytes);
    bytes.fill(0);
    expect(read).toEqual(state);
  });
});

describe('a state is refused, naming the field', () => {
  const rows: readonly [string, (plain: Loose) => unknown, RegExp][] = [
    [
      'with a field too many',
      (s) => {
        s.extra = 1;
      },
      /unknown field "extra"/,
    ],
    [
      'with a field missing',
      (s) => {
        delete s.region;
      },
      /no field "region"/,
    ],
    [
      'with another in a key',
      (s) => {
        s.keys[0].extra = 1;
      },
      /keys\[\] has the unknown field "extra"/,
    ],
    [
      'with one missing in a material',
      (s) => {
        delete s.keys[0].materials[0].wrapped;
      },
      /materials\[\] has no field "wrapped"/,
    ],
    [
      'with one missing in a rotation',
      (s) => {
        delete s.keys[0].rotation.enabled;
      },
      /rotation has no field "enabled"/,
    ],
    [
      'with one missing in an alias',
      (s) => {
        delete s.aliases[0].name;
      },
      /aliases\[\] has no field "name"/,
    ],
    [
      'with a number for a text',
      (s) => {
        s.accountId = 1;
      },
      /accountId is not text/,
    ],
    [
      'with bytes for a text that are not UTF-8',
      (s) => {
        s.keys[0].description = Uint8Array.of(0xef, 0xbb, 0xbf, 0xff);
      },
      /description is not text/,
    ],
    [
      'with a text for a time',
      (s) => {
        s.highestClock = '1';
      },
      /highestClock is not a time/,
    ],
    [
      'with a time that no Date holds',
      (s) => {
        s.keys[0].creationDate = 9e15;
      },
      /creationDate is not a time/,
    ],
    [
      'with a time between milliseconds',
      (s) => {
        s.keys[0].creationDate = 0.5;
      },
      /creationDate is not a time/,
    ],
    [
      'with a map for a list',
      (s) => {
        s.keys = {};
      },
      /keys is not a list/,
    ],
    [
      'with a list for a map',
      (s) => {
        s.aliases = [[]];
      },
      /aliases\[\] is not a map/,
    ],
    [
      'with bytes for a map',
      (s) => {
        s.keys = [new Uint8Array(1)];
      },
      /keys\[\] is not a map/,
    ],
    [
      'with a material id of 31 bytes',
      (s) => {
        s.keys[0].materials[0].id = new Uint8Array(31);
      },
      /id is not 32 bytes/,
    ],
    [
      'with a wrapped material of 48 bytes',
      (s) => {
        s.keys[0].materials[0].wrapped = new Uint8Array(48);
      },
      /wrapped is not 40 bytes/,
    ],
    [
      'with a flag that is not a boolean',
      (s) => {
        s.keys[0].disabled = 'Broken';
      },
      /disabled is neither true nor false/,
    ],
    [
      'with a key spec that is not known',
      (s) => {
        s.keys[0].keySpec = 'HMAC_1';
      },
      /keySpec is "HMAC_1"/,
    ],
    [
      'with an ARN of another key',
      (s) => {
        s.keys[0].arn = s.keys[1].arn;
      },
      /keys\[\]\.arn/,
    ],
    [
      'with an ARN of no key',
      (s) => {
        s.keys[0].arn = 'arn:aws:s3:::x';
      },
      /keys\[\]\.arn/,
    ],
    [
      'with a key twice',
      (s) => {
        s.keys.push(s.keys[0]);
      },
      /keyId occurs twice/,
    ],
    [
      'with an alias twice',
      (s) => {
        s.aliases.push(s.aliases[0]);
      },
      /alias name occurs twice/,
    ],
    [
      'with an alias of no key',
      (s) => {
        s.aliases[0].targetKeyId = 'none';
      },
      /names key "none", which does not exist/,
    ],
    [
      'with a key without material',
      (s) => {
        s.keys[0].materials = [];
      },
      /has no key material/,
    ],
  ];

  it.each(rows)('%s', (_, change, words) => {
    const plain: Loose = cbor.decode(Uint8Array.from(encodeState(state)));
    change(plain);
    const bytes = Uint8Array.from(cbor.encode(plain));
    expect(() => decodeState(bytes)).toThrow(words);
    expect(() => decodeState(bytes)).toThrow(KeystoreError);
  });

  it.each([[[]], [[0xff]], [[0x80, 0x00]], [[0x01]]])('where it is no such CBOR: %o', (bytes) => {
    expect(() => decodeState(Uint8Array.from(bytes))).toThrow(/cannot be used/);
  });
});

describe('key material', () => {
  const first = (changed: KeystoreState) => [...changed.keys.values()][0]?.materials[0] as Loose;

  it.each<[string, (state: KeystoreState) => KeystoreState]>([
    ['with the id of another', (s) => withKeys(s, () => ({ materials: [{ ...first(s), id: new Uint8Array(32) }] }))],
    ['of another key', (s) => withKeys(s, () => ({ materials: [first(s)] }))],
    ['that does not unwrap', (s) => withKeys(s, () => ({ materials: [{ ...first(s), wrapped: new Uint8Array(40) }] }))],
  ])('%s is never stored: what is to be stored is loaded first', async (_, change) => {
    const storage = memoryStorage();
    await makeKey(await openKeystore({ storage, unlock }));
    const before = await storage.read();
    await refusal(() => overwriteState(storage, change), 'KEYSTORE_RECORD');
    expect(await storage.read()).toEqual(before);
  });
});
