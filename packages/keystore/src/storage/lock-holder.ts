/**
 * Who holds a lock, and whether that process still lives.
 *
 * A process id alone does not tell: ids are used again, and mean nothing in another container or on another machine. So
 * a holder is named by all that Linux tells of it. Elsewhere only the process id is known; a foreign process that got
 * the id of a dead holder then looks like it, and the lock has to be removed by hand.
 * @module
 */

import { createHash, randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** A process, as a lock file names it. What the system does not tell is empty. */
export interface LockHolder {
  /** Of this one lock; no other ever has it. */
  readonly token: string;
  readonly pid: number;
  /** When the process began, in ticks since the machine did: no two processes with one id agree. */
  readonly started: string;
  /** Hash of host name and machine id. */
  readonly machine: string;
  /** Changes with every start of the machine. */
  readonly boot: string;
  /** Process ids are those of this namespace: of this container. */
  readonly pidNamespace: string;
}

/** A token, as a pattern: a UUID, or what stands in its place where a lock file is not readable as one. */
export const TOKEN_PATTERN = '(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|torn)';

const TOKEN = new RegExp(`^${TOKEN_PATTERN}$`);
const FIELDS = ['token', 'started', 'machine', 'boot', 'pidNamespace'] as const;

/** This process, with a token for one lock. */
export async function thisProcess(): Promise<LockHolder> {
  identity ??= identify();
  return { token: randomUUID(), ...(await identity) };
}

export function encodeHolder(holder: LockHolder): string {
  return JSON.stringify(holder);
}

/**
 * A holder from a lock file. Lock files appear with all that is in them, so that one which is not whole was left by a
 * failure of the machine itself, and nobody who held a lock then is alive: such a file names a dead holder.
 */
export function decodeHolder(text: string): LockHolder {
  const holder = parse(text) as Partial<Record<string, unknown>> | undefined;
  if (typeof holder !== 'object' || holder === null) return TORN;
  if (!Number.isSafeInteger(holder['pid']) || FIELDS.some((name) => typeof holder[name] !== 'string')) return TORN;
  return TOKEN.test(String(holder['token'])) ? (holder as unknown as LockHolder) : TORN;
}

/** Whether the process still runs. One that cannot be judged from here counts as alive: nobody takes its lock. */
export async function isAlive(holder: LockHolder): Promise<boolean> {
  if (holder === TORN) return false;
  const self = await thisProcess();
  if (holder.machine !== self.machine) return true;
  if (holder.boot !== self.boot) return false;
  if (holder.pidNamespace !== self.pidNamespace) return true;
  if (!signalReaches(holder.pid)) return false;
  const found = await processOf(holder.pid);
  return found === undefined || (found.started === holder.started && !GONE.includes(found.state));
}

/** Dead, though its parent has not asked for its status yet. proc(5). */
const GONE = ['Z', 'X', 'x'];

const TORN: LockHolder = { token: 'torn', pid: 0, started: '', machine: '', boot: '', pidNamespace: '' };

/** The same for the whole life of the process. */
let identity: Promise<Omit<LockHolder, 'token'>> | undefined;

async function identify(): Promise<Omit<LockHolder, 'token'>> {
  const [self, machineId, boot, pidNamespace] = await Promise.all([
    processOf(process.pid),
    orEmpty(readFile('/etc/machine-id', 'utf8')),
    orEmpty(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orEmpty(readlink('/proc/self/ns/pid')),
  ]);
  return {
    pid: process.pid,
    started: self?.started ?? '',
    machine: createHash('sha256').update(`${hostname()}\n${machineId}`).digest('hex'),
    boot,
    pidNamespace,
  };
}

/**
 * Fields 3 and 22 of /proc/PID/stat; the second one, a name in parentheses, may hold anything. proc(5). `undefined` where
 * the system does not tell.
 */
async function processOf(pid: number): Promise<{ readonly state: string; readonly started: string } | undefined> {
  const stat = await orEmpty(readFile(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process of another user is there, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function orEmpty(text: Promise<string>): Promise<string> {
  return text.then(
    (found) => found.trim(),
    // There is no such file here, or it is not ours to read.
    () => '',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON.
    return undefined;
  }
}
