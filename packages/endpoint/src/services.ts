/**
 * The services behind the endpoint, and the operations that each has on the wire. The rows of the operations are the
 * services' own: no operation is named here.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import { AUTHORIZATION } from '@securestring/keystore/authorization';
import { OPERATIONS as KMS_OPERATIONS } from '@securestring/keystore/operations';
import type { ParameterStore } from '@securestring/parameters';
import { OPERATIONS as SSM_OPERATIONS } from '@securestring/parameters/operations';
import { type AnyOperation, awsName, type Members } from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';

/** What answers for one account in one Region. */
export interface Services {
  readonly keystore: Keystore;
  readonly parameters: ParameterStore;
}

/** An operation on the wire. */
export interface WireOperation {
  /** AWS's name, such as `GetParameter`. */
  readonly name: string;
  /** All members of its request, those that are refused by name among them. */
  readonly request: Members;
  readonly answer: Members;
  /** Names of errors whose message AWS leaves empty. */
  readonly withoutMessage: readonly string[];
  /** Calls it in a caller's name. The answer may be a promise. */
  call(services: Services, request: unknown, by: CallerFacts): unknown;
}

/** A service of AWS JSON. */
export interface WireService {
  /** The name in a credential's scope. */
  readonly signingName: string;
  /** The text before the operation's name in `x-amz-target`. */
  readonly target: string;
  /** The name of its failure that is not the caller's. */
  readonly internalFailure: string;
  /** Whether its requests may name keys of other accounts. */
  readonly takesForeignKeys: boolean;
  /** By AWS's names. */
  readonly operations: ReadonlyMap<string, WireOperation>;
}

/** Every service of AWS JSON here. */
export const SERVICES: readonly WireService[] = [
  {
    signingName: 'kms',
    target: 'TrentService',
    internalFailure: 'KMSInternalException',
    takesForeignKeys: true,
    operations: operationsOf(
      KMS_OPERATIONS,
      ({ keystore }) => keystore,
      (name) => KMS_OPERATIONS[name as keyof typeof KMS_OPERATIONS].way === 'use',
    ),
  },
  {
    signingName: 'ssm',
    target: 'AmazonSSM',
    internalFailure: 'InternalServerError',
    takesForeignKeys: false,
    operations: operationsOf(SSM_OPERATIONS, ({ parameters }) => parameters),
  },
];

type Calls = Readonly<Record<string, (request: unknown) => unknown>>;

/**
 * Makes the operations of a service. An operation that is `isAtOnce` reads no storage. For a caller whom policies limit
 * the keystore is reread before it: a right that another process took away is gone with the next request.
 */
function operationsOf(
  rows: Readonly<Record<string, AnyOperation>>,
  serviceOf: (services: Services) => Keystore | ParameterStore,
  isAtOnce: (name: string) => boolean = () => false,
): ReadonlyMap<string, WireOperation> {
  const own = Object.entries(rows).filter(([, { isOurs }]) => isOurs !== true);
  return new Map(
    own.map(([name, row]) => {
      const request = { ...row.request, ...row.refused };
      const readsNothing = isAtOnce(name);
      const callNow: WireOperation['call'] = (services, sent, by) => {
        const service = serviceOf(services);
        const authorization = service[AUTHORIZATION];
        // Of a call that no policy limits, only an event needs to know the caller.
        const isPlain = by.isUnlimited === true && !authorization.isRecorded;
        const called: unknown = isPlain ? service : authorization.as(by);
        return (called as Calls)[name]?.(sent);
      };
      const call: WireOperation['call'] = (services, sent, by) =>
        readsNothing && by.isUnlimited !== true
          ? services.keystore.refresh().then(() => callNow(services, sent, by))
          : callNow(services, sent, by);
      return [
        awsName(name),
        { name: awsName(name), request, answer: row.answer, withoutMessage: row.withoutMessage ?? [], call },
      ];
    }),
  );
}
