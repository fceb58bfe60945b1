/**
 * What does a parameter's value cost in each tier, and how much of that is not cryptography?
 * @module
 */

import { randomBytes } from 'node:crypto';
import { type KeyService, openParameter, parameterArn, sealParameter } from '@securestring/core';
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { mustEqual } from '../agreement.ts';
import { type Baseline, envelopeBaseline, keyBlobBaseline } from '../baselines.ts';
import type { Question, Row } from '../question.ts';

type TierCase = readonly [tier: 'Standard' | 'Advanced', size: string, length: number, baseline: Baseline];

export const question: Question = {
  title: 'Tiers: sealParameter and openParameter with a keystore, against the bare calls to node:crypto in them',
  rows: async () => {
    const kms = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: randomBytes(32) } });
    const cases: TierCase[] = [
      ['Standard', '64 B', 64, keyBlobBaseline(64)],
      ['Standard', '4 KB', 4096, keyBlobBaseline(4096)],
      ['Advanced', '64 B', 64, envelopeBaseline(64)],
      ['Advanced', '4 KB', 4096, envelopeBaseline(4096)],
    ];
    return cases.flatMap((each) => tierRows(kms, each));
  },
};

function tierRows(kms: KeyService, [tier, size, length, baseline]: TierCase): Row[] {
  const arn = parameterArn({ name: 'MyParameter', region: 'us-east-1', accountId: '000000000000' });
  const value = 'v'.repeat(length);
  const seal = () => sealParameter({ arn, value, tier, kms });
  const sealed = seal().value;
  const open = () => openParameter({ arn, sealed, kms });
  mustEqual(`${tier} ${size}, opened`, Buffer.from(open()), Buffer.from(value));
  // Throws unless it opens what it sealed.
  baseline.open();
  return [
    {
      name: `${tier} ${size} seal`,
      measure: 'cost',
      subject: { name: 'sealParameter', asynchronous: false, run: seal },
      reference: { name: 'bare calls', asynchronous: false, run: baseline.seal },
    },
    {
      name: `${tier} ${size} open`,
      measure: 'cost',
      subject: { name: 'openParameter', asynchronous: false, run: open },
      reference: { name: 'bare calls', asynchronous: false, run: baseline.open },
    },
  ];
}
