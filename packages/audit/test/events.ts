/**
 * Events for logs of tests.
 * @module
 */

import { createHmac } from 'node:crypto';
import { makeEvent } from '@securestring/service';
import type { AuditEvent } from '../src/index.ts';

export const START: number = Date.UTC(2026, 2, 1, 9, 30);
export const key: TestKey = keyOf('one');
const place = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
const source = { eventSource: 'kms.amazonaws.com', resourceType: 'AWS::KMS::Key' } as const;

interface TestKey {
  sign(digest: Uint8Array): Uint8Array;
}

/** A key of digests, as a keystore has one. */
export function keyOf(secret: string): TestKey {
  return { sign: (digest) => createHmac('sha256', secret).update(digest).digest() };
}

/** An event of KMS. The number makes it unlike the others. */
export function eventAt(number: number, more: Partial<AuditEvent> = {}): AuditEvent {
  const facts = { eventName: 'Decrypt', requestParameters: { number }, responseElements: null, readOnly: true };
  return { ...makeEvent(source, place, START + number * 1000, facts), ...more };
}
