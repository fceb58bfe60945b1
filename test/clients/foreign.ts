/**
 * Clients that are programs of their own: found, kept on this machine, and run.
 * @module
 */

import { spawn } from 'node:child_process';

/** A variable that names where a client was installed. Without it the client's tests are skipped by name. */
export interface ForeignClient {
  readonly name: string;
  /** The folder that the environment names; `undefined` if it names none. */
  readonly folder: string | undefined;
}

/** What a program did. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The environment of a client: nothing of this machine's profile, and no way out of it but the loopback. */
export function clientEnvironment(endpoint: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    ...endpoint,
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** Runs a program to its end. */
export function run(
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  input: string | Uint8Array = '',
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('error', reject);
    child.on('close', (status) =>
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
