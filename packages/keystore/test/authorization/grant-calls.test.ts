/** Who may make a grant, list grants, and end one. */

import { describe, expect, it } from 'vitest';
import { authorize } from '../../src/authorization/authorize.ts';
import { sealGrantToken } from '../../src/authorization/grant-tokens.ts';
import { identityOf } from '../../src/authorization/identities.ts';
import { KmsError } from '../../src/index.ts';
import { OPERATIONS } from '../../src/operations.ts';
import { SYSTEM } from '../../src/randomness.ts';
import type { GrantRecord, KeyRecord, PrincipalRecord } from '../../src/state/records.ts';
import type { View } from '../../src/state/view.ts';
import { byId, grantRecord } from '../grant-records.ts';
import { ACCOUNT, allow, KEY_ARN, key, principal, stateWith } from './records.ts';

const FOREIGN = '444455556666';
const root = (account: string) => `arn:aws:iam::${account}:root`;
const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`;
const BOB = `arn:aws:iam::${FOREIGN}:user/bob`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s`;
const ANN_ID = 'AIDAANNANNANNANNANNAN';
const BOB_ID = 'AIDABOBBOBBOBBOBBOBBO';
const ROLE_ID = 'AROAREADERREADERREADE';

interface World {
  readonly grant?: Partial<GrantRecord>;
  readonly ann?: Partial<PrincipalRecord>;
  readonly bob?: Partial<PrincipalRecord>;
  readonly policy?: string;
}

function viewOf({ grant, ann, bob, policy }: World): View {
  const record: KeyRecord = { ...key(), ...(policy && { policy }) };
  const users = [
    principal(ann),
    principal({ name: 'bob', accountId: FOREIGN, uniqueId: BOB_ID, ...bob }),
    principal({ type: 'role', name: 'reader' }),
  ];
  const base = stateWith(...users);
  const state = {
    ...base,
    keys: new Map([[record.keyId, record]]),
    grants: byId([grantRecord(record.keyId, { issuingAccountId: ACCOUNT, grantee: to(`${ANN}x`), ...grant })]),
  };
  const active = { record, materials: [], last: undefined, next: undefined };
  return {
    state,
    keys: new Map([record.keyId, record.arn].map((name) => [name, active])),
    materials: new Map(),
    now: 0,
    randomness: SYSTEM,
    diagnostics: false,
    grantTokenKey: new Uint8Array(32).fill(5),
  };
}

const to = (arn: string, uniqueId?: string) => ({ arn, uniqueId });

/** `undefined` if the caller may, else the refusal's words. */
function refusalOf(
  caller: string,
  world: World,
  name: 'createGrant' | 'listGrants' | 'listRetirableGrants' | 'retireGrant' | 'revokeGrant' = 'retireGrant',
  request: object = { keyId: KEY_ARN, grantId: '0'.repeat(64) },
): string | undefined {
  const view = viewOf(world);
  const identify = () => identityOf(view.state, caller) ?? expect.fail(caller);
  try {
    authorize(view, OPERATIONS[name], { name, request: request as never }, { identify, origin: {} });
    return undefined;
  } catch (error) {
    if (error instanceof KmsError && error.name === 'AccessDeniedException') return error.message;
    throw error;
  }
}

const mayRetire = (caller: string, world: World): boolean => refusalOf(caller, world) === undefined;
const may = (action: string) => new Map([['p', allow({ Action: action, Resource: '*' })]]);

describe('a grant is retired', () => {
  it('by its retiring principal', () => {
    expect(mayRetire(ANN, { grant: { retiring: to(ANN) } })).toBe(true);
    expect(mayRetire(ANN, { grant: { retiring: to(ANN, ANN_ID) } })).toBe(true);
    expect(mayRetire(ANN, { grant: { retiring: to(ANN, 'AIDAOTHER') } })).toBe(false);
    expect(mayRetire(SESSION, { grant: { retiring: to(ROLE, ROLE_ID) } })).toBe(true);
    expect(mayRetire(SESSION, { grant: { retiring: to(SESSION, ROLE_ID) } })).toBe(true);
    expect(mayRetire(SESSION, { grant: { retiring: to(`${SESSION}2`, ROLE_ID) } })).toBe(false);
    expect(mayRetire(BOB, { grant: { retiring: to(BOB) } })).toBe(true);
    expect(mayRetire(BOB, { grant: { retiring: to(ANN) } })).toBe(false);
  });

  it('by its grantee, if that is among its operations', () => {
    const operations = ['Decrypt', 'RetireGrant'];
    expect(mayRetire(ANN, { grant: { grantee: to(ANN), operations } })).toBe(true);
    expect(mayRetire(ANN, { grant: { grantee: to(ANN, 'AIDAOTHER'), operations } })).toBe(false);
    expect(mayRetire(ANN, { grant: { grantee: to(ANN), operations: ['Decrypt'] } })).toBe(false);
    expect(mayRetire(SESSION, { grant: { grantee: to(ROLE), operations } })).toBe(true);
    expect(mayRetire(ANN, { grant: { grantee: to(root(ACCOUNT)), operations } })).toBe(true);
    expect(mayRetire(BOB, { grant: { grantee: to(root(ACCOUNT)), operations } })).toBe(false);
    const contextEquals = new Map([['a', '1']]);
    expect(mayRetire(ANN, { grant: { grantee: to(ANN), operations, contextEquals } })).toBe(true);
  });

  it('by the root of the account that made it, or that may retire it, and of no other', () => {
    expect(mayRetire(root(ACCOUNT), {})).toBe(true);
    expect(mayRetire(root(FOREIGN), {})).toBe(false);
    expect(mayRetire(root(ACCOUNT), { grant: { issuingAccountId: FOREIGN } })).toBe(false);
    expect(mayRetire(root(FOREIGN), { grant: { issuingAccountId: FOREIGN } })).toBe(true);
    expect(mayRetire(root(FOREIGN), { grant: { retiring: to(root(FOREIGN)) } })).toBe(true);
  });

  it('by those to whom these accounts leave it, in identity policies', () => {
    const policies = may('kms:RetireGrant');
    expect(mayRetire(ANN, { ann: { policies } })).toBe(true);
    expect(mayRetire(ANN, { ann: { policies: may('kms:RevokeGrant') } })).toBe(false);
    expect(mayRetire(ANN, { ann: { policies }, grant: { issuingAccountId: FOREIGN } })).toBe(false);
    expect(mayRetire(BOB, { bob: { policies } })).toBe(false);
    expect(mayRetire(BOB, { bob: { policies }, grant: { retiring: to(root(FOREIGN)) } })).toBe(true);
    expect(mayRetire(BOB, { grant: { retiring: to(root(FOREIGN)) } })).toBe(false);
  });

  it('by none whom only a key policy allows it, and a key policy can deny it', () => {
    const allowed = allow({ Principal: '*', Action: 'kms:*', Resource: '*' });
    expect(refusalOf(ANN, { policy: allowed })).toBe(
      `User: ${ANN} is not authorized to perform: kms:RetireGrant on resource: ${KEY_ARN} because no resource-based policy allows the kms:RetireGrant action`,
    );
    const denied = allow({ Effect: 'Deny', Principal: '*', Action: 'kms:RetireGrant', Resource: '*' });
    expect(refusalOf(ANN, { policy: denied, grant: { retiring: to(ANN) } })).toMatch(
      /with an explicit deny in a resource-based policy$/,
    );
    const denying = new Map([['p', allow({ Effect: 'Deny', Action: 'kms:RetireGrant', Resource: '*' })]]);
    expect(refusalOf(ANN, { ann: { policies: denying }, grant: { retiring: to(ANN) } })).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
    expect(mayRetire(root(ACCOUNT), { policy: denied })).toBe(false);
  });

  it('by its token as by its id', () => {
    const grantToken = sealGrantToken(viewOf({}), '0'.repeat(64));
    expect(refusalOf(ANN, {}, 'retireGrant', { grantToken })).toMatch(/kms:RetireGrant/);
    expect(refusalOf(ANN, { grant: { retiring: to(ANN) } }, 'retireGrant', { grantToken })).toBeUndefined();
  });

  it('or refused by the work, if there is no such grant', () => {
    const unknown = [
      { grantToken: 'x' },
      { keyId: KEY_ARN, grantId: 'f'.repeat(64) },
      { keyId: KEY_ARN, grantId: 'x' },
    ];
    for (const request of unknown) expect(refusalOf(ANN, {}, 'retireGrant', request)).toBeUndefined();
  });
});

describe('a grant is made', () => {
  const request = (change: object = {}) => ({
    keyId: KEY_ARN,
    granteePrincipal: BOB,
    operations: ['Decrypt'],
    ...change,
  });
  const mayMake = (world: World, change?: object, caller = ANN): boolean =>
    refusalOf(caller, world, 'createGrant', request(change)) === undefined;
  const when = (condition: object): World => ({
    ann: { policies: new Map([['p', allow({ Action: 'kms:CreateGrant', Resource: KEY_ARN, Condition: condition })]]) },
  });

  it('by those whom policies allow, with any operations', () => {
    expect(mayMake({})).toBe(false);
    expect(mayMake({ ann: { policies: may('kms:CreateGrant') } })).toBe(true);
    expect(mayMake({ ann: { policies: may('kms:CreateGrant') } }, { operations: ['Encrypt', 'CreateGrant'] })).toBe(
      true,
    );
    expect(mayMake({}, {}, root(ACCOUNT))).toBe(true);
  });

  it('by its grantee, who passes on no more than the grant has', () => {
    const contextSubset = new Map([['a', '1']]);
    const world: World = { grant: { grantee: to(ANN), operations: ['CreateGrant', 'Decrypt'], contextSubset } };
    const constraints = { encryptionContextSubset: { a: '1', b: '2' } };
    expect(mayMake(world, { constraints })).toBe(true);
    expect(mayMake(world, { constraints: { encryptionContextEquals: { a: '1' } } })).toBe(true);
    expect(mayMake(world, {})).toBe(false);
    expect(mayMake(world, { constraints: { encryptionContextSubset: { b: '2' } } })).toBe(false);
    expect(mayMake(world, { constraints, operations: ['Decrypt', 'Encrypt'] })).toBe(false);
    expect(mayMake({ grant: { grantee: to(ANN), operations: ['Decrypt'] } }, {})).toBe(false);
    expect(mayMake({ ...world, ann: { policies: may('kms:CreateGrant') } }, {})).toBe(true);
  });

  it.each<readonly [string, object, object, boolean]>([
    ['kms:GranteePrincipal', { StringEquals: { 'kms:GranteePrincipal': BOB } }, {}, true],
    ['another kms:GranteePrincipal', { StringEquals: { 'kms:GranteePrincipal': ANN } }, {}, false],
    ['kms:RetiringPrincipal', { StringEquals: { 'kms:RetiringPrincipal': ANN } }, { retiringPrincipal: ANN }, true],
    ['no kms:RetiringPrincipal', { StringEquals: { 'kms:RetiringPrincipal': ANN } }, {}, false],
    [
      'kms:GrantOperations',
      { 'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt', 'DescribeKey'] } },
      {},
      true,
    ],
    [
      'one of kms:GrantOperations too many',
      { 'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] } },
      { operations: ['Decrypt', 'Encrypt'] },
      false,
    ],
    [
      'kms:GrantConstraintType',
      { StringEquals: { 'kms:GrantConstraintType': 'EncryptionContextEquals' } },
      { constraints: { encryptionContextEquals: { a: '1' } } },
      true,
    ],
    [
      'another kms:GrantConstraintType',
      { StringEquals: { 'kms:GrantConstraintType': 'EncryptionContextEquals' } },
      { constraints: { encryptionContextSubset: { a: '1' } } },
      false,
    ],
    ['no kms:GrantConstraintType', { Null: { 'kms:GrantConstraintType': 'true' } }, {}, true],
    [
      'a pair of the constraint',
      { StringEquals: { 'kms:EncryptionContext:a': '1' } },
      { constraints: { encryptionContextSubset: { a: '1', b: '2' } } },
      true,
    ],
    ['no pair of a constraint', { StringEquals: { 'kms:EncryptionContext:a': '1' } }, {}, false],
    ['kms:GrantIsForAWSResource', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }, {}, false],
    ['its absence from services', { Bool: { 'kms:GrantIsForAWSResource': 'false' } }, {}, true],
  ])('under a condition on %s', (_, condition, change, expected) => {
    expect(mayMake(when(condition), change)).toBe(expected);
  });
});

describe('grants are listed and revoked', () => {
  it('by those whom policies allow, whatever a grant allows', () => {
    const operations = ['Decrypt', 'RetireGrant', 'CreateGrant', 'DescribeKey'];
    const grant = { grantee: to(ANN), retiring: to(ANN), operations };
    for (const name of ['listGrants', 'revokeGrant'] as const) {
      const action = `kms:${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      expect(refusalOf(ANN, { grant }, name)).toBe(
        `User: ${ANN} is not authorized to perform: ${action} on resource: ${KEY_ARN} because no identity-based policy allows the ${action} action`,
      );
      expect(refusalOf(ANN, { ann: { policies: may(action) } }, name)).toBeUndefined();
    }
    const request = { retiringPrincipal: ANN };
    expect(refusalOf(ANN, { grant }, 'listRetirableGrants', request)).toMatch(/on resource: \* because/);
    expect(refusalOf(ANN, { ann: { policies: may('kms:List*') } }, 'listRetirableGrants', request)).toBeUndefined();
  });

  it('from another account too, if both allow it', () => {
    const policy = allow({ Principal: { AWS: BOB }, Action: 'kms:ListGrants', Resource: '*' });
    expect(refusalOf(BOB, { policy, bob: { policies: may('kms:ListGrants') } }, 'listGrants')).toBeUndefined();
    expect(refusalOf(BOB, { policy }, 'listGrants')).toMatch(/identity-based policy/);
  });
});
