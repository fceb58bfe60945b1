/**
 * Where the agent listens: a socket in a folder that only its owner may enter.
 *
 * ```
 * $XDG_RUNTIME_DIR/securestring/agent.sock     where there is such a folder
 * ~/.cache/securestring/agent.sock             else
 * ```
 *
 * Node cannot ask the system who is at the other end of a socket. So both sides ask who could be there: only the owner
 * and root can reach a socket in a folder of mode 0700, or put another one into its place, if the owner or root owns
 * every folder above and no others may write to these.
 * @module
 */

import { lstatSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { isSuspect } from '../command/suspect.ts';
import { unsafeAbove } from '../io/safe-folders.ts';

/** What `SECURESTRING_AGENT` may say: start an agent at the first passphrase, or never use one. */
export type Use = 'auto' | 'running' | 'off';

type Environment = Readonly<Record<string, string | undefined>>;

export interface AgentPlace {
  /** Absolute. */
  readonly folder: string;
  readonly socket: string;
}

const RIGHTS_OF_OTHERS = 0o077;
/** Bytes of a socket's path that every system takes (`sun_path`), without the zero byte. */
const MOST_PATH = 103;

/**
 * Reads from `SECURESTRING_AGENT` whether commands use an agent. Windows has none.
 *
 * @throws `CliError` for a value that is neither `auto` nor `off`.
 */
export function agentUse(env: Environment): Use {
  const said = env['SECURESTRING_AGENT'] ?? '';
  if (process.platform === 'win32' || said === 'off') return 'off';
  if (said === '') return 'running';
  if (said === 'auto') return 'auto';
  throw new CliError(EXIT.usage, 'SECURESTRING_AGENT must be auto or off. Unset, an agent that runs is used.');
}

export function agentPlace(env: Environment): AgentPlace {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  return placeIn(isFolder(runtime) ? runtime : cachesOf(env));
}

/**
 * Where agents may listen that a shell with other variables has started: one from cron or `su` has no
 * `XDG_RUNTIME_DIR`. The place of this environment is the first.
 */
export function agentPlaces(env: Environment): readonly AgentPlace[] {
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${self() ?? ''}`;
  const found = [agentPlace(env), ...[runtime, cachesOf(env)].filter(isFolder).map(placeIn)];
  return [...new Map(found.map((place) => [place.socket, place])).values()];
}

function placeIn(parent: string): AgentPlace {
  const folder = join(parent, 'securestring');
  return { folder, socket: join(folder, 'agent.sock') };
}

function cachesOf(env: Environment): string {
  const caches = env['XDG_CACHE_HOME'] ?? '';
  if (isUsable(caches)) return caches;
  const home = env['HOME'] || homedir();
  if (!isSuspect(home)) return join(home, '.cache');
  const what = 'HOME is not UTF-8, and would name another folder for the agent.';
  throw new CliError(EXIT.usage, `${what} Set XDG_CACHE_HOME to a folder, or SECURESTRING_AGENT to off.`);
}

/**
 * A relative path counts as none, as the XDG Base Directory Specification has it; and so does a path that is not UTF-8,
 * of which Node makes another one.
 */
function isUsable(path: string): boolean {
  return isAbsolute(path) && !isSuspect(path);
}

function isFolder(path: string): boolean {
  return isUsable(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Looks whether there is a socket that can be no one's but this user's.
 *
 * @returns `undefined` if nothing is there.
 * @throws `CliError` that says what is wrong with it, or with its folder.
 */
export function ownSocket({ folder, socket }: AgentPlace): Stats | undefined {
  const found = lstatSync(socket, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  requireOwnFolder(folder);
  if (!found.isSocket()) throw unsafe(socket, 'is not a socket');
  if (found.uid !== self()) throw unsafe(socket, `belongs to user ${found.uid}`);
  return found;
}

/** @throws `CliError` where others than its owner could reach what is in it, or put it there. */
export function requireOwnFolder(folder: string): void {
  requireSafeAbove(folder);
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw unsafe(folder, 'is not a folder, or is a link to one');
  if (found.uid !== self()) throw unsafe(folder, `belongs to user ${found.uid}`);
  if ((found.mode & RIGHTS_OF_OTHERS) !== 0) throw unsafe(folder, 'is open to others', `chmod 700 ${folder}`);
}

/** @throws `CliError` where others could put another folder into its place. It need not be there yet. */
export function requireSafeAbove(folder: string): void {
  const wrong = unsafeAbove(folder);
  if (wrong !== undefined) throw unsafe(wrong.path, wrong.what);
}

/** @throws `CliError` where the system has no room for it. */
export function requireShort({ socket }: AgentPlace): void {
  if (Buffer.byteLength(socket) <= MOST_PATH) return;
  throw new CliError(
    EXIT.failed,
    `${socket} is too long for a socket, which takes ${MOST_PATH} bytes. Set XDG_RUNTIME_DIR to a folder with a shorter path.`,
  );
}

function self(): number | undefined {
  return process.geteuid?.();
}

function unsafe(path: string, what: string, mend?: string): CliError {
  return new CliError(EXIT.failed, `The agent cannot be trusted: ${path} ${what}.${mend ? ` Mend that: ${mend}` : ''}`);
}

/** Whether an error says that no one listens. */
export function isSilent(error: unknown): boolean {
  return isCode(error, 'ECONNREFUSED') || isCode(error, 'ENOENT');
}
