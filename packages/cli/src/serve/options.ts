/**
 * The options of `serve`, judged before anything is opened.
 * @module
 */

import { isIPv4, isIPv6 } from 'node:net';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { FixturesFile } from '../fixtures/read.ts';
import { readInput } from '../io/device.ts';
import { STANDARD, unreadable } from '../io/input.ts';
import { readText } from '../io/text.ts';
import { inputFor } from '../store/typed-input.ts';

export interface ServeOptions {
  readonly host?: string;
  readonly port?: string;
  readonly memory?: boolean;
  readonly seed?: string;
  readonly clock?: string;
  readonly fixtures?: string;
  readonly printEnv?: boolean;
  /** Commander's form of `--no-auth`. */
  readonly auth: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly name?: readonly string[];
  readonly insecureListen?: boolean;
  readonly autoCreate?: boolean;
  readonly auditLog?: string;
  readonly auditBestEffort?: boolean;
  /** Of the process in the background, for the one that started it. */
  readonly announce?: boolean;
}

/** What is served, and where. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
  readonly tls: { readonly cert: Uint8Array; readonly key: Uint8Array } | undefined;
  readonly isAuthenticated: boolean;
  /** Make the stores of other accounts and Regions as they are asked for. */
  readonly autoCreate: boolean;
  /** Where each call leaves its record; `undefined`: nowhere. */
  readonly audit: AuditSettings | undefined;
  /** `undefined` for the store on the disk. */
  readonly memory:
    | {
        readonly seed: string | undefined;
        readonly startsAt: number | undefined;
        readonly fixtures: FixturesFile | undefined;
      }
    | undefined;
}

/** The log of all calls. */
export interface AuditSettings {
  readonly path: string;
  /** Answer calls whose records cannot be written. */
  readonly bestEffort: boolean;
}

/** The port of the emulator that most clients' configurations already name. */
const DEFAULT_PORT = 4566;
/** More than any chain of certificates. */
const MOST = 1024 * 1024;

/** @throws `CliError` where options do not fit together, or a file cannot be read. */
export async function settingsOf(
  options: ServeOptions,
  command: readonly string[],
  context: Context,
): Promise<Settings> {
  const { host = '127.0.0.1', memory = false, seed, clock, auth, cert, key, insecureListen = false } = options;
  if (!memory && [seed, clock, options.fixtures].some((given) => given !== undefined)) {
    throw misused('--seed, --clock and --fixtures are for a store in memory: give --memory too.');
  }
  if (memory && isGiven(context))
    throw misused('--memory makes a store of its own: leave out --store and what unlocks one.');
  if ((cert === undefined) !== (key === undefined)) throw misused('--cert and --key go together.');
  if (options.printEnv === true && command.length > 0) {
    throw misused('--print-env goes on in the background. To run a program against it, leave --print-env out.');
  }
  if (options.printEnv === true && options.fixtures === STANDARD) {
    throw misused(
      '--print-env goes on in another process, which does not get standard input: name a file of fixtures.',
    );
  }
  if (!isLoopback(host)) {
    if (!auth) throw misused(`--no-auth accepts everyone, and ${host} is not the loopback: listen on 127.0.0.1.`);
    if (cert === undefined && !insecureListen) {
      throw misused(
        `Without TLS others on the network read what is sent to ${host}: give --cert and --key, or --insecure-listen.`,
      );
    }
  }
  return {
    host,
    port: portOf(options.port),
    names: options.name ?? [],
    tls: cert === undefined || key === undefined ? undefined : { cert: await fileOf(cert), key: await fileOf(key) },
    isAuthenticated: auth,
    autoCreate: options.autoCreate === true,
    audit: auditOf(options),
    memory: memory ? { seed, startsAt: timeOf(clock), fixtures: await fixturesOf(options, context) } : undefined,
  };
}

function auditOf({ auditLog: path, auditBestEffort = false }: ServeOptions): AuditSettings | undefined {
  if (path === undefined && auditBestEffort) throw misused('--audit-best-effort goes with --audit-log.');
  return path === undefined ? undefined : { path, bestEffort: auditBestEffort };
}

function isGiven({ options: { store, passphraseFile, rootKeyFile } }: Context): boolean {
  return [store, passphraseFile, rootKeyFile].some((given) => given !== undefined);
}

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  return isIPv6(host) ? /^(?:0*:)*0*1$/.test(host) : host === 'localhost';
}

function portOf(text = String(DEFAULT_PORT)): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw misused('--port takes a number from 0 to 65535.');
}

async function fixturesOf({ fixtures: file }: ServeOptions, context: Context): Promise<FixturesFile | undefined> {
  if (file === undefined) return undefined;
  const { parseFixtures } = await import('../fixtures/read.ts');
  const input = await inputFor(context, file, 'Fixtures', true);
  return parseFixtures(await readText(file, () => input), file);
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw misused('--clock takes a time such as 2026-01-01T00:00:00Z.');
}

async function fileOf(path: string): Promise<Uint8Array> {
  try {
    return await readInput(path, MOST);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function misused(message: string): CliError {
  return new CliError(EXIT.usage, message);
}
