/** The first use of an LMDB folder loads LMDB's native binary, and nothing before that does. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bundleChildren, startChild } from './children.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-loading-'));
afterAll(() => rmSync(root, { recursive: true }));

it('the first use of a folder loads LMDB, and nothing before that', async () => {
  const scripts = join(root, 'scripts');
  await bundleChildren(scripts, import.meta.url);
  const child = startChild(scripts, 'load', [join(root, 'store')]);
  expect(await child.ended).toBe(0);
  expect(child.lines).toEqual(['false', 'true']);
});
