/**
 * How long does the command line take for a large file, beside the cipher alone? Each sample is a process, from start
 * to end, that reads a file and writes another one.
 * @module
 */

import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustEqual, type Question, type Row } from '../runner.ts';

const BUNDLE = fileURLToPath(new URL('../../packages/cli/bundle.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const LENGTH = 64 * 1024 * 1024;
/** AES-256-GCM from file to file, as `openssl enc` has it for other modes: no frames, no header, no sync. */
const BARE = `
const { createCipheriv, randomBytes } = require('node:crypto');
const { createReadStream, createWriteStream } = require('node:fs');
const [input, output] = process.argv.slice(1);
const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12));
createReadStream(input).pipe(cipher).pipe(createWriteStream(output));
`;

export const cliFile: Question = {
  title: 'A file of 64 MiB through the command line, under the default suite and key',
  rows: () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const at = (name: string) => join(folder, name);
    execFileSync(process.execPath, [BUNDLE]);
    writeFileSync(at('plain'), randomBytes(LENGTH));
    const store = ['--store', at('store'), '--overwrite'];
    execFileSync(process.execPath, [MAIN, 'init', '--generate-root-key', '--store', at('store')]);
    const encrypt = [MAIN, 'encrypt', at('plain'), '-o', at('sealed'), ...store];
    const decrypt = [MAIN, 'decrypt', at('sealed'), '-o', at('opened'), ...store];
    for (const words of [encrypt, decrypt]) execFileSync(process.execPath, words, { stdio: 'ignore' });
    mustEqual('decrypt', readFileSync(at('opened')), readFileSync(at('plain')));
    const bare = ['-e', BARE, at('plain'), at('bare')];
    return [row('encrypt', encrypt, bare), row('decrypt', decrypt, bare)];
  },
};

function row(name: string, words: readonly string[], bare: readonly string[]): Row {
  return {
    name,
    measure: 'cost',
    subject: { name: `securestring ${name}`, sample: () => secondsOf(words) },
    reference: { name: 'AES-256-GCM in node -e', sample: () => secondsOf(bare) },
    target: 3,
  };
}

async function secondsOf(words: readonly string[]): Promise<number> {
  const start = performance.now();
  const [code] = await once(spawn(process.execPath, words, { stdio: 'ignore' }), 'exit');
  const seconds = (performance.now() - start) / 1e3;
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return seconds;
}
