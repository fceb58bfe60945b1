/**
 * The endpoint: answers the requests of AWS's clients for KMS, Parameter Store and STS. It is a function of a request,
 * and knows no server and no socket.
 * @module
 */

import { callback, clock, type Members, members, optional, takeOptions } from '@securestring/core/options';
import { shown } from '@securestring/core/quoted';
import { isWellFormed } from '@securestring/core/utf8';
import { fromWire, type Place, ServiceError, toWire, WireError } from '@securestring/service';
import { randomUUID } from '#platform';
import { type AccessKey, type Authenticated, authenticatorOf, type FindAccessKey } from './authentication.ts';
import { EndpointError } from './fault.ts';
import { type AwsEndpoint, endpointOver, MAX_BODY_LENGTH } from './fetch.ts';
import { type ForeignKey, foreignFailure, foreignKeyIn } from './foreign-keys.ts';
import { jsonAnswer, jsonError, parseBody } from './json.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';
import { asKeystore, asParameters } from './options.ts';
import { SERVICES, type Services, type WireOperation, type WireService } from './services.ts';
import { answerSts, queryStatusOf, STS, stsError } from './sts.ts';

/**
 * Finds what answers for an account in a Region; `undefined` if nothing does. With `isForeign` a caller of another
 * account names a key there: nothing is to be made for it.
 */
export type FindServices = (
  place: Pick<Place, 'accountId' | 'region'>,
  options?: { readonly isForeign?: boolean },
) => Services | undefined | Promise<Services | undefined>;

/** Options of {@link awsEndpoint}: one keystore with its parameter store, or a function that finds them by place. */
export type EndpointOptions = (Services | { readonly services: FindServices }) & {
  /**
   * Finds an access key by its id. Default: every access key is the account's root, and any signature is accepted. Then
   * keep the endpoint to this process or this machine.
   */
  readonly accessKey?: FindAccessKey;
  /** Receives each call of an operation after its answer is made. What it throws is dropped. */
  readonly onCall?: (call: EndpointCall) => void;
  /** Milliseconds since 1970, by which a signature is too old or too new. Default `Date.now`. */
  readonly clock?: () => number;
};

/** A call, as a log would show it. It holds nothing secret. */
export interface EndpointCall {
  /** AWS's name, such as `GetParameter`. */
  readonly operation: string;
  /** The texts, numbers and flags of the request that may be shown, by our names. No value of a secret member. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The caller's account and Region. */
  readonly place: Place;
  /** The id in the answer. */
  readonly requestId: string;
  /** AWS's name of the error; absent from a call that succeeded. */
  readonly error?: string;
}

/** The account of callers whose access key nothing names. */
const DEFAULT_ACCOUNT = '000000000000';

/**
 * Makes an endpoint. The account of a request is its access key's, its Region that of the credential's scope.
 *
 * @throws `TypeError` if an option is unknown, missing, or not of its type.
 * @example
 * const endpoint = awsEndpoint({ keystore, parameters });
 * const client = new SSMClient({ region, credentials, requestHandler: sdkRequestHandler(endpoint) });
 */
export function awsEndpoint(options: EndpointOptions): AwsEndpoint {
  const own = takeOptions<AnyOptions>('awsEndpoint', options, OPTIONS);
  const { clock: now = Date.now, onCall } = own;
  const { find, accessKey = everyAccessKey(DEFAULT_ACCOUNT) } = served(own);
  const authenticate = authenticatorOf(accessKey, now);

  const answer = async (service: WireService | undefined, request: HttpRequest, id: string): Promise<HttpAnswer> => {
    if (request.method !== 'POST') throw unknownOperation(`${request.method} ${request.path}`);
    if (request.body.length > MAX_BODY_LENGTH) throw tooLarge();
    const caller = authenticate(request, id);
    if (service === undefined) return answerSts(request, caller, id);
    const { place } = caller;
    const operation = operationOf(service, request);
    const found = find(place);
    // A wait takes a turn of the queue, so nothing waits for what is there.
    const services = isThere(found) ? found : await found;
    if (services === undefined) throw otherRegion(place.region);
    const sent = fromWire(operation.request, parseBody(request.body));
    const call = onCall && { operation: operation.name, request: shownOf(operation, sent), place, requestId: id };
    try {
      const result = await perform({ services, find, service, operation }, sent, caller);
      const answered = toWire(operation.answer, result ?? {}, 'seconds');
      if (call !== undefined) report(onCall, call);
      return jsonAnswer(answered, id);
    } catch (error) {
      const failure = withoutMessage(operation, error);
      if (call !== undefined) report(onCall, { ...call, error: failureOf(service, failure).name });
      throw failure;
    }
  };

  const handle = async (request: HttpRequest): Promise<HttpAnswer> => {
    const requestId = randomUUID();
    const service = serviceOf(request);
    try {
      return await answer(service, request, requestId);
    } catch (error) {
      return errorAnswer(service, error, requestId);
    }
  };

  return endpointOver(handle);
}

/** Whether what finds the services has them at once. */
function isThere(found: ReturnType<FindServices>): found is Services | undefined {
  return found === undefined || !('then' in found);
}

/** Empties the message of an error that AWS sends without one. */
function withoutMessage({ withoutMessage: names }: WireOperation, error: unknown): unknown {
  return error instanceof ServiceError && names.includes(error.name) ? new EndpointError(error.name, '') : error;
}

/** Picks what a log may show of a request. */
function shownOf({ request }: WireOperation, sent: Readonly<Record<string, unknown>>): EndpointCall['request'] {
  const shown = Object.entries(sent).filter(([name]) => !request[name]?.isSecret && request[name]?.wire === 'plain');
  return Object.fromEntries(shown);
}

function report(onCall: EndpointOptions['onCall'], call: EndpointCall): void {
  try {
    onCall?.(call);
  } catch {
    // The call is done.
  }
}

/** The options of both kinds of endpoint. */
interface AnyOptions extends Partial<Services>, Pick<EndpointOptions, 'accessKey' | 'onCall' | 'clock'> {
  readonly services?: FindServices;
}

const OPTIONS: Members<AnyOptions> = members<AnyOptions>({
  keystore: optional(asKeystore),
  parameters: optional(asParameters),
  services: optional(callback<FindServices>),
  accessKey: optional(callback<FindAccessKey>),
  onCall: optional(callback<NonNullable<EndpointOptions['onCall']>>),
  clock: optional(clock),
});

/** Returns what finds the services, and the access keys. */
function served({ services, keystore, parameters, accessKey }: AnyOptions): {
  readonly find: FindServices;
  readonly accessKey?: FindAccessKey | undefined;
} {
  if (services === undefined) {
    const one = { keystore: asKeystore(keystore, 'keystore'), parameters: asParameters(parameters, 'parameters') };
    return { find: findOne(one), accessKey: accessKey ?? everyAccessKey(one.keystore.accountId) };
  }
  if (keystore === undefined && parameters === undefined) return { find: services, accessKey };
  throw new TypeError('awsEndpoint takes services alone, or keystore and parameters.');
}

/** Finds the one pair of services, for callers of its own account in its own Region. */
function findOne({ keystore, parameters }: Services): FindServices {
  return ({ accountId, region }) =>
    accountId === keystore.accountId && region === keystore.region ? { keystore, parameters } : undefined;
}

function everyAccessKey(accountId: string): (accessKeyId: string) => AccessKey {
  return () => ({ accountId, secretAccessKey: undefined });
}

/** Finds the service by the target, else by the credential's scope. STS has no target: it is `undefined`. */
function serviceOf({ headers }: HttpRequest): WireService | undefined {
  const target = headers['x-amz-target'];
  if (target !== undefined) return SERVICES.find((service) => target.startsWith(`${service.target}.`)) ?? SERVICES[0];
  const scope = /Credential=[^/,\s]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers['authorization'] ?? '')?.[1];
  return scope === STS || isForm(headers['content-type'])
    ? undefined
    : (SERVICES.find(({ signingName }) => signingName === scope) ?? SERVICES[0]);
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/x-www-form-urlencoded') ?? false;
}

function operationOf({ target, operations }: WireService, { headers }: HttpRequest): WireOperation {
  const sent = headers['x-amz-target'] ?? '';
  const found = sent.startsWith(`${target}.`) ? operations.get(sent.slice(target.length + 1)) : undefined;
  if (found === undefined) throw unknownOperation(sent);
  return found;
}

/** An operation, and what may answer it. */
interface Target {
  /** Of the caller's account. */
  readonly services: Services;
  readonly find: FindServices;
  readonly service: WireService;
  readonly operation: WireOperation;
}

/** Performs an operation in the caller's account, or in that of the key which the request names. */
function perform(target: Target, sent: Readonly<Record<string, unknown>>, by: Authenticated): unknown {
  const { services, service, operation } = target;
  const foreign = service.takesForeignKeys ? foreignKeyIn(sent, by) : undefined;
  return foreign === undefined ? operation.call(services, sent, by.caller) : performThere(target, sent, by, foreign);
}

async function performThere(
  { services, find, operation }: Target,
  sent: Readonly<Record<string, unknown>>,
  { caller }: Authenticated,
  foreign: ForeignKey,
): Promise<unknown> {
  const others = await find(foreign, { isForeign: true });
  if (others === undefined) return operation.call(services, sent, caller);
  try {
    // The root of another account is a caller like others.
    return await operation.call(others, sent, { ...caller, isUnlimited: false });
  } catch (error) {
    throw foreignFailure(error, operation.name, foreign, caller);
  }
}

/** Every failure is an answer of AWS's. None that would fail again has a status that clients repeat. */
function errorAnswer(service: WireService | undefined, error: unknown, requestId: string): HttpAnswer {
  const { name, message, queryStatus } = failureOf(service, error);
  if (service === undefined) return stsError(queryStatus, name, message, requestId);
  return jsonError(400, name, message, requestId);
}

function failureOf(
  service: WireService | undefined,
  error: unknown,
): { readonly name: string; readonly message: string; readonly queryStatus: number } {
  if (error instanceof EndpointError) return error;
  if (error instanceof ServiceError)
    return { name: error.name, message: error.message, queryStatus: queryStatusOf(error) };
  // Misuse of a library's call is a value of a wrong type in the request.
  if (error instanceof WireError || error instanceof TypeError || error instanceof RangeError) {
    return { name: 'SerializationException', message: error.message, queryStatus: 400 };
  }
  const name = service?.internalFailure ?? 'InternalFailure';
  return { name, message: error instanceof Error ? error.message : 'The operation failed.', queryStatus: 400 };
}

function unknownOperation(what: string): EndpointError {
  const name = isWellFormed(what) ? shown(what.slice(0, 128)) : '';
  return new EndpointError('UnknownOperationException', `This endpoint has no operation ${name}.`);
}

function otherRegion(region: string): EndpointError {
  return new EndpointError(
    'InvalidSignatureException',
    `Credential should be scoped to a valid region, not '${shown(region.slice(0, 64))}'.`,
    403,
  );
}

function tooLarge(): EndpointError {
  return new EndpointError('RequestEntityTooLargeException', `The body has more than ${MAX_BODY_LENGTH} bytes.`, 413);
}
