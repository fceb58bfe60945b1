/**
 * Makes `docs/comparison.md`: installs the other emulators from PyPI, starts each, and asks all of them and ours.
 * @module
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wrapMarkdown } from '../../scripts/wrap-markdown.ts';
import { serveFolder } from './ours.ts';
import { findingsOf, type Running } from './probe.ts';
import { type Column, comparisonPage } from './table.ts';

const PAGE = join(import.meta.dirname, '../../docs/comparison.md');
const BOTO = 'boto3==1.44.8';

/** An emulator on PyPI: its packages, its program, and how that takes its port and its folder. */
interface Rival {
  readonly name: string;
  readonly version: string;
  /** What pip installs; a package that it can do without, but not all of its operations, among them. */
  readonly packages: readonly string[];
  readonly program: string;
  readonly words: (port: number) => readonly string[];
  readonly env: (port: number, folder: string) => Readonly<Record<string, string>>;
}

const RIVALS: readonly Rival[] = [
  {
    name: 'moto',
    version: '5.2.5',
    packages: ['moto[server]==5.2.5'],
    program: 'moto_server',
    words: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    env: () => ({}),
  },
  {
    name: 'ministack',
    version: '1.5.33',
    packages: ['ministack==1.5.33', 'cryptography==50.0.2'],
    program: 'ministack',
    words: () => [],
    env: (port, folder) => ({ GATEWAY_PORT: String(port), PERSIST_STATE: '1', STATE_DIR: folder }),
  },
];

/** Asks every server, and writes the page. */
export async function compareRivals(): Promise<void> {
  const cache = join(tmpdir(), 'securestring-rivals');
  const boto = join(cache, BOTO);
  if (!existsSync(boto)) pip('python3', '--target', boto, BOTO);
  const folder = mkdtempSync(join(tmpdir(), 'securestring-comparison-'));
  try {
    const columns: Column[] = [
      { name: 'SecureString', findings: await findingsOf(() => serveFolder(join(folder, 'ours')), boto) },
    ];
    for (const rival of RIVALS) {
      const programs = installed(rival, cache);
      const start = () => startRival(rival, programs, join(folder, rival.name));
      columns.push({ name: `${rival.name} ${rival.version}`, findings: await findingsOf(start, boto) });
      console.log(`${rival.name} ${rival.version}: asked`);
    }
    writeFileSync(PAGE, wrapMarkdown(comparisonPage(new Date().toISOString().slice(0, 10), columns)));
    console.log('docs/comparison.md is written.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs an emulator once into an environment of its own, and returns the folder of its programs. */
function installed({ name, version, packages }: Rival, cache: string): string {
  const environment = join(cache, `${name}-${version}`);
  const programs = join(environment, 'bin');
  if (existsSync(join(environment, 'installed'))) return programs;
  execFileSync('python3', ['-m', 'venv', '--clear', environment]);
  pip(join(programs, 'python'), ...packages);
  writeFileSync(join(environment, 'installed'), '');
  return programs;
}

function pip(python: string, ...words: readonly string[]): void {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-compile', '--only-binary=:all:'];
  execFileSync(python, ['-m', 'pip', 'install', ...quiet, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function startRival(rival: Rival, programs: string, folder: string): Promise<Running> {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', ...rival.env(port, folder) };
  const child = spawn(join(programs, rival.program), rival.words(port), { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await listening(url);
  const close = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { url, close };
}

/** Waits until something answers, whatever it says. */
async function listening(url: string): Promise<void> {
  for (let left = 300; left > 0; left--) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
