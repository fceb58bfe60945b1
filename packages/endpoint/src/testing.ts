/**
 * An endpoint for the tests of an application: in memory, the same on every run, with a clock to move and faults on
 * order. Needs Node.
 * @module
 */

import { createTestStore, type TestStore, type TestStoreOptions } from '@securestring/parameters/testing';
import { awsEndpoint } from './endpoint.ts';
import { faultyEndpoint, type OrderedFault } from './faulty.ts';
import type { AwsEndpoint } from './fetch.ts';
import { endpointOver } from './fetch.ts';
import { type SdkRequestHandler, sdkRequestHandler } from './sdk.ts';
import { serve } from './serve.ts';

export type { OrderedFault } from './faulty.ts';

/** What {@link startTestEndpoint} begins with, and each reset again. */
export interface TestEndpointOptions extends Omit<TestStoreOptions, 'clock'> {
  /** Default 0: a free one. */
  readonly port?: number;
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
export async function startTestEndpoint({ port = 0, ...options }: TestEndpointOptions = {}): Promise<TestEndpoint> {
  let current = await createTestStore(options);
  const inner = (): AwsEndpoint => awsEndpoint({ keystore: current.keystore, parameters: current.store });
  let answering = inner();
  const faulty = faultyEndpoint(endpointOver((request) => answering.handle(request)));
  const server = await serve({ endpoint: faulty.endpoint, port });
  const reset = async (): Promise<void> => {
    const before = current;
    current = await createTestStore(options);
    answering = inner();
    faulty.forget();
    await before.close();
  };
  const close = async (): Promise<void> => {
    await server.close();
    await current.close();
  };
  return {
    url: server.url,
    env: environmentOf(server.url),
    endpoint: faulty.endpoint,
    requestHandler: sdkRequestHandler(faulty.endpoint),
    get keystore() {
      return current.keystore;
    },
    get store() {
      return current.store;
    },
    reset,
    advance: (milliseconds) => current.advance(milliseconds),
    order: faulty.order,
    close,
    [Symbol.asyncDispose]: close,
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
