/**
 * Installs what the workspace needs, once: pnpm keeps a copy of the lockfile that it installed, and where that is the one
 * in the repository there is nothing to do.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

if (lockfile('pnpm-lock.yaml') !== lockfile('node_modules/.pnpm/lock.yaml')) {
  const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };
  execFileSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--silent'], options);
}

function lockfile(path) {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
