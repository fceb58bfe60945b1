/**
 * What does the endpoint cost a caller? In one process, beside a handler that answers at once; over HTTP, with
 * signatures verified, beside a bare server that answers the same bytes.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { awsEndpoint, sdkRequestHandler } from '@securestring/endpoint';
import { median, mustEqual, promises, type Question, type Row } from '../runner.ts';
import { openingCalls } from './endpoint-floor.ts';
import { type CallName, clientsOver, openStores, type Signed, sign } from './endpoint-requests.ts';
import type { Order } from './endpoint-server.ts';

const CONNECTIONS = 16;
const ONE = new Agent({ keepAlive: true, maxSockets: 1 });
const MANY = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

export const endpointInProcess: Question = {
  title: "The AWS SDK's client in one process with the endpoint, against a handler that answers the same bytes at once",
  rows: async () => {
    const real = sdkRequestHandler(awsEndpoint(await openStores()));
    const rows = await Promise.all((['GetParameter', 'Encrypt'] as const).map((call) => inProcessRow(call, real)));
    return [...rows, await inProcessRow('GetParameter', real, openingCalls())];
  },
};

export const endpointHttp: Question = {
  title:
    'One client over HTTP, signature verified, storage in memory, against a bare node:http server of the same bytes',
  rows: async () => {
    const servers = await startServers(['GetParameter', 'Encrypt']);
    const row = (call: CallName, target: number): Row => {
      const ask = (url: string) => promises(call, () => post(url, servers.signed[call], ONE));
      return { name: call, measure: 'cost', subject: ask(servers.ours), reference: ask(servers.bare), target };
    };
    const url = await startServer({ answers: servers.answers, isCalling: true });
    const floor = promises('the bare calls', () => post(url, servers.signed.GetParameter, ONE));
    const first = row('GetParameter', 1.4);
    // The same bare server, after the calls for hashes, the value and JSON that a GetParameter takes, and nothing else.
    return [
      first,
      row('Encrypt', 1.35),
      { ...first, name: 'Floor of GetParameter', subject: floor, target: undefined },
    ];
  },
};

export const endpointLoad: Question = {
  title: `${CONNECTIONS} connections at once: time for each request, and the tail at half of that load`,
  rows: async () => {
    const servers = await startServers(['GetParameter', 'Encrypt', 'PutParameter']);
    const row = (call: CallName, target: number): Row => {
      const ask = (url: string) => ({ name: call, sample: () => secondsEach(url, servers.signed[call]) });
      return { name: call, measure: 'cost', subject: ask(servers.ours), reference: ask(servers.bare), target };
    };
    return [row('GetParameter', 2), row('Encrypt', 2), row('PutParameter', 3), tailRow(servers)];
  },
};

type Handler = ReturnType<typeof sdkRequestHandler>;

/** Compares the endpoint, or the calls of its floor, with a handler that answers at once. */
async function inProcessRow(call: CallName, real: Handler, floor?: (body: Uint8Array) => string): Promise<Row> {
  let answered: Awaited<ReturnType<Handler['handle']>> | undefined;
  const keeping: Handler = {
    ...real,
    handle: async (...given) => {
      answered = await real.handle(...given);
      return answered;
    },
  };
  await clientsOver(keeping as never)[call]();
  const same = answered;
  if (same === undefined) throw new Error(`${call} was not answered`);
  const atOnce = {
    ...real,
    handle: async () => ({ response: { ...same.response, headers: { ...same.response.headers } } }),
  };
  const afterCalls: Handler = {
    ...real,
    handle: (request) => {
      floor?.(request.body as Uint8Array);
      return atOnce.handle();
    },
  };
  const asked = floor === undefined ? real : afterCalls;
  const [ours, instant] = [clientsOver(asked as never)[call], clientsOver(atOnce as never)[call]];
  const shape = (answer: object) => Object.keys(answer).sort().join();
  mustEqual(call, shape(await ours()), shape(await instant()));
  return {
    name: floor === undefined ? call : `Floor of ${call}`,
    measure: 'cost',
    subject: promises(floor === undefined ? 'sdkRequestHandler' : 'the bare calls', ours),
    reference: promises('answers at once', instant),
    target: floor === undefined ? 1.15 : undefined,
  };
}

interface Servers {
  readonly ours: string;
  readonly bare: string;
  readonly signed: Readonly<Record<CallName, Signed>>;
  /** The endpoint's answers in base64, by target. */
  readonly answers: Readonly<Record<string, string>>;
}

/** Starts both servers, and makes sure that they answer alike. */
async function startServers(calls: readonly CallName[]): Promise<Servers> {
  const ours = await startServer('endpoint');
  const signed = Object.fromEntries(
    await Promise.all(calls.map(async (call) => [call, await sign(call, ours)] as const)),
  ) as Servers['signed'];
  const answers: Record<string, string> = {};
  for (const call of calls) {
    const { status, body } = await post(ours, signed[call], ONE);
    if (status !== 200) throw new Error(`${call}: ${status} ${body}`);
    answers[signed[call].headers['x-amz-target'] ?? ''] = body.toString('base64');
  }
  const bare = await startServer({ answers });
  for (const call of calls) {
    const [theirs, own] = [await post(bare, signed[call], ONE), await post(ours, signed[call], ONE)];
    mustEqual(`${call}, status`, String(theirs.status), String(own.status));
    mustEqual(`${call}, length`, String(theirs.body.length), String(own.body.length));
  }
  return { ours, bare, signed, answers };
}

async function startServer(order: Order): Promise<string> {
  const child = fork(new URL('./endpoint-server.ts', import.meta.url));
  child.send(order);
  const [url] = await once(child, 'message');
  child.unref();
  child.channel?.unref();
  return String(url);
}

function post(
  url: string,
  { method, headers, body }: Signed,
  agent: Agent,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Requests of one sample under load. */
const BURST = 400;

/** Keeps all connections busy for a number of requests, and returns the seconds for each. */
async function secondsEach(url: string, signed: Signed): Promise<number> {
  const start = performance.now();
  let left = BURST;
  const worker = async () => {
    while (left-- > 0) mustEqual('status', String((await post(url, signed, MANY)).status), '200');
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (performance.now() - start) / 1e3 / BURST;
}

/** The 99th percentile at half of the load that the server takes, against its own median. */
function tailRow({ ours, signed }: Servers): Row {
  const measure = async () => {
    const pause = 2e3 * (await secondsEach(ours, signed.GetParameter));
    const times: Promise<number>[] = [];
    const start = performance.now();
    for (let i = 0; i < BURST; i++) {
      const due = start + i * pause;
      while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
      times.push(post(ours, signed.GetParameter, MANY).then(() => (performance.now() - due) / 1e3));
    }
    return (await Promise.all(times)).sort((a, b) => a - b);
  };
  return {
    name: 'GetParameter at half of the load, 99th percentile against the median',
    measure: 'cost',
    subject: { name: 'p99', sample: () => measure().then((times) => times[Math.floor(0.99 * BURST)] ?? Number.NaN) },
    reference: { name: 'p50', sample: () => measure().then(median) },
    target: 20,
  };
}
