/** Sessions of roles: who may have one, what it is, and what ends it. */

import { decodeBase64, encodeBase64 } from '@securestring/core/base64';
import { bindOperation } from '@securestring/service';
import type { CallerFacts, Origin } from '@securestring/service/policy';
import { describe, expect, it } from 'vitest';
import { ACCESS_KEYS, type AccessKeySecret } from '../src/access-keys.ts';
import { identityOf } from '../src/authorization/identities.ts';
import {
  type AssumeRoleRequest,
  type AssumeRoleResult,
  KmsError,
  memoryStorage,
  openKeystore,
  StsError,
} from '../src/index.ts';
import { bindAccessKeys } from '../src/operations/credentials.ts';
import { assumeRoleIn, SESSION_ROWS } from '../src/operations/sts.ts';
import { SYSTEM } from '../src/randomness.ts';
import type { KeystoreState, PrincipalRecord } from '../src/state/records.ts';
import type { Draft } from '../src/state/view.ts';
import type { Store } from '../src/store.ts';
import { ACCOUNT, allow, principal, stateWith } from './authorization/records.ts';
import { openInMemory, thrownBy, unlock } from './support.ts';

const NOW = Date.UTC(2026, 5, 1, 12, 0, 0, 250);
const OTHER = '444455556666';
const ANN = `arn:aws:iam::${ACCOUNT}:user/ann`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`;
const FOREIGN = `arn:aws:iam::${OTHER}:user/eve`;
// A variable of IAM's, not a template of JavaScript's.
const OWN_NAME = ['$', '{aws:username}*'].join('');
const trusting = (AWS: string, more: object = {}) =>
  allow({ Principal: { AWS }, Action: ['sts:AssumeRole', 'sts:TagSession'], ...more });
const assuming = new Map([['assume', allow({ Action: 'sts:AssumeRole', Resource: ROLE })]]);
const ann = principal();
const eve = principal({ name: 'eve', accountId: OTHER, uniqueId: 'AIDAEVEEVEEVEEVEEVEEV' });
const reader = (members: Partial<PrincipalRecord> = {}) =>
  principal({ type: 'role', name: 'reader', trustPolicy: trusting(ANN), maxSessionDuration: 43_200, ...members });

/** A keystore's insides, as far as sessions need them. */
class Inside {
  principals: readonly PrincipalRecord[];
  now = NOW;
  tokenKey = new Uint8Array(32).fill(5);
  readonly #keys: ReturnType<typeof bindAccessKeys>;
  #state: { readonly of: readonly PrincipalRecord[]; readonly state: KeystoreState } | undefined;

  constructor(...principals: readonly PrincipalRecord[]) {
    this.principals = principals;
    const current = () => ({ state: this.state(), now: this.now });
    const inside = this;
    const custody = {
      get importTokenKey() {
        return inside.tokenKey;
      },
      provider: SYSTEM.provider,
    };
    this.#keys = bindAccessKeys({ current, custody, rereadSync: () => false } as unknown as Store, () => ({
      assumeRole: () => expect.fail('not called'),
    }));
  }

  /** The state, the same one while its principals are. */
  state(): KeystoreState {
    if (this.#state?.of !== this.principals)
      this.#state = { of: this.principals, state: stateWith(...this.principals) };
    return this.#state.state;
  }

  draft(by?: CallerFacts): Draft {
    return {
      state: stateWith(...this.principals),
      keys: new Map(),
      materials: new Map(),
      now: this.now,
      randomness: SYSTEM,
      diagnostics: false,
      wrappingKey: new Uint8Array(32),
      importTokenKey: this.tokenKey,
      grantTokenKey: new Uint8Array(32),
      ...(by && { by }),
    };
  }

  /** Calls as a user or a session. */
  assumeAs(arn: string, request: Partial<AssumeRoleRequest> = {}, origin: Origin = {}): AssumeRoleResult {
    const identify = () => identityOf(stateWith(...this.principals), arn) ?? expect.fail(`no ${arn}`);
    return assumeRoleIn(this.draft({ identify, origin }), { roleArn: ROLE, roleSessionName: 's1', ...request });
  }

  isOwnToken(accessKeyId: string, token: string): boolean {
    return this.#keys.isOwnToken(accessKeyId, token);
  }

  find(accessKeyId: string, token?: string): AccessKeySecret | undefined {
    return this.#keys.find(accessKeyId, token);
  }
}

function denied(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StsError)) throw error;
    return `${error.name}: ${error.message}`;
  }
  return 'allowed';
}
const denial = (arn: string, action = 'sts:AssumeRole', role = ROLE) =>
  `AccessDenied: User: ${arn} is not authorized to perform: ${action} on resource: ${role}`;

describe('assumeRole', () => {
  it('answers as AWS does', () => {
    const { credentials, ...answer } = new Inside(ann, reader()).assumeAs(ANN);
    expect(answer).toEqual({ assumedRoleUser: { arn: SESSION, assumedRoleId: 'AROAREADERREADERREADE:s1' } });
    expect(credentials).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      sessionToken: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      // In whole seconds, as on the wire.
      expiration: new Date(Date.UTC(2026, 5, 1, 13)),
    });
  });

  it('makes credentials that differ from all others', () => {
    const inside = new Inside(ann, reader());
    const made = Array.from({ length: 20 }, () => inside.assumeAs(ANN).credentials);
    for (const name of ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const) {
      expect(new Set(made.map((each) => each[name])).size).toBe(20);
    }
  });

  it('is refused to the account’s root', async () => {
    const root = 'AccessDenied: Roles may not be assumed by root accounts.';
    const inside = new Inside(ann, reader({ trustPolicy: trusting('*') }));
    const request = { roleArn: ROLE, roleSessionName: 's1' };
    expect(denied(() => assumeRoleIn(inside.draft(), request))).toBe(root);
    expect(denied(() => inside.assumeAs(`arn:aws:iam::${ACCOUNT}:root`))).toBe(root);
    const keystore = await openInMemory();
    expect(await thrownBy(() => keystore.assumeRole(request))).toMatchObject({ code: 'STS_ACCESS_DENIED' });
  });
});

describe('a trust policy', () => {
  const withPolicy = { ...ann, policies: assuming };
  const eveWithPolicy = { ...eve, policies: assuming };
  const denying = {
    ...ann,
    policies: new Map([
      [
        'no',
        JSON.stringify({
          Statement: { Effect: 'Deny', Action: 'sts:*', Resource: '*' },
        }),
      ],
    ]),
  };
  const explicit = (ending: string) => `${denial(ANN)} with an explicit deny in ${ending}`;

  it.each<[string, string, PrincipalRecord, string]>([
    ['that names the caller is enough', trusting(ANN), ann, 'allowed'],
    ['that names the caller’s unique id is enough', trusting(ann.uniqueId), ann, 'allowed'],
    ['that names everyone is enough', trusting('*'), ann, 'allowed'],
    ['that names the account leaves it to the caller’s policies', trusting(ACCOUNT), withPolicy, 'allowed'],
    ['that names the account does not do without them', trusting(ACCOUNT), ann, denial(ANN)],
    ['that names another user does not do', trusting(`${ANN}a`), withPolicy, denial(ANN)],
    ['of another action does not do', trusting(ANN, { Action: 'sts:AssumeRoleWithSAML' }), withPolicy, denial(ANN)],
    ['that names a user of another account needs both', trusting(FOREIGN), eveWithPolicy, 'allowed'],
    ['that names another account needs both', trusting(OTHER), eveWithPolicy, 'allowed'],
    ['that names a user of another account does not do alone', trusting(FOREIGN), eve, denial(FOREIGN)],
    ['that names everyone does not do alone for another account', trusting('*'), eve, denial(FOREIGN)],
    ['of another account’s is not replaced by its policies', trusting(ANN), eveWithPolicy, denial(FOREIGN)],
    ['does not help against a Deny of the caller’s', trusting(ANN), denying, explicit('an identity-based policy')],
    ['that denies wins', trusting(ANN, { Effect: 'Deny' }), withPolicy, explicit('the role trust policy')],
  ])('%s', (_, trustPolicy, caller, expected) => {
    const inside = new Inside(caller, reader({ trustPolicy }));
    const arn = caller.accountId === OTHER ? FOREIGN : ANN;
    expect(denied(() => inside.assumeAs(arn))).toBe(expected);
  });

  it.each<[string, object, Partial<AssumeRoleRequest>, boolean]>([
    ['sts:ExternalId', { StringEquals: { 'sts:ExternalId': 'x1' } }, { externalId: 'x1' }, true],
    ['sts:ExternalId of another value', { StringEquals: { 'sts:ExternalId': 'x1' } }, { externalId: 'x2' }, false],
    ['sts:ExternalId that was not sent', { StringEquals: { 'sts:ExternalId': 'x1' } }, {}, false],
    ['sts:RoleSessionName', { StringLike: { 'sts:RoleSessionName': OWN_NAME } }, { roleSessionName: 'ann-1' }, true],
    ['sts:RoleSessionName of another user', { StringLike: { 'sts:RoleSessionName': OWN_NAME } }, {}, false],
    ['aws:RequestTag', { StringEquals: { 'aws:RequestTag/Team': 'a' } }, { tags: [{ key: 'team', value: 'a' }] }, true],
    ['aws:RequestTag without tags', { StringEquals: { 'aws:RequestTag/Team': 'a' } }, {}, false],
    [
      'aws:TagKeys',
      { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['b'] } },
      { tags: [{ key: 'b', value: '' }] },
      true,
    ],
    [
      'aws:TagKeys of others',
      { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['b'] } },
      { tags: [{ key: 'c', value: '' }] },
      false,
    ],
    ['aws:SourceIp', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, {}, true],
    ['the role’s tags', { StringEquals: { 'iam:ResourceTag/env': 'test' } }, {}, true],
    ['the caller’s tags', { StringEquals: { 'aws:PrincipalTag/team': 'blue' } }, {}, true],
  ])('may depend on %s', (_, Condition, request, isAllowed) => {
    const tagged = { ...ann, tags: new Map([['Team', 'blue']]) };
    const role = reader({ trustPolicy: trusting(ANN, { Condition }), tags: new Map([['env', 'test']]) });
    const inside = new Inside(tagged, role);
    expect(denied(() => inside.assumeAs(ANN, request, { sourceIp: '10.1.2.3' })) === 'allowed').toBe(isAllowed);
  });

  it('must allow sts:TagSession for a session with tags', () => {
    const inside = new Inside(ann, reader({ trustPolicy: trusting(ANN, { Action: 'sts:AssumeRole' }) }));
    expect(denied(() => inside.assumeAs(ANN))).toBe('allowed');
    expect(denied(() => inside.assumeAs(ANN, { tags: [{ key: 'a', value: 'b' }] }))).toBe(
      denial(ANN, 'sts:TagSession'),
    );
  });

  it('does not show which roles exist', () => {
    const missing = ROLE.replace('reader', 'reader2');
    expect(denied(() => new Inside(ann, reader()).assumeAs(ANN, { roleArn: missing }))).toBe(
      denial(ANN, undefined, missing),
    );
    for (const roleArn of [SESSION, ANN, ROLE.replace('role/', 'role/path/'), ROLE.replace('aws', 'aws-cn')]) {
      expect(denied(() => new Inside(ann, reader()).assumeAs(ANN, { roleArn }))).toBe(denial(ANN, undefined, roleArn));
    }
  });
});

describe('the time of a session', () => {
  const longer = 'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
  const chained =
    'ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.';

  it.each([
    [900, 3600, 'allowed'],
    [3600, 3600, 'allowed'],
    [3601, 3600, longer],
    [43_200, 43_200, 'allowed'],
  ])('of %d seconds under a maximum of %d', (durationSeconds, maxSessionDuration, expected) => {
    const inside = new Inside(ann, reader({ maxSessionDuration }));
    expect(denied(() => inside.assumeAs(ANN, { durationSeconds }))).toBe(expected);
    if (expected !== 'allowed') return;
    const { expiration } = inside.assumeAs(ANN, { durationSeconds }).credentials;
    expect(expiration.getTime()).toBe(NOW - 250 + durationSeconds * 1000);
  });

  it('from another session is an hour at most', () => {
    const inside = new Inside(reader({ trustPolicy: trusting(ROLE) }));
    expect(denied(() => inside.assumeAs(SESSION, { durationSeconds: 3600 }))).toBe('allowed');
    expect(denied(() => inside.assumeAs(SESSION, { durationSeconds: 3601 }))).toBe(chained);
  });
});

describe('a request of assumeRole', () => {
  const sent = { roleArn: ROLE, roleSessionName: 's1' };
  const inside = new Inside(ann, reader());
  const identify = () => identityOf(stateWith(...inside.principals), ANN) ?? expect.fail();
  const call = bindOperation(
    { refuse: (name, message) => new KmsError(name, message), record: undefined },
    {
      name: 'assumeRole',
      operation: SESSION_ROWS.assumeRole,
      isAwaited: false,
      work: (request: AssumeRoleRequest) => assumeRoleIn(inside.draft({ identify, origin: {} }), request),
    },
  );
  const refusedWith = (request: object): string => {
    try {
      call({ ...sent, ...request });
    } catch (error) {
      return error instanceof StsError || error instanceof KmsError ? `${error.name}: ${error.message}` : String(error);
    }
    return 'allowed';
  };
  const policy = allow({ Action: 'kms:Decrypt', Resource: '*' });
  const padded = (length: number) => policy + ' '.repeat(length - policy.length);

  it.each<[object, string | RegExp]>([
    [{ roleSessionName: 'ab' }, 'allowed'],
    [
      { roleSessionName: 'a' },
      /^ValidationError: .*'roleSessionName' failed to satisfy constraint: Member must have length greater/,
    ],
    [{ roleSessionName: `${'a'.repeat(59)}+=,.@` }, 'allowed'],
    [{ roleSessionName: 'a'.repeat(65) }, /length less than or equal to 64/],
    [{ roleSessionName: 'a/b' }, /satisfy regular expression pattern: \[\\w\+=,\.@-\]\*/],
    [{ durationSeconds: 899 }, /greater than or equal to 900/],
    [{ durationSeconds: 43_201 }, /less than or equal to 43200/],
    [{ roleArn: 'arn:aws:iam::1:role' }, /'roleArn'.*greater than or equal to 20/],
    [{ externalId: 'a' }, /'externalId'/],
    [{ externalId: 'a:/b' }, 'allowed'],
    [{ externalId: 'a b' }, /'externalId'/],
    [{ policy: '' }, /'policy'/],
    [{ policy: padded(2048) }, 'allowed'],
    [
      { policy: padded(2049) },
      'PackedPolicyTooLarge: Packed policy consumes 101% of allotted space, please use smaller policy.',
    ],
    [{ policy: '{}' }, 'MalformedPolicyDocument: Syntax errors in policy.'],
    [{ policy: trusting(ANN) }, /^MalformedPolicyDocument: /],
    [{ tags: [{ key: '', value: '' }] }, /'tags\.1\.member\.key'/],
    [
      {
        tags: [
          { key: 'a', value: '' },
          { key: 'A', value: '' },
        ],
      },
      /^ValidationError: Duplicate tag keys found/,
    ],
    [{ tags: Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' })) }, 'allowed'],
    [{ tags: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })) }, /less than or equal to 50/],
    [
      { tags: Array.from({ length: 30 }, (_, i) => ({ key: `k${i}`, value: 'v'.repeat(256) })) },
      /^PackedPolicyTooLarge/,
    ],
    [{ sourceIdentity: 'x' }, /^UnsupportedOperationException: .*sourceIdentity/],
    [{ policyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, /^UnsupportedOperationException/],
    [{ policyArns: [] }, 'allowed'],
  ])('with %j: %s', (request, expected) => {
    if (typeof expected === 'string') expect(refusedWith(request)).toBe(expected);
    else expect(refusedWith(request)).toMatch(expected);
  });

  it('with a policy or tags is answered with the space that they take', () => {
    expect(inside.assumeAs(ANN, { policy: padded(1024) }).packedPolicySize).toBe(50);
    expect(inside.assumeAs(ANN, { tags: [{ key: 'a', value: 'b' }] }).packedPolicySize).toBe(1);
  });
});

describe('the credentials of a session', () => {
  const inside = new Inside(ann, reader());
  const policy = allow({ Action: 'kms:Decrypt', Resource: '*' });
  const { accessKeyId, secretAccessKey, sessionToken } = inside.assumeAs(ANN, {
    policy,
    tags: [{ key: 'team', value: '\ufeffgrün' }],
  }).credentials;

  it('are found by the access key and its token, with the caller', () => {
    const found = inside.find(accessKeyId, sessionToken);
    expect(found).toEqual({
      secretAccessKey,
      accountId: ACCOUNT,
      caller: { arn: SESSION, identify: expect.any(Function), isExpired: false, assumeRole: expect.any(Function) },
    });
    const identity = found?.caller?.identify();
    expect(identity).toMatchObject({
      caller: { type: 'Session', arn: SESSION, roleArn: ROLE, uniqueId: reader().uniqueId, accountId: ACCOUNT },
      name: 'reader',
      sessionStart: NOW - 250,
    });
    expect(identity?.policies.session?.map(({ statementsFor }) => statementsFor('kms:Decrypt').length)).toEqual([1]);
    expect(identity?.tags).toEqual(new Map([['team', '\ufeffgrün']]));
    expect(new Inside(ann, reader()).find(accessKeyId, sessionToken)?.secretAccessKey).toBe(secretAccessKey);
  });

  it('of a session without a policy have none', () => {
    const plain = inside.assumeAs(ANN).credentials;
    const found = inside.find(plain.accessKeyId, plain.sessionToken);
    expect(found?.caller?.identify().policies.session).toBeUndefined();
  });

  it('are not found without the token, with another, or by another access key', () => {
    const other = inside.assumeAs(ANN).credentials;
    expect(inside.find(accessKeyId)).toBeUndefined();
    expect(inside.find(accessKeyId, '')).toBeUndefined();
    expect(inside.find(accessKeyId, other.sessionToken)).toBeUndefined();
    expect(inside.find(other.accessKeyId, sessionToken)).toBeUndefined();
    expect(inside.find(`${accessKeyId}A`, sessionToken)).toBeUndefined();
    expect(new Inside(ann, reader()).find(other.accessKeyId, sessionToken)).toBeUndefined();
    // Also after both are kept.
    expect(inside.find(other.accessKeyId, other.sessionToken)).toBeDefined();
    expect(inside.find(other.accessKeyId, sessionToken)).toBeUndefined();
  });

  it('are not found with a token of which a bit was changed, or a part is missing', () => {
    const bytes = decodeBase64(sessionToken);
    if (typeof bytes === 'number') return expect.fail('not base64');
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      if (inside.find(accessKeyId, encodeBase64(changed)) !== undefined) expect.fail(`bit ${bit} was not seen`);
    }
    for (let length = 0; length < bytes.length; length++) {
      if (inside.find(accessKeyId, encodeBase64(bytes.slice(0, length))) !== undefined) expect.fail(`${length}`);
    }
    return expect(inside.find(accessKeyId, encodeBase64(bytes))).toBeDefined();
  });

  it('are not found with a text that only decodes as the token', () => {
    for (let at = 0; at < sessionToken.length; at++) {
      for (let bit = 0; bit < 7; bit++) {
        const code = sessionToken.charCodeAt(at) ^ (1 << bit);
        const changed = sessionToken.slice(0, at) + String.fromCharCode(code) + sessionToken.slice(at + 1);
        if (inside.find(accessKeyId, changed) !== undefined) expect.fail(`character ${at}, bit ${bit} was not seen`);
      }
    }
    for (const changed of [` ${sessionToken}`, `${sessionToken}\n`, `${sessionToken}=`, 'A'.repeat(100_000)]) {
      expect(inside.find(accessKeyId, changed)).toBeUndefined();
    }
  });

  it('are not found in another keystore, nor after the root key was replaced', () => {
    const other = new Inside(ann, reader());
    expect(other.find(accessKeyId, sessionToken)).toBeDefined();
    other.tokenKey = new Uint8Array(32).fill(6);
    expect(other.find(accessKeyId, sessionToken)).toBeUndefined();
    expect(other.isOwnToken(accessKeyId, sessionToken)).toBe(false);
  });

  it('expire', () => {
    const later = new Inside(ann, reader());
    later.now = NOW - 251 + 3_600_000;
    expect(later.find(accessKeyId, sessionToken)?.caller?.isExpired).toBe(false);
    later.now++;
    expect(later.find(accessKeyId, sessionToken)?.caller?.isExpired).toBe(true);
  });

  it('end with the role, and do not begin again with one of the same name', () => {
    const changing = new Inside(ann, reader());
    const found = changing.find(accessKeyId, sessionToken);
    changing.principals = [ann];
    expect(changing.find(accessKeyId, sessionToken)).toBeUndefined();
    expect(changing.isOwnToken(accessKeyId, sessionToken)).toBe(true);
    changing.principals = [ann, reader({ uniqueId: 'AROANEWNEWNEWNEWNEWNE' })];
    expect(changing.find(accessKeyId, sessionToken)).toBeUndefined();
    expect(() => found?.caller?.identify()).toThrow('The security token included in the request is invalid.');
  });

  it('follow the role’s policies as they are at each call', () => {
    const changing = new Inside(ann, reader());
    const found = changing.find(accessKeyId, sessionToken);
    expect(found?.caller?.identify().policies.identity).toHaveLength(0);
    // What policies say of a caller is remembered by its identity.
    expect(changing.find(accessKeyId, sessionToken)?.caller?.identify()).toBe(found?.caller?.identify());
    changing.principals = [ann, reader({ policies: assuming })];
    expect(found?.caller?.identify().policies.identity).toHaveLength(1);
  });

  it('are the same when they are found again', () => {
    // More than are kept open.
    const made = Array.from({ length: 70 }, (_, i) => inside.assumeAs(ANN, { roleSessionName: `n${i}` }));
    for (let round = 0; round < 2; round++) {
      for (const { credentials, assumedRoleUser } of made) {
        const found = inside.find(credentials.accessKeyId, credentials.sessionToken);
        expect(found?.secretAccessKey).toBe(credentials.secretAccessKey);
        expect(found?.caller?.arn).toBe(assumedRoleUser.arn);
      }
    }
  });
});

describe('a session of a keystore', () => {
  const made = async () => {
    const storage = memoryStorage();
    const [keystore, other] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    const { user } = await keystore.createUser({ userName: 'ann' });
    const assumeRolePolicyDocument = trusting(user.arn);
    const { role } = await keystore.createRole({ roleName: 'reader', assumeRolePolicyDocument });
    const request = { roleArn: role.arn, roleSessionName: 's1' };
    const generation = keystore.generation;
    const { credentials, assumedRoleUser } = await keystore.as(user.arn).assumeRole(request);
    expect(keystore.generation).toBe(generation);
    const { accessKeyId, sessionToken } = credentials;
    const find = (from = keystore) => from[ACCESS_KEYS].find(accessKeyId, sessionToken);
    return { storage, keystore, other, credentials, assumedRoleUser, find };
  };

  it('is known to every process, at once after its role was made, and stores nothing', async () => {
    const { other, find, credentials, assumedRoleUser } = await made();
    const found = find(other);
    expect(found?.secretAccessKey).toBe(credentials.secretAccessKey);
    expect(found?.caller?.identify().caller.arn).toBe(assumedRoleUser.arn);
  });

  it('shows no secret in the document, and ends with the root key', async () => {
    const { storage, keystore, find, credentials } = await made();
    const written = Buffer.from((await storage.read()) ?? []);
    expect(written.includes(Buffer.from(credentials.secretAccessKey))).toBe(false);
    expect(find()).toBeDefined();
    await keystore.rotateRootKey({ unlocks: [unlock] });
    expect(find()).toBeUndefined();
  });
});
