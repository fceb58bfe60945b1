/**
 * Streams hold a frame, not the message. Each runs in a process of its own, bundled so that only the engine is
 * measured. Each kind reads what the other kind wrote, to the last byte.
 * @module
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { budget } from '@securestring/test-support/budget';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MEBIBYTES = budget(64, 1024);
/** The most resident memory, in bytes. Node itself takes some 40 MiB of it. */
const MOST = 120 * 2 ** 20;

interface Report {
  readonly sha256: string;
  readonly bytes: number;
  readonly peak: number;
}

describe(`${MEBIBYTES} MiB in frames of 64 KiB`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'securestring-memory-'));
  const child = join(folder, 'child.mjs');
  beforeAll(() =>
    build({
      entryPoints: [join(import.meta.dirname, 'memory-child.ts')],
      outfile: child,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@securestring/source'],
      logLevel: 'silent',
    }),
  );
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['node:stream', 'a web stream', 'node', 'web'],
    ['a web stream', 'node:stream', 'web', 'node'],
  ])(
    'encrypted through %s and decrypted through %s, never take 120 MiB',
    { timeout: 300_000 },
    async (_by, _to, writer, reader) => {
      const file = join(folder, writer);
      const written = await run('encrypt', writer, file);
      const read = await run('decrypt', reader, file);
      rmSync(file);
      expect(written.bytes).toBe(MEBIBYTES * 2 ** 20);
      expect(read).toMatchObject({ bytes: written.bytes, sha256: written.sha256 });
      expect(Math.max(written.peak, read.peak)).toBeLessThan(MOST);
    },
  );

  async function run(direction: 'encrypt' | 'decrypt', kind: string, file: string): Promise<Report> {
    const { stdout } = await promisify(execFile)(process.execPath, [child, direction, kind, file, `${MEBIBYTES}`], {
      env: {},
    });
    return JSON.parse(stdout) as Report;
  }
});
