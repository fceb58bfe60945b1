/** Users and roles in the document: what is written is read again, and what cannot be is refused by name. */

import { Encoder } from 'cbor-x';
import { describe, expect, it } from 'vitest';
import { KeystoreError } from '../src/index.ts';
import { decodeState, encodeState } from '../src/state/codec.ts';
import type { KeystoreState } from '../src/state/records.ts';
import { ACCOUNT, allow, key, principal, stateWith } from './authorization/records.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is decoded can be anything; so can what these tests make of it.
type Loose = any;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const USER = principal({
  path: '/team/',
  tags: new Map([['team', 'a']]),
  policies: new Map([['read', allow({ Action: 'kms:Decrypt', Resource: '*' })]]),
});
const ROLE = principal({ type: 'role', name: 'reader', trustPrincipals: new Map([['arn:x', USER.uniqueId]]) });
const KEY = key({ policy: '{}', policyPrincipals: new Map([[`arn:aws:iam::${ACCOUNT}:user/ann`, USER.uniqueId]]) });
const ACCESS_KEY = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  accountId: ACCOUNT,
  principalId: USER.uniqueId,
  description: '',
  creationDate: 0,
  wrapped: new Uint8Array(48),
};
const state: KeystoreState = {
  ...stateWith(USER, ROLE),
  keys: new Map([[KEY.keyId, KEY]]),
  accessKeys: new Map([[ACCESS_KEY.accessKeyId, ACCESS_KEY]]),
};
const encode = (given: KeystoreState) => Uint8Array.from(encodeState(given));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** Any unique id of a user. */
const userId = (i: number) =>
  `AIDA${String(i)
    .replaceAll(/[0189]/g, (digit) => 'CDEF'['0189'.indexOf(digit)] ?? 'C')
    .padStart(17, 'B')}`;

describe('users and roles', () => {
  it('are read as they were written, and written as the same bytes again', () => {
    const bytes = encode(state);
    expect(decodeState(bytes)).toEqual(state);
    expect(hexOf(encode(state))).toBe(hexOf(bytes));
    const again = encode(decodeState(bytes));
    expect(decodeState(again)).toEqual(state);
    expect(hexOf(encode(decodeState(again)))).toBe(hexOf(again));
  });

  it.each([1, 23, 24, 300])('of %i are read as they were written', (count) => {
    const users = Array.from({ length: count }, (_, i) => principal({ name: `u${i}`, uniqueId: userId(i) }));
    const unlike = [...new Map(users.map((user) => [user.uniqueId, user])).values()];
    const many = stateWith(...unlike);
    expect(decodeState(encode(many))).toEqual(many);
  });

  it('are the only trace: a document without them is as it was', () => {
    const { principals: _, accessKeys: __, ...rest } = state;
    const plain = { ...rest, keys: new Map([[KEY.keyId, key()]]) };
    const names = Object.keys(cbor.decode(encode(plain)));
    expect(names).toEqual(['region', 'accountId', 'highestClock', 'aliases', 'keys']);
    expect(Object.keys(cbor.decode(encode(state)))).toEqual([
      ...names.slice(0, 3),
      'accessKeys',
      'aliases',
      'keys',
      'principals',
    ]);
    expect(Object.keys(cbor.decode(encode(plain)).keys[0])).not.toContain('policyPrincipals');
  });

  it('are refused before they are stored where they would be read as others', () => {
    for (const change of [{ name: '\ud800' }, { uniqueId: 'AIDA' }, { maxSessionDuration: 3600 }]) {
      expect(() => encodeState(stateWith(principal(change)))).toThrow(/would not be read back as it was written/);
    }
  });
});

describe('a state with users and roles is refused, naming the field', () => {
  const rows: readonly (readonly [string, (plain: Loose) => unknown, RegExp])[] = [
    ['with an access key of no user', (s) => s.principals.shift(), /access key "AKIA\w+" names user "AIDA\w+"/],
    [
      'with an access key of a role',
      (s) => Object.assign(s.accessKeys[0], { principalId: ROLE.uniqueId }),
      /names user/,
    ],
    ['with an access key and no users', (s) => delete s.principals, /names user "AIDA\w+", which does not exist/],
    ['with a field too many', (s) => Object.assign(s.principals[0], { extra: 1 }), /principals\[\] has the unknown/],
    ['with a field missing', (s) => delete s.principals[0].path, /principals\[\] has no field "path"/],
    ['with another type', (s) => Object.assign(s.principals[0], { type: 'group' }), /type is "group"/],
    ['with a role’s id of a user', (s) => Object.assign(s.principals[0], { uniqueId: ROLE.uniqueId }), /of a user is/],
    ['with a short unique id', (s) => Object.assign(s.principals[0], { uniqueId: 'AIDAX' }), /uniqueId of a user/],
    ['with a unique id twice', (s) => s.principals.push({ ...s.principals[0], name: 'bob' }), /unique id .* twice/],
    [
      'with a name twice, whatever its case',
      (s) => s.principals.push({ ...s.principals[0], name: 'ANN', uniqueId: userId(7) }),
      /name of a user or role occurs twice/,
    ],
    ['with a user’s trust policy', (s) => Object.assign(s.principals[0], { trustPolicy: '{}' }), /a user has a trust/],
    ['with a role without one', (s) => Object.assign(s.principals[1], { trustPolicy: undefined }), /a role lacks/],
    ['with too long a session', (s) => Object.assign(s.principals[1], { maxSessionDuration: 43_201 }), /3600 to 43200/],
    ['with too short a session', (s) => Object.assign(s.principals[1], { maxSessionDuration: 3599 }), /3600 to 43200/],
    ['with a policy twice', (s) => s.principals[0].policies.push(s.principals[0].policies[0]), /policy occurs twice/],
    ['with a policy of three parts', (s) => s.principals[0].policies[0].push('x'), /policies\[\] is not a pair/],
    ['with a tag twice', (s) => s.principals[0].tags.push(s.principals[0].tags[0]), /tag key occurs twice/],
    [
      'with a principal of a key’s policy twice',
      (s) => s.keys[0].policyPrincipals.push(s.keys[0].policyPrincipals[0]),
      /principal of a key's policy occurs twice/,
    ],
    ['with another list of principals', (s) => Object.assign(s, { principals: {} }), /principals is not a list/],
  ];

  it.each(rows)('%s', (_, change, words) => {
    const plain: Loose = cbor.decode(encode(state));
    change(plain);
    const bytes = Uint8Array.from(cbor.encode(plain));
    expect(() => decodeState(bytes)).toThrow(words);
    expect(() => decodeState(bytes)).toThrow(KeystoreError);
  });
});
