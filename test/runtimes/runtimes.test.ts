/**
 * Core and keystore under Bun and Deno, from the sources. The runtimes are those that `BUN_PATH` and `DENO_PATH` name,
 * else `bun` and `deno`. If one is missing, its test is skipped by name, and with `SECURESTRING_REQUIRE=bun,deno` it
 * fails.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRequired } from '@securestring/test-support/required';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('use.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'securestring-runtimes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCES = '--conditions=@securestring/source';
const RUNTIMES = [
  {
    name: 'bun',
    path: process.env['BUN_PATH'] ?? 'bun',
    words: [SOURCES, script],
    noble: ['id-aes128-wrap', 'id-aes256-wrap-pad'],
  },
  {
    name: 'deno',
    path: process.env['DENO_PATH'] ?? 'deno',
    words: ['run', '--allow-all', SOURCES, script],
    noble: ['aes-192-gcm', 'id-aes256-wrap'],
  },
];

describe.each(RUNTIMES)('on $name', ({ name, path, words, noble }) => {
  const isThere = spawnSync(path, ['--version']).status === 0;
  it.skipIf(!isThere && !isRequired(name))(
    `core and keystore do what they do on Node, with noble named for what is missing${isThere ? '' : ` (no ${name})`}`,
    () => {
      const { stdout, stderr, status } = spawnSync(path, [...words, folder], { encoding: 'utf8' });
      expect(stderr ?? `no ${name}: set ${name.toUpperCase()}_PATH, or install it`).not.toMatch(
        /error|no bun|no deno/i,
      );
      expect(status).toBe(0);
      expect(stdout).toMatch(/^node \(noble for .*\)\n$/);
      for (const cipher of noble) expect(stdout).toContain(cipher);
    },
  );
});
