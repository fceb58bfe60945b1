/**
 * Installs what the workspace needs, once: pnpm keeps a copy of the lockfile that it installed, and where that is the
 * one in the repository there is nothing to do.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

if (lockfile('pnpm-lock.yaml') !== lockfile('node_modules/.pnpm/lock.yaml')) {
  console.log('Installing what the workspace needs (once).');
  const words = ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'];
  const { status, error } = spawnSync('npx', words, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      `The installation failed${error ? `: ${error.message}` : '. It needs the npm registry'}; nothing else was done.`,
    );
    process.exit(status ?? 1);
  }
}

function lockfile(path) {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
