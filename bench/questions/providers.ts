/**
 * What do key wrap and messages gain from OpenSSL over plain JavaScript, and what from WebAssembly over both?
 * @module
 */

import { randomBytes } from 'node:crypto';
import {
  decrypt,
  encrypt,
  type Provider,
  rawAesKeyring,
  unwrapKey,
  type WrapAlgorithm,
  wrapKey,
} from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { wasmProvider } from '@securestring/provider-wasm';
import { builtNativeProvider } from '../native.ts';
import { calls, mustEqual, type Question, type Row } from '../runner.ts';

const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

const SIZES = { '64 B': 64, '256 B': 256, '1 KB': 1024, '4 KB': 4096, '64 KB': 65536 } as const;

/** Work in two directions, by either provider. */
interface Work {
  seal(plaintext: Uint8Array, provider: Provider): Uint8Array;
  open(sealed: Uint8Array, provider: Provider): Uint8Array;
}

export const keyWrap: Question = {
  title: 'Key wrap: a key of 32 bytes under a key of 32 bytes, node:crypto against noble',
  rows: () =>
    (['AES-KW', 'AES-KWP', 'AES-GCM'] as const).flatMap((each) => rows(each, 32, ['wrap', 'unwrap'], wrap(each))),
};

export const providers: Question = {
  title: 'Providers: our messages of suite 0x0478 in frames of 4096 bytes, each provider against another',
  rows: () =>
    Object.entries(SIZES).flatMap(([name, length]) =>
      [
        [nodeProvider, nobleProvider],
        [wasmProvider, nodeProvider],
        [wasmProvider, nobleProvider],
        [builtNativeProvider, nodeProvider],
      ].flatMap(([by, other]) =>
        by === undefined ? [] : rows(name, length, ['encrypt', 'decrypt'], message(), by, other),
      ),
    ),
};

function wrap(algorithm: WrapAlgorithm): Work {
  const kek = Uint8Array.from(randomBytes(32));
  return {
    seal: (key, provider) => wrapKey(kek, key, { algorithm, provider }),
    open: (wrapped, provider) => unwrapKey(kek, wrapped, { algorithm, provider }),
  };
}

function message(): Work {
  const keyring = rawAesKeyring({ keyNamespace: 'bench', keyName: 'key-1', wrappingKey: randomBytes(32) });
  return {
    seal: (plaintext, provider) => encrypt(plaintext, { keyring, encryptionContext, provider }).message,
    open: (sealed, provider) => decrypt(sealed, { keyring, provider }).plaintext,
  };
}

function rows(
  name: string,
  length: number,
  verbs: readonly [string, string],
  { seal, open }: Work,
  subject: Provider = nodeProvider,
  reference: Provider = nobleProvider,
): Row[] {
  const plaintext = Uint8Array.from(randomBytes(length));
  const sealed = seal(plaintext, subject);
  mustEqual(`${name}: by ${subject.name}, opened by ${reference.name}`, open(sealed, reference), plaintext);
  mustEqual(`${name}: the other way`, open(seal(plaintext, reference), subject), plaintext);
  const works = [(by: Provider) => seal(plaintext, by), (by: Provider) => open(sealed, by)];
  return works.map((work, i) => ({
    name: `${name} ${verbs[i]}, ${subject.name} against ${reference.name}`,
    measure: 'speed-up',
    subject: calls(subject.name, () => work(subject)),
    reference: calls(reference.name, () => work(reference)),
  }));
}
