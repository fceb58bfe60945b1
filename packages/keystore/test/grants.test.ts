/** Grants: what may be granted, how grants are listed, and how they end. */

import { beforeEach, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import {
  type CreateGrantRequest,
  type Keystore,
  type KeystoreStorage,
  memoryStorage,
  openKeystore,
} from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { createGrant } from '../src/operations/grants.ts';
import { listGrants, listRetirableGrants } from '../src/operations/list-grants.ts';
import { SYSTEM } from '../src/randomness.ts';
import { unlockCustody } from '../src/state/custody.ts';
import { GRANT_OPERATIONS } from '../src/state/grants.ts';
import type { GrantRecord } from '../src/state/records.ts';
import type { Draft } from '../src/state/view.ts';
import { byId, grantRecord, ROLE_ARN, roleRecord, USER_ARN } from './grant-records.ts';
import { kmsRefusal, makeKey, thrownBy, unlock, utf8 } from './support.ts';

const ROOT_ARN = 'arn:aws:iam::000000000000:root';
const GRANTEE = 'arn:aws:iam::111122223333:role/reader';

let storage: KeystoreStorage;
let keystore: Keystore;
let keyId: string;
let arn: string;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock, clock: () => now });
  ({ keyId, arn } = await makeKey(keystore));
});

const request = (change: Partial<CreateGrantRequest> = {}): CreateGrantRequest => ({
  keyId,
  granteePrincipal: GRANTEE,
  operations: ['Decrypt'],
  ...change,
});
const create = (change: Partial<CreateGrantRequest> = {}) => keystore.createGrant(request(change));
const refused = (change: Partial<CreateGrantRequest>, name: Parameters<typeof kmsRefusal>[1], message: string) =>
  kmsRefusal(() => create(change), name, message);

/** The draft of a change on the state that is stored, or on another one. */
async function draftOf(change: Partial<Draft['state']> = {}): Promise<Draft> {
  const custody = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
  const state = { ...custody.state, ...change };
  return { ...custody, state, now, randomness: SYSTEM, diagnostics: false };
}

describe('a grant', () => {
  it('is listed as it was made', async () => {
    const constraints = { encryptionContextEquals: { b: '2', a: '1' }, encryptionContextSubset: { a: '1' } };
    const made = await create({ name: 'nightly:job/1_-', retiringPrincipal: ROOT_ARN, constraints });
    expect(made).toEqual({ grantId: expect.stringMatching(/^[0-9a-f]{64}$/), grantToken: expect.any(String) });
    now += 1000;
    const { grants, truncated } = await keystore.listGrants({ keyId: arn });
    expect(truncated).toBe(false);
    expect(grants).toEqual([
      {
        keyId: arn,
        grantId: made.grantId,
        name: 'nightly:job/1_-',
        creationDate: new Date(now - 1000),
        granteePrincipal: GRANTEE,
        retiringPrincipal: ROOT_ARN,
        issuingAccount: ROOT_ARN,
        operations: ['Decrypt'],
        constraints,
      },
    ]);
  });

  it('has neither name, retiring principal nor constraint that was not given', async () => {
    const { grantId } = await create({ constraints: { encryptionContextEquals: {} } });
    const [entry] = (await keystore.listGrants({ keyId })).grants;
    const members = ['creationDate', 'grantId', 'granteePrincipal', 'issuingAccount', 'keyId', 'name', 'operations'];
    expect(Object.keys(entry ?? {}).sort()).toEqual(members);
    expect(entry).toMatchObject({ grantId, name: '' });
  });

  it('stays after the keystore is opened again, and goes with its key', async () => {
    const { grantId } = await create({ retiringPrincipal: ROOT_ARN });
    const { grantToken } = await keystore.createGrant({ ...request(), keyId: (await makeKey(keystore)).keyId });
    await keystore.close();
    keystore = await openKeystore({ storage, unlock, clock: () => now });
    expect((await keystore.listGrants({ keyId })).grants).toMatchObject([{ grantId }]);
    await keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 7 });
    expect((await keystore.listRetirableGrants({ retiringPrincipal: ROOT_ARN })).grants).toHaveLength(1);
    now += 7 * DAY;
    expect((await keystore.listRetirableGrants({ retiringPrincipal: ROOT_ARN })).grants).toEqual([]);
    await keystore.retireGrant({ grantToken });
    expect((await draftOf()).state).not.toHaveProperty('grants');
  });

  it('is not in an envelope', async () => {
    await create();
    const envelope = await keystore.exportKeys({ keyIds: [keyId], unlock });
    const other = await openKeystore({ storage: memoryStorage(), unlock });
    await other.importKeys({ envelope, unlock });
    expect((await other.listGrants({ keyId })).grants).toEqual([]);
  });

  it('is another one in each call, unless it has a name and all else is the same', async () => {
    expect((await create()).grantId).not.toBe((await create()).grantId);
    const constraints = { encryptionContextSubset: { a: '1', b: '2' } };
    const given: Partial<CreateGrantRequest> = {
      name: 'n',
      operations: ['Decrypt', 'Encrypt'],
      constraints,
      retiringPrincipal: ROOT_ARN,
    };
    const first = await create(given);
    now += 1000;
    const second = await create({
      ...given,
      operations: ['Encrypt', 'Decrypt', 'Encrypt'],
      constraints: { encryptionContextSubset: { b: '2', a: '1' }, encryptionContextEquals: {} },
    });
    expect(second.grantId).toBe(first.grantId);
    expect(second.grantToken).not.toBe(first.grantToken);
    for (const grantToken of [first.grantToken, second.grantToken]) {
      await kmsRefusal(() => keystore.retireGrant({ grantToken, dryRun: true }), 'DryRunOperationException', DRY_RUN);
    }
    const others: readonly Partial<CreateGrantRequest>[] = [
      { name: 'm' },
      { operations: ['Decrypt'] },
      { granteePrincipal: ROOT_ARN },
      { retiringPrincipal: GRANTEE },
      { constraints: { encryptionContextSubset: { a: '1' } } },
      { constraints: { encryptionContextEquals: { a: '1', b: '2' } } },
      { keyId: (await makeKey(keystore)).keyId },
    ];
    for (const change of others) expect((await create({ ...given, ...change })).grantId).not.toBe(first.grantId);
    const { retiringPrincipal: _, ...without } = given;
    expect((await create(without)).grantId).not.toBe(first.grantId);
  });

  const DRY_RUN = 'The request would have succeeded, but the DryRun option is set.';

  it('is not made by a dry run, which finds the same faults', async () => {
    await refused({ dryRun: true }, 'DryRunOperationException', DRY_RUN);
    await create({ name: 'n' });
    await refused({ name: 'n', dryRun: true }, 'DryRunOperationException', DRY_RUN);
    const wrong = `${arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign in a grant.`;
    await refused({ operations: ['Sign'], dryRun: true }, 'ValidationException', wrong);
    const { grants } = await keystore.listGrants({ keyId });
    expect(grants).toHaveLength(1);
    const { grantId = '' } = grants[0] ?? {};
    await kmsRefusal(() => keystore.revokeGrant({ keyId, grantId, dryRun: true }), 'DryRunOperationException', DRY_RUN);
    await kmsRefusal(() => keystore.retireGrant({ keyId, grantId, dryRun: true }), 'DryRunOperationException', DRY_RUN);
    expect((await keystore.listGrants({ keyId })).grants).toEqual(grants);
  });

  it('keeps a copy of what the request had', async () => {
    const constraints = { encryptionContextEquals: { a: '1' } };
    const operations: ('Decrypt' | 'Encrypt')[] = ['Decrypt'];
    const making = create({ constraints, operations });
    constraints.encryptionContextEquals.a = '2';
    operations.push('Encrypt');
    await making;
    expect((await keystore.listGrants({ keyId })).grants).toMatchObject([
      { operations: ['Decrypt'], constraints: { encryptionContextEquals: { a: '1' } } },
    ]);
  });
});

describe('what a grant may allow', () => {
  const COMMON = ['CreateGrant', 'RetireGrant', 'DescribeKey'];
  const symmetric = GRANT_OPERATIONS.filter(
    (name) => COMMON.includes(name) || /^(Encrypt|Decrypt|GenerateDataKey.*|ReEncrypt.*)$/.test(name),
  );

  it('is what its key is for', async () => {
    const { keyMetadata: mac } = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
    expect(symmetric).toHaveLength(11);
    const rows = [
      [keyId, symmetric],
      [mac.keyId, ['GenerateMac', 'VerifyMac', ...COMMON]],
    ] as const;
    for (const [of, allowed] of rows) {
      await create({ keyId: of, operations: allowed as typeof symmetric });
      for (const operation of GRANT_OPERATIONS) {
        const making = create({ keyId: of, operations: ['DescribeKey', operation] });
        if (allowed.includes(operation)) await making;
        else await expect(making).rejects.toMatchObject({ name: 'ValidationException' });
      }
    }
  });

  it('is at least one operation, and not CreateGrant alone', async () => {
    await refused({ operations: [] }, 'ValidationException', 'Grants must contain at least one operation.');
    const only = 'Grants must not contain only the CreateGrant operation.';
    await refused({ operations: ['CreateGrant'] }, 'ValidationException', only);
    await refused({ operations: ['CreateGrant', 'CreateGrant'] }, 'ValidationException', only);
    await create({ operations: ['CreateGrant', 'DescribeKey'] });
  });

  it('has constraints on keys for encryption only', async () => {
    const { keyMetadata: mac } = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
    for (const name of ['encryptionContextEquals', 'encryptionContextSubset']) {
      const change = { keyId: mac.keyId, operations: ['GenerateMac'] } as const;
      await refused(
        { ...change, constraints: { [name]: { a: '1' } } },
        'ValidationException',
        `${mac.arn} has no encryption context, so a grant of it can have no constraint on one.`,
      );
      await create({ ...change, constraints: { [name]: {} } });
    }
  });

  it.each(['encryptionContextEquals', 'encryptionContextSubset'])(
    'has %s of 8 pairs and 384 characters',
    async (name) => {
      const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, '']));
      await create({ constraints: { [name]: pairs(8) } });
      await refused(
        { constraints: { [name]: pairs(9) } },
        'ValidationException',
        'A grant constraint may have at most 8 encryption context pairs, not 9.',
      );
      await create({ constraints: { [name]: { a: 'x'.repeat(191), b: 'x'.repeat(191) } } });
      await refused(
        { constraints: { [name]: { a: 'x'.repeat(191), bb: 'x'.repeat(191) } } },
        'ValidationException',
        'The encryption context of a grant constraint may have at most 384 characters, not 385.',
      );
    },
  );

  it('is checked as a context is', async () => {
    for (const wrong of [{ a: 1 }, { a: '\ud800' }, 'text', null]) {
      const constraints = { encryptionContextEquals: wrong } as never;
      expect(await thrownBy(() => create({ constraints }))).toBeInstanceOf(TypeError);
    }
  });

  it('is nothing on a key that AWS manages', async () => {
    const { arn: ssm } = (await keystore.describeKey({ keyId: 'alias/aws/ssm' })).keyMetadata;
    await refused(
      { keyId: ssm },
      'AccessDeniedException',
      `User: ${ROOT_ARN} is not authorized to perform: kms:CreateGrant on resource: ${ssm} because no resource-based policy allows the kms:CreateGrant action`,
    );
  });
});

describe('a principal', () => {
  it.each([
    'arn:aws:iam::111122223333:root',
    'arn:aws:iam::111122223333:user/ada',
    'arn:aws:iam::111122223333:user/a/b/ada',
    'arn:aws:iam::111122223333:role/service-role/reader',
    'arn:aws:sts::111122223333:assumed-role/reader/session',
    'arn:aws:sts::111122223333:federated-user/ada',
  ])('may be %s', async (principal) => {
    await create({ granteePrincipal: principal, retiringPrincipal: principal });
  });

  it.each([
    '111122223333',
    '*',
    'ec2.amazonaws.com',
    'arn:aws:iam::111122223333:group/admins',
    'arn:aws:iam::111122223333:user',
    'arn:aws:iam::111122223333:user/',
    'arn:aws:iam::11112222333:user/ada',
    'arn:aws:iam::111122223333:root/x',
    'arn:aws:iam:us-east-1:111122223333:user/ada',
    'arn:aws:sts::111122223333:assumed-role/reader',
    'arn:aws:sts::111122223333:assumed-role/reader/a/b',
    'arn:aws-cn:iam::111122223333:user/ada',
    'arn:aws:kms:us-east-1:111122223333:key/x',
    'AROAREADERREADERREADE',
  ])('may not be %s', async (principal) => {
    // A star is not of AWS's pattern; it is refused before it is looked up.
    const name = principal === '*' ? 'ValidationException' : 'InvalidArnException';
    for (const member of ['granteePrincipal', 'retiringPrincipal']) {
      const error = await thrownBy(() => create({ [member]: principal }));
      expect(error).toMatchObject({ name });
      if (principal !== '*')
        expect(error).toMatchObject({ message: `ARN does not refer to a valid principal: ${principal}` });
    }
  });

  it('must be given', async () => {
    await refused({ granteePrincipal: undefined } as never, 'ValidationException', 'GranteePrincipal is required.');
  });

  it('of the own account is a user or role that exists', async () => {
    const draft = await draftOf({ principals: new Map([['AROA1', roleRecord('AROA1')]]) });
    const grantOf = (granteePrincipal: string): GrantRecord | undefined => {
      const { state, result } = createGrant(draft, request({ granteePrincipal }));
      return state.grants?.get(result.grantId);
    };
    expect(grantOf(ROLE_ARN)?.grantee).toEqual({ arn: ROLE_ARN, uniqueId: 'AROA1' });
    const session = 'arn:aws:sts::000000000000:assumed-role/reader/s';
    expect(grantOf(session)?.grantee).toEqual({ arn: session, uniqueId: 'AROA1' });
    for (const known of [GRANTEE, ROOT_ARN])
      expect(grantOf(known)?.grantee).toEqual({ arn: known, uniqueId: undefined });
    for (const unknown of [USER_ARN, `${ROLE_ARN}s`, session.replace('reader', 'other')]) {
      await kmsRefusal(
        () => grantOf(unknown),
        'InvalidArnException',
        `ARN does not refer to a valid principal: ${unknown}`,
      );
    }
  });

  it('is shown by its unique id after it was deleted, though its ARN may name another one', async () => {
    const grants = byId([
      grantRecord(keyId, {
        grantee: { arn: ROLE_ARN, uniqueId: 'AROA1' },
        retiring: { arn: ROLE_ARN, uniqueId: 'AROA1' },
      }),
    ]);
    const listed = async (uniqueId: string) => {
      const view = await draftOf({ grants, principals: new Map([[uniqueId, roleRecord(uniqueId)]]) });
      const [entry] = listGrants(view, { keyId }).grants;
      const of = (granteePrincipal: string) => listGrants(view, { keyId, granteePrincipal }).grants.length;
      const retirable = listRetirableGrants(view, { retiringPrincipal: ROLE_ARN }).grants.length;
      return [entry?.granteePrincipal, entry?.retiringPrincipal, of(ROLE_ARN), of('AROA1'), retirable];
    };
    expect(await listed('AROA1')).toEqual([ROLE_ARN, ROLE_ARN, 1, 0, 1]);
    expect(await listed('AROA2')).toEqual(['AROA1', 'AROA1', 0, 1, 0]);
  });
});

describe('a list of grants', () => {
  it('has those of its key, of one id, of one grantee', async () => {
    const one = await create();
    const two = await create({ granteePrincipal: ROOT_ARN });
    const other = await keystore.createGrant({ ...request(), keyId: (await makeKey(keystore)).keyId });
    const ids = async (filter: object) =>
      (await keystore.listGrants({ keyId, ...filter })).grants.map((g) => g.grantId);
    expect(await ids({})).toEqual([one.grantId, two.grantId].sort());
    expect(await ids({ grantId: two.grantId })).toEqual([two.grantId]);
    expect(await ids({ granteePrincipal: GRANTEE })).toEqual([one.grantId]);
    expect(await ids({ grantId: two.grantId, granteePrincipal: GRANTEE })).toEqual([]);
    expect(await ids({ grantId: other.grantId })).toEqual([]);
    const malformed = 'A grant id has 64 hexadecimal digits.';
    for (const grantId of ['x', two.grantId.slice(1), `${two.grantId}0`, 'G'.repeat(64)]) {
      await kmsRefusal(() => ids({ grantId }), 'InvalidGrantIdException', malformed);
    }
  });

  it('has 50 on a page, or as many as are asked for, 1 to 100', async () => {
    const grants = byId(
      Array.from({ length: 101 }, (_, i) => grantRecord(keyId, { grantId: String(i).padStart(64, '0') })),
    );
    const view = await draftOf({ grants });
    expect(listGrants(view, { keyId }).grants).toHaveLength(50);
    expect(listGrants(view, { keyId, limit: 100 })).toMatchObject({ truncated: true, nextMarker: expect.any(String) });
    const rest = listGrants(view, { keyId, marker: String(listGrants(view, { keyId, limit: 100 }).nextMarker) });
    expect(rest).toMatchObject({ truncated: false, grants: [{ grantId: '100'.padStart(64, '0') }] });
    expect(rest).not.toHaveProperty('nextMarker');
    for (const limit of [0, 101]) {
      await expect(keystore.listGrants({ keyId, limit })).rejects.toMatchObject({ name: 'ValidationException' });
      const retirable = keystore.listRetirableGrants({ retiringPrincipal: ROOT_ARN, limit });
      await expect(retirable).rejects.toMatchObject({ name: 'ValidationException' });
    }
    const marker = 'x';
    await kmsRefusal(
      () => keystore.listGrants({ keyId, marker }),
      'InvalidMarkerException',
      "Could not deserialize marker 'x'",
    );
  });

  it('goes on behind a grant that has ended', async () => {
    const ids = (await Promise.all([create(), create(), create()])).map(({ grantId }) => grantId).sort();
    const { nextMarker } = await keystore.listGrants({ keyId, limit: 1 });
    await keystore.revokeGrant({ keyId, grantId: ids[0] ?? '' });
    const rest = await keystore.listGrants({ keyId, marker: String(nextMarker) });
    expect(rest.grants.map(({ grantId }) => grantId)).toEqual(ids.slice(1));
  });

  it('of a retiring principal has the grants of all keys that name it', async () => {
    const retiringPrincipal = ROOT_ARN;
    const one = await create({ retiringPrincipal });
    const two = await create({ retiringPrincipal, keyId: (await makeKey(keystore)).keyId });
    await keystore.createUser({ userName: 'ada' });
    await create({ retiringPrincipal: USER_ARN });
    await create();
    const listed = await keystore.listRetirableGrants({ retiringPrincipal });
    expect(listed.grants.map(({ grantId }) => grantId)).toEqual([one.grantId, two.grantId].sort());
    expect((await keystore.listRetirableGrants({ retiringPrincipal: USER_ARN })).grants).toHaveLength(1);
    expect((await keystore.listRetirableGrants({ retiringPrincipal: `${USER_ARN}x` })).grants).toEqual([]);
    for (const wrong of [GRANTEE, 'x']) {
      await kmsRefusal(
        () => keystore.listRetirableGrants({ retiringPrincipal: wrong }),
        'InvalidArnException',
        `ARN does not refer to a valid principal: ${wrong}`,
      );
    }
  });

  it('of 50,000 grants comes in pages, each once, and that is the most of a key', async () => {
    const grants = byId(
      Array.from({ length: 50_000 }, (_, i) =>
        grantRecord(keyId, {
          grantId: String((i * 7919) % 50_000).padStart(64, '0'),
          retiring: { arn: ROOT_ARN, uniqueId: undefined },
        }),
      ),
    );
    const view = await draftOf({ grants });
    const lists = [
      (page: object) => listGrants(view, { keyId, limit: 100, ...page }),
      (page: object) => listRetirableGrants(view, { retiringPrincipal: ROOT_ARN, limit: 100, ...page }),
    ];
    for (const list of lists) {
      let listed = list({});
      let [pages, expected] = [1, 0];
      for (;;) {
        for (const { grantId } of listed.grants) if (Number(grantId) !== expected++) expect.fail(grantId);
        if (listed.nextMarker === undefined) break;
        listed = list({ marker: listed.nextMarker });
        pages++;
      }
      expect([pages, expected]).toEqual([500, 50_000]);
    }
    await kmsRefusal(
      () => createGrant(view, request()),
      'LimitExceededException',
      `The key ${arn} has 50000 grants already, which is the most.`,
    );
    const [first = expect.fail()] = grants.values();
    const fewer = new Map(grants);
    fewer.delete(first.grantId);
    expect(createGrant({ ...view, state: { ...view.state, grants: fewer } }, request()).state.grants?.size).toBe(
      50_000,
    );
  });

  it('finds an equal grant of the same name though there are 50,000', async () => {
    const named = grantRecord(keyId, { name: 'n', grantee: { arn: GRANTEE, uniqueId: undefined } });
    const others = Array.from({ length: 49_999 }, (_, i) =>
      grantRecord(keyId, { grantId: String(i + 1).padStart(64, '0') }),
    );
    const view = await draftOf({ grants: byId([named, ...others]) });
    expect(createGrant(view, request({ name: 'n' })).result.grantId).toBe(named.grantId);
  });
});

describe('a grant ends', () => {
  const left = async () => (await keystore.listGrants({ keyId })).grants.map(({ grantId }) => grantId);

  it('when it is revoked, or retired by its token or its id', async () => {
    const [one, two, three, four] = [await create(), await create(), await create(), await create()];
    await keystore.revokeGrant({ keyId, grantId: one.grantId });
    expect(await left()).toEqual([two, three, four].map(({ grantId }) => grantId).sort());
    await keystore.retireGrant({ grantToken: two.grantToken });
    expect(await left()).toEqual([three, four].map(({ grantId }) => grantId).sort());
    await keystore.retireGrant({ keyId: arn, grantId: three.grantId });
    expect(await left()).toEqual([four.grantId]);
    await keystore.revokeGrant({ keyId: arn, grantId: four.grantId });
    expect((await draftOf()).state).not.toHaveProperty('grants');
  });

  it('once', async () => {
    const { grantId, grantToken } = await create();
    await keystore.revokeGrant({ keyId, grantId });
    const gone = `Grant ${grantId} of ${arn} is not found.`;
    await kmsRefusal(() => keystore.revokeGrant({ keyId, grantId }), 'NotFoundException', gone);
    await kmsRefusal(() => keystore.retireGrant({ keyId, grantId }), 'NotFoundException', gone);
    const invalid = 'The grant token is not valid.';
    await kmsRefusal(() => keystore.retireGrant({ grantToken }), 'InvalidGrantTokenException', invalid);
  });

  it('by the name of its own key only', async () => {
    const { grantId } = await create();
    const other = await makeKey(keystore);
    for (const end of [keystore.revokeGrant, keystore.retireGrant]) {
      await kmsRefusal(
        () => end({ keyId: other.keyId, grantId }),
        'NotFoundException',
        `Grant ${grantId} of ${other.arn} is not found.`,
      );
      await kmsRefusal(
        () => end({ keyId, grantId: 'x' }),
        'InvalidGrantIdException',
        'A grant id has 64 hexadecimal digits.',
      );
    }
    expect(await left()).toEqual([grantId]);
  });

  it('by one name, not by half of one nor by two', async () => {
    const { grantId, grantToken } = await create();
    for (const names of [{}, { keyId }, { grantId }, { grantToken, keyId }, { grantToken, keyId, grantId }]) {
      await kmsRefusal(
        () => keystore.retireGrant(names),
        'ValidationException',
        'Specify either GrantToken, or both KeyId and GrantId.',
      );
    }
    expect(await left()).toEqual([grantId]);
  });
});

describe('a grant token', () => {
  const encrypt = (...grantTokens: string[]) => keystore.encrypt({ keyId, plaintext: utf8('x'), grantTokens });
  const refuses = (token: string) =>
    kmsRefusal(() => encrypt(token), 'InvalidGrantTokenException', 'The grant token is not valid.');

  it('is refused with any bit flipped, and at any other length', async () => {
    const { grantToken } = await create();
    encrypt(grantToken);
    for (let i = 0; i < grantToken.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const code = grantToken.charCodeAt(i) ^ (1 << bit);
        await refuses(grantToken.slice(0, i) + String.fromCharCode(code) + grantToken.slice(i + 1));
      }
      if (i > 0) await refuses(grantToken.slice(0, i));
    }
    for (const added of ['=', 'A', 'AAAA', ' ']) await refuses(grantToken + added);
    for (const wrong of ['x', ' '.repeat(148), 'A'.repeat(146), 'A'.repeat(8192), '\u{1f511}'.repeat(74)])
      await refuses(wrong);
  });

  it('is refused in another keystore, and after its grant has ended', async () => {
    const { grantId, grantToken } = await create();
    const other = await openKeystore({ storage: memoryStorage(), unlock });
    const { keyId: theirs } = await makeKey(other);
    await kmsRefusal(
      () => other.encrypt({ keyId: theirs, plaintext: utf8('x'), grantTokens: [grantToken] }),
      'InvalidGrantTokenException',
      'The grant token is not valid.',
    );
    encrypt(grantToken);
    await keystore.revokeGrant({ keyId, grantId });
    await refuses(grantToken);
  });

  it('is refused after its key was deleted', async () => {
    const key = await makeKey(keystore);
    const { grantToken } = await create({ keyId: key.keyId });
    await keystore.scheduleKeyDeletion({ keyId: key.keyId, pendingWindowInDays: 7 });
    encrypt(grantToken);
    now += 7 * DAY;
    await refuses(grantToken);
  });

  it('is refused wherever one of several is wrong', async () => {
    const { grantToken } = await create();
    encrypt(grantToken, grantToken);
    await kmsRefusal(
      () => encrypt(grantToken, 'x', grantToken),
      'InvalidGrantTokenException',
      'The grant token is not valid.',
    );
    const grantTokens = ['x'];
    const { ciphertextBlob } = encrypt();
    const message = utf8('m');
    const invalid: readonly (() => unknown)[] = [
      () => keystore.decrypt({ ciphertextBlob, grantTokens }),
      () => keystore.reEncrypt({ ciphertextBlob, destinationKeyId: keyId, grantTokens }),
      () => keystore.generateDataKey({ keyId, keySpec: 'AES_256', grantTokens }),
      () => keystore.generateDataKeyWithoutPlaintext({ keyId, keySpec: 'AES_256', grantTokens }),
      () => keystore.generateMac({ keyId, message, macAlgorithm: 'HMAC_SHA_256', grantTokens }),
      () => keystore.verifyMac({ keyId, message, mac: message, macAlgorithm: 'HMAC_SHA_256', grantTokens }),
      () => keystore.describeKey({ keyId, grantTokens }),
      () => create({ grantTokens }),
    ];
    for (const call of invalid) {
      await kmsRefusal(call, 'InvalidGrantTokenException', 'The grant token is not valid.');
    }
  });

  it('of a grant that another process made is found in the storage', async () => {
    const other = await openKeystore({ storage, unlock, clock: () => now });
    const { grantToken } = await other.createGrant(request());
    encrypt(grantToken);
    await other.retireGrant({ grantToken });
    await keystore.refresh();
    await refuses(grantToken);
  });

  it('ends with the root key, and the grant does not', async () => {
    const { grantId, grantToken } = await create();
    await keystore.rotateRootKey({ unlocks: [unlock] });
    await refuses(grantToken);
    expect((await keystore.listGrants({ keyId })).grants).toMatchObject([{ grantId }]);
  });
});

describe('a user with a grant', () => {
  const context = { department: 'it' };
  const denied = (action: string) =>
    `User: ${USER_ARN} is not authorized to perform: kms:${action} on resource: ${arn} because no identity-based policy allows the kms:${action} action`;

  it('may do what it allows, and nothing else, until it ends', async () => {
    await keystore.createUser({ userName: 'ada' });
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext: utf8('x'), encryptionContext: context });
    const ada = keystore.as(USER_ARN);
    const decrypt = () => ada.decrypt({ ciphertextBlob, encryptionContext: context });
    await kmsRefusal(decrypt, 'AccessDeniedException', denied('Decrypt'));
    const constraints = { encryptionContextSubset: context };
    const { grantToken } = await create({
      granteePrincipal: USER_ARN,
      operations: ['Decrypt', 'Encrypt', 'RetireGrant'],
      constraints,
    });
    expect(decrypt().plaintext).toEqual(utf8('x'));
    ada.encrypt({ keyId, plaintext: utf8('x'), encryptionContext: { Department: 'it', more: '1' } });
    await kmsRefusal(() => ada.encrypt({ keyId, plaintext: utf8('x') }), 'AccessDeniedException', denied('Encrypt'));
    const makeKeyOf = () => ada.generateDataKey({ keyId, keySpec: 'AES_256', encryptionContext: context });
    await kmsRefusal(makeKeyOf, 'AccessDeniedException', denied('GenerateDataKey'));
    await kmsRefusal(() => ada.listGrants({ keyId }), 'AccessDeniedException', denied('ListGrants'));
    await ada.retireGrant({ grantToken });
    await kmsRefusal(decrypt, 'AccessDeniedException', denied('Decrypt'));
  });

  it('has lost it after the user was created again', async () => {
    await keystore.createUser({ userName: 'ada' });
    const { grantId } = await create({ granteePrincipal: USER_ARN, operations: ['DescribeKey'] });
    await keystore.as(USER_ARN).describeKey({ keyId });
    await keystore.deleteUser({ userName: 'ada' });
    await keystore.createUser({ userName: 'ada' });
    const again = keystore.as(USER_ARN);
    await kmsRefusal(() => again.describeKey({ keyId }), 'AccessDeniedException', denied('DescribeKey'));
    const [entry] = (await keystore.listGrants({ keyId })).grants;
    expect(entry).toMatchObject({ grantId, granteePrincipal: expect.stringMatching(/^AIDA/) });
  });

  it('makes grants in the name of its account', async () => {
    const theirs = 'arn:aws:iam::111122223333:user/bob';
    await keystore.createUser({ userName: 'bob', accountId: '111122223333' });
    await create({ granteePrincipal: theirs, operations: ['CreateGrant', 'Decrypt'] });
    const bob = keystore.as(theirs);
    const { grantId } = await bob.createGrant({ keyId: arn, granteePrincipal: ROOT_ARN, operations: ['Decrypt'] });
    expect((await keystore.listGrants({ keyId, grantId })).grants).toMatchObject([
      { issuingAccount: 'arn:aws:iam::111122223333:root' },
    ]);
    const more = () => bob.createGrant({ keyId: arn, granteePrincipal: ROOT_ARN, operations: ['Encrypt'] });
    expect(await thrownBy(more)).toMatchObject({ name: 'AccessDeniedException' });
  });
});
