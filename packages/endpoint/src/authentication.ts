/**
 * Who calls: the access key that signed a request, its token, and where the request comes from.
 * @module
 */

import { partitionOf } from '@securestring/core/partitions';
import type { AccessKeySecret, KeyCaller } from '@securestring/keystore/access-keys';
import { type Place, rootArn } from '@securestring/service';
import type { CallerFacts, Identity, Origin } from '@securestring/service/policy';
import { EndpointError } from './fault.ts';
import type { HttpRequest } from './message.ts';
import { parseCredential, signatureVerifier } from './signature.ts';

/** An access key, as the endpoint knows it. */
export interface AccessKey extends Omit<AccessKeySecret, 'secretAccessKey'> {
  /** Signs the caller's requests. Secret. `undefined`: any signature is accepted. */
  readonly secretAccessKey: string | undefined;
}

/**
 * Finds an access key by its id and, of a session, its token. `undefined` for an access key that is unknown, and for a
 * token that is not its own.
 */
export type FindAccessKey = (accessKeyId: string, sessionToken?: string) => AccessKey | undefined;

/** A caller whose signature was verified. */
export interface Authenticated {
  /** The caller's account, and the Region of the request. */
  readonly place: Place;
  readonly caller: CallerFacts;
  /** The user or the session. Absent if the caller is the account's root. */
  readonly key?: KeyCaller;
}

/** Makes the function that verifies a request's signature, and returns its caller. */
export function authenticatorOf(
  accessKey: FindAccessKey,
  clock: () => number,
): (request: HttpRequest, requestId: string) => Authenticated {
  const verifier = signatureVerifier();
  return (request, requestId) => {
    const { accessKeyId, region } = parseCredential(request);
    const token = request.headers['x-amz-security-token'];
    const found = token === undefined ? accessKey(accessKeyId) : accessKey(accessKeyId, token);
    if (found === undefined) throw unknownToken('The security token included in the request is invalid.');
    const { secretAccessKey, accountId, caller: key } = found;
    if (key?.isExpired) throw expiredToken();
    if (secretAccessKey !== undefined) verifier.verify(request, secretAccessKey, clock());
    const place = { accountId, region, partition: partitionOf(region) };
    const identify = key?.identify ?? (() => rootIdentity(place));
    const caller = { identify, origin: originOf(request, accessKeyId, requestId), isUnlimited: key === undefined };
    return key === undefined ? { place, caller } : { place, caller, key };
  };
}

function originOf({ headers, remoteAddress, isSecure }: HttpRequest, accessKeyId: string, requestId: string): Origin {
  const userAgent = headers['user-agent'];
  return {
    accessKeyId,
    requestId,
    ...(remoteAddress !== undefined && { sourceIp: remoteAddress }),
    ...(userAgent !== undefined && { userAgent }),
    ...(isSecure !== undefined && { isSecure }),
  };
}

function rootIdentity(place: Place): Identity {
  const { accountId } = place;
  return {
    caller: { type: 'Root', accountId, arn: rootArn(place), roleArn: undefined, uniqueId: accountId },
    policies: { identity: [], boundary: undefined, session: undefined },
    name: undefined,
    tags: new Map(),
    sessionStart: undefined,
  };
}

function unknownToken(message: string): EndpointError {
  return new EndpointError('UnrecognizedClientException', message, 403);
}

function expiredToken(): EndpointError {
  return new EndpointError('ExpiredTokenException', 'The security token included in the request is expired', 403);
}
