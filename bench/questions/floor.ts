/**
 * What do messages and key blobs cost over the calls to `node:crypto` that they cannot do without? The floor makes
 * those calls and nothing else: no format, no checks, nothing wiped. What slows the machine slows both sides, so these
 * ratios move less than those to a peer.
 * @module
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomFillSync } from 'node:crypto';
import { decrypt, encrypt, type Provider, rawAesKeyring } from '@securestring/core';
import { blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { wasmProvider } from '@securestring/provider-wasm';
import { builtNativeProvider } from '../native.ts';
import { calls, mustEqual, type Question, type Row } from '../runner.ts';

/** At most this multiple of the floor, encrypting and decrypting. */
type Targets = readonly [encrypt: number, decrypt: number];

/** A provider and its targets, by the names of the cases. */
interface Entrant {
  /** Nothing if it is not built. */
  readonly provider: Provider | undefined;
  readonly targets: Readonly<Record<Size | 'blob', Targets>>;
}

type Size = keyof typeof SIZES;
const SIZES = { '64 B': 64, '256 B': 256, '1 KB': 1024, '4 KB': 4096, '1 MB': 1024 * 1024 } as const;

/** The providers that are asked: one line for each. */
// biome-ignore format: a table reads best as one
const ENTRANTS: readonly Entrant[] = [
  { provider: nodeProvider, targets: { '64 B': [1.2, 1.25], '256 B': [1.2, 1.25], '1 KB': [1.2, 1.25], '4 KB': [1.2, 1.25], '1 MB': [1.1, 1.1], blob: [1.25, 1.25] } },
  { provider: wasmProvider, targets: { '64 B': [0.8, 0.85], '256 B': [0.8, 0.85], '1 KB': [0.95, 1], '4 KB': [1.05, 1.1], '1 MB': [1.1, 1.1], blob: [0.6, 0.6] } },
  { provider: builtNativeProvider, targets: { '64 B': [0.6, 0.65], '256 B': [0.6, 0.65], '1 KB': [0.6, 0.65], '4 KB': [0.6, 0.65], '1 MB': [0.35, 0.4], blob: [0.5, 0.5] } },
];

const FRAME_LENGTH = 4096;
const GCM_OPTIONS = { authTagLength: 16 };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

export const floor: Question = {
  title: 'Floor: suite 0x0478 and key blobs, against the calls to node:crypto in them',
  rows: () =>
    ENTRANTS.flatMap(({ provider, targets }) =>
      provider === undefined
        ? []
        : [
            ...(Object.keys(SIZES) as Size[]).flatMap((size) => messageRows(provider, targets[size], size)),
            ...blobRows(provider, targets.blob),
          ],
    ),
};

function messageRows(provider: Provider, targets: Targets, size: Size): Row[] {
  const plaintext = Uint8Array.from(randomBytes(SIZES[size]));
  const keyring = rawAesKeyring({ keyNamespace: 'bench', keyName: 'key-1', wrappingKey: randomBytes(32) });
  const seal = () => encrypt(plaintext, { keyring, encryptionContext, frameLength: FRAME_LENGTH, provider }).message;
  const message = seal();
  mustEqual(`${size}: by ${provider.name}, opened by node`, decrypt(message, { keyring }).plaintext, plaintext);
  const open = () => decrypt(message, { keyring, provider }).plaintext;
  mustEqual(`${size}: opened by ${provider.name}`, open(), plaintext);
  return rows(`${size}, ${provider.name}`, { seal, open }, messageFloor(plaintext.length), targets);
}

function blobRows(provider: Provider, targets: Targets): Row[] {
  const plaintext = Uint8Array.from(randomBytes(64));
  const context = Uint8Array.from(randomBytes(79));
  const key = blobKey(provider, Uint8Array.from(randomBytes(32)), 'arn:aws:kms:us-east-1:000000000000:key/1');
  const seal = () => wrapKeyBlob(provider, key, 0x53, plaintext, context);
  const blob = seal();
  const open = () => unwrapKeyBlob(provider, key, decodeKeyBlob(blob), context);
  mustEqual(`key blob: opened by ${provider.name}`, open(), plaintext);
  return rows(`64 B key blob, ${provider.name}`, { seal, open }, blobFloor(plaintext.length), targets);
}

/** Work in two directions. */
interface Work {
  seal(): unknown;
  open(): unknown;
}

function rows(name: string, ours: Work, bare: Work, targets: Targets): Row[] {
  const facts = { measure: 'cost' } as const;
  return [
    {
      ...facts,
      name: `${name}, encrypt`,
      subject: calls('ours', () => ours.seal()),
      reference: calls('the floor', () => bare.seal()),
      target: targets[0],
    },
    {
      ...facts,
      name: `${name}, decrypt`,
      subject: calls('ours', () => ours.open()),
      reference: calls('the floor', () => bare.open()),
      target: targets[1],
    },
  ];
}

/** Three AES-256-GCM and one more a frame, three HMAC-SHA-512, and one random fill where it encrypts. */
export function messageFloor(length: number): Work & { readonly steps: Readonly<Record<string, Work>> } {
  const steps = {
    'random bytes': { seal: () => randomFillSync(random), open: () => undefined },
    'data key': gcm(Buffer.alloc(79, 1), 32),
    derivation: { seal: derive, open: derive },
    'header tag': gcm(Buffer.alloc(261, 1), 0),
    frames: frames(length),
  };
  const all = Object.values(steps);
  const [random, pseudorandomKey] = [new Uint8Array(32 + 32 + 12), randomBytes(64)];
  function derive() {
    for (const bytes of [32, 12, 10]) createHmac('sha512', pseudorandomKey).update(DATA.subarray(0, bytes)).digest();
  }
  return {
    steps,
    seal: () => {
      for (const step of all) step.seal();
    },
    open: () => {
      for (const step of all) step.open();
    },
  };
}

const DATA = randomBytes(64);

function frames(length: number): Work {
  const count = Math.max(1, Math.ceil(length / FRAME_LENGTH));
  const one = gcm(Buffer.alloc(78, 1), Math.min(length, FRAME_LENGTH));
  const times = (call: () => unknown) => () => {
    for (let i = 0; i < count; i++) call();
  };
  return { seal: times(one.seal), open: times(one.open) };
}

/** A key blob: HMAC-SHA-256 gives the key of AES-256-GCM. */
function blobFloor(length: number): Work {
  const [key, input] = [randomBytes(32), randomBytes(49)];
  const derive = () => createHmac('sha256', key).update(input).digest();
  const { seal, open } = gcm(Buffer.alloc(220, 1), length, derive);
  return { seal, open };
}

/** AES-256-GCM in both directions, on fixed buffers. */
function gcm(aad: Uint8Array, length: number, keyOf: () => Uint8Array = fixed(randomBytes(32))): Work {
  const [iv, plaintext] = [randomBytes(12), randomBytes(length)];
  const seal = () => {
    const cipher = createCipheriv('aes-256-gcm', keyOf(), iv, GCM_OPTIONS);
    cipher.setAAD(aad);
    const ciphertext = cipher.update(plaintext);
    cipher.final();
    return { ciphertext, tag: cipher.getAuthTag() };
  };
  const { ciphertext, tag } = seal();
  const open = () => {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(), iv, GCM_OPTIONS);
    decipher.setAAD(aad);
    decipher.setAuthTag(tag);
    decipher.update(ciphertext);
    decipher.final();
  };
  return { seal, open };
}

function fixed(key: Uint8Array): () => Uint8Array {
  return () => key;
}
