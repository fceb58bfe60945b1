/** An endpoint over a deterministic store, and requests to it by hand. */

import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';
import { createTestStore, type TestStoreOptions } from '@securestring/parameters/testing';
import { type AwsEndpoint, awsEndpoint, type EndpointOptions } from '../src/index.ts';

/** What an answer says. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body's members; none of a body that is not JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Makes an endpoint over a test store. */
export async function testEndpoint(
  options: TestStoreOptions & Pick<EndpointOptions, 'accessKey'> = {},
): Promise<{ readonly endpoint: AwsEndpoint; readonly store: Awaited<ReturnType<typeof createTestStore>> }> {
  const { accessKey, ...rest } = options;
  const store = await createTestStore(rest);
  const { keystore, store: parameters } = store;
  return { endpoint: awsEndpoint({ keystore, parameters, ...(accessKey && { accessKey }) }), store };
}

export const scopeOf = (target: string): string => (target.startsWith('AmazonSSM') ? 'ssm' : 'kms');

/** Sends a body as it is, with a credential that nothing verifies. */
export async function sendRaw(
  endpoint: AwsEndpoint,
  target: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Answered> {
  const answer = await endpoint.handle({
    method: 'POST',
    path: '/',
    headers: {
      host: 'localhost',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/${scopeOf(target)}/aws4_request, SignedHeaders=host, Signature=0`,
      ...headers,
    },
    body: typeof body === 'string' ? encodeUtf8(body) : body,
  });
  const text = decodeUtf8(answer.body) ?? '';
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: text.startsWith('{') ? (JSON.parse(text) as Answered['json']) : {},
  };
}

/** Sends a request of AWS JSON. */
export function send(endpoint: AwsEndpoint, target: string, request: unknown): Promise<Answered> {
  return sendRaw(endpoint, target, JSON.stringify(request));
}
