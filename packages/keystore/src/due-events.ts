/**
 * Events of what the keystore does by itself: each is published after a commit has made it part of the records.
 * @module
 */

import { makeEvent, publish } from '@securestring/service';
import { hexOf } from '#platform';
import { type EventSubscriber, type KeystoreEvent, KMS } from './events.ts';
import { isDeleted, isUsable } from './state/at-time.ts';
import type { KeyRecord, KeystoreState } from './state/records.ts';

/**
 * Publishes which keys rotated automatically, lost expired material, or were deleted between two states. A call has its
 * own event for what it asked for.
 */
export function publishDue(
  subscriber: EventSubscriber,
  before: KeystoreState,
  after: KeystoreState,
  now: number,
): void {
  const publishEvent = (
    eventName: string,
    { keyId, arn }: KeyRecord,
    details: Readonly<Record<string, string>>,
  ): void =>
    publish(
      subscriber,
      makeEvent(KMS, before, now, {
        eventName,
        requestParameters: null,
        responseElements: { keyId: arn },
        readOnly: false,
        arns: [arn],
        serviceEventDetails: { keyId, ...details },
      }) as KeystoreEvent,
    );
  for (const key of before.keys.values()) {
    const next = after.keys.get(key.keyId);
    if (next === undefined) {
      if (isDeleted(key, now)) publishEvent('DeleteKey', key, {});
      continue;
    }
    if (next === key) continue;
    for (const [i, material] of next.materials.entries()) {
      const earlier = key.materials[i];
      const keyMaterialId = hexOf(material.id);
      if (earlier === undefined && material.rotation?.type === 'AUTOMATIC') {
        publishEvent('RotateKey', key, { rotationType: 'AUTOMATIC', keyMaterialId });
      } else if (earlier?.wrapped !== undefined && material.wrapped === undefined && !isUsable(earlier, now)) {
        publishEvent('DeleteExpiredKeyMaterial', key, { keyMaterialId });
      }
    }
  }
}
