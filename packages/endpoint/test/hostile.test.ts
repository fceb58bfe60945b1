/** Requests that no client of AWS's sends: each gets an error of AWS's or a closed connection, and nothing is lost. */

import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndpointServer, serve } from '../src/node.ts';
import { testEndpoint } from './support.ts';

const SCOPE = 'AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0';
const GET = '{"Name":"/kept","WithDecryption":true}';

let server: EndpointServer;
beforeAll(async () => {
  const { endpoint } = await testEndpoint({ parameters: { '/kept': 's3cret' } });
  server = await serve({ endpoint });
});
afterAll(async () => {
  expect(await (await post(GET)).json()).toMatchObject({ Parameter: { Value: 's3cret', Version: 1 } });
  await server.close();
});

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  const all = { 'x-amz-target': 'AmazonSSM.GetParameter', authorization: SCOPE, ...headers };
  return fetch(server.url, { method: 'POST', headers: all, body });
}

/** A request as it goes over the wire. */
function wire(target: string, body: string, more = ''): string {
  const head = `POST / HTTP/1.1\r\nhost: localhost:${server.port}\r\nauthorization: ${SCOPE}\r\n`;
  return `${head}x-amz-target: ${target}\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function connected(port: number = server.port): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Collects what comes until it matches, or the connection is closed. */
function received(socket: Socket, end: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    socket.on('close', () => resolve(text));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (end.test(text)) resolve(text);
    });
  });
}

describe('a body', () => {
  it.each<readonly [body: string, error: string, what: string]>([
    ['{', 'SerializationException', 'not JSON'],
    ['NaN', 'SerializationException', 'not JSON'],
    ["{'Name':'/kept'}", 'SerializationException', 'not JSON'],
    ['\u{feff}{"Name":"/kept"}', 'SerializationException', 'not JSON'],
    ['{"Name":"/kept"}{}', 'SerializationException', 'not JSON'],
    ['null', 'SerializationException', 'null'],
    ['[]', 'SerializationException', 'a list'],
    ['"/kept"', 'SerializationException', 'string'],
    ['1', 'SerializationException', 'number'],
    ['{"Name":5}', 'SerializationException', 'name must be a string, not number'],
    ['{"Name":1e999}', 'SerializationException', 'name must be a string, not number'],
    ['{"Name":["/kept"]}', 'SerializationException', 'name must be a string, not a list'],
    ['{"Name":{"Name":"/kept"}}', 'SerializationException', 'name must be a string, not object'],
    ['{"Name":"\\ud800"}', 'SerializationException', 'lone surrogate'],
    ['{"Name":"/kept","WithDecryption":"true"}', 'SerializationException', 'withDecryption must be true or false'],
    ['{"Name":"/kept","WithDecryption":1}', 'SerializationException', 'withDecryption must be true or false'],
    ['{"__proto__":{"Name":"/kept"}}', 'ValidationException', "'name' failed to satisfy constraint"],
    ['{"Name":"/kept","Name":"/none"}', 'ParameterNotFound', ''],
    [`{"a":${'['.repeat(100_000)}`, 'SerializationException', 'nested too deeply'],
    [`{"a":${'{"a":'.repeat(100)}1${'}'.repeat(101)}`, 'SerializationException', 'nested too deeply'],
  ])('number %# is refused', async (body, error, what) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ __type: error, message: expect.stringContaining(what) });
  });

  it('in UTF-16 is refused', async () => {
    const response = await post(Uint8Array.from(Buffer.from(GET, 'utf16le')));
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
  });

  it('may have unknown members of names that objects inherit', async () => {
    const body = '{"constructor":1,"__proto__":{"Name":"/none"},"toString":[{"a":null}],"Name":"/kept"}';
    expect((await post(body)).status).toBe(200);
  });

  it('of ten megabytes gets its answer, though the client reads none before it has written all', async () => {
    const socket = await connected();
    socket.pause();
    await new Promise((resolve) => socket.write(wire('AmazonSSM.GetParameter', 'x'.repeat(10_000_000)), resolve));
    socket.resume();
    expect(await received(socket, /\}$/)).toMatch(/^HTTP\/1\.1 400 [\s\S]*RequestEntityTooLargeException/);
  });

  it('without an end is not read on', async () => {
    const socket = await connected();
    socket.write(wire('AmazonSSM.GetParameter', '').replace('content-length: 0', 'transfer-encoding: chunked'));
    const piece = `100000\r\n${'x'.repeat(1_048_576)}\r\n`;
    let taken = 0;
    while (taken < 200 && (await new Promise((resolve) => socket.write(piece, resolve))) == null) taken++;
    expect(taken).toBeLessThan(200);
  });
});

describe('a target', () => {
  it.each([
    '',
    '.',
    'AmazonSSM',
    'AmazonSSM.',
    'AmazonSSM.__proto__',
    'AmazonSSM.constructor',
    'AmazonSSM.getParameter',
    'TrentService.GetParameter',
    'Other.GetParameter',
    'AmazonSSM.GetParameter.GetParameter',
    'AmazonSSM.\u009b31m',
    'x'.repeat(9000),
  ])('number %# is unknown', async (target) => {
    const response = await post(GET, { 'x-amz-target': target });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ __type: 'UnknownOperationException' });
    expect(text).not.toContain('\u009b');
  });
});

describe('a connection', () => {
  it('with a hundred requests in one piece gets their answers in order', async () => {
    const socket = await connected();
    const names = Array.from({ length: 100 }, (_, i) => `/pipelined/${i}`);
    const send = (operation: string, members: object) => {
      const bodies = names.map((Name) => JSON.stringify({ Name, ...members }));
      socket.write(bodies.map((body) => wire(`AmazonSSM.${operation}`, body)).join(''));
    };
    send('PutParameter', { Value: 'v', Type: 'String' });
    send('GetParameter', {});
    const answers = await received(socket, /"Name":"\/pipelined\/99"[^\n]*\}$/);
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2 * names.length);
    expect([...answers.matchAll(/"Name":"([^"]*)"/g)].map(([, name]) => name)).toEqual(names);
    socket.destroy();
  });

  it.each<[what: string, request: () => string]>([
    ['two lengths', () => wire('AmazonSSM.GetParameter', GET, 'content-length: 3\r\n')],
    ['a length and chunks', () => wire('AmazonSSM.GetParameter', GET, 'transfer-encoding: chunked\r\n')],
    ['a length below nothing', () => wire('AmazonSSM.GetParameter', GET).replace(/content-length: /, '$&-')],
    ['a header on two lines', () => wire('AmazonSSM.GetParameter', GET, ' folded: x\r\n')],
    ['no host', () => wire('AmazonSSM.GetParameter', GET).replace(/host: .*\r\n/, '')],
    ['half a line end', () => wire('AmazonSSM.GetParameter', GET, 'x: a\rb: c\r\n')],
    ['a tunnel', () => `CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n`],
  ])('with %s is closed', async (_, request) => {
    const socket = await connected();
    const answer = received(socket, /never/);
    socket.write(request());
    expect(await answer).toMatch(/^(HTTP\/1\.1 400 Bad Request\r\n[\s\S]*)?$/);
  });

  it('that is slow does not hold up others', async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => connected()));
    for (const [i, socket] of slow.entries()) {
      const request = wire('AmazonSSM.GetParameter', GET);
      socket.write(request.slice(0, (i * request.length) / slow.length));
    }
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(GET)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const [last] = slow.slice(-1) as [Socket];
    const answer = received(last, /\}$/);
    last.write(wire('AmazonSSM.GetParameter', GET).slice(-2));
    expect(await answer).toMatch(/^HTTP\/1\.1 /);
    for (const socket of slow) socket.destroy();
  });

  it('without a whole request does not keep the server open', async () => {
    const { endpoint } = await testEndpoint();
    const other = await serve({ endpoint });
    const begun = ['', 'POST / HT', `POST / HTTP/1.1\r\nhost: localhost:${other.port}\r\ncontent-length: 9\r\n\r\n{`];
    const sockets = await Promise.all(begun.map(() => connected(other.port)));
    for (const [i, socket] of sockets.entries()) socket.write(begun[i] ?? '');
    const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
    await other.close();
    await Promise.all(closed);
  });
});
