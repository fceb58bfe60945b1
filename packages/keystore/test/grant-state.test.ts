/** Grants in the document: their bytes, what is refused of them, and what becomes of them with their key. */

import { Encoder } from 'cbor-x';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { KeystoreError, memoryStorage, openKeystore } from '../src/index.ts';
import { applyDue } from '../src/state/at-time.ts';
import { decodeState, encodeState } from '../src/state/codec.ts';
import { unlockCustody } from '../src/state/custody.ts';
import { grantsOf, withGrants } from '../src/state/grants.ts';
import { findPrincipalByArn } from '../src/state/principals.ts';
import type { GrantRecord, KeystoreState } from '../src/state/records.ts';
import { ACCOUNT, byId, grantRecord, ROLE_ARN, roleRecord, USER_ARN } from './grant-records.ts';
import { makeKey, unlock, withKeys } from './support.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is decoded can be anything; so can what these tests make of it.
type Loose = any;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
let state: KeystoreState;
let keyId: string;

beforeAll(async () => {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock });
  ({ keyId } = await makeKey(keystore));
  ({ state } = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array));
});

/** Two grants: one with all members, one with as few as there may be. */
function some(): readonly GrantRecord[] {
  return [
    grantRecord(keyId, {
      grantId: 'a'.repeat(64),
      name: 'nightly',
      grantee: { arn: ROLE_ARN, uniqueId: 'AROA1' },
      retiring: { arn: USER_ARN, uniqueId: undefined },
      operations: ['Decrypt', 'CreateGrant'],
      contextEquals: new Map([['a', '1']]),
      contextSubset: new Map([
        ['\ufeffmark', 'b'.repeat(70)],
        ['empty', ''],
      ]),
    }),
    grantRecord(keyId),
  ];
}

describe('grants', () => {
  it('are read as they were written', () => {
    const granted = withGrants(state, byId(some()));
    const bytes = encodeState(granted);
    expect(decodeState(bytes)).toEqual(granted);
    expect(Object.keys(cbor.decode(Uint8Array.from(bytes)) as Loose).slice(-2)).toEqual(['keys', 'grants']);
    expect(Buffer.from(encodeState(decodeState(bytes)))).toEqual(Buffer.from(bytes));
  });

  it('are as many as a list may have, whose length has a form of its own', () => {
    for (const count of [1, 23, 24, 300]) {
      const many = Array.from({ length: count }, (_, i) =>
        grantRecord(keyId, { grantId: String(i).padStart(64, '0') }),
      );
      const granted = withGrants(state, byId(many));
      expect(decodeState(encodeState(granted))).toEqual(granted);
    }
  });

  it('leave a document without any as it was before there were grants', () => {
    const before = encodeState(state);
    expect(encodeState(withGrants(withGrants(state, byId(some())), new Map()))).toEqual(before);
    expect(Object.keys(cbor.decode(Uint8Array.from(before)) as Loose)).not.toContain('grants');
    expect(decodeState(before)).not.toHaveProperty('grants');
  });

  it('are encoded once', () => {
    const [grant = expect.fail()] = some();
    let reads = 0;
    const counting = new Proxy(grant, {
      get: (target, name) => {
        if (name === 'operations') reads++;
        return Reflect.get(target, name);
      },
    });
    encodeState(withGrants(state, byId([counting])));
    const once = reads;
    expect(once).toBeGreaterThan(0);
    encodeState(withGrants(state, byId([counting])));
    expect(reads).toBe(once);
  });

  it('are refused before they are stored where they would be read as others', () => {
    for (const change of [
      { name: '\ud800' },
      { operations: ['Destroy'] },
      { grantId: 'short' },
      { creationDate: 0.5 },
    ]) {
      const granted = withGrants(state, byId([grantRecord(keyId, change)]));
      expect(() => encodeState(granted)).toThrow(/would not be read back as it was written/);
    }
  });

  it('go with their key, and stay if another goes', async () => {
    const deleted = withKeys(state, (key) => (key.keyId === keyId ? { deletionDate: 5 } : {}));
    const other = [...state.keys.keys()].find((id) => id !== keyId) ?? expect.fail();
    const theirs = grantRecord(other, { grantId: 'b'.repeat(64) });
    const due = (grants: readonly GrantRecord[]) =>
      applyDue(withGrants(deleted, byId(grants)), 5, () => expect.fail()).grants;
    expect(due([...some(), theirs])).toEqual(byId([theirs]));
    expect(due(some())).toBeUndefined();
    expect(applyDue(withGrants(deleted, byId(some())), 4, () => expect.fail()).grants).toEqual(byId(some()));
  });

  it('keep their map, and so its index, while what is due deletes no key', () => {
    const granted = withGrants(state, byId(some()));
    const rotated = applyDue(
      granted,
      granted.highestClock + 366 * 86_400_000,
      (key) => key.materials[0] ?? expect.fail(),
    );
    expect(rotated).not.toBe(granted);
    expect(rotated.grants).toBe(granted.grants);
    expect(grantsOf(rotated, keyId)?.all).toEqual(some());
    expect(grantsOf(rotated, 'none')).toBeUndefined();
  });
});

describe('grants are refused, naming the field', () => {
  it.each<readonly [string, (plain: Loose) => unknown, RegExp]>([
    [
      'with a field too many',
      (s) => Object.assign(s.grants[0], { extra: 1 }),
      /grants\[\] has the unknown field "extra"/,
    ],
    ['with one missing', (s) => delete s.grants[0].retiring, /grants\[\] has no field "retiring"/],
    ['with a map for the list', (s) => Object.assign(s, { grants: {} }), /grants is not a list/],
    ['with a grant twice', (s) => s.grants.push(s.grants[0]), /grant occurs twice/],
    [
      'with a grant of no key',
      (s) => Object.assign(s.grants[1], { keyId: 'x' }),
      /is of key "x", which does not exist/,
    ],
    ['with an id of another form', (s) => Object.assign(s.grants[0], { grantId: 'A'.repeat(64) }), /grantId is "AAA/],
    ['with an operation of no grant', (s) => s.grants[0].operations.push('PutKeyPolicy'), /operations\[\] is "PutKey/],
    ['with a text for a principal', (s) => Object.assign(s.grants[0], { grantee: ROLE_ARN }), /grantee is not a map/],
    ['with half a principal', (s) => delete s.grants[0].grantee.uniqueId, /grantee has no field "uniqueId"/],
    ['with a number for an ARN', (s) => Object.assign(s.grants[0].retiring, { arn: 1 }), /retiring\.arn is not text/],
    ['with a triple for a pair', (s) => s.grants[0].contextEquals[0].push(''), /contextEquals\[\] is not a pair/],
    ['with a name twice', (s) => s.grants[0].contextSubset.push(['empty', '']), /in grants\[\]\.contextSubset occurs/],
    ['with a map for pairs', (s) => Object.assign(s.grants[0], { contextEquals: {} }), /contextEquals is not a list/],
  ])('%s', (_, change, words) => {
    const plain: Loose = cbor.decode(Uint8Array.from(encodeState(withGrants(state, byId(some())))));
    change(plain);
    const bytes = Uint8Array.from(cbor.encode(plain));
    expect(() => decodeState(bytes)).toThrow(words);
    expect(() => decodeState(bytes)).toThrow(KeystoreError);
  });
});

describe('an ARN', () => {
  const role = roleRecord('AROA1');
  const user = roleRecord('AIDA1', { type: 'user', name: 'ada', path: '/' });
  const foreign = roleRecord('AROA2', { accountId: '111111111111' });
  const principals = new Map([role, user, foreign].map((each) => [each.uniqueId, each]));

  it.each<readonly [string, string, string | undefined]>([
    ['names a role with its path', ROLE_ARN, 'AROA1'],
    ['names a role of another account', ROLE_ARN.replace(ACCOUNT, '111111111111'), 'AROA2'],
    ['names a user', USER_ARN, 'AIDA1'],
    ['of a session names its role, without the path', `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s`, 'AROA1'],
    ['without the path names nothing', ROLE_ARN.replace('app/', ''), undefined],
    ['with another path names nothing', ROLE_ARN.replace('app/', 'app/x/'), undefined],
    ['in another case names nothing', ROLE_ARN.replace('reader', 'Reader'), undefined],
    ['of another type names nothing', ROLE_ARN.replace(':role', ':user'), undefined],
    ['of another partition names nothing', ROLE_ARN.replace('aws', 'aws-cn'), undefined],
    ['of a session without a name names nothing', `arn:aws:sts::${ACCOUNT}:assumed-role/reader`, undefined],
    ['of the root names nothing', `arn:aws:iam::${ACCOUNT}:root`, undefined],
    ['with a line end names nothing', `${ROLE_ARN}\n`, undefined],
  ])('%s', (_, arn, uniqueId) => {
    expect(findPrincipalByArn({ ...state, principals }, arn)?.uniqueId).toBe(uniqueId);
    expect(findPrincipalByArn(state, arn)).toBeUndefined();
  });
});
