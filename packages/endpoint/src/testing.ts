/**
 * An endpoint for the tests of an application: in memory, the same on every run, with a clock to move and faults on
 * order. Needs Node.
 * @module
 */

import { DETERMINISTIC_TIME } from '@securestring/keystore/testing';
import { createTestStore, type TestStore, type TestStoreOptions } from '@securestring/parameters/testing';
import { type Controls, controlled } from './control.ts';
import { awsEndpoint, type EndpointOptions } from './endpoint.ts';
import { faultyEndpoint, type OrderedFault } from './faulty.ts';
import type { AwsEndpoint } from './fetch.ts';
import { endpointOver } from './fetch.ts';
import { type SdkRequestHandler, sdkRequestHandler } from './sdk.ts';
import { type ServeOptions, serve } from './serve.ts';

export type { OrderedFault } from './faulty.ts';

/** What {@link startTestEndpoint} begins with, and each reset again. */
export interface TestEndpointOptions
  extends Omit<TestStoreOptions, 'clock'>,
    Pick<ServeOptions, 'host' | 'port' | 'tls' | 'names'>,
    Pick<EndpointOptions, 'accessKey' | 'onCall'> {
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
 * Starts an endpoint in memory. It accepts any access key and any signature. The account is `000000000000`, the Region
 * `us-east-1`.
 *
 * **Insecure**: the seed gives every key. The ciphertexts are marked, and a real keystore refuses them.
 *
 * @throws as `createTestStore`.
 * @example
 * const aws = await startTestEndpoint({ parameters: { '/app/password': 's3cret' } });
 * beforeEach(() => aws.reset());
 */
export async function startTestEndpoint(options: TestEndpointOptions = {}): Promise<TestEndpoint> {
  const { host, port = 0, tls, names, accessKey, onCall, clock = () => DETERMINISTIC_TIME, ...first } = options;
  const time = movableClock(clock);
  const makeStore = () => createTestStore({ ...first, clock: time.now });
  let current = await makeStore();
  const inner = (): AwsEndpoint =>
    awsEndpoint({
      keystore: current.keystore,
      parameters: current.store,
      ...(accessKey && { accessKey }),
      ...(onCall && { onCall }),
    });
  let answering = inner();
  const faulty = faultyEndpoint(endpointOver((request) => answering.handle(request)));
  const reset = async (): Promise<void> => {
    const before = current;
    time.reset();
    current = await makeStore();
    answering = inner();
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
    env: environmentOf(server.url),
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
export function environmentOf(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
