/**
 * An endpoint for the tests of an application: in memory, the same on every run, with a clock to move and faults on
 * order. Needs Node.
 * @module
 */

import {
  clock as anyClock,
  callback,
  flag,
  type Members,
  members,
  optional,
  takeOptions,
  text,
  unjudged,
} from '@securestring/core/options';
import { ACCESS_KEYS } from '@securestring/keystore/access-keys';
import { DETERMINISTIC_TIME } from '@securestring/keystore/testing';
import { createTestStore, type TestStore, type TestStoreOptions } from '@securestring/parameters/testing';
import { accessKeysOf, anyAccessKey } from './access-keys.ts';
import type { FindAccessKey } from './authentication.ts';
import { type Controls, controlled } from './control.ts';
import { awsEndpoint, type EndpointOptions } from './endpoint.ts';
import { faultyEndpoint, type OrderedFault } from './faulty.ts';
import type { AwsEndpoint } from './fetch.ts';
import { endpointOver } from './fetch.ts';
import { applyFixtures } from './fixtures/apply.ts';
import { judgeFixtures } from './fixtures/judge.ts';
import type { Fixtures, StoreFixture } from './fixtures/record.ts';
import { LISTENING } from './options.ts';
import { type SdkRequestHandler, sdkRequestHandler } from './sdk.ts';
import { type ServeOptions, serve } from './serve.ts';
import { type AccountRegion, storesByPlace } from './stores-by-place.ts';

export type { OrderedFault } from './faulty.ts';
export { type Fixtures, FixturesError } from './fixtures/record.ts';

/** What {@link startTestEndpoint} begins with, and each reset again. */
export interface TestEndpointOptions
  extends Omit<TestStoreOptions, 'clock'>,
    Pick<ServeOptions, 'host' | 'port' | 'tls' | 'names'>,
    Pick<EndpointOptions, 'accessKey' | 'onCall'> {
  /**
   * Keys and parameters to begin with, of several accounts and Regions. The first store is the endpoint's own, unless
   * the options name another account or Region. An access key of 12 digits names its account.
   */
  readonly fixtures?: Fixtures;
  /**
   * Make a store for each account and Region that a request names, empty at first. An access key of 12 digits then
   * names its account. Default false: there is one account in one Region, and requests for others are refused.
   */
  readonly autoCreate?: boolean;
  /**
   * Returns milliseconds since 1970, to which {@link TestEndpoint.advance} adds. Default a clock that shows
   * 2026-01-01T00:00:00Z. Signatures are judged by the machine's own clock, as the clients that make them.
   */
  readonly clock?: () => number;
}

/** A running endpoint. */
export interface TestEndpoint extends Pick<TestStore, 'keystore' | 'store'> {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The environment that points every AWS client of another process here. */
  readonly env: Readonly<Record<string, string>>;
  /** For clients of the AWS SDK for JavaScript in this process, which then need no socket. */
  readonly requestHandler: SdkRequestHandler;
  /** The same without a server. */
  readonly endpoint: AwsEndpoint;
  /** Puts everything back to the beginning: keys, parameters, clock and orders. */
  reset(): Promise<void>;
  /**
   * Moves the clock on.
   *
   * @throws `RangeError` if the milliseconds are negative or not a whole number.
   */
  advance(milliseconds: number): void;
  /** Makes the next calls fail, or wait. */
  order(fault: OrderedFault): void;
  /** Stops the server. */
  close(): Promise<void>;
  /** Does what {@link TestEndpoint.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an endpoint in memory. Access keys that the keystore keeps are its users', its sessions' and its root's, and
 * their signatures are verified. Every other access key is the account's root, with any signature. The account is
 * `000000000000`, the Region `us-east-1`, unless the options name others.
 *
 * **Insecure**: the seed gives every key. The ciphertexts are marked, and a real keystore refuses them.
 *
 * @throws `TypeError` if an option is unknown, or not of its type; `FixturesError` for a mistake in the fixtures,
 *   of which nothing is kept then; what `createTestStore` throws.
 * @example
 * const aws = await startTestEndpoint({ parameters: { '/app/password': 's3cret' } });
 * beforeEach(() => aws.reset());
 */
export async function startTestEndpoint(options: TestEndpointOptions = {}): Promise<TestEndpoint> {
  const own = takeOptions('startTestEndpoint', options, OPTIONS);
  const { host, port = 0, tls, names, clock = () => DETERMINISTIC_TIME, fixtures, ...first } = own;
  // A copy, so that every reset brings back the same.
  const stores = fixtures === undefined ? [] : structuredClone(judgeFixtures(fixtures).stores);
  const time = movableClock(clock);
  const open = () => openStores({ ...first, clock: time.now }, stores);
  let current = await open();
  const faulty = faultyEndpoint(endpointOver((request) => current.endpoint.handle(request)));
  const reset = async (): Promise<void> => {
    const before = current;
    time.reset();
    current = await open();
    faulty.forget();
    await before.close();
  };
  const endpoint = controlled(faulty.endpoint, { ...time, reset, order: faulty.order });
  const where = { port, ...(host !== undefined && { host }), ...(tls && { tls }), ...(names && { names }) };
  const server = await serve({ endpoint, ...where });
  const close = async (): Promise<void> => {
    await server.close();
    await current.close();
  };
  return {
    url: server.url,
    env: environmentOf(server.url, current.keystore),
    endpoint,
    requestHandler: sdkRequestHandler(endpoint),
    get keystore() {
      return current.keystore;
    },
    get store() {
      return current.store;
    },
    reset,
    advance: time.advance,
    order: faulty.order,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** `createTestStore` judges seed, parameters and events; `judgeFixtures` the fixtures. */
const OPTIONS: Members<TestEndpointOptions> = members<TestEndpointOptions>({
  seed: unjudged,
  parameters: unjudged,
  region: optional(text),
  accountId: optional(text),
  clock: optional(anyClock),
  onEvent: unjudged,
  onAudit: unjudged,
  ...LISTENING,
  accessKey: optional(callback<FindAccessKey>),
  onCall: optional(callback<NonNullable<EndpointOptions['onCall']>>),
  fixtures: unjudged,
  autoCreate: optional(flag),
});

/** What answers between two resets. */
interface TestStores extends Pick<TestStore, 'keystore' | 'store'> {
  readonly endpoint: AwsEndpoint;
  close(): Promise<void>;
}

/** Makes the store that a test begins with, and the way to those of other accounts and Regions. */
async function openStores(
  { accessKey, onCall, autoCreate = false, ...first }: TestEndpointOptions,
  stores: readonly Required<StoreFixture>[],
): Promise<TestStores> {
  const place = stores[0] && { accountId: stores[0].accountId, region: stores[0].region };
  const test = await fixedStore({ ...place, ...first }, stores);
  const { keystore, store } = test;
  const own = { keystore, parameters: store };
  const { parameters: _, ...empty } = first;
  const others = storesByPlace({
    own,
    open: async (at, { isForeign }) => {
      if ((isForeign || !autoCreate) && !stores.some((each) => isAt(each, at))) return undefined;
      const made = await fixedStore({ ...empty, ...at }, stores);
      return { keystore: made.keystore, parameters: made.store, close: made.close };
    },
  });
  try {
    for (const each of stores) await others.find(each);
  } catch (error) {
    await others.close();
    await test.close();
    throw error;
  }
  const hasSeveral = autoCreate || stores.length > 1;
  const endpoint = awsEndpoint({
    ...(hasSeveral ? { services: others.find } : own),
    accessKey: accessKey ?? knownOrRoot(keystore, hasSeveral),
    ...(onCall && { onCall }),
  });
  const close = async (): Promise<void> => {
    await others.close();
    await test.close();
  };
  return { keystore, store, endpoint, close };
}

/**
 * Finds the access keys that the keystore keeps, and those of its sessions. Every other one is an account's root, with
 * any signature.
 */
function knownOrRoot(keystore: TestStore['keystore'], hasSeveral: boolean): FindAccessKey {
  const { accountId } = keystore;
  const [known, any] = [accessKeysOf(keystore), anyAccessKey(accountId)];
  return (id, token) => {
    const found = known(id, token);
    // A session that has lost its role has not become the root.
    if (found !== undefined || (token !== undefined && keystore[ACCESS_KEYS].isOwnToken(id, token))) return found;
    return hasSeveral ? any(id) : { accountId, secretAccessKey: undefined };
  };
}

/** Makes a store with the fixtures of its account and Region. */
async function fixedStore(options: TestStoreOptions, stores: readonly Required<StoreFixture>[]): Promise<TestStore> {
  const made = await createTestStore(options);
  const index = stores.findIndex((each) => isAt(each, made.keystore));
  const fixture = stores[index];
  try {
    if (fixture !== undefined) await applyFixtures(made, fixture, `stores[${index}]`);
    return made;
  } catch (error) {
    await made.close();
    throw error;
  }
}

function isAt(one: AccountRegion, other: AccountRegion): boolean {
  return one.accountId === other.accountId && one.region === other.region;
}

/** Makes a clock that can be moved forward, and back to its beginning. */
function movableClock(clock: () => number): Pick<Controls, 'advance' | 'now'> & { reset(): void } {
  let moved = 0;
  return {
    now: () => clock() + moved,
    advance: (milliseconds) => {
      if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
        throw new RangeError(`The clock goes forward by whole milliseconds, not by ${milliseconds}.`);
      }
      moved += milliseconds;
    },
    reset: () => {
      moved = 0;
    },
  };
}

/** Names the variables that all AWS clients understand between them. */
export function environmentOf(
  url: string,
  { region }: Pick<TestStore['keystore'], 'region'>,
): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
