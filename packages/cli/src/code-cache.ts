/**
 * The program's parts, loaded with the machine code and bytecode that V8 made of them in an earlier run.
 *
 * `module.enableCompileCache` does this since Node 22.8, a file for each module. This is one file for each command, on
 * every Node: a third of a short run's time goes into compiling otherwise.
 * @module
 */

import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { Script } from 'node:vm';
import { makeFolders, plainPath } from '@securestring/keystore/paths';
import { onReplaced } from './command/replaced.ts';
import { isSuspect } from './command/suspect.ts';
import { isOpenToOthers } from './io/file-rights.ts';
import { unsafeAbove } from './io/safe-folders.ts';

export interface Program {
  /** Where its parts are. It ends in a slash. */
  readonly folder: string;
  /** The name of a file that has many parts, each under its name; every other part is a file of its own. */
  readonly common: string;
  /** The name of the part that runs. */
  readonly entry: string;
  /** Names the contents of all parts. V8 compares no more than the length of a part with what it kept. */
  readonly build: string;
  /** Loads all else. */
  readonly require: Pick<NodeJS.Require, 'resolve'> & ((name: string) => unknown);
}

type Part = (
  exports: unknown,
  require: (name: string) => unknown,
  module: Loaded,
  file: string,
  folder: string,
) => unknown;

interface Loaded {
  exports: unknown;
}

interface Kept {
  /** What V8 made of files, by their names. */
  readonly code: ReadonlyMap<string, Uint8Array>;
  /** The names of parts that had run by then: of these alone, it has more than that they are there. */
  readonly ran: ReadonlySet<string>;
}

const NOTHING: Kept = { code: new Map(), ran: new Set() };

/** The first line of the file. Behind it is what V8 made of each file of the program, in that order. */
type Head = readonly [
  build: string,
  files: readonly (readonly [name: string, length: number])[],
  ran: readonly string[],
  hash: string,
];

const LINE_END = 0x0a;

/** Runs the entry. What was compiled is kept when the process exits without an error, as well as it goes. */
export function runProgram(program: Program, command: string): void {
  const { folder, common, entry } = program;
  const file = fileOf(command);
  const kept = file === undefined ? NOTHING : read(file, program.build);
  const scripts = new Map<string, Script>();
  const loaded = new Map<string, Loaded>();
  let isWhole = true;
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return program.require(name);
    const present = loaded.get(name);
    if (present !== undefined) return present.exports;
    const module: Loaded = { exports: {} };
    loaded.set(name, module);
    isWhole &&= kept.ran.has(name);
    const part = parts[name] ?? (run(name) as Part);
    part(module.exports, requireHere, module, folder + name.slice(2), folder);
    return module.exports;
  };
  const run = (name: string): unknown => {
    const path = folder + name.slice(2);
    const cachedData = kept.code.get(name);
    // All parts are ASCII.
    const source = readFileSync(path, 'latin1');
    const script = new Script(source, { filename: path, ...(cachedData !== undefined && { cachedData }) });
    scripts.set(name, script);
    isWhole &&= script.cachedDataRejected !== true;
    return script.runInThisContext();
  };
  const parts = run(common) as Readonly<Record<string, Part>>;
  const requireHere = Object.assign(load, { resolve: program.require.resolve });
  const keep = () => {
    if (!isWhole && file !== undefined) write(file, program.build, added(kept, scripts, loaded.keys()));
  };
  process.on('exit', (code) => {
    if (code === 0) keep();
  });
  onReplaced(keep);
  load(entry);
}

/** What is kept after a run: of this one, and of earlier ones. */
function added({ code, ran }: Kept, scripts: ReadonlyMap<string, Script>, loaded: Iterable<string>): Kept {
  const all = new Map(code);
  for (const [name, script] of scripts) all.set(name, script.createCachedData());
  return { code: all, ran: new Set([...ran, ...loaded]) };
}

/** Returns nothing where no file can be kept, such as in a home that is read-only: the code is compiled each time. */
function fileOf(command: string): string | undefined {
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return undefined;
  try {
    return `${privateFolder(`${cachesFolder()}/securestring`)}/${command}-${process.version}-${process.arch}`;
  } catch {
    return undefined;
  }
}

/** Reads what another run of the same build kept. */
function read(file: string, build: string): Kept {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf(LINE_END);
    const [ofBuild, files, ran, hash]: Head = JSON.parse(bytes.toString('latin1', 0, end));
    // Of a disk that failed, perhaps. V8 does not look.
    if (ofBuild !== build || hash !== hashOf(bytes.subarray(end + 1))) return NOTHING;
    const code = new Map<string, Uint8Array>();
    let at = end + 1;
    for (const [name, length] of files) {
      code.set(name, bytes.subarray(at, at + length));
      at += length;
    }
    return { code, ran: new Set(ran) };
  } catch {
    return NOTHING;
  }
}

/** A reader sees the whole or the old. */
function write(file: string, build: string, { code, ran }: Kept): void {
  try {
    const bytes = Buffer.concat([...code.values()]);
    const head: Head = [build, [...code].map(([name, data]) => [name, data.length]), [...ran], hashOf(bytes)];
    const made = `${file}.${process.pid}`;
    writeFileSync(made, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]), { mode: 0o600 });
    renameSync(made, file);
  } catch {
    // The next run compiles again.
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

/**
 * A relative path counts as none: XDG Base Directory Specification, "Basics". It would be another one in each folder.
 * So does a path that is not UTF-8, of which Node makes another one.
 */
function cachesFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  const folder = isAbsolute(given) && !isSuspect(given) ? given : `${homedir()}/.cache`;
  if (isSuspect(folder)) throw new Error('HOME is not UTF-8.');
  return folder;
}

/**
 * Makes a folder that only this user may enter: V8 runs what it finds there.
 *
 * Throws where it is a link, where it belongs to another user, and where others could put something into its place:
 * `sudo` may keep the home of the user, to whom nothing of root's must be left there.
 */
function privateFolder(path: string): string {
  const folder = plainPath(path);
  if (unsafeAbove(folder) !== undefined) throw new Error(`Others can change what is above ${folder}.`);
  makeFolders(folder);
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is a link.`);
  // Windows has no such ids.
  const self = process.geteuid?.();
  if (self !== undefined && found.uid !== self) throw new Error(`${folder} belongs to another user.`);
  // The rights of an older one came from the umask.
  if (isOpenToOthers(found)) {
    chmodSync(folder, 0o700);
    removeKept(folder);
  }
  return folder;
}

/** Others may have put it there. The agent's socket is not read, and stays. */
function removeKept(folder: string): void {
  for (const each of readdirSync(folder, { withFileTypes: true })) {
    if (!each.isSocket()) rmSync(`${folder}/${each.name}`, { recursive: true, force: true });
  }
}
