/** The server: what clients and what others send to it, whole, broken, slow and too large. */

import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndpointServer, serve } from '../src/node.ts';
import { testEndpoint } from './support.ts';

let server: EndpointServer;
beforeAll(async () => {
  const { endpoint } = await testEndpoint({ parameters: { '/app/password': 's3cret' } });
  server = await serve({ endpoint });
});
afterAll(() => server.close());

const SCOPE = 'AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0';
const HEADERS = { 'x-amz-target': 'AmazonSSM.GetParameter', authorization: SCOPE };

function post(body: string, headers: Record<string, string> = {}, path = '/'): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', headers: { ...HEADERS, ...headers }, body });
}

/** Writes bytes as they are, and returns all that comes back until an answer is whole or the server closes. */
function raw(pieces: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let received = '';
    const end = () => {
      socket.destroy();
      resolve(received);
    };
    socket.on('data', (data) => {
      received += data.toString('latin1');
      const [, length, body = ''] = /\r\ncontent-length: (\d+)\r\n[\s\S]*?\r\n\r\n([\s\S]*)$/i.exec(received) ?? [];
      if (body.length >= Number(length)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    for (const piece of pieces) socket.write(piece);
  });
}

describe('the server', () => {
  it('answers a client, under any base path', async () => {
    for (const path of ['/', '/base/', '/a%20b/?c=d']) {
      const response = await post('{"Name":"/app/password"}', {}, path);
      expect(response.status, path).toBe(200);
      expect(await response.json()).toMatchObject({ Parameter: { Type: 'SecureString' } });
    }
  });

  it('hands on the address of the client, and whether it came over TLS', async () => {
    const seen: unknown[] = [];
    const { endpoint } = await testEndpoint();
    // A socket that listens on both shows IPv4 inside of IPv6. Not every machine has IPv6.
    const hasBoth = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'));
    const hosts = hasBoth ? ['127.0.0.1', '::'] : ['127.0.0.1'];
    const handle: typeof endpoint.handle = ({ remoteAddress, isSecure, ...request }) => {
      seen.push([remoteAddress, isSecure]);
      return endpoint.handle(request);
    };
    for (const host of hosts) {
      await using listening = await serve({ endpoint: { ...endpoint, handle }, host });
      await fetch(`http://127.0.0.1:${listening.port}/`, { method: 'POST', headers: HEADERS, body: '{}' });
    }
    expect(seen).toEqual(hosts.map(() => ['127.0.0.1', false]));
  });

  it('closes connections beyond its limit, and takes others when some have ended', async () => {
    const { endpoint } = await testEndpoint();
    await using small = await serve({ endpoint, maxConnections: 2 });
    const health = `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${small.port}\r\n\r\n`;
    const asked = () => {
      const socket = connect(small.port, '127.0.0.1');
      const said = new Promise<string>((resolve) => {
        socket.once('data', (data) => resolve(data.toString('latin1').slice(0, 15)));
        for (const end of ['error', 'close']) socket.once(end, () => resolve('closed'));
      });
      socket.write(health);
      return { socket, said };
    };
    const [first, second] = [asked(), asked()];
    expect([await first.said, await second.said]).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    expect(await asked().said).toBe('closed');
    first.socket.destroy();
    await expect.poll(() => asked().said).toBe('HTTP/1.1 200 OK');
  });

  it('announces the length in bytes of a text that is not ASCII', async () => {
    const value = 'é\u{1f511}\u2028';
    await post(JSON.stringify({ Name: '/app/other', Value: value, Type: 'String' }), {
      'x-amz-target': 'AmazonSSM.PutParameter',
    });
    const response = await post('{"Name":"/app/other"}');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ Parameter: { Value: value } });
  });

  it('answers a health check', async () => {
    const response = await fetch(`${server.url}/health`);
    expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
  });

  it('takes a body in chunks, and one that waits to be asked for', async () => {
    const body = '{"Name":"/app/password"}';
    const head = Object.entries({ host: `127.0.0.1:${server.port}`, ...HEADERS }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const chunked = await raw([
      `POST / HTTP/1.1\r\n${head.join('')}transfer-encoding: chunked\r\n\r\n`,
      `5\r\n${body.slice(0, 5)}\r\n`,
      `${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`,
    ]);
    expect(chunked).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"SecureString"/);
    const asked = await raw([
      `POST / HTTP/1.1\r\n${head.join('')}expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
      body,
    ]);
    expect(asked).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it('serves its own names alone', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '169.254.169.254',
      `127.0.0.1.evil.example:${server.port}`,
    ]) {
      const answer = await raw([`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 2\r\n\r\n{}`]);
      expect(answer, host).toMatch(/^HTTP\/1\.1 421 /);
    }
    const answer = await raw([`GET /health HTTP/1.1\r\nhost: localhost:${server.port}\r\n\r\n`]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('refuses a body larger than any legal one, and holds no more of it', async () => {
    const response = await post('x'.repeat(10_000_000)).catch((error: unknown) => error);
    // The client may see the closed connection before the answer.
    if (response instanceof Response) {
      expect(await response.json()).toMatchObject({ __type: 'RequestEntityTooLargeException' });
    } else expect(response).toBeInstanceOf(Error);
    expect((await post('{"Name":"/app/password"}')).status).toBe(200);
  });

  it('outlives half requests, floods of headers and bytes that are not HTTP', async () => {
    const half = connect(server.port, '127.0.0.1');
    half.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"Na');
    expect(await raw([`GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(10_000)}\r\n`])).toMatch(/^HTTP\/1\.1 431 /);
    expect(await raw(['\x16\x03\x01 no http\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400 /);
    expect((await post('{"Name":"/app/password"}')).status).toBe(200);
    half.destroy();
  });

  it('outlives a client that goes away in the middle of its request', async () => {
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => {
        const request = httpRequest(`${server.url}/`, {
          method: 'POST',
          headers: { ...HEADERS, 'content-length': '100' },
        });
        request.on('error', () => resolve());
        request.write('{"Name"');
        setTimeout(() => request.destroy(), 5);
      });
    }
    expect((await post('{"Name":"/app/password"}')).status).toBe(200);
  });

  it('finishes what is under way when it is closed', async () => {
    const { endpoint, store } = await testEndpoint();
    const other = await serve({ endpoint });
    const puts = Array.from({ length: 20 }, (_, i) =>
      fetch(`${other.url}/`, {
        method: 'POST',
        headers: { ...HEADERS, 'x-amz-target': 'AmazonSSM.PutParameter' },
        body: JSON.stringify({ Name: `/p${i}`, Value: 'v', Type: 'String' }),
      }).then(
        (response) => response.status,
        () => 0,
      ),
    );
    await puts[0];
    await other.close();
    const statuses = await Promise.all(puts);
    const stored = await store.store.describeParameters({ maxResults: 50 });
    expect(stored.parameters.length).toBe(statuses.filter((status) => status === 200).length);
    await expect(fetch(`${other.url}/health`)).rejects.toThrow();
  });
});
