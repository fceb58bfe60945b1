/**
 * The control of a test endpoint over HTTP, for tests in other languages: reset, clock, and faults on order, under
 * `/_securestring/`. AWS has nothing there.
 * @module
 */

import { encodeUtf8 } from '@securestring/core/utf8';
import { EndpointError } from './fault.ts';
import type { OrderedFault } from './faulty.ts';
import { type AwsEndpoint, endpointOver } from './fetch.ts';
import { parseBody } from './json.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';

/** What is controlled. */
export interface Controls {
  reset(): Promise<void>;
  /** Moves the clock on, by milliseconds. */
  advance(milliseconds: number): void;
  /** Milliseconds since 1970 by the endpoint's clock. */
  now(): number;
  order(fault: OrderedFault): void;
}

const PREFIX = '/_securestring/';

/** Each path after the prefix, and what it does with the body. The answer shows the clock. */
const PATHS: Readonly<Record<string, (controls: Controls, body: Readonly<Record<string, unknown>>) => unknown>> = {
  reset: ({ reset }) => reset(),
  clock: (controls, body) => controls.advance(distanceOf(controls, body)),
  faults: ({ order }, body) => order(faultOf(body)),
};

/** Puts the control before an endpoint. */
export function controlled(endpoint: Pick<AwsEndpoint, 'handle'>, controls: Controls): AwsEndpoint {
  return endpointOver(async (request) => {
    const [path = ''] = request.path.split('?');
    return path.startsWith(PREFIX) ? control(request, path.slice(PREFIX.length), controls) : endpoint.handle(request);
  });
}

async function control({ method, headers, body }: HttpRequest, name: string, controls: Controls): Promise<HttpAnswer> {
  const act = Object.hasOwn(PATHS, name) ? PATHS[name] : undefined;
  if (act === undefined)
    return answer(404, { message: `There is no ${PREFIX} path of that name. POST to: ${names()}.` });
  // A page in a browser cannot send this type to another origin without asking first, and the answer is no.
  const isJson = headers['content-type']?.split(';')[0]?.trim() === 'application/json';
  if (method !== 'POST' || !isJson) {
    return answer(405, { message: 'Send POST with content-type: application/json, and an object as the body.' });
  }
  try {
    await act(controls, parseBody(body) as Readonly<Record<string, unknown>>);
  } catch (error) {
    if (!(error instanceof EndpointError || error instanceof RangeError)) throw error;
    return answer(400, { message: error.message });
  }
  return answer(200, { clock: new Date(controls.now()).toISOString() });
}

function names(): string {
  return Object.keys(PATHS)
    .map((name) => PREFIX + name)
    .join(', ');
}

/** Reads `{ "advance": MILLISECONDS }` or `{ "at": TIME }`. The clock goes forward alone. */
function distanceOf({ now }: Controls, { advance, at, ...rest }: Readonly<Record<string, unknown>>): number {
  refuseOthers(rest, 'advance or at');
  if (typeof advance === 'number' && at === undefined) return advance;
  const time = typeof at === 'string' && advance === undefined ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time)) throw new RangeError('Give {"advance": MILLISECONDS} or {"at": "2027-01-01T00:00:00Z"}.');
  return time - now();
}

/** The type of each member of an ordered fault. */
const FAULT: Readonly<Record<keyof OrderedFault, string>> = {
  error: 'string',
  message: 'string',
  status: 'number',
  latency: 'number',
  cut: 'boolean',
  operation: 'string',
  times: 'number',
};

function faultOf(body: Readonly<Record<string, unknown>>): OrderedFault {
  for (const [name, value] of Object.entries(body)) {
    const wanted = Object.hasOwn(FAULT, name) ? FAULT[name as keyof OrderedFault] : undefined;
    if (wanted === undefined) refuseOthers({ [name]: value }, Object.keys(FAULT).join(', '));
    if (typeof value !== wanted) throw new RangeError(`${name} must be a ${wanted}.`);
  }
  return body;
}

function refuseOthers(rest: Readonly<Record<string, unknown>>, known: string): void {
  if (Object.keys(rest).length > 0) throw new RangeError(`The members here are ${known}.`);
}

function answer(status: number, record: Readonly<Record<string, unknown>>): HttpAnswer {
  const body = encodeUtf8(JSON.stringify(record));
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(body.length) }, body };
}
