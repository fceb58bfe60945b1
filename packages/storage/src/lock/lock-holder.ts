/**
 * Who holds a lock, and whether that process still lives.
 *
 * A process id alone does not say: the system uses ids again, and they mean nothing in another container or on another
 * machine. So a lock file names its holder by all that Linux shows of it. Elsewhere only the process id is known;
 * another process that got the id of a dead holder then looks like it, and a person has to remove the lock.
 * @module
 */

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, as a lock file names it. What the system does not show is empty. */
export interface LockHolder {
  /** Of this one lock; no other ever has it. */
  readonly token: string;
  readonly pid: number;
  /** When the process began, in ticks since the machine did: no two processes with one id agree. */
  readonly started: string;
  /** Hash of host name and machine id; of the host name and the boot if the machine has no id. */
  readonly machine: string;
  /** Changes with every start of the machine. */
  readonly boot: string;
  /** Process ids are those of this namespace: of this container. */
  readonly pidNamespace: string;
  /** Start times count from this namespace's beginning. Absent in lock files of earlier releases. */
  readonly timeNamespace?: string;
}

/** A token, as a pattern: a UUID, or `torn` if the lock file is not readable. */
export const TOKEN_PATTERN = '(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|torn)';

const TOKEN = new RegExp(`^${TOKEN_PATTERN}$`);
const FIELDS = ['token', 'started', 'machine', 'boot', 'pidNamespace'] as const;

/** Returns this process as a holder, with a token for one lock. */
export function thisProcess(): LockHolder {
  return { token: randomUUID(), ...ownIdentity() };
}

/** Writes a holder as the text of a lock file. */
export function encodeHolder(holder: LockHolder): string {
  return JSON.stringify(holder);
}

/**
 * Parses the text of a lock file. Lock files appear with all that is in them, so that one which is not whole was left
 * by a failure of the machine itself, and no process that held a lock then is alive: such a file names a dead holder.
 */
export function decodeHolder(text: string): LockHolder {
  const holder = parse(text) as Partial<Record<string, unknown>> | undefined;
  if (typeof holder !== 'object' || holder === null) return TORN;
  if (!Number.isSafeInteger(holder['pid']) || FIELDS.some((name) => typeof holder[name] !== 'string')) return TORN;
  if (!['string', 'undefined'].includes(typeof holder['timeNamespace'])) return TORN;
  return TOKEN.test(String(holder['token'])) ? (holder as unknown as LockHolder) : TORN;
}

/** Longest wait for one holder whose process cannot be seen, in ms: a thousand times what a lock is held for. */
export const UNSEEN_PATIENCE = 5000;

/** The state of a holder's process; `unseen` if this process cannot know. */
export type Life = 'running' | 'ended' | 'unseen';

/** Returns whether the process may still run. One that cannot be seen counts as alive: no process takes its lock. */
export function isAlive(holder: LockHolder): boolean {
  return lifeOf(holder) !== 'ended';
}

/** Judges a holder: a process on another machine, in another container or in another time namespace is `unseen`. */
export function lifeOf(holder: LockHolder): Life {
  if (holder === TORN) return 'ended';
  const self = ownIdentity();
  if (holder.machine !== self.machine) return 'unseen';
  // A process that does not see /proc knows no boot.
  if (holder.boot !== self.boot) return holder.boot === '' || self.boot === '' ? 'unseen' : 'ended';
  if (holder.pidNamespace !== self.pidNamespace) return 'unseen';
  if (holder.timeNamespace !== undefined && holder.timeNamespace !== self.timeNamespace) return 'unseen';
  // Without the time namespace, the start time means nothing here.
  const started = holder.timeNamespace === undefined ? '' : holder.started;
  return isRunning({ ...holder, started }, self) ? 'running' : 'ended';
}

/** Says for an error who held `file` for so many ms, and what to do where that process has ended. */
export function heldBy({ pid }: LockHolder, life: Life, waited: number, file: string): string {
  const remedy =
    life === 'unseen'
      ? `That process belongs to another container, time namespace or machine and cannot be seen from here: if it was killed, remove ${file}.`
      : `If no such process uses it, remove ${file}.`;
  return `by process ${pid} for more than ${waited} ms. Nothing was changed: try again. ${remedy}`;
}

/** Returns whether the process of a holder runs, whose ids mean the same here. */
function isRunning({ pid, started }: Identity, self: Identity): boolean {
  if (!signalReaches(pid)) return false;
  // Without a start time of its own, this process does not see its /proc, or sees another namespace's.
  const found = self.started === '' ? undefined : processOf(String(pid));
  // A dead process whose parent asked for its status since the first look is gone from /proc.
  if (found === undefined) return signalReaches(pid);
  return !GONE.includes(found.state) && (started === '' || found.started === started);
}

/** Dead, though its parent has not asked for its status yet. proc(5). */
const GONE = ['Z', 'X', 'x'];

const TORN: LockHolder = { token: 'torn', pid: 0, started: '', machine: '', boot: '', pidNamespace: '' };

type Identity = Omit<LockHolder, 'token'>;

/** The same for the whole life of the process. */
let identity: Identity | undefined;

function ownIdentity(): Identity {
  identity ??= identify();
  return identity;
}

/** The system answers from memory, so that no thread need wait for it. */
function identify(): Identity {
  const self = processOf('self');
  const boot = orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const machineId = orEmpty(() => readFileSync('/etc/machine-id', 'utf8'));
  // Two machines without an id may have one name, and the boot of one says nothing of the other's.
  const machine = `${hostname()}\n${machineId || boot}`;
  return {
    pid: process.pid,
    // A /proc that belongs to another process namespace shows other processes under the ids of this one.
    started: self?.pid === String(process.pid) ? self.started : '',
    machine: createHash('sha256').update(machine).digest('hex'),
    boot,
    pidNamespace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    timeNamespace: orEmpty(() => readlinkSync('/proc/self/ns/time')),
  };
}

/**
 * Fields 1, 3 and 22 of /proc/ID/stat; the second one, a name in parentheses, may hold anything. proc(5). `undefined`
 * if the system does not show it.
 */
function processOf(id: string): { readonly pid: string; readonly state: string; readonly started: string } | undefined {
  const stat = orEmpty(() => readFileSync(`/proc/${id}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  if (state === undefined || started === undefined) return undefined;
  return { pid: stat.slice(0, stat.indexOf(' ')), state, started };
}

function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process of another user is there, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function orEmpty(read: () => string): string {
  try {
    return read().trim();
  } catch {
    // There is no such file here, or it is not ours to read.
    return '';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON.
    return undefined;
  }
}
