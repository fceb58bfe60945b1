/**
 * Where does the time of a small message go? Each row is a part of it, against the whole message: first the calls to
 * `node:crypto` that no message can do without, then the engine's steps, which contain them. The whole message by the
 * other providers, which do several of these steps in one call, is against the same whole.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, rawAesKeyring } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { wasmProvider } from '@securestring/provider-wasm';
import { Reader, Writer } from '../../packages/core/dist/bytes.js';
import { verifiedHeader, verifiedKey } from '../../packages/core/dist/decrypt.js';
import { findDataKey, planDecryption } from '../../packages/core/dist/decryption-plan.js';
import { beginMessage, ownHeader, writeHeader } from '../../packages/core/dist/encrypt.js';
import { messageLength, planEncryption } from '../../packages/core/dist/encryption-plan.js';
import { builtNativeProvider } from '../native.ts';
import { calls, type Question, type Row } from '../runner.ts';
import { messageFloor } from './floor.ts';

const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

export const where: Question = {
  title: 'Where the time of a message goes: parts of it against the whole',
  rows: () => [...partRows('64 B', 64), ...partRows('4 KB', 4096)],
};

type Parts = Readonly<Record<string, () => unknown>>;

function partRows(name: string, length: number): Row[] {
  const plaintext = Uint8Array.from(randomBytes(length));
  const keyring = rawAesKeyring({ keyNamespace: 'bench', keyName: 'key-1', wrappingKey: randomBytes(32) });
  const options = { keyring, encryptionContext, provider: nodeProvider };
  const { message } = encrypt(plaintext, options);
  const bare = messageFloor(length);
  const calledIn = (direction: 'seal' | 'open'): Parts =>
    Object.fromEntries(Object.entries(bare.steps).map(([step, work]) => [`node:crypto: ${step}`, work[direction]]));
  const { encryptionContext: _, ...toDecrypt } = options;
  const wholeBy = (direction: 'encrypt' | 'decrypt'): Parts =>
    Object.fromEntries(
      [wasmProvider, builtNativeProvider].flatMap((provider) => {
        if (provider === undefined) return [];
        const work = {
          encrypt: () => encrypt(plaintext, { ...options, provider }),
          decrypt: () => decrypt(message, { ...toDecrypt, provider }),
        };
        return [[`the whole by ${provider.name}`, work[direction]]];
      }),
    );
  const rows = (direction: string, parts: Parts, whole: () => unknown): Row[] =>
    Object.entries(parts).map(([part, work]) => ({
      name: `${name} ${direction}, ${part}`,
      measure: 'cost',
      subject: calls('part', work),
      reference: calls('whole', whole),
    }));
  return [
    ...rows('encrypt', { ...calledIn('seal'), ...encryptParts(plaintext, options), ...wholeBy('encrypt') }, () =>
      encrypt(plaintext, options),
    ),
    ...rows('decrypt', { ...calledIn('open'), ...decryptParts(message, toDecrypt), ...wholeBy('decrypt') }, () =>
      decrypt(message, toDecrypt),
    ),
  ];
}

/** The steps of `encrypt` but the frames, which are its rest. */
function encryptParts(plaintext: Uint8Array, options: Parameters<typeof planEncryption>[1]): Parts {
  const plan = planEncryption(plaintext.length, options);
  const wrap = () => rawKeyring(options).wrapDataKey(plan.request);
  const { plaintextDataKey, encryptedDataKeys } = wrap();
  // The step wipes the data key.
  const begin = () => beginMessage(plan, { plaintextDataKey: plaintextDataKey.slice(), encryptedDataKeys });
  const { messageId, messageKey } = begin();
  const length = messageLength(plan, encryptedDataKeys, plaintext.length);
  return {
    'options and context': () => planEncryption(plaintext.length, options),
    'the data key made and wrapped': wrap,
    'the key derived': begin,
    'the header': () => {
      const writer = new Writer(new Uint8Array(length));
      return ownHeader(plan, writeHeader(writer, plan, messageId, encryptedDataKeys, messageKey).header, messageId);
    },
  };
}

/** The steps of `decrypt` but the frames, which are its rest. */
function decryptParts(message: Uint8Array, options: Omit<Parameters<typeof planEncryption>[1], 'encryptionContext'>) {
  const read = () => planDecryption(new Reader(message, 'MALFORMED_MESSAGE'), { provider: nodeProvider });
  const plan = read();
  const find = () => findDataKey(rawKeyring(options), plan) as Uint8Array;
  const dataKey = find();
  return {
    'the header read': read,
    'the data key opened': find,
    'the key derived, the header verified': () => verifiedKey(plan, dataKey.slice()),
    'the header returned': () => verifiedHeader(plan),
  };
}

function rawKeyring({ keyring }: Pick<Parameters<typeof planEncryption>[1], 'keyring'>) {
  return keyring as ReturnType<typeof rawAesKeyring>;
}
