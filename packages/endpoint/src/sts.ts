/**
 * Security Token Service, of which `GetCallerIdentity` and `AssumeRole` are here: the Query protocol, a form in and XML
 * out.
 * @module
 */

import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';
import type { AssumeRoleRequest } from '@securestring/keystore';
import type { ServiceError } from '@securestring/service';
import { userIdOf } from '@securestring/service/policy';
import type { Authenticated } from './authentication.ts';
import { EndpointError } from './fault.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';

/** The name in a credential's scope. */
export const STS = 'sts';
const VERSION = '2011-06-15';
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`;

/** The content of an answer: elements by name. */
interface Elements {
  readonly [name: string]: string | number | Date | Elements;
}

type Action = (form: URLSearchParams, caller: Authenticated) => Elements | Promise<Elements>;

/** By AWS's names. */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['GetCallerIdentity', getCallerIdentity],
  ['AssumeRole', assumeRole],
]);

/**
 * Answers a request of STS.
 *
 * @throws `EndpointError` (`InvalidAction`) for an action that is not here, and what the action throws.
 */
export async function answerSts({ body }: HttpRequest, caller: Authenticated, requestId: string): Promise<HttpAnswer> {
  const form = new URLSearchParams(decodeUtf8(body) ?? '');
  const name = form.get('Action') ?? '';
  const action = ACTIONS.get(name);
  if (action === undefined) {
    throw new EndpointError(
      'InvalidAction',
      `Could not find operation ${name.slice(0, 128)} for version ${form.get('Version')?.slice(0, 32) ?? VERSION}`,
    );
  }
  const result = elements(await action(form, caller));
  const metadata = elements({ ResponseMetadata: { RequestId: requestId } });
  return xmlAnswer(
    200,
    `<${name}Response xmlns="${NAMESPACE}"><${name}Result>${result}</${name}Result>${metadata}</${name}Response>`,
    requestId,
  );
}

/** Needs no permission: every caller whose signature is right may know who it is. */
function getCallerIdentity(_form: URLSearchParams, { place, caller }: Authenticated): Elements {
  const { caller: found } = caller.identify();
  return { Arn: found.arn, UserId: userIdOf(found), Account: place.accountId };
}

async function assumeRole(form: URLSearchParams, { caller, key }: Authenticated): Promise<Elements> {
  if (key === undefined) throw new EndpointError('AccessDenied', 'Roles may not be assumed by root accounts.', 403);
  const { credentials, assumedRoleUser, packedPolicySize } = await key.assumeRole(requestOf(form), caller.origin);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: assumedRoleUser.assumedRoleId, Arn: assumedRoleUser.arn },
    ...(packedPolicySize !== undefined && { PackedPolicySize: packedPolicySize }),
  };
}

/** Texts of the form by AWS's names, and our names of the members. */
const TEXTS = {
  RoleArn: 'roleArn',
  RoleSessionName: 'roleSessionName',
  Policy: 'policy',
  ExternalId: 'externalId',
  SourceIdentity: 'sourceIdentity',
  SerialNumber: 'serialNumber',
  TokenCode: 'tokenCode',
  MinimumSessionTokenSize: 'minimumSessionTokenSize',
} as const;
/** Lists that the operation refuses by name, if they have an entry. */
const REFUSED_LISTS = {
  PolicyArns: 'policyArns',
  TransitiveTagKeys: 'transitiveTagKeys',
  ProvidedContexts: 'providedContexts',
} as const;

/** Reads a request of AssumeRole. Members that are missing or out of bounds are the operation's to refuse. */
function requestOf(form: URLSearchParams): AssumeRoleRequest {
  const request: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(TEXTS)) {
    const value = form.get(name);
    if (value !== null) request[member] = value;
  }
  for (const [name, member] of Object.entries(REFUSED_LISTS)) {
    const entry = [...form.keys()].find((key) => key.startsWith(`${name}.member.`));
    if (entry !== undefined) request[member] = [entry];
  }
  const seconds = form.get('DurationSeconds');
  if (seconds !== null) request['durationSeconds'] = wholeNumber(seconds);
  const tags = tagsOf(form);
  if (tags.length > 0) request['tags'] = tags;
  return request as unknown as AssumeRoleRequest;
}

function wholeNumber(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new EndpointError('ValidationError', 'DurationSeconds must be a whole number.');
}

/** More than AWS takes: the operation refuses a longer list. */
const MOST_TAGS = 100;

function tagsOf(form: URLSearchParams): readonly Readonly<Record<string, string>>[] {
  const tags: Record<string, string>[] = [];
  for (let i = 1; i <= MOST_TAGS; i++) {
    const [key, value] = [form.get(`Tags.member.${i}.Key`), form.get(`Tags.member.${i}.Value`)];
    if (key === null && value === null) break;
    tags.push({ ...(key !== null && { key }), ...(value !== null && { value }) });
  }
  return tags;
}

/** The names that the Query protocol has for errors that AWS JSON calls otherwise. */
const QUERY_NAMES: ReadonlyMap<string, string> = new Map([
  ['AccessDeniedException', 'AccessDenied'],
  ['ExpiredTokenException', 'ExpiredToken'],
  ['IncompleteSignatureException', 'IncompleteSignature'],
  ['InvalidSignatureException', 'SignatureDoesNotMatch'],
  ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
  ['SerializationException', 'MalformedInput'],
  ['UnrecognizedClientException', 'InvalidClientTokenId'],
  ['ValidationException', 'ValidationError'],
]);

/** Returns the status of a refusal in the Query protocol. */
export function queryStatusOf(error: ServiceError): number {
  return error.name === 'AccessDenied' || error.name === 'AccessDeniedException' ? 403 : 400;
}

/** Builds an error's answer in the Query protocol. */
export function stsError(status: number, name: string, message: string, requestId: string): HttpAnswer {
  const error = {
    Type: status < 500 ? 'Sender' : 'Receiver',
    Code: QUERY_NAMES.get(name) ?? name,
    Message: message,
  };
  const content = elements({ Error: error, RequestId: requestId });
  return xmlAnswer(status, `<ErrorResponse xmlns="${NAMESPACE}">${content}</ErrorResponse>`, requestId);
}

function xmlAnswer(status: number, text: string, requestId: string): HttpAnswer {
  const body = encodeUtf8(text);
  return {
    status,
    headers: { 'x-amzn-requestid': requestId, 'content-type': 'text/xml', 'content-length': String(body.length) },
    body,
  };
}

function elements(content: Elements): string {
  return Object.entries(content)
    .map(([name, value]) => `<${name}>${contentOf(value)}</${name}>`)
    .join('');
}

function contentOf(value: Elements[string]): string {
  if (typeof value === 'number') return String(value);
  // AWS writes times in whole seconds.
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  if (typeof value === 'object') return elements(value);
  return value.replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]|[&<>"']/g, escaped);
}

/** A character that XML gives a meaning, or does not have. */
function escaped(character: string): string {
  return '&<>"\''.includes(character) ? `&#${character.charCodeAt(0)};` : '\ufffd';
}
