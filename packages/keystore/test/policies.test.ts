/** Key policies: kept, shown, checked as AWS checks them, and in documents and envelopes. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { KEY_POLICY } from './operations.ts';
import { kmsRefusal, makeKey, openInMemory, unlock } from './support.ts';

const ROOT = 'arn:aws:iam::000000000000:root';
const LOCKED_OUT = 'The new key policy will not allow you to update the key policy in the future.';

let storage: KeystoreStorage;
let keystore: Keystore;
let keyId: string;

const statement = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: ROOT },
  Action: 'kms:*',
  Resource: '*',
  ...more,
});
const document = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const policyOf = async (id = keyId) => (await keystore.getKeyPolicy({ keyId: id })).policy;

beforeEach(async () => {
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock });
  ({ keyId } = await makeKey(keystore));
});

describe('a key policy', () => {
  it('is AWS’s default one for a key that was made without', async () => {
    expect(await keystore.getKeyPolicy({ keyId, policyName: 'default' })).toEqual({
      policyName: 'default',
      policy: [
        '{',
        '  "Version" : "2012-10-17",',
        '  "Id" : "key-default-1",',
        '  "Statement" : [',
        '    {',
        '      "Sid" : "Enable IAM User Permissions",',
        '      "Effect" : "Allow",',
        '      "Principal" : {',
        `        "AWS" : "${ROOT}"`,
        '      },',
        '      "Action" : "kms:*",',
        '      "Resource" : "*"',
        '    }',
        '  ]',
        '}',
      ].join('\n'),
    });
  });

  it('of alias/aws/ssm lets Parameter Store use the key, and cannot be put', async () => {
    const { keyMetadata } = await keystore.describeKey({ keyId: 'alias/aws/ssm' });
    const { Statement } = JSON.parse(await policyOf(keyMetadata.keyId));
    expect(Statement[0].Condition).toEqual({
      StringEquals: { 'kms:CallerAccount': '000000000000', 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' },
    });
    await kmsRefusal(
      () => keystore.putKeyPolicy({ keyId: keyMetadata.keyId, policy: KEY_POLICY }),
      'AccessDeniedException',
      `User: ${ROOT} is not authorized to perform: kms:PutKeyPolicy on resource: ${keyMetadata.arn} because no resource-based policy allows the kms:PutKeyPolicy action`,
    );
  });

  it('comes back as it was put, by another keystore on the storage too, and stays through other changes', async () => {
    const policy = `  ${KEY_POLICY}\r\n\t`;
    await keystore.putKeyPolicy({ keyId, policy, policyName: 'default' });
    await keystore.tagResource({ keyId, tags: [{ tagKey: 'a', tagValue: 'b' }] });
    expect(await policyOf()).toBe(policy);
    await keystore.close();
    keystore = await openKeystore({ storage, unlock });
    expect(await policyOf()).toBe(policy);
  });

  it('may come with the key', async () => {
    const { keyMetadata } = await keystore.createKey({ policy: KEY_POLICY, bypassPolicyLockoutSafetyCheck: false });
    expect(await policyOf(keyMetadata.keyId)).toBe(KEY_POLICY);
  });

  it('goes with the key in an envelope', async () => {
    await keystore.putKeyPolicy({ keyId, policy: KEY_POLICY });
    const sealing = { rootKey: new Uint8Array(32).fill(0xe1) };
    const target = await openInMemory();
    await target.importKeys({
      envelope: await keystore.exportKeys({ keyIds: [keyId], unlock: sealing }),
      unlock: sealing,
    });
    expect((await target.getKeyPolicy({ keyId })).policy).toBe(KEY_POLICY);
  });

  it('has one name', async () => {
    expect(await keystore.listKeyPolicies({ keyId })).toEqual({ policyNames: ['default'], truncated: false });
    await kmsRefusal(
      () => keystore.getKeyPolicy({ keyId, policyName: 'other' }),
      'NotFoundException',
      'No such policy exists',
    );
    await kmsRefusal(
      () => keystore.putKeyPolicy({ keyId, policyName: 'other', policy: KEY_POLICY }),
      'ValidationException',
      'PolicyName must be default.',
    );
  });

  it.each<readonly [what: string, policy: string, message: string, reason: string | undefined]>([
    ['is not JSON', 'x', 'Syntax errors in policy.', 'The policy is not JSON, or an element is in it twice.'],
    [
      'has an element that AWS does not know',
      document(statement({ action: 'x' })),
      'Syntax errors in policy.',
      'Statement 1 has an element that AWS does not know: "action".',
    ],
    [
      'names no principal',
      document(statement({ Principal: {} })),
      'Policy contains a statement with one or more invalid principals.',
      'Statement 1: Principal is empty.',
    ],
    [
      'asks all values of what has one',
      document(statement({ Condition: { 'ForAllValues:StringEquals': { 'kms:EncryptionContext:Dept': 'IT' } } })),
      'OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified encryption context or with an unspecified encryption context. To fix, remove ForAllValues.',
      'Statement 1: "kms:EncryptionContext:Dept" has one value. Write "StringEquals".',
    ],
    [
      'locks the root out',
      document(statement({ Principal: { AWS: 'arn:aws:iam::000000000000:role/r' } })),
      LOCKED_OUT,
      undefined,
    ],
    ['leaves the root reading alone', document(statement({ Action: 'kms:Get*' })), LOCKED_OUT, undefined],
    [
      'denies it to the root',
      document(statement(), statement({ Effect: 'Deny', Action: 'kms:PutKeyPolicy' })),
      LOCKED_OUT,
      undefined,
    ],
    ['is of another account', document(statement({ Principal: { AWS: '111122223333' } })), LOCKED_OUT, undefined],
    [
      'has a condition that this request does not meet',
      document(statement({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': true } } })),
      LOCKED_OUT,
      undefined,
    ],
  ])('that %s is refused, and nothing changes', async (_, policy, message, reason) => {
    for (const put of [() => keystore.putKeyPolicy({ keyId, policy }), () => keystore.createKey({ policy })]) {
      const error = await kmsRefusal(put, 'MalformedPolicyDocumentException', message);
      expect(error.reason).toBe(reason);
    }
    expect(JSON.parse(await policyOf()).Id).toBe('key-default-1');
    expect((await keystore.listKeys()).keys).toHaveLength(2);
  });

  it('that locks the root out is taken if the request says so', async () => {
    const policy = document(statement({ Principal: { AWS: 'arn:aws:iam::000000000000:role/r' } }));
    await keystore.putKeyPolicy({ keyId, policy, bypassPolicyLockoutSafetyCheck: true });
    expect(await policyOf()).toBe(policy);
  });

  it('that asks for the caller’s account is met by the root', async () => {
    const policy = document(statement({ Condition: { StringEquals: { 'kms:CallerAccount': '000000000000' } } }));
    await keystore.putKeyPolicy({ keyId, policy });
    expect(await policyOf()).toBe(policy);
  });

  it('has at most 32768 bytes', async () => {
    const padded = (length: number) => KEY_POLICY + ' '.repeat(length - KEY_POLICY.length);
    await keystore.putKeyPolicy({ keyId, policy: padded(32_768) });
    await kmsRefusal(
      () => keystore.putKeyPolicy({ keyId, policy: padded(32_769) }),
      'LimitExceededException',
      'The key policy has 32769 bytes, and may have at most 32768.',
    );
  });

  it('has no characters above U+00FF', async () => {
    const policy = document(statement({ Sid: '\u2192' }));
    await kmsRefusal(
      () => keystore.putKeyPolicy({ keyId, policy }),
      'ValidationException',
      `1 validation error detected: Value '${policy}' at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+`,
    );
  });
});
