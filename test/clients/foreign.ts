/**
 * Clients that are programs of their own: found, kept on this machine, and run.
 * @module
 */

import { spawn } from 'node:child_process';
import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { isRequired } from '@securestring/test-support/required';
import { describe, expect, it } from 'vitest';

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

/** Starts an endpoint that verifies signatures: its environment's access key is the only one that it knows. */
export function startVerifyingEndpoint(): Promise<TestEndpoint> {
  const known = { accountId: '000000000000', secretAccessKey: 'test' };
  return startTestEndpoint({ accessKey: (id) => (id === 'test' ? known : undefined) });
}

/**
 * Defines a suite over a client whose place a variable names. Without it the suite is skipped by name, or fails if
 * `SECURESTRING_REQUIRE` has `requirement`.
 */
export function describeClient(
  variable: string,
  requirement: string,
  name: string,
  define: (path: string) => void,
): void {
  const path = process.env[variable];
  if (path !== undefined) describe(name, { timeout: 600_000 }, () => define(path));
  else if (isRequired(requirement))
    describe(name, () => it('is installed', () => expect.fail(`${variable} is not set`)));
  else describe.skip(`${name} (${variable} is not set)`, () => it('needs it', () => undefined));
}
