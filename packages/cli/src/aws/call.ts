/**
 * Calls: those of KMS and Parameter Store go through the endpoint, which has no server here; those of IAM and STS go to
 * the keystore.
 * @module
 */

import { awsEndpoint, type FindServices, type HttpAnswer } from '@securestring/endpoint';
import type { Keystore } from '@securestring/keystore';
import { AUTHORIZATION } from '@securestring/keystore/authorization';
import { fromWire, rootArn, ServiceError, toWire, WireError } from '@securestring/service';
import { type CallerFacts, userIdOf } from '@securestring/service/policy';
import { shownAnswer, withPolicies } from './answers.ts';
import type { Caller } from './caller.ts';
import { AWS_EXIT, AwsFault } from './fault.ts';
import type { AwsOperation, AwsService } from './services.ts';

/** What an operation is called in. */
export interface CallPlace {
  readonly service: AwsService;
  readonly operation: AwsOperation;
  readonly keystore: Keystore;
  readonly find: FindServices;
  readonly region: string;
  readonly caller: Caller;
}

export type Request = Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Calls an operation with a request in its form on the wire.
 *
 * @throws `AwsFault` for a refusal.
 */
export async function call(place: CallPlace, request: Request): Promise<Answer> {
  const { service, operation } = place;
  if (service.name === 'iam') {
    return withPolicies(shownAnswer(operation.answer, await direct(place, request), 'utc')) as Answer;
  }
  if (service.name === 'sts') return shownAnswer(operation.answer, await direct(place, request), 'utc');
  return shownAnswer(operation.answer, await throughEndpoint(place, request), 'local');
}

const TARGETS: Readonly<Record<string, string>> = { kms: 'TrentService', ssm: 'AmazonSSM' };

async function throughEndpoint(place: CallPlace, request: Request): Promise<Answer> {
  const { service, operation, keystore, find, region, caller } = place;
  const { accountId } = keystore;
  const { accessKeyId, sessionToken, key } = caller;
  const accessKey = () => ({ accountId, ...key, secretAccessKey: undefined });
  const endpoint = awsEndpoint({ services: find, accessKey });
  const scope = `${accessKeyId}/19700101/${region}/${service.name}/aws4_request`;
  const answer = await endpoint.handle({
    method: 'POST',
    path: '/',
    headers: {
      'x-amz-target': `${TARGETS[service.name]}.${operation.name}`,
      // The secret was compared before, and the store is this process's own.
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      'user-agent': 'securestring',
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    },
    body: Buffer.from(JSON.stringify(request)),
  });
  return answerOf(answer, operation);
}

function answerOf({ status, text = '{}' }: HttpAnswer, operation: AwsOperation): Answer {
  const body: Answer = JSON.parse(text);
  if (status === 200) return body;
  throw refusal(operation, String(body['__type']), String(body['message'] ?? ''));
}

function refusal({ name }: AwsOperation, code: string, message: string, cause?: unknown): AwsFault {
  const text = `An error occurred (${code}) when calling the ${name} operation: ${message}`;
  return new AwsFault(AWS_EXIT.refused, text, { cause });
}

async function direct(place: CallPlace, request: Request): Promise<Answer> {
  const { operation } = place;
  try {
    const sent = fromWire({ ...operation.request, ...operation.refused }, request);
    return toWire(operation.answer, (await work(place, sent)) ?? {}, 'seconds');
  } catch (error) {
    if (error instanceof ServiceError) throw refusal(operation, error.name, error.message, error);
    if (error instanceof WireError || error instanceof TypeError || error instanceof RangeError) {
      throw refusal(operation, 'ValidationError', error.message, error);
    }
    throw error;
  }
}

type Calls = Readonly<Record<string, (request: unknown) => unknown>>;

function work({ operation, keystore, caller }: CallPlace, sent: object): unknown {
  const { key } = caller;
  const root = rootArn({ accountId: keystore.accountId, partition: keystore.partition });
  const identify = key?.caller?.identify ?? keystore[AUTHORIZATION].identify(root);
  const by: CallerFacts = { identify, origin: {}, isUnlimited: key?.caller === undefined };
  if (operation.row === 'getCallerIdentity') {
    const { caller: found } = identify();
    return { userId: userIdOf(found), account: found.accountId, arn: found.arn };
  }
  const view: unknown = key?.caller === undefined ? keystore : keystore[AUTHORIZATION].as(by);
  return (view as Calls)[operation.row]?.(sent);
}
