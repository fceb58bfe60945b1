/**
 * The endpoint as a server on Node.
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { concatBytes } from '@securestring/core/bytes';
import { type AwsEndpoint, MAX_BODY_LENGTH } from './fetch.ts';
import type { HttpAnswer } from './message.ts';

/** What {@link serve} takes. */
export interface ServeOptions {
  readonly endpoint: AwsEndpoint;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** A certificate and its private key, as PEM: then the server speaks TLS alone. */
  readonly tls?: { readonly cert: string | Uint8Array; readonly key: string | Uint8Array };
  /** Further names that requests may have in their `Host` header, such as `vault.internal`. Default none. */
  readonly names?: readonly string[];
}

/** A server that listens. */
export interface EndpointServer {
  /** Such as `http://127.0.0.1:4566`. */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, and waits for those under way. */
  close(): Promise<void>;
  /** Does what {@link EndpointServer.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

const LIMITS: ServerOptions = {
  // Milliseconds for a request's headers, and for all of it: a slow client holds a socket no longer.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than the pause that clients make between two calls.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
};

/** What every request of a server needs. */
interface Serving {
  readonly endpoint: AwsEndpoint;
  /** Hosts that a request may name. */
  readonly names: ReadonlySet<string>;
  isClosing: boolean;
}

/**
 * Serves an endpoint over HTTP, until it is closed. It answers requests alone whose `Host` names its address, the
 * loopback or one of `names`, so that no page of a browser reaches it by another name.
 *
 * @throws the error of `node:net`, such as `EADDRINUSE`, if the address cannot be listened on; that of `node:tls` if
 *   certificate and key are not a pair.
 */
export async function serve({
  endpoint,
  host = '127.0.0.1',
  port = 0,
  tls,
  ...rest
}: ServeOptions): Promise<EndpointServer> {
  const names = new Set<string>();
  const serving: Serving = { endpoint, names, isClosing: false };
  const listener = (request: IncomingMessage, response: ServerResponse) => void answer(serving, request, response);
  const server = tls === undefined ? createServer(LIMITS, listener) : createTlsServer(tlsOptions(tls), listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound, address } = server.address() as AddressInfo;
  const all = ['127.0.0.1', 'localhost', '[::1]', bracketed(address), bracketed(host), ...(rest.names ?? [])];
  for (const name of all) names.add(name.toLowerCase()).add(`${name.toLowerCase()}:${bound}`);
  const close = (): Promise<void> => {
    serving.isClosing = true;
    return closeServer(server);
  };
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://${bracketed(host)}:${bound}`, port: bound, close, [Symbol.asyncDispose]: close };
}

function tlsOptions({ cert, key }: NonNullable<ServeOptions['tls']>): ServerOptions & TlsPair {
  return { ...LIMITS, cert: pem(cert), key: pem(key) };
}

/** A certificate and its key, as `node:tls` takes them. */
interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text);
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The connection would keep the server open.
  if (serving.isClosing) response.setHeader('connection', 'close');
  if (request.method === 'GET' && request.url === '/health') return send(response, HEALTH);
  // A page in a browser may have had its own name resolved to this machine: its requests name another host.
  if (!serving.names.has(request.headers.host?.toLowerCase() ?? '')) return send(response, MISDIRECTED);
  const body = await readRequest(request);
  // The client went away in the middle of its request.
  if (body === undefined) return void response.destroy();
  const { method = '', url = '/', headers } = request;
  const answered = await serving.endpoint
    .handle({ method, path: url, headers: headers as Readonly<Record<string, string | undefined>>, body })
    .catch(() => undefined);
  // A fault on order: the connection is cut.
  if (answered === undefined) return void response.destroy();
  if (body.length > MAX_BODY_LENGTH || serving.isClosing) response.setHeader('connection', 'close');
  send(response, answered);
}

/**
 * Reads a request's body to its end, or to where it is longer than any legal one: the rest is not read. `undefined` if
 * the client went away. A listener for each piece costs a tenth of an iterator.
 */
function readRequest(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const read: Uint8Array[] = [];
    let length = 0;
    const whole = () => resolve(read.length === 1 ? read[0] : concatBytes(...read));
    request.on('data', (piece: Uint8Array) => {
      read.push(piece);
      length += piece.length;
      if (length > MAX_BODY_LENGTH) {
        request.pause().removeAllListeners('data');
        whole();
      }
    });
    request.once('end', whole);
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

function plain(status: number, text: string): HttpAnswer {
  const body = new TextEncoder().encode(text);
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(body.length) }, body };
}

const HEALTH = plain(200, '{"status":"ok"}');
const MISDIRECTED = plain(421, '{"__type":"MisdirectedRequest","message":"This host is not served here."}');

/** Puts an address of IPv6 into brackets. */
function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeIdleConnections();
  });
}
