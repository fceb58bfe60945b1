/**
 * A connection that sends requests which are bytes already. A client of HTTP would take more time than the server.
 * @module
 */

import { connect } from 'node:net';
import type { Signed } from '../questions/endpoint-requests.ts';

/** A connection that is kept open. */
export interface Connection {
  /** Sends a request, and returns its answer as text. One at a time. */
  send(request: Buffer): Promise<string>;
  end(): void;
}

/** Opens a connection to a server that answers each request with a `content-length`. */
export function connection(url: string): Connection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay();
  let read = '';
  let settle: { resolve(answer: string): void; reject(error: Error): void } | undefined;
  socket.setEncoding('latin1').on('data', (piece) => {
    read += String(piece);
    const head = read.indexOf('\r\n\r\n');
    const length = head < 0 ? undefined : /\r\ncontent-length: (\d+)/i.exec(read)?.[1];
    if (length === undefined || read.length < head + 4 + Number(length)) return;
    const answer = read;
    read = '';
    settle?.resolve(answer);
  });
  socket.on('error', (error) => settle?.reject(error));
  socket.on('close', () => settle?.reject(new Error('The server closed the connection.')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    end: () => socket.destroy(),
  };
}

/** Lays out a signed request as HTTP/1.1 has it. */
export function wireOf({ method, path, headers, body }: Signed): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
}
