/**
 * The AWS SDK for JavaScript in one process with the endpoint: its requests take no socket.
 * @module
 */

import { encodeUtf8 } from '@securestring/core/utf8';
import type { AwsEndpoint } from './fetch.ts';
import type { HttpAnswer } from './message.ts';
import { asEndpoint } from './options.ts';

/** A request, as the SDK hands it to a request handler. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request handler of version 3 of the SDK, by its shape: nothing of the SDK is needed. */
export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  /**
   * Answers a request of the SDK.
   *
   * @throws an `AbortError` if the call was aborted before it began.
   */
  handle(
    request: SdkRequest,
    options?: { readonly abortSignal?: { readonly aborted: boolean } },
  ): Promise<{ readonly response: { statusCode: number; headers: Record<string, string>; body: HttpAnswer['body'] } }>;
  /** Does nothing: there is no connection to close. */
  destroy(): void;
  /** Does nothing: there is nothing to configure. */
  updateHttpClientConfig(): void;
  /** Returns an empty record. */
  httpHandlerConfigs(): Record<string, never>;
}

/**
 * Makes a request handler for clients of the AWS SDK for JavaScript, version 3.
 *
 * @throws `TypeError` if it is not an endpoint.
 * @example
 * const ssm = new SSMClient({ region: 'us-east-1', credentials, requestHandler: sdkRequestHandler(endpoint) });
 */
export function sdkRequestHandler(endpoint: AwsEndpoint): SdkRequestHandler {
  asEndpoint(endpoint, 'endpoint');
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async ({ method, path, headers, body }, options) => {
      if (options?.abortSignal?.aborted) {
        throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
      }
      const {
        status,
        headers: answered,
        body: bytes,
      } = await endpoint.handle({
        method,
        path,
        headers: lowerCase(headers),
        body: bytesOf(body),
      });
      return { response: { statusCode: status, headers: { ...answered }, body: bytes } };
    },
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const lower: Record<string, string> = {};
  for (const name of Object.keys(headers)) lower[name.toLowerCase()] = headers[name] as string;
  return lower;
}

/** The SDK's body is a text, or bytes of a class of its own that reads as either. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return typeof body === 'string' ? encodeUtf8(body) : new Uint8Array();
}
