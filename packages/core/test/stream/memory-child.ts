/**
 * A process that sends a file through one stream, or makes it, and reports what that took:
 * `memory-child.ts encrypt|decrypt node|web FILE MIB`. Prints JSON: SHA-256 of the plaintext, bytes of it, peak memory.
 * @module
 */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decryptStream, encryptStream, rawAesKeyring } from '@securestring/core';
import { decryptNodeStream, encryptNodeStream } from '@securestring/core/node';

const CHUNK = 64 * 1024;
const [direction, kind, file = '', mebibytes] = process.argv.slice(2);
const length = Number(mebibytes) * 2 ** 20;
const keyring = rawAesKeyring({
  keyNamespace: 'test-ns',
  keyName: 'test-key',
  wrappingKey: new Uint8Array(32).fill(7),
});
const hash = createHash('sha256');
let bytes = 0;

if (direction === 'encrypt') {
  if (kind === 'node') await pipeline(plaintext(), encryptNodeStream({ keyring }), createWriteStream(file));
  else
    await webSource(plaintext())
      .pipeThrough(encryptStream({ keyring }))
      .pipeTo(await webFile());
} else {
  const source = createReadStream(file, { highWaterMark: CHUNK });
  if (kind === 'node') await pipeline(source, decryptNodeStream({ keyring }), sink());
  else await webSource(source).pipeThrough(decryptStream({ keyring })).pipeTo(webSink());
}
process.stdout.write(JSON.stringify({ sha256: hash.digest('hex'), bytes, peak: peakMemory() }));

/** Returns chunks that differ from each other, in arrays of their own like those of a file. */
function* plaintext(): Generator<Uint8Array> {
  for (let at = 0; at < length; at += CHUNK) {
    const chunk = new Uint8Array(CHUNK).fill(at / CHUNK);
    new DataView(chunk.buffer).setFloat64(0, at);
    count(hash, chunk);
    yield chunk;
  }
}

function sink(): Writable {
  return new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      count(hash, chunk);
      done();
    },
  });
}

function count(into: Hash, chunk: Uint8Array): void {
  into.update(chunk);
  bytes += chunk.length;
}

function webSource(source: Iterable<Uint8Array> | Readable): ReadableStream<Uint8Array> {
  return ReadableStream.from(source as AsyncIterable<Uint8Array>);
}

function webSink(): WritableStream<Uint8Array> {
  return new WritableStream({ write: (chunk) => count(hash, chunk) });
}

/** Not `Writable.toWeb`: its queue counts chunks where it means bytes (Node 20), and would hold 16384 of them. */
async function webFile(): Promise<WritableStream<Uint8Array>> {
  const handle = await open(file, 'w');
  return new WritableStream({
    write: async (chunk) => {
      await handle.writeFile(chunk);
    },
    close: () => handle.close(),
  });
}

/**
 * Returns the peak of resident memory in bytes. On Linux it comes from the process's own memory map, since `maxRSS` of
 * `resourceUsage` there includes the parent's, as it was when it started this process.
 */
function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
