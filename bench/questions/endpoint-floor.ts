/**
 * The calls that an answer to GetParameter cannot leave out, and nothing else: no store, no rules, no errors. What they
 * cost is the floor of the endpoint.
 */

import { hash, randomBytes, randomUUID } from 'node:crypto';
import { openDerived, sealDerived } from '@securestring/core/key-blob';
import { wasmProvider } from '@securestring/provider-wasm';

const BLOCK_LENGTH = 64;

/** Makes a function that hashes what a signature covers, and computes one under a key that is prepared. */
export function signatureCalls(): (headers: Readonly<Record<string, unknown>>, body: Uint8Array) => boolean {
  const inner = Buffer.alloc(BLOCK_LENGTH + 160, 0x36);
  const outer = Buffer.alloc(BLOCK_LENGTH + 32, 0x5c);
  return (headers, body) => {
    const signed = /SignedHeaders=([^,]*), Signature=(.*)$/.exec(String(headers['authorization'])) ?? [];
    const names = (signed[1] ?? '').split(';');
    const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
    const canonical = hash('sha256', `POST\n/\n\n${lines}\n${names.join(';')}\n${hash('sha256', body, 'hex')}`, 'hex');
    inner.write(`AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${canonical}`, BLOCK_LENGTH, 'latin1');
    outer.write(hash('sha256', inner, 'hex'), BLOCK_LENGTH, 'hex');
    return hash('sha256', outer, 'hex') === signed[2];
  };
}

/** Makes a function that parses a request, derives a key, opens a blob with it, and writes the answer with an id. */
export function openingCalls(): (body: Uint8Array) => string {
  const [key, input, iv, context] = [randomBytes(32), randomBytes(49), randomBytes(12), randomBytes(300)];
  const sealed = new Uint8Array(64 + 16);
  sealDerived(wasmProvider, key, input, iv, context, Buffer.from('s'.repeat(64)), sealed);
  const open = () => {
    const value = Buffer.alloc(64);
    if (!openDerived(wasmProvider, key, input, iv, context, sealed, value)) throw new Error('The blob does not open.');
    return value.toString();
  };
  return (body) => {
    const { Name } = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString());
    const ARN = `arn:aws:ssm:us-east-1:000000000000:parameter${Name}`;
    const made = { Name, Type: 'SecureString', Value: open(), Version: 1, LastModifiedDate: 1764289400.123, ARN };
    return JSON.stringify({ Parameter: made, id: randomUUID() });
  };
}
