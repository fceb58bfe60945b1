/** Events: one for each call, by CloudTrail's names, with nothing secret in it, and no harm from their subscribers. */

import { inspect } from 'node:util';
import type { Members } from '@securestring/service';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CreateKeyResult, type Keystore, type KeystoreEvent, memoryStorage, openKeystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { OPERATIONS, type OperationName as Operation } from '../src/operations.ts';
import { ALL_FACTS, OPERATION_FACTS, type Prepared, prepare } from './operations.ts';
import { makeKey, openInMemory, place, thrownBy, unlock, utf8 } from './support.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** In an order in which all succeed. */
const ALL_OPERATIONS = ALL_FACTS.map(([name]) => name);
const uuid = expect.stringMatching(UUID);
const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);
const plaintext = utf8('secret_value');
const encryptionContext = { purpose: 'test' };
const account = place.accountId;
const now = Date.UTC(2026, 5, 1);

/** All of an event of a call that succeeded, where nothing else is said. */
const shape = (event: Partial<KeystoreEvent>) => ({
  eventVersion: '1.11',
  userIdentity: { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
  eventTime: new Date(now),
  eventSource: 'kms.amazonaws.com',
  awsRegion: 'us-east-1',
  requestParameters: null,
  responseElements: null,
  requestID: uuid,
  eventID: uuid,
  readOnly: true,
  resources: [],
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...event,
});
const keys = (...arns: readonly string[]) =>
  arns.map((ARN) => ({ accountId: account, type: 'AWS::KMS::Key', ARN }) as const);

async function openTelling(onEvent?: (event: KeystoreEvent) => unknown) {
  const events: KeystoreEvent[] = [];
  const clock = { now };
  const keystore = await openInMemory({
    clock: () => clock.now,
    onEvent: onEvent ?? ((event) => void events.push(event)),
  });
  return { keystore, events, clock };
}

/** The service in which AWS has an operation; KMS for those that AWS does not have. */
function sourceOf(name: string): KeystoreEvent['eventSource'] {
  if (name === 'assumeRole') return 'sts.amazonaws.com';
  return /AccessKey|User|Role/.test(name) ? 'iam.amazonaws.com' : 'kms.amazonaws.com';
}

/** What is thrown or not: the event is the same. */
const ended = (call: () => unknown) =>
  Promise.resolve()
    .then(call)
    .catch(() => undefined);

describe('each operation', () => {
  let prepared: Prepared;
  let keystore: Keystore;
  let events: KeystoreEvent[];

  beforeAll(async () => {
    ({ keystore, events } = await openTelling());
    prepared = await prepare(keystore);
  });

  it.each(ALL_OPERATIONS)('%s gives exactly one event when it succeeds', async (name) => {
    events.length = 0;
    await OPERATION_FACTS[name].call(keystore, prepared);
    const [event, ...more] = events;
    expect(more).toEqual([]);
    const { eventName, readOnly, responseElements } = event as KeystoreEvent;
    const { names, refusal } = OPERATION_FACTS[name];
    expect(event).toEqual(
      shape({
        eventSource: sourceOf(name),
        eventName: name.charAt(0).toUpperCase() + name.slice(1),
        requestParameters: expect.toSatisfy((heard) => heard === null || typeof heard === 'object') as never,
        resources: expect.any(Array) as never,
        responseElements,
        readOnly,
        ...(event?.additionalEventData && { additionalEventData: expect.any(Object) as never }),
        ...refusal,
      }),
    );
    expect(readOnly).toBe(
      /^(Assume|Encrypt|Decrypt|ReEncrypt|Generate|Verify|Describe|List|Get|Export)/.test(eventName),
    );
    if (readOnly) expect(responseElements).toBeNull();
    if (names !== 'none') expect(event?.resources.length).toBeGreaterThan(0);
  });

  it.each(ALL_OPERATIONS)('%s gives exactly one event when the keystore is closed', async (name) => {
    const other = await openTelling();
    await other.keystore.close();
    await ended(() => OPERATION_FACTS[name].call(other.keystore, prepared));
    expect(other.events).toEqual([
      expect.objectContaining({
        eventName: name.charAt(0).toUpperCase() + name.slice(1),
        errorCode: 'KEYSTORE_CLOSED',
        errorMessage: expect.stringContaining('closed'),
        responseElements: null,
      }),
    ]);
  });

  it.each(ALL_OPERATIONS)('%s gives exactly one event for a request that is not an object', async (name) => {
    for (const request of [null, 7, 'text', { keyId: 7, keyIds: 7, limit: 'x' }]) {
      const other = await openTelling();
      await ended(() => (other.keystore[name] as (request: unknown) => unknown)(request));
      expect(other.events.length).toBe(1);
    }
  });
});

/** Members that no event shows. All others are in clear in the audit trail. */
const SECRET_MEMBERS = [
  ...['ciphertextBlob', 'encryptedKeyMaterial', 'envelope', 'from', 'grantToken', 'grantTokens', 'importToken', 'mac'],
  ...['message', 'plaintext', 'to', 'unlock', 'unlocks'],
];

it('the members of requests that no event shows are those listed here', () => {
  const secret = Object.values(OPERATIONS).flatMap(({ request }) =>
    Object.entries(request as Members).flatMap(([name, { isSecret }]) => (isSecret ? [name] : [])),
  );
  expect([...new Set(secret)].sort()).toEqual(SECRET_MEMBERS);
});

describe('an event', () => {
  it('of AssumeRole names the role, if there is one, whether or not the caller may assume it', async () => {
    const { keystore, events } = await openTelling();
    const trust = (Effect: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect, Principal: { AWS: `arn:aws:iam::${account}:user/ann` }, Action: 'sts:AssumeRole' },
      });
    await keystore.createUser({ userName: 'ann' });
    for (const [roleName, effect] of [
      ['open', 'Allow'],
      ['closed', 'Deny'],
    ] as const) {
      await keystore.createRole({ roleName, path: '/team/', assumeRolePolicyDocument: trust(effect) });
    }
    const ann = keystore.as(`arn:aws:iam::${account}:user/ann`);
    events.length = 0;
    const arns = ['role/team/open', 'role/team/closed', 'role/none', 'user/ann'].map(
      (name) => `arn:aws:iam::${account}:${name}`,
    );
    arns.push(`arn:aws:sts::${account}:assumed-role/open/s1`);
    for (const roleArn of arns) await ended(() => ann.assumeRole({ roleArn, roleSessionName: 's1' }));
    const role = (name: string) => [
      { accountId: account, type: 'AWS::IAM::Role', ARN: `arn:aws:iam::${account}:role/team/${name}` },
    ];
    expect(events.map(({ errorCode, resources }) => [errorCode, resources])).toEqual([
      [undefined, role('open')],
      ['AccessDenied', role('closed')],
      ['AccessDenied', []],
      ['AccessDenied', []],
      ['AccessDenied', []],
    ]);
    expect(JSON.stringify(events)).not.toContain('secretAccessKey');
  });

  it('of a grant has its id, and never a token', async () => {
    const { keystore, events } = await openTelling();
    const { keyId, arn } = await makeKey(keystore);
    const granteePrincipal = 'arn:aws:iam::111122223333:role/reader';
    const constraints = { encryptionContextEquals: { a: '1' } };
    events.length = 0;
    const request = { keyId, granteePrincipal, operations: ['Decrypt'], constraints, name: 'n' } as const;
    const { grantId, grantToken } = await keystore.createGrant(request);
    await keystore.retireGrant({ grantToken });
    await thrownBy(() => keystore.retireGrant({ grantToken }));
    const { grantId: other } = await keystore.createGrant(request);
    await keystore.revokeGrant({ keyId, grantId: other });
    const resources = [{ accountId: '000000000000', type: 'AWS::KMS::Key', ARN: arn }];
    expect(events).toMatchObject([
      { eventName: 'CreateGrant', requestParameters: request, responseElements: { grantId }, resources },
      {
        eventName: 'RetireGrant',
        requestParameters: null,
        responseElements: null,
        additionalEventData: { grantId },
        resources,
      },
      { eventName: 'RetireGrant', requestParameters: null, errorCode: 'InvalidGrantTokenException', resources: [] },
      { eventName: 'CreateGrant', responseElements: { grantId: other } },
      { eventName: 'RevokeGrant', requestParameters: { keyId, grantId: other }, resources },
    ]);
    expect(JSON.stringify(events)).not.toContain(grantToken);
  });

  it('of Encrypt, Decrypt, ReEncrypt and GenerateDataKey is CloudTrail`s', async () => {
    const { keystore, events } = await openTelling();
    const { keyId, arn } = await makeKey(keystore);
    const other = await makeKey(keystore);
    const { keyMaterialId } = keystore.generateDataKey({ keyId, numberOfBytes: 1 });
    const { keyMaterialId: otherMaterialId } = keystore.generateDataKey({ keyId: other.keyId, numberOfBytes: 1 });
    events.length = 0;
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext, encryptionContext });
    keystore.decrypt({ ciphertextBlob, encryptionContext });
    keystore.reEncrypt({ ciphertextBlob, sourceEncryptionContext: encryptionContext, destinationKeyId: other.keyId });
    keystore.generateDataKey({ keyId, keySpec: 'AES_256', encryptionContext });
    const encryptionAlgorithm = 'SYMMETRIC_DEFAULT';
    expect(events).toEqual([
      shape({
        eventName: 'Encrypt',
        requestParameters: { keyId, encryptionAlgorithm, encryptionContext },
        additionalEventData: { keyMaterialId },
        resources: keys(arn),
      }),
      shape({
        eventName: 'Decrypt',
        requestParameters: { encryptionAlgorithm, encryptionContext },
        additionalEventData: { keyMaterialId },
        resources: keys(arn),
      }),
      shape({
        eventName: 'ReEncrypt',
        requestParameters: {
          sourceEncryptionAlgorithm: encryptionAlgorithm,
          sourceEncryptionContext: encryptionContext,
          destinationKeyId: other.keyId,
          destinationEncryptionAlgorithm: encryptionAlgorithm,
        },
        additionalEventData: { sourceKeyMaterialId: keyMaterialId, destinationKeyMaterialId: otherMaterialId },
        resources: keys(arn, other.arn),
      }),
      shape({
        eventName: 'GenerateDataKey',
        requestParameters: { keyId, keySpec: 'AES_256', encryptionContext },
        additionalEventData: { keyMaterialId },
        resources: keys(arn),
      }),
    ]);
  });

  it('of a change has what it gave, or the key`s ARN', async () => {
    const { keystore, events } = await openTelling();
    const created = await keystore.createKey({ description: 'described', tags: [{ tagKey: 'a', tagValue: 'b' }] });
    const { keyId, arn } = created.keyMetadata;
    const alias = { aliasName: 'alias/app', targetKeyId: keyId };
    await keystore.createAlias(alias);
    await keystore.deleteAlias({ aliasName: alias.aliasName });
    await keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 7 });
    const aliasArn = `arn:aws:kms:us-east-1:${account}:alias/app`;
    expect(events).toEqual([
      shape({
        eventName: 'CreateKey',
        requestParameters: { description: 'described', tags: [{ tagKey: 'a', tagValue: 'b' }] },
        responseElements: { ...created },
        readOnly: false,
        resources: keys(arn),
      }),
      shape({
        eventName: 'CreateAlias',
        requestParameters: alias,
        responseElements: { keyId: arn },
        readOnly: false,
        resources: keys(arn, aliasArn),
      }),
      shape({
        eventName: 'DeleteAlias',
        requestParameters: { aliasName: alias.aliasName },
        responseElements: { keyId: arn },
        readOnly: false,
        resources: keys(arn, aliasArn),
      }),
      shape({
        eventName: 'ScheduleKeyDeletion',
        requestParameters: { keyId, pendingWindowInDays: 7 },
        responseElements: {
          keyId: arn,
          keyState: 'PendingDeletion',
          deletionDate: new Date(now + 7 * DAY),
          pendingWindowInDays: 7,
        },
        readOnly: false,
        resources: keys(arn),
      }),
    ]);
  });

  it('has what was sent, also if the caller changes that afterwards', async () => {
    const { keystore, events } = await openTelling();
    const tags = [{ tagKey: 'a', tagValue: 'before' }];
    const creation = keystore.createKey({ tags });
    (tags[0] as { tagValue: string }).tagValue = 'after';
    await creation;
    expect(events[0]?.requestParameters).toEqual({ tags: [{ tagKey: 'a', tagValue: 'before' }] });
  });

  it('is the subscriber`s own: changing it changes no result', async () => {
    const { keystore } = await openTelling((event) => {
      const { keyMetadata } = event.responseElements as unknown as CreateKeyResult;
      keyMetadata.creationDate.setTime(0);
    });
    expect((await keystore.createKey()).keyMetadata.creationDate).toEqual(new Date(now));
  });

  it.each<[string, string, string, (keystore: Keystore, keyId: string) => unknown]>([
    [
      'a shape that is refused',
      'ValidationException',
      'NumberOfBytes is required.',
      (k) => k.generateRandom({} as never),
    ],
    [
      'a key that is not there',
      'NotFoundException',
      "Invalid keyId 'none'",
      (k) => k.encrypt({ keyId: 'none', plaintext }),
    ],
    [
      'a ciphertext that does not open',
      'InvalidCiphertextException',
      '',
      (k, keyId) => k.decrypt({ ciphertextBlob: k.encrypt({ keyId, plaintext }).ciphertextBlob, encryptionContext }),
    ],
    [
      'a dry run',
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
      (k, keyId) => k.encrypt({ keyId, plaintext, dryRun: true }),
    ],
    [
      'a value of the wrong type',
      'TypeError',
      'plaintext must be a Uint8Array, not number.',
      (k, keyId) => k.encrypt({ keyId, plaintext: 7 as never }),
    ],
    [
      'a number that is not whole',
      'RangeError',
      'limit must be a whole number, not 1.5.',
      (k) => k.listKeys({ limit: 1.5 }),
    ],
  ])('of a failure names it: %s', async (_what, errorCode, errorMessage, call) => {
    const { keystore, events } = await openTelling();
    const { keyId } = await makeKey(keystore);
    await thrownBy(() => call(keystore, keyId));
    expect(events.at(-1)).toMatchObject({ errorCode, errorMessage, responseElements: null });
  });

  it('of a ciphertext that does not open names its key', async () => {
    const { keystore, events } = await openTelling();
    const { keyId, arn } = await makeKey(keystore);
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext });
    await thrownBy(() => keystore.decrypt({ ciphertextBlob, encryptionContext }));
    expect(events.at(-1)).toMatchObject({ resources: keys(arn), additionalEventData: { keyMaterialId: materialId } });
  });

  it('has no message but those written here', async () => {
    const events: KeystoreEvent[] = [];
    const keystore = await openInMemory({ onEvent: (event) => void events.push(event) });
    const request = {
      get keyId(): string {
        throw new Error('secret_value');
      },
    };
    expect(await thrownBy(() => keystore.describeKey(request))).toEqual(new Error('secret_value'));
    expect(events).toEqual([expect.objectContaining({ errorCode: 'InternalFailure', requestParameters: null })]);
    expect(inspect(events)).not.toContain('secret_value');
  });

  it('comes also from a request whose members are circular or unknown to AWS', async () => {
    const { keystore, events } = await openTelling();
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    const request = { keyId: utf8('bytes'), encryptionContext: circle, plaintext, secret: 'secret_value' };
    await thrownBy(() => keystore.encrypt(request as never));
    expect(events.length).toBe(1);
    expect(inspect(events, { depth: 20 })).not.toMatch(/secret_value|98,|Uint8Array/);
    expect(Object.keys(events[0]?.requestParameters ?? {}).sort()).toEqual([
      'encryptionAlgorithm',
      'encryptionContext',
    ]);
  });
});

describe('no secret', () => {
  /** A secret by every form in which it could be written down. */
  const forms = (secret: Uint8Array) => {
    const bytes = Buffer.from(secret);
    const text = bytes.toString('utf8');
    return [
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('latin1'),
      [...bytes].join(','),
      [...bytes].join(', '),
      [...bytes].map((byte, i) => `"${i}":${byte}`).join(','),
      ...(text.includes('\ufffd') ? [] : [text]),
    ];
  };
  const written = (events: unknown) =>
    `${JSON.stringify(events)}\n${inspect(events, { depth: 50, maxArrayLength: null, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY })}`;

  it('is in any event, of successes and failures', async () => {
    const { keystore, events } = await openTelling();
    const prepared = await prepare(keystore);
    const results: unknown[] = [];
    for (const [, { call }] of ALL_FACTS) {
      results.push(await call(keystore, prepared));
      const refusing = new Proxy({} as Keystore, {
        get: (_target, name: Operation) => (request: object) =>
          (keystore[name] as (request: unknown) => unknown)({ ...request, keyId: 'none', dryRun: 7 }),
      });
      await ended(() => call(refusing, prepared));
    }
    const passphrase = 'a passphrase that no event shows';
    await keystore.addUnlockSlot({ unlock: { passphrase } });
    const text = written(events);
    const secrets = [utf8(passphrase), ...prepared.secrets, ...results.flatMap(bytesIn)];
    expect(secrets.length).toBeGreaterThan(15);
    for (const secret of secrets) for (const form of forms(secret)) expect(text).not.toContain(form);
    expect(events.filter(({ errorCode }) => errorCode !== undefined).length).toBeGreaterThan(20);
    expect(events.length).toBeGreaterThan(2 * ALL_FACTS.length);
  });

  it('would be overlooked', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, i) => 250 - i);
    for (const event of [
      secret,
      [...secret],
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64'),
    ]) {
      expect(forms(secret).some((form) => written({ event }).includes(form))).toBe(true);
    }
  });

  /** What results have that is secret, or a ciphertext. */
  function bytesIn(result: unknown): Uint8Array[] {
    if (result instanceof Uint8Array) return [result];
    if (typeof result !== 'object' || result === null) return [];
    return Object.values(result).filter((value) => value instanceof Uint8Array);
  }
});

describe('a subscriber', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['returns a promise that rejects', () => Promise.reject(new Error('no'))],
    [
      'returns what only looks like a promise',
      () =>
        Object.defineProperty({}, 'then', {
          get: () => {
            throw new Error('no');
          },
        }),
    ],
  ])('that %s breaks nothing', async (_how, onEvent) => {
    const { keystore, clock } = await openTelling(onEvent);
    const { keyId } = await makeKey(keystore);
    await keystore.enableKeyRotation({ keyId });
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext });
    clock.now += 400 * DAY;
    await keystore.tagResource({ keyId, tags: [] });
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
    expect(await thrownBy(() => keystore.decrypt({ ciphertextBlob, encryptionContext }))).toMatchObject({
      name: 'InvalidCiphertextException',
    });
    // An unhandled rejection would have ended the process by now.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('that is not a function is refused', async () => {
    expect(await thrownBy(() => openInMemory({ onEvent: {} as never }))).toBeInstanceOf(TypeError);
  });

  it('hears nothing of opening, refreshing and closing', async () => {
    const { keystore, events } = await openTelling();
    await keystore.refresh();
    await keystore.close();
    expect(events).toEqual([]);
  });
});

describe('what falls due', () => {
  const service = (event: Partial<KeystoreEvent>) => {
    const { requestID, ...rest } = shape({
      userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
      readOnly: false,
      eventType: 'AwsServiceEvent',
      ...event,
    });
    return rest;
  };

  it('comes once, from the keystore that commits it, and not from those that only read', async () => {
    const storage = memoryStorage();
    const clock = { now };
    const heard: [string, KeystoreEvent][] = [];
    const open = (who: string) =>
      openKeystore({ storage, unlock, clock: () => clock.now, onEvent: (event) => void heard.push([who, event]) });
    const [one, other] = [await open('one'), await open('other')];
    const rotating = await makeKey(one);
    const dying = await makeKey(one);
    await one.enableKeyRotation({ keyId: rotating.keyId, rotationPeriodInDays: 90 });
    await one.scheduleKeyDeletion({ keyId: dying.keyId });
    clock.now += 100 * DAY;
    heard.length = 0;

    one.encrypt({ keyId: rotating.keyId, plaintext });
    await one.listKeys();
    expect(heard.map(([, { eventName }]) => eventName)).toEqual(['Encrypt', 'ListKeys']);
    heard.length = 0;

    await other.tagResource({ keyId: rotating.keyId, tags: [] });
    await one.tagResource({ keyId: rotating.keyId, tags: [] });
    const eventTime = new Date(clock.now);
    expect(heard.map(([who]) => who)).toEqual(['other', 'other', 'other', 'one']);
    expect(heard.slice(0, 2).map(([, event]) => event)).toEqual([
      service({
        eventName: 'RotateKey',
        eventTime,
        responseElements: { keyId: rotating.arn },
        resources: keys(rotating.arn),
        serviceEventDetails: {
          keyId: rotating.keyId,
          rotationType: 'AUTOMATIC',
          keyMaterialId: one.generateDataKey({ keyId: rotating.keyId, numberOfBytes: 1 }).keyMaterialId,
        },
      }),
      service({
        eventName: 'DeleteKey',
        eventTime,
        responseElements: { keyId: dying.arn },
        resources: keys(dying.arn),
        serviceEventDetails: { keyId: dying.keyId },
      }),
    ]);
  });

  it('does not come if the change with which it would be committed is refused', async () => {
    const { keystore, events, clock } = await openTelling();
    const { keyId } = await makeKey(keystore);
    await keystore.enableKeyRotation({ keyId });
    clock.now += 365 * DAY;
    events.length = 0;
    await thrownBy(() => keystore.deleteAlias({ aliasName: 'alias/none' }));
    expect(events.map(({ eventName }) => eventName)).toEqual(['DeleteAlias']);
  });

  it('is the rotation that enableKey makes up for; what was asked for has no event but its own', async () => {
    const { keystore, events, clock } = await openTelling();
    const { keyId } = await makeKey(keystore);
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    await keystore.disableKey({ keyId });
    clock.now += 100 * DAY;
    events.length = 0;
    await keystore.enableKey({ keyId });
    expect(events.map(({ eventName }) => eventName)).toEqual(['RotateKey', 'EnableKey']);
    const { keyMaterialId } = keystore.generateDataKey({ keyId, numberOfBytes: 1 });
    expect(events[0]?.serviceEventDetails).toEqual({ keyId, rotationType: 'AUTOMATIC', keyMaterialId });
    const { externalKeyId } = await prepare(keystore);
    events.length = 0;
    await keystore.rotateKeyOnDemand({ keyId });
    await keystore.deleteImportedKeyMaterial({ keyId: externalKeyId });
    await keystore.rotateRootKey({ unlocks: [unlock] });
    expect(events.map(({ eventName }) => eventName)).toEqual([
      'RotateKeyOnDemand',
      'DeleteImportedKeyMaterial',
      'RotateRootKey',
    ]);
  });

  it('is imported material, too', async () => {
    const { keystore, events, clock } = await openTelling();
    const { externalKeyId } = await prepare(keystore);
    clock.now += 40 * DAY;
    events.length = 0;
    await makeKey(keystore);
    expect(events.map(({ eventName }) => eventName)).toEqual(['DeleteExpiredKeyMaterial', 'CreateKey']);
    expect(events[0]?.serviceEventDetails).toEqual({ keyId: externalKeyId, keyMaterialId: materialId });
  });
});
