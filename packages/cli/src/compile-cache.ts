/**
 * Compiled code, kept from one run to the next where node can do that.
 * @module
 */

import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Since node 22.8, and only on a best effort: where it fails, nothing is said. The folder is the user's own, since node
 * trusts what it finds there; its default stands among everybody's temporary files.
 */
export function keepCompiledCode(): void {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  (module as { enableCompileCache?: (folder: string) => unknown }).enableCompileCache?.(join(caches, 'securestring'));
}
