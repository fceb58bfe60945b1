/**
 * Users and sessions of roles who call, through the library and through AWS's own clients.
 * @module
 */

import * as kmsSdk from '@aws-sdk/client-kms';
import * as ssmSdk from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import type { KeystoreView } from '@securestring/keystore';
import type { ParameterStoreView } from '@securestring/parameters';
import { afterEach } from 'vitest';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const USER = `arn:aws:iam::${ACCOUNT}:user/u`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/r`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/r/s1`;
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const OTHER = '111122223333';
export const FOREIGN_USER = `arn:aws:iam::${OTHER}:user/foreign`;

export type Json = Readonly<Record<string, unknown>>;
export const allow = (Action: string | string[], Resource: string | string[], more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
export const deny = (Action: string | string[], Resource: string | string[], more: Json = {}): Json => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
export const policy = (...Statement: Json[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
export const parameterArn = (name: string): string => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name}`;
export const toRoot: Json = { ...allow('kms:*', '*'), Principal: { AWS: ROOT } };

/** The operations as a caller has them. */
interface Views {
  readonly kms: KeystoreView;
  readonly ssm: ParameterStoreView;
}

/** Maps whose keys are the user's own, in requests and answers. */
const MAPS = /^(?:.*encryptionContext.*)$/i;

/** Writes the first letter of each member's name another way. */
function renamed(value: unknown, change: (letter: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, change));
  const isRecord =
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Date);
  if (!isRecord) return value;
  const entries = Object.entries(value).map(([name, each]) => {
    const other = change(name.charAt(0)) + name.slice(1);
    return [other, MAPS.test(name) ? each : renamed(each, change)];
  });
  return Object.fromEntries(entries);
}

/** An SDK's client with the methods of the library. */
function viewOver<View extends object>(client: { send(command: never): Promise<unknown> }, sdk: object): View {
  const commands = sdk as Readonly<Record<string, new (input: unknown) => unknown>>;
  const call = (name: string) => async (request: unknown) => {
    const Command = commands[`${name.charAt(0).toUpperCase()}${name.slice(1)}Command`];
    if (Command === undefined) throw new Error(`The SDK has no ${name}.`);
    const input = renamed(request ?? {}, (letter) => letter.toUpperCase());
    return renamed(await client.send(new Command(input) as never), (letter) => letter.toLowerCase());
  };
  return new Proxy({}, { get: (_, name) => call(String(name)) }) as View;
}

/** Calls with the credentials of a user, or of a session that a user has assumed. */
async function sdkViews(aws: TestEndpoint, as: string, transport: object): Promise<Views> {
  const settings = { region: REGION, maxAttempts: 1, ...transport };
  const userName = as === USER ? 'u' : as === FOREIGN_USER ? 'foreign' : 'assumer';
  const accountId = as === FOREIGN_USER ? OTHER : ACCOUNT;
  let credentials: object = await aws.keystore.createAccessKey({ userName, accountId });
  if (as === SESSION) {
    const sts = new STSClient({ ...settings, credentials } as never);
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 's1' }));
    credentials = renamed(Credentials, (letter) => letter.toLowerCase()) as object;
  }
  const given = { ...settings, credentials } as never;
  return { kms: viewOver(new kmsSdk.KMSClient(given), kmsSdk), ssm: viewOver(new ssmSdk.SSMClient(given), ssmSdk) };
}

/** Makes the operations of a caller. */
export type Way = (aws: TestEndpoint, as: string) => Promise<Views>;

/** The ways in which a caller's operations are reached. */
export const WAYS: Readonly<Record<string, Way>> = {
  'the library': async ({ keystore, store }, as) => ({ kms: keystore.as(as), ssm: store.as(as) }),
  "AWS's SDK in one process": (aws, as) => sdkViews(aws, as, { requestHandler: aws.requestHandler }),
  "AWS's SDK over HTTP": (aws, as) => sdkViews(aws, as, { endpoint: aws.url }),
};

export interface World extends Views, Pick<TestEndpoint, 'keystore' | 'store'> {
  /** The customer's key, and its ARN. */
  readonly keyId: string;
  readonly key: string;
  /** Gives the caller these statements and no others. */
  grant(...statements: Json[]): Promise<void>;
  /** Makes the caller again: a session of the present role. */
  again(): Promise<Views>;
}

const open: TestEndpoint[] = [];
afterEach(async () => {
  for (const aws of open.splice(0)) await aws.close();
});

const trust = (Principal: Json): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] });

/** Runs a call, and returns the text of its denial; `'allowed'` if it was not denied. */
export async function outcome(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'allowed';
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return error.message;
    throw error;
  }
}

export const TEXT = new TextEncoder().encode('secret');
export const no = (action: string, resource: string, as = USER, kind = 'identity-based'): string =>
  `User: ${as} is not authorized to perform: ${action} on resource: ${resource} because no ${kind} policy allows the ${action} action`;
export const equals = (key: string, ...values: string[]): Json => ({ Condition: { StringEquals: { [key]: values } } });
export const context = (Dept: string) => ({ encryptionContext: { Dept } });

/** Makes users and a role without policies, and a key with the default policy or another one. */
export async function makeWorld(viewsOf: Way, as: string = USER, keyPolicy?: () => Json[]): Promise<World> {
  const aws = await startTestEndpoint({ autoCreate: true });
  open.push(aws);
  const { keystore, store } = aws;
  await keystore.createUser({ userName: 'u' });
  await keystore.createUser({ userName: 'foreign', accountId: OTHER });
  await keystore.createUser({ userName: 'assumer' });
  const AWS = `arn:aws:iam::${ACCOUNT}:user/assumer`;
  await keystore.createRole({ roleName: 'r', assumeRolePolicyDocument: trust({ AWS }) });
  const given = keyPolicy && { policy: policy(...keyPolicy()), bypassPolicyLockoutSafetyCheck: true };
  const { keyMetadata } = await keystore.createKey(given ?? {});
  const grant = async (...statements: Json[]): Promise<void> => {
    const document = { policyName: 'p', policyDocument: policy(...statements) };
    if (as === SESSION) await keystore.putRolePolicy({ roleName: 'r', ...document });
    else
      await keystore.putUserPolicy({
        userName: as === USER ? 'u' : 'foreign',
        accountId: as === USER ? ACCOUNT : OTHER,
        ...document,
      });
  };
  const again = () => viewsOf(aws, as);
  return { keystore, store, keyId: keyMetadata.keyId, key: keyMetadata.arn, grant, again, ...(await again()) };
}
