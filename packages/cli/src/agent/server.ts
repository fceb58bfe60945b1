/**
 * The agent: keys in memory, lent over its socket.
 * @module
 */

import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { makeFolders } from '@securestring/keystore/paths';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type Clocks, type HeldKeys, heldKeys, type Times } from './held-keys.ts';
import { type AgentPlace, isSilent, ownSocket, requireOwnFolder, requireSafeAbove, requireShort } from './place.ts';
import { encodeFrame, type Frame, KEY_LENGTH, KIND, readFrame } from './protocol.ts';

export interface AgentOptions extends Times {
  /** End once nothing is held any more. */
  readonly untilEmpty: boolean;
  readonly clocks?: Clocks;
}

export interface Agent {
  /** Until a client ends it, it is empty, or its socket is gone. Its keys are wiped then. */
  readonly ended: Promise<void>;
  /** Wipes the keys at once and removes the socket. */
  end(): void;
}

/** For how long a client may be silent, in ms. */
const PATIENCE = 5000;
/** At once. */
const MOST_CLIENTS = 64;
/** Between two looks at the time, at most, in ms: a machine that slept wakes with what has had its time. */
const STEP = 15_000;
/** For how long one that ends when it is empty waits for its first key, in ms. */
const GRACE = 30_000;
const PRIVATE_UMASK = 0o177;

/**
 * Begins to listen.
 *
 * @throws `CliError` where another agent listens, or others could reach the socket.
 */
export async function startAgent(place: AgentPlace, options: AgentOptions): Promise<Agent> {
  requireShort(place);
  // Before anything is made: with sudo, root's folder would else be left in the home of a user, who could not enter it.
  requireSafeAbove(place.folder);
  makeFolders(place.folder);
  requireOwnFolder(place.folder);
  await removeStale(place);
  const held = heldKeys(options, options.clocks);
  let resolve = (): void => undefined;
  const ended = new Promise<void>((done) => {
    resolve = done;
  });
  const server = createServer((socket) => void answer(socket, held, options, end));
  server.maxConnections = MOST_CLIENTS;
  await listen(server, place);
  const own = lstatSync(place.socket).ino;
  const isOwn = () => lstatSync(place.socket, { throwIfNoEntry: false })?.ino === own;
  let timer: NodeJS.Timeout | undefined;
  function end(): void {
    held.forget();
    clearTimeout(timer);
    // What another agent has put there since stays: Node would remove that, too.
    if (isOwn()) rmSync(place.socket, { force: true });
    server.close();
    resolve();
  }
  const startedAt = performance.now();
  const look = () => {
    const next = held.sweep();
    const isOver = options.untilEmpty && next === undefined && performance.now() - startedAt >= GRACE;
    if (isOver || !isOwn()) end();
    else timer = setTimeout(look, Math.min(next ?? STEP, STEP));
  };
  look();
  return { ended, end };
}

/** @throws `CliError` where an agent listens. */
async function removeStale(place: AgentPlace): Promise<void> {
  if (ownSocket(place) === undefined) return;
  if (await isHeard(place.socket)) {
    throw new CliError(EXIT.failed, 'An agent is running already. End it with: securestring agent stop');
  }
  rmSync(place.socket, { force: true });
}

function isHeard(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => (isSilent(error) ? resolve(false) : reject(error)));
  });
}

function listen(server: Server, { socket }: AgentPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(PRIVATE_UMASK);
    server.listen(socket, () => {
      chmodSync(socket, 0o600);
      server.off('error', reject).on('error', () => undefined);
      resolve();
    });
    process.umask(before);
  });
}

async function answer(socket: Socket, held: HeldKeys, times: Times, end: () => void): Promise<void> {
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const request = await readFrame(socket);
  const body = request && answerTo(request, held, times);
  request?.body.fill(0);
  if (request === undefined || body === undefined) {
    socket.destroy();
    return;
  }
  const frame = encodeFrame(request.kind, body);
  // Before the answer: a client that has it finds no agent any more.
  if (request.kind === KIND.stop) end();
  socket.end(frame, () => frame.fill(0));
}

type Work = (body: Buffer, held: HeldKeys, times: Times) => Uint8Array | undefined;

const NOTHING = new Uint8Array();
/** By kind. A request without an answer is not understood. */
const ANSWERS: ReadonlyMap<number, Work> = new Map<number, Work>([
  [KIND.fetch, (body, held) => held.use(body.toString()) ?? NOTHING],
  [
    KIND.hold,
    (body, held) => {
      if (body.length <= KEY_LENGTH) return undefined;
      held.hold(body.toString('utf8', KEY_LENGTH), Uint8Array.from(body.subarray(0, KEY_LENGTH)));
      return NOTHING;
    },
  ],
  [
    KIND.forget,
    (body, held) => {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(held.forget(body.length === 0 ? undefined : body.toString()));
      return count;
    },
  ],
  [
    KIND.status,
    (_, held, { idle, lifetime }) =>
      Buffer.from(JSON.stringify({ pid: process.pid, idle, lifetime, stores: held.left() })),
  ],
  [KIND.stop, () => NOTHING],
]);

function answerTo({ kind, body }: Frame, held: HeldKeys, times: Times): Uint8Array | undefined {
  return ANSWERS.get(kind)?.(body, held, times);
}
