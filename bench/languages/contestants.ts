/**
 * The contestants of `languages`, each a process that reads lines and answers each with one:
 *
 * | Line | Answer |
 * |---|---|
 * | `seal BASE64` | the message of these bytes, which are the ones that are timed from here on |
 * | `open BASE64` | the plaintext of a message |
 * | `time-seal CALLS`, `time-open CALLS` | nanoseconds of one call, over so many |
 *
 * All have the same wrapping key, in hexadecimal as the first argument, the name of the key, suite, context and frames.
 * @module
 */

import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { builtNativeProvider } from '../native.ts';

const CACHE = join(tmpdir(), 'securestring-languages');
const PYTHON = ['aws-encryption-sdk==4.0.7', 'aws-cryptographic-material-providers==1.11.3'] as const;
const JAVA_SDK = '3.0.2';
const GO_SDK = '0.4.0';

/** An implementation, before it is started. */
export interface Entrant {
  readonly name: string;
  readonly version: string;
  /** Installs what it needs, once; returns the words that start it, but for the key. @throws if it cannot be had. */
  readonly prepare: () => readonly [program: string, before: readonly string[], after: readonly string[]];
}

/** The one that the ratios are to: the fastest of the others. */
export const REFERENCE = 'Java, JCE master key';

export const entrants: readonly Entrant[] = [
  { name: REFERENCE, version: JAVA_SDK, prepare: () => java('jce') },
  ...(['node', 'wasm', 'native'] as const).map((name) => ({
    name: `ours, ${name}`,
    version: process.versions.node,
    prepare: () => ours(name),
  })),
  { name: 'Java, keyring', version: JAVA_SDK, prepare: () => java('mpl') },
  { name: 'Go', version: GO_SDK, prepare: go },
  { name: 'Python, master key', version: PYTHON[0], prepare: () => python('legacy') },
  { name: 'Python, keyring', version: PYTHON.join(' '), prepare: () => python('mpl') },
];

function ours(provider: string): ReturnType<Entrant['prepare']> {
  if (provider === 'native' && builtNativeProvider === undefined) throw new Error('not built');
  return [process.execPath, [...process.execArgv, join(import.meta.dirname, 'ours.ts')], [provider]];
}

function java(keys: string): ReturnType<Entrant['prepare']> {
  const folder = installed(`java-${JAVA_SDK}`, (into) => {
    cpSync(join(import.meta.dirname, 'java'), into, { recursive: true });
    run('mvn', ['--batch-mode', '--quiet', 'package', 'dependency:copy-dependencies', '-DincludeScope=runtime'], into);
  });
  const classes = [join(folder, 'target/classes'), join(folder, 'target/dependency/*')].join(':');
  return ['java', ['-cp', classes, 'Contestant'], [keys]];
}

function go(): ReturnType<Entrant['prepare']> {
  const folder = installed(`go-${GO_SDK}`, (into) => {
    run('go', ['build', '-o', join(into, 'contestant'), '.'], join(import.meta.dirname, 'go'));
  });
  return [join(folder, 'contestant'), [], []];
}

function python(keys: string): ReturnType<Entrant['prepare']> {
  const folder = installed(PYTHON.join('-'), (into) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-compile', '--only-binary=:all:'];
    run('python3', ['-m', 'pip', 'install', ...quiet, '--target', into, ...PYTHON], into);
  });
  // `env` adds the folder to this process alone.
  const program = join(import.meta.dirname, 'python/contestant.py');
  return ['env', [`PYTHONPATH=${folder}`, 'python3', program], [keys]];
}

/** Installs something once, and returns its folder. */
function installed(name: string, install: (into: string) => void): string {
  const folder = join(CACHE, name);
  if (existsSync(join(folder, 'installed'))) return folder;
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(join(folder, 'installed'), '');
  return folder;
}

function run(program: string, words: readonly string[], cwd: string): void {
  execFileSync(program, words, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A contestant that runs. It waits for a line, and costs nothing until then. */
export class Running {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(name: string, [program, before, after]: ReturnType<Entrant['prepare']>, key: string) {
    this.name = name;
    this.#child = spawn(program, [...before, key, ...after], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(verb: 'seal' | 'open' | 'time-seal' | 'time-open', word: string): Promise<string> {
    this.#child.stdin.write(`${verb} ${word}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.name} ended before it answered ${verb}.`);
    return value;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}
