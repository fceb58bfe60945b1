/**
 * A program in the place of this process: no parent of it stays.
 * @module
 */

import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { sayReplaced } from '../command/replaced.ts';
import type { ProgramRun } from './program-run.ts';

/** Node of this version reports a program that cannot be run; before, it ends in the middle of things. */
const REPORTS = 26;
/** Bytes of arguments and environment that every Linux and macOS takes, of all and of one. */
const MOST = { all: 200_000, one: 100_000 } as const;
/** Bytes at the beginning of a program that say what runs it. */
const BEGINNING = 4096;
const ELF = '\x7fELF';

type Execve = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => never;

/**
 * Replaces this process by the program. Returns where it does not: this Node cannot, or it is not certain that the
 * system will run it. Then it is to be started as a child, which also finds out why it does not run.
 */
export async function replaceProcess({ file, command, args, env }: ProgramRun): Promise<void> {
  const { execve } = process as { readonly execve?: Execve };
  if (execve === undefined || process.platform === 'win32') return;
  const defined = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const major = Number(process.versions.node.split('.')[0]);
  if (!fits(args, defined) || (major < REPORTS && !(await isCertain(file)))) return;
  sayReplaced();
  // Node ignores these, and what a process ignores stays so in the program. What it listens to does not.
  for (const signal of ['SIGPIPE', 'SIGXFSZ'] as const) process.on(signal, () => undefined);
  // It would say that execve is an experiment.
  process.removeAllListeners('warning');
  try {
    execve.call(process, file, [command, ...args], defined);
  } catch {
    // The child's way will say why.
  }
}

function fits(args: readonly string[], env: Readonly<Record<string, string>>): boolean {
  const texts = [...args, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const lengths = texts.map((text) => Buffer.byteLength(text) + 1);
  return lengths.every((length) => length < MOST.one) && lengths.reduce((sum, length) => sum + length, 0) < MOST.all;
}

/** Whether the system surely runs it: a binary of this machine whose loader is there, or a script for such a one. */
async function isCertain(file: string): Promise<boolean> {
  const beginning = await beginningOf(file);
  const [, interpreter] = /^#![ \t]*(\/[^\s\0]+)/.exec(beginning) ?? [];
  if (interpreter === undefined) return isBinaryHere(beginning, await beginningOf(process.execPath));
  return existsSync(interpreter) && isBinaryHere(await beginningOf(interpreter), await beginningOf(process.execPath));
}

/** Class, order of bytes, and machine are those of node itself; and the loader that it names is there. */
function isBinaryHere(program: string, node: string): boolean {
  const kind = (text: string) => `${text.slice(0, 6)}${text.slice(18, 20)}`;
  if (!program.startsWith(ELF) || kind(program) !== kind(node)) return false;
  const [, loader] = /\0(\/[\w./-]*\/ld-[\w.-]+)\0/.exec(program) ?? [];
  return loader !== undefined && existsSync(loader);
}

/** Bytes as latin1; none where they cannot be read. */
async function beginningOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
