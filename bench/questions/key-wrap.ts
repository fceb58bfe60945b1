/**
 * What does symmetric key wrap gain from OpenSSL over plain JavaScript?
 * @module
 */

import { randomBytes } from 'node:crypto';
import { type Provider, unwrapKey, type WrapAlgorithm, wrapKey } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { mustEqual } from '../agreement.ts';
import type { Contestant, Question, Row } from '../question.ts';

const ALGORITHMS: readonly WrapAlgorithm[] = ['AES-KW', 'AES-KWP', 'AES-GCM'];

export const question: Question = {
  title: 'Key wrap: a key of 32 bytes under a key of 32 bytes, node:crypto against noble',
  rows: () => ALGORITHMS.flatMap(wrapRows),
};

function wrapRows(algorithm: WrapAlgorithm): Row[] {
  const kek = Uint8Array.from(randomBytes(32));
  const key = Uint8Array.from(randomBytes(32));
  const node = wrapSide(nodeProvider, algorithm, kek);
  const noble = wrapSide(nobleProvider, algorithm, kek);
  const wrapped = node.wrap(key);
  mustEqual(`${algorithm}: wrapped with node, unwrapped with noble`, noble.unwrap(wrapped), key);
  mustEqual(`${algorithm}: wrapped with noble, unwrapped with node`, node.unwrap(noble.wrap(key)), key);
  return [
    {
      name: `${algorithm} wrap`,
      measure: 'speed-up',
      subject: contestant(nodeProvider, () => node.wrap(key)),
      reference: contestant(nobleProvider, () => noble.wrap(key)),
    },
    {
      name: `${algorithm} unwrap`,
      measure: 'speed-up',
      subject: contestant(nodeProvider, () => node.unwrap(wrapped)),
      reference: contestant(nobleProvider, () => noble.unwrap(wrapped)),
    },
  ];
}

function wrapSide(provider: Provider, algorithm: WrapAlgorithm, kek: Uint8Array) {
  return {
    wrap: (key: Uint8Array) => wrapKey(kek, key, { algorithm, provider }),
    unwrap: (wrapped: Uint8Array) => unwrapKey(kek, wrapped, { algorithm, provider }),
  };
}

function contestant(provider: Provider, run: () => unknown): Contestant {
  return { name: provider.name, asynchronous: false, run };
}
