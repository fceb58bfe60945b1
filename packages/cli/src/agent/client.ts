/**
 * What the other commands ask of an agent.
 * @module
 */

import { connect } from 'node:net';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type AgentPlace, isSilent, ownSocket } from './place.ts';
import { encodeFrame, type Frame, KEY_LENGTH, KIND, readFrame } from './protocol.ts';

/** What an agent says of itself. Times in ms. */
export interface AgentStatus {
  readonly pid: number;
  readonly idle: number;
  readonly lifetime: number;
  readonly stores: readonly { readonly place: string; readonly idle: number; readonly lifetime: number }[];
}

/** For how long an agent may be silent, in ms: it may have been stopped. */
const PATIENCE = 2000;

/** Asks for the key of a store by its data folder, with all links resolved. The caller wipes it. */
export async function fetchKey(place: AgentPlace, data: string): Promise<Uint8Array | undefined> {
  const answer = await ask(place, KIND.fetch, Buffer.from(data));
  return answer?.body.length === KEY_LENGTH ? answer.body : undefined;
}

/** Hands over a copy of a key. Returns whether an agent has it. */
export async function holdKey(place: AgentPlace, data: string, key: Uint8Array): Promise<boolean> {
  return (await ask(place, KIND.hold, key, Buffer.from(data))) !== undefined;
}

/** Makes it forget a store, or all. Returns how many it held; `undefined` where no agent runs. */
export async function forgetKeys(place: AgentPlace, data: string = ''): Promise<number | undefined> {
  const answer = await ask(place, KIND.forget, Buffer.from(data));
  return answer?.body.length === 4 ? answer.body.readUInt32BE() : undefined;
}

/**
 * Makes the agents in several places forget all, each whether or not another one answers. Returns how many keys they
 * held; `undefined` where no agent runs.
 *
 * @throws `CliError` in the end, where one does not answer or cannot be trusted.
 */
export async function forgetAll(places: readonly AgentPlace[]): Promise<number | undefined> {
  const outcomes = await Promise.allSettled(places.map((place) => forgetKeys(place)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const counts = outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : [])).filter(isNumber);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

function isNumber(count: number | undefined): count is number {
  return count !== undefined;
}

export async function statusOf(place: AgentPlace): Promise<AgentStatus | undefined> {
  const answer = await ask(place, KIND.status);
  return answer && (JSON.parse(answer.body.toString()) as AgentStatus);
}

/** Ends it. Returns whether one was running. */
export async function stopAgent(place: AgentPlace): Promise<boolean> {
  return (await ask(place, KIND.stop)) !== undefined;
}

/**
 * @returns `undefined` where no agent listens.
 * @throws `CliError` where it cannot be trusted, or does not answer: it may hold keys all the same.
 */
async function ask(place: AgentPlace, kind: number, ...parts: readonly Uint8Array[]): Promise<Frame | undefined> {
  if (ownSocket(place) === undefined) return undefined;
  const request = encodeFrame(kind, ...parts);
  const socket = connect(place.socket);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(PATIENCE, () => socket.destroy(new Error('silent')));
      socket.once('error', reject).once('connect', resolve);
    });
    const answer = readFrame(socket);
    socket.write(request);
    const frame = await answer;
    if (frame?.kind === kind) return frame;
  } catch (error) {
    if (isSilent(error)) return undefined;
  } finally {
    request.fill(0);
    socket.destroy();
  }
  throw new CliError(
    EXIT.failed,
    'The agent does not answer. End its process, which holds the keys, if it does not go on.',
  );
}
