/**
 * The endpoint as its users see it: one function over whole requests, and the same for web-standard ones.
 * @module
 */

import { concatBytes } from '@securestring/core/bytes';
import type { HttpAnswer, HttpRequest } from './message.ts';

/** An endpoint of AWS's protocols. */
export interface AwsEndpoint {
  /** Answers a request that was read to its end. Never rejects: what fails is an answer of AWS's. */
  handle(request: HttpRequest): Promise<HttpAnswer>;
  /** Does what {@link AwsEndpoint.handle} does, for a server of web-standard requests. */
  fetch(request: Request): Promise<Response>;
}

/** The largest body that is read, in bytes: more than the largest legal request, escaped throughout. */
export const MAX_BODY_LENGTH: number = 1024 * 1024;

/** Makes an endpoint of the function that answers. */
export function endpointOver(handle: AwsEndpoint['handle']): AwsEndpoint {
  return Object.freeze<AwsEndpoint>({
    handle,
    fetch: async (request) => {
      const { host, pathname, protocol, search } = new URL(request.url);
      const headers = { host, ...Object.fromEntries(request.headers) };
      const body = await readBody(request.body ?? []);
      const isSecure = protocol === 'https:';
      const answer = await handle({ method: request.method, path: pathname + search, headers, body, isSecure });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
  });
}

/** Reads a body to its end, or to where it is longer than any legal one; the rest is not read. */
export async function readBody(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    read.push(piece);
    length += piece.length;
    if (length > MAX_BODY_LENGTH) break;
  }
  return read.length === 1 ? (read[0] as Uint8Array) : concatBytes(...read);
}
