/** Members of AWS's requests: each one is read, refused by name, or unknown. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { Keystore } from '../src/index.ts';
import { OPERATIONS, type OperationName } from '../src/operations.ts';
import { kmsRefusal, makeKey, openInMemory, thrownBy, utf8 } from './support.ts';

let keystore: Keystore;
let keyId: string;
let ciphertextBlob: Uint8Array;

beforeAll(async () => {
  keystore = await openInMemory();
  ({ keyId } = await makeKey(keystore));
  ({ ciphertextBlob } = keystore.encrypt({ keyId, plaintext: utf8('secret_value') }));
});

const names = Object.keys(OPERATIONS) as OperationName[];
const call = (name: OperationName, request: object) => (keystore[name] as (request: object) => unknown)(request);

describe.each(names)('%s', (name) => {
  it('refuses a member that it does not know, and names those that it takes', async () => {
    const error = await thrownBy(() => call(name, { keyid: 'x' }));
    expect(error).toBeInstanceOf(TypeError);
    const { request, refused } = OPERATIONS[name];
    const taken = Object.keys({ ...request, ...refused }).join(', ');
    expect((error as TypeError).message).toBe(`${name} knows no "keyid". It takes ${taken}.`);
  });

  it('throws at once if it is synchronous, else rejects', () => {
    const { way } = OPERATIONS[name];
    let thrown: unknown;
    try {
      Promise.resolve(call(name, { keyid: 'x' })).catch(() => undefined);
    } catch (error) {
      thrown = error;
    }
    expect(thrown !== undefined).toBe(way === 'use');
  });
});

describe('a member that this keystore cannot honour', () => {
  const recipient = { keyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', attestationDocument: Uint8Array.of(1) };
  const ROLE = { roleArn: 'arn:aws:iam::000000000000:role/r', roleSessionName: 's1' };
  const GRANT = { keyId: 'x', operations: ['Decrypt'] };
  const rows: readonly (readonly [OperationName, string, object])[] = [
    ['decrypt', 'recipient', { ciphertextBlob: Uint8Array.of(1), recipient }],
    ['generateDataKey', 'recipient', { keyId: 'x', numberOfBytes: 32, recipient }],
    ['generateRandom', 'recipient', { numberOfBytes: 32, recipient }],
    ['generateRandom', 'customKeyStoreId', { numberOfBytes: 32, customKeyStoreId: 'cks-1' }],
    ['decrypt', 'dryRunModifiers', { ciphertextBlob: Uint8Array.of(1), dryRunModifiers: ['IGNORE_CIPHERTEXT'] }],
    [
      'reEncrypt',
      'dryRunModifiers',
      { ciphertextBlob: Uint8Array.of(1), destinationKeyId: 'x', dryRunModifiers: ['IGNORE_CIPHERTEXT'] },
    ],
    ['createKey', 'customKeyStoreId', { customKeyStoreId: 'cks-1' }],
    ['createKey', 'xksKeyId', { xksKeyId: 'x' }],
    ...Object.entries({
      minimumSessionTokenSize: 1024,
      policyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
      providedContexts: [{}],
      serialNumber: 'GAHT12345678',
      sourceIdentity: 'alice',
      tokenCode: '123456',
      transitiveTagKeys: ['team'],
    }).map(([member, value]) => ['assumeRole', member, { ...ROLE, [member]: value }] as const),
    ['createGrant', 'granteeServicePrincipal', { ...GRANT, granteeServicePrincipal: 'ec2.amazonaws.com' }],
    ['createGrant', 'retiringServicePrincipal', { ...GRANT, retiringServicePrincipal: 'ec2.amazonaws.com' }],
    ['listGrants', 'granteeServicePrincipal', { keyId: 'x', granteeServicePrincipal: 'ec2.amazonaws.com' }],
    [
      'listRetirableGrants',
      'retiringServicePrincipal',
      { retiringPrincipal: 'x', retiringServicePrincipal: 'ec2.amazonaws.com' },
    ],
    ['listKeys', 'resourceOwners', { resourceOwners: ['OTHER_ACCOUNTS_VIA_RAM'] }],
  ];

  it.each(rows)('of %s is refused by name: %s', async (name, member, request) => {
    await kmsRefusal(
      () => call(name, request),
      'UnsupportedOperationException',
      `This keystore honours no ${member}: leave it out.`,
    );
  });

  it('has its row here', () => {
    const refused = names.flatMap((name) => Object.keys(OPERATIONS[name].refused ?? {}).map((one) => `${name} ${one}`));
    expect(rows.map(([name, member]) => `${name} ${member}`).sort()).toEqual(refused.sort());
  });

  it('is refused inside of a constraint too', async () => {
    await kmsRefusal(
      () => call('createGrant', { keyId: 'x', operations: ['Decrypt'], constraints: { sourceArn: 'arn:aws:s3:::x' } }),
      'UnsupportedOperationException',
      'This keystore honours no constraints.sourceArn: leave it out.',
    );
  });

  it('is let through at a value that changes nothing', async () => {
    await keystore.listKeys({ resourceOwners: ['SELF'] } as object);
    keystore.decrypt({ ciphertextBlob, dryRunModifiers: [] } as never);
  });
});

describe('grant tokens', () => {
  it('are taken by every operation that has them on AWS, and change nothing', async () => {
    const granteePrincipal = 'arn:aws:iam::111122223333:root';
    const { grantToken } = await keystore.createGrant({ keyId, granteePrincipal, operations: ['Decrypt'] });
    const grantTokens = [grantToken, grantToken];
    const sealed = keystore.encrypt({ keyId, plaintext: utf8('x'), grantTokens });
    expect(keystore.decrypt({ ciphertextBlob: sealed.ciphertextBlob, grantTokens: [] }).keyId).toBe(sealed.keyId);
    expect((await keystore.describeKey({ keyId, grantTokens })).keyMetadata.arn).toBe(sealed.keyId);
  });

  it('are 10 at most, of up to 8192 characters', async () => {
    const constraint = 'failed to satisfy constraint: Member must have length less than or equal to';
    const eleven = Array.from({ length: 11 }, () => 't');
    await kmsRefusal(
      () => keystore.encrypt({ keyId, plaintext: utf8('x'), grantTokens: eleven }),
      'ValidationException',
      `1 validation error detected: Value '[${eleven.join(', ')}]' at 'grantTokens' ${constraint} 10`,
    );
    const long = 't'.repeat(8193);
    await kmsRefusal(
      () => keystore.encrypt({ keyId, plaintext: utf8('x'), grantTokens: [long] }),
      'ValidationException',
      `1 validation error detected: Value '${long}' at 'grantTokens.1.member' ${constraint} 8192`,
    );
  });
});

describe('several faults', () => {
  it('are one refusal, in the order of the members', async () => {
    await kmsRefusal(
      () => keystore.reEncrypt({ ciphertextBlob: new Uint8Array(0), sourceKeyId: '' } as never),
      'ValidationException',
      "3 validation errors detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        "Value '' at 'sourceKeyId' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        "Value null at 'destinationKeyId' failed to satisfy constraint: Member must not be null",
    );
  });
});
