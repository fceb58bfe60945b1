/**
 * Runs the probes against a server.
 * @module
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Findings } from './table.ts';

const PROBES = fileURLToPath(new URL('./probes.py', import.meta.url));

/** A server that can be stopped. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** Asks a server everything, and starts it a second time to see what it has kept. */
export async function findingsOf(start: () => Promise<Running>, boto: string): Promise<Findings> {
  const first = await start();
  let findings: Findings;
  let state: string;
  try {
    findings = JSON.parse(await ask(boto, first.url, 'all')) as Findings;
    state = await ask(boto, first.url, 'write');
  } finally {
    await first.close();
  }
  const second = await start();
  try {
    return { ...findings, ...(JSON.parse(await ask(boto, second.url, 'read', state)) as Findings) };
  } finally {
    await second.close();
  }
}

/** Runs the script with the boto3 in a folder, and keeps it on this machine. */
async function ask(boto: string, url: string, ...words: readonly string[]): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    PYTHONPATH: boto,
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
  };
  const { stdout } = await promisify(execFile)('python3', [PROBES, ...words], { env, timeout: 300_000 });
  return stdout;
}
