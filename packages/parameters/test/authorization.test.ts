/**
 * Calls of users and roles that are refused. What policies allow is tested with AWS's clients, in
 * `test/clients/permissions.test.ts`.
 */

import {
  type Keystore,
  type KeystoreView,
  memoryStorage as memoryKeystore,
  openKeystore,
} from '@securestring/keystore';
import {
  memoryStorage,
  openParameterStore,
  type ParameterStore,
  type ParameterStoreView,
} from '@securestring/parameters';
import { createTestStore } from '@securestring/parameters/testing';
import { describe, expect, it } from 'vitest';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const USER = `arn:aws:iam::${ACCOUNT}:user/u`;

type Json = Readonly<Record<string, unknown>>;
const allow = (Action: string | string[], Resource: string | string[], more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const policy = (...Statement: Json[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const parameterArn = (name: string): string => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name}`;

interface World {
  readonly keystore: Keystore;
  readonly store: ParameterStore;
  readonly keyId: string;
  /** Gives the user these statements and no others. */
  grant(...statements: Json[]): Promise<void>;
  readonly kms: KeystoreView;
  readonly ssm: ParameterStoreView;
}

/** Makes a user without policies, and a key. */
async function world(): Promise<World> {
  const { keystore, store } = await createTestStore({ seed: 'authorization' });
  await keystore.createUser({ userName: 'u' });
  const { keyMetadata } = await keystore.createKey();
  const grant = async (...statements: Json[]): Promise<void> => {
    await keystore.putUserPolicy({ userName: 'u', policyName: 'p', policyDocument: policy(...statements) });
  };
  return { keystore, store, keyId: keyMetadata.keyId, grant, kms: keystore.as(USER), ssm: store.as(USER) };
}

/** Runs a call, and returns the text of its denial; `'allowed'` if it was not denied. */
async function outcome(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'allowed';
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return error.message;
    throw error;
  }
}

const no = (action: string, resource: string, as = USER, kind = 'identity-based'): string =>
  `User: ${as} is not authorized to perform: ${action} on resource: ${resource} because no ${kind} policy allows the ${action} action`;

const equals = (key: string, ...values: string[]): Json => ({ Condition: { StringEquals: { [key]: values } } });

describe('a call that is not authorized', () => {
  it('changes nothing and costs no commit', async () => {
    const { keystore, store, kms, ssm, keyId } = await world();
    const { generation } = keystore;
    expect(await outcome(() => kms.disableKey({ keyId }))).toContain('kms:DisableKey');
    expect(await outcome(() => kms.scheduleKeyDeletion({ keyId }))).toContain('kms:ScheduleKeyDeletion');
    expect(await outcome(() => ssm.putParameter({ name: '/p', value: 'v', type: 'String' }))).toContain('ssm:Put');
    expect(keystore.generation).toBe(generation);
    expect((await store.describeParameters()).parameters).toEqual([]);
  });

  it('cannot show the question another encryption context than the work', async () => {
    const { keystore, kms, keyId, grant } = await world();
    await grant(allow('kms:*', '*', equals('kms:EncryptionContext:tenant', 'one')));
    const plaintext = new Uint8Array([1]);
    let reads = 0;
    const encryptionContext = {
      get tenant() {
        reads += 1;
        return reads === 1 ? 'one' : 'two';
      },
    };
    const { ciphertextBlob } = kms.encrypt({ keyId, plaintext, encryptionContext });
    expect(keystore.decrypt({ ciphertextBlob, encryptionContext: { tenant: 'one' } }).plaintext).toEqual(plaintext);
    reads = 0;
    const other = keystore.encrypt({ keyId, plaintext, encryptionContext: { tenant: 'two' } }).ciphertextBlob;
    expect(() => kms.decrypt({ ciphertextBlob: other, encryptionContext })).toThrow(
      expect.objectContaining({ name: 'InvalidCiphertextException' }),
    );
    const wrong = new Map([['tenant', 'one']]) as unknown as Readonly<Record<string, string>>;
    expect(() => kms.encrypt({ keyId, plaintext, encryptionContext: wrong })).toThrow(TypeError);
  });

  it('is asked before the parameter is looked up, and after the key is', async () => {
    const { kms, ssm } = await world();
    expect(await outcome(() => ssm.getParameter({ name: '/missing' }))).toBe(
      no('ssm:GetParameter', parameterArn('missing')),
    );
    await expect(kms.describeKey({ keyId: 'alias/missing' })).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it("is refused of what is the project's own, such as the unlock slots", async () => {
    const { kms, grant } = await world();
    expect(await outcome(() => kms.listUnlockSlots())).toBe(no('securestring:ListUnlockSlots', '*'));
    await grant(allow('kms:*', '*'), allow('securestring:List*', '*'));
    expect(await outcome(() => kms.listUnlockSlots())).toBe('allowed');
  });

  it('may not export a key that its policy keeps it from, though it may do everything else', async () => {
    const { keystore, kms, keyId, grant } = await world();
    await grant(allow('*', '*'));
    const unlock = { rootKey: new Uint8Array(32).fill(1) };
    expect(await outcome(() => kms.exportKeys({ keyIds: [keyId], unlock }))).toBe('allowed');
    const toAccount = { ...allow('kms:*', '*'), Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
    const never = { ...allow('kms:Decrypt', '*'), Effect: 'Deny', Principal: { AWS: USER } };
    await keystore.putKeyPolicy({ keyId, policy: policy(toAccount, never) });
    expect(await outcome(() => kms.exportKeys({ keyIds: [keyId], unlock }))).toMatch(/kms:Decrypt .* explicit deny/);
  });

  it('reads tags of a parameter only where a policy asks for them', async () => {
    const { store, ssm, grant } = await world();
    await store.putParameter({ name: '/p', value: 'v', type: 'String', tags: [{ key: 'team', value: 'blue' }] });
    await grant(allow('ssm:GetParameter', '*', equals('aws:ResourceTag/Team', 'blue')));
    expect(await outcome(() => ssm.getParameter({ name: '/p' }))).toBe('allowed');
    await grant(allow('ssm:GetParameter', '*', equals('ssm:resourceTag/team', 'red')));
    expect(await outcome(() => ssm.getParameter({ name: '/p' }))).toBe(no('ssm:GetParameter', parameterArn('p')));
  });
});

it('a change of a caller’s policies by another process is in force for the next call', async () => {
  const storage = memoryKeystore();
  const unlock = { rootKey: new Uint8Array(32).fill(7) };
  const [one, other] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
  const store = await openParameterStore({ keystore: one, storage: memoryStorage() });
  await store.putParameter({ name: '/p', value: 'v', type: 'String' });
  await other.createUser({ userName: 'u' });
  const user = store.as(USER);
  const read = () => outcome(() => user.getParameter({ name: '/p' }));
  expect(await read()).toContain('ssm:GetParameter');
  await other.putUserPolicy({ userName: 'u', policyName: 'p', policyDocument: policy(allow('ssm:*', '*')) });
  expect(await read()).toBe('allowed');
  await other.deleteUserPolicy({ userName: 'u', policyName: 'p' });
  expect(await read()).toContain('ssm:GetParameter');
  await other.deleteUser({ userName: 'u' });
  expect(await read()).toContain('There is no user or role');
});
