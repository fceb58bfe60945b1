/** A keystore with a user and a role, and requests that are signed with an access key. */

import { createHash, createHmac } from 'node:crypto';
import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';
import { type Keystore, memoryStorage as keyStorage, openKeystore } from '@securestring/keystore';
import { memoryStorage, openParameterStore, type ParameterStore } from '@securestring/parameters';
import type { AwsEndpoint, HttpRequest } from '../src/index.ts';

export const ACCOUNT = '111122223333';
export const NOW = Date.UTC(2026, 5, 1, 12);
const unlock = { rootKey: new Uint8Array(32).fill(3) };

export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** What signs requests. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The services of an account, with a user `ann` and a role `reader` that ann may assume. */
export interface Prepared {
  readonly keystore: Keystore;
  readonly parameters: ParameterStore;
  /** Of the user. */
  readonly ann: Credentials;
  /** The user's unique id. */
  readonly userId: string;
  /** The role's unique id. */
  readonly roleId: string;
  /** Of the account's root. */
  readonly root: Credentials;
  readonly time: { now: number };
  /** Opens the keystore once more, as another process does. */
  elsewhere(): Promise<Keystore>;
}

/** The request that makes the role. */
export const READER = {
  roleName: 'reader',
  path: '/team/',
  assumeRolePolicyDocument: policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ann` },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
  }),
  maxSessionDuration: 43_200,
} as const;

/** Makes them with the policies of the user and of the role. */
export async function prepare(identity: string, role: string): Promise<Prepared> {
  const time = { now: NOW };
  const storage = keyStorage();
  const elsewhere = () => openKeystore({ storage, unlock, accountId: ACCOUNT, clock: () => time.now });
  const keystore = await elsewhere();
  const parameters = await openParameterStore({ keystore, storage: memoryStorage(), clock: () => time.now });
  const { userId } = (await keystore.createUser({ userName: 'ann' })).user;
  await keystore.putUserPolicy({ userName: 'ann', policyName: 'p', policyDocument: identity });
  const { roleId } = (await keystore.createRole(READER)).role;
  await keystore.putRolePolicy({ roleName: 'reader', policyName: 'p', policyDocument: role });
  const ann = await keystore.createAccessKey({ userName: 'ann' });
  return { keystore, parameters, ann, userId, roleId, root: await keystore.createAccessKey(), time, elsewhere };
}

/** Signs a request as AWS's clients do. */
export function signed(
  service: 'kms' | 'ssm' | 'sts',
  headers: Readonly<Record<string, string>>,
  body: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): HttpRequest {
  const stamp = new Date(NOW).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const date = stamp.slice(0, 8);
  const all: Record<string, string> = {
    host: 'localhost',
    'x-amz-date': stamp,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    ...headers,
  };
  const names = Object.keys(all).sort();
  const canonical = `POST\n/\n\n${names.map((name) => `${name}:${all[name]}\n`).join('')}\n${names.join(';')}\n${hash(body)}`;
  const scope = `${date}/us-east-1/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash(canonical)}`;
  const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
  const key = [date, 'us-east-1', service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { method: 'POST', path: '/', headers: { ...all, authorization }, body: encodeUtf8(body) };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Calls an operation of KMS or Parameter Store. Returns the answer, or the name and text of its error. */
export async function call(
  endpoint: AwsEndpoint,
  target: string,
  request: object,
  credentials: Credentials,
  origin: Partial<HttpRequest> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const service = target.startsWith('AmazonSSM') ? 'ssm' : 'kms';
  const sent = signed(service, { 'x-amz-target': target }, JSON.stringify(request), credentials);
  const answer = await endpoint.handle({ ...sent, ...origin, headers: { ...sent.headers, ...origin.headers } });
  return JSON.parse(decodeUtf8(answer.body) ?? '');
}

/** Calls an action of STS. Returns the status and the XML. */
export async function callSts(
  endpoint: AwsEndpoint,
  request: Readonly<Record<string, string>>,
  credentials: Credentials,
): Promise<readonly [number, string]> {
  const body = new URLSearchParams({ Version: '2011-06-15', ...request }).toString();
  const answer = await endpoint.handle(
    signed('sts', { 'content-type': 'application/x-www-form-urlencoded' }, body, credentials),
  );
  return [answer.status, decodeUtf8(answer.body) ?? ''];
}

/** Returns the content of the first element of a name. */
export function elementIn(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}
