/**
 * The endpoint as a server on Node.
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { concatBytes } from '@securestring/core/bytes';
import { type Members, members, number, optional, takeOptions } from '@securestring/core/options';
import { type AwsEndpoint, MAX_BODY_LENGTH } from './fetch.ts';
import type { HttpAnswer } from './message.ts';
import { asEndpoint, LISTENING } from './options.ts';

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
  /** Connections at once; a further one is closed before it is read. Default 512. */
  readonly maxConnections?: number;
}

/** A server that listens. */
export interface EndpointServer {
  /** Such as `http://127.0.0.1:4566`. */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, and waits for those under way. Connections without a whole request are cut. */
  close(): Promise<void>;
  /** Does what {@link EndpointServer.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

const OPTIONS: Members<ServeOptions> = members<ServeOptions>({
  endpoint: asEndpoint,
  ...LISTENING,
  maxConnections: optional(number),
});

const LIMITS: ServerOptions = {
  // Milliseconds for a request's headers, and for all of it: a slow client holds a socket no longer.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Milliseconds between two looks for such clients. Node's own is as long as the longer limit.
  connectionsCheckingInterval: 2_000,
  // Longer than the pause that clients make between two calls.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
};

/**
 * Several clients at once have some fifty connections each. Each may send a body that is held while it is read, so that
 * this many hold half a gigabyte at most.
 */
const MAX_CONNECTIONS = 512;

/** What every request of a server needs. */
interface Serving {
  readonly endpoint: AwsEndpoint;
  /** Hosts that a request may name. */
  readonly names: ReadonlySet<string>;
  /** Whether the server speaks TLS. */
  readonly isSecure: boolean;
  readonly sockets: Set<Socket>;
  /** Requests that are whole and not answered yet. */
  answering: number;
  isClosing: boolean;
}

/**
 * Serves an endpoint over HTTP, until it is closed. It answers requests alone whose `Host` names its address, the
 * loopback or one of `names`, so that no page of a browser reaches it by another name.
 *
 * @throws `TypeError` if an option is unknown, or not of its type.
 * @throws the error of `node:net`, such as `EADDRINUSE`, if the address cannot be listened on; that of `node:tls` if
 *   certificate and key are not a pair.
 */
export async function serve(options: ServeOptions): Promise<EndpointServer> {
  const { endpoint, tls, ...rest } = takeOptions('serve', options, OPTIONS);
  const { host = '127.0.0.1', port = 0, maxConnections = MAX_CONNECTIONS } = rest;
  const names = new Set<string>();
  const isSecure = tls !== undefined;
  const serving: Serving = { endpoint, names, isSecure, sockets: new Set(), answering: 0, isClosing: false };
  const listener = (request: IncomingMessage, response: ServerResponse) => void answer(serving, request, response);
  const server = tls === undefined ? createServer(LIMITS, listener) : createTlsServer(tlsOptions(tls), listener);
  server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    serving.sockets.add(socket);
    socket.once('close', () => serving.sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound, address } = server.address() as AddressInfo;
  const all = ['127.0.0.1', 'localhost', '[::1]', bracketed(address), bracketed(host), ...(rest.names ?? [])];
  for (const name of all) names.add(name.toLowerCase()).add(`${name.toLowerCase()}:${bound}`);
  const close = (): Promise<void> => {
    serving.isClosing = true;
    return closeServer(server, serving);
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
  serving.answering++;
  const { method = '', url = '/', socket } = request;
  const headers = request.headers as Readonly<Record<string, string | undefined>>;
  const answered = await serving.endpoint
    .handle({ method, path: url, headers, body, isSecure: serving.isSecure, ...addressOf(socket) })
    .catch(() => undefined);
  serving.answering--;
  // A fault on order: the connection is cut.
  if (answered === undefined) return void response.destroy();
  if (body.length > MAX_BODY_LENGTH || serving.isClosing) response.setHeader('connection', 'close');
  send(response, answered);
}

/** Returns the address of a client. A socket that takes both kinds of addresses shows IPv4 inside of IPv6. */
function addressOf({ remoteAddress }: Socket): { readonly remoteAddress?: string } {
  return remoteAddress === undefined ? {} : { remoteAddress: remoteAddress.replace(/^::ffff:(?=[\d.]+$)|%.*$/g, '') };
}

/** What is read of a body, in bytes, though it is too long: a client that still writes does not see its answer. */
const MAX_READ_LENGTH = 16 * MAX_BODY_LENGTH;

/**
 * Reads a request's body to its end, and holds no more of it than shows that it is too long. `undefined` if the client
 * went away, or sends without an end.
 */
function readRequest(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const read: Uint8Array[] = [];
    let length = 0;
    request.on('data', (piece: Uint8Array) => {
      if (length <= MAX_BODY_LENGTH) read.push(piece);
      length += piece.length;
      if (length > MAX_READ_LENGTH) request.destroy();
    });
    request.once('end', () => resolve(read.length === 1 ? read[0] : concatBytes(...read)));
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });
}

function send(response: ServerResponse, answered: HttpAnswer): void {
  response.writeHead(answered.status, answered.headers);
  response.end(answered.text ?? answered.body);
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

/** Milliseconds in which a request that has begun may become whole. */
const GRACE = 1_000;

function closeServer(server: Server, serving: Serving): Promise<void> {
  return new Promise((resolve, reject) => {
    // A client that connects and sends nothing, or half a request, would keep the server open.
    const cutting = setInterval(() => {
      if (serving.answering === 0) for (const socket of serving.sockets) socket.destroy();
    }, GRACE);
    server.close((error) => {
      clearInterval(cutting);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
  });
}
