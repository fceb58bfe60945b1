/**
 * Our engine as a contestant: `contestants.ts` has the protocol. Arguments: the key, and a provider's name.
 * @module
 */

import { createInterface } from 'node:readline';
import { decrypt, encrypt, type Provider, rawAesKeyring } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { wasmProvider } from '@securestring/provider-wasm';
import { builtNativeProvider } from '../native.ts';

const [key = '', name = ''] = process.argv.slice(2);
const PROVIDERS: Readonly<Record<string, Provider | undefined>> = {
  node: nodeProvider,
  wasm: wasmProvider,
  native: builtNativeProvider,
};
const provider = PROVIDERS[name];
if (provider === undefined) throw new RangeError(`No provider ${name}`);
const keyring = rawAesKeyring({ keyNamespace: 'bench', keyName: 'key-1', wrappingKey: Buffer.from(key, 'hex') });
const encryptionContext = { purpose: 'bench' };

const seal = (plaintext: Uint8Array): Uint8Array =>
  encrypt(plaintext, { keyring, encryptionContext, frameLength: 4096, provider }).message;
const open = (message: Uint8Array): Uint8Array => decrypt(message, { keyring, provider }).plaintext;

let plaintext: Uint8Array = new Uint8Array(0);
let message: Uint8Array = plaintext;
const answers: Readonly<Record<string, (word: string) => string>> = {
  seal: (word) => {
    plaintext = Buffer.from(word, 'base64');
    message = seal(plaintext);
    return Buffer.from(message).toString('base64');
  },
  open: (word) => Buffer.from(open(Buffer.from(word, 'base64'))).toString('base64'),
  'time-seal': (calls) => nanoseconds(() => seal(plaintext), Number(calls)),
  'time-open': (calls) => nanoseconds(() => open(message), Number(calls)),
};

function nanoseconds(work: () => unknown, calls: number): string {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) work();
  return String(Number(process.hrtime.bigint() - start) / calls);
}

for await (const line of createInterface({ input: process.stdin })) {
  const [verb = '', word = ''] = line.split(' ');
  console.log(answers[verb]?.(word) ?? '');
}
