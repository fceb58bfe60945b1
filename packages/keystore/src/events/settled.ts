/**
 * Events of what the keystore does by itself: it is told of when a commit makes it part of the records.
 * @module
 */

import { isDeleted, isUsable } from '../state/at-time.ts';
import type { KeyRecord, KeystoreState } from '../state/records.ts';
import { hexOf } from '../state/snapshot.ts';
import { type EventSubscriber, makeEvent, tell } from './event.ts';

/**
 * Tells of the keys that rotated automatically, lost expired material, or were deleted between two states; not of what was
 * asked for, whose event is the call's own.
 */
export function tellSettled(
  subscriber: EventSubscriber,
  before: KeystoreState,
  after: KeystoreState,
  now: number,
): void {
  const happened = (eventName: string, { keyId, arn }: KeyRecord, details: Readonly<Record<string, string>>): void =>
    tell(
      subscriber,
      makeEvent(before, now, {
        eventName,
        requestParameters: null,
        responseElements: { keyId: arn },
        readOnly: false,
        arns: [arn],
        serviceEventDetails: { keyId, ...details },
      }),
    );
  for (const key of before.keys.values()) {
    const settled = after.keys.get(key.keyId);
    if (settled === undefined) {
      if (isDeleted(key, now)) happened('DeleteKey', key, {});
      continue;
    }
    if (settled === key) continue;
    for (const [i, material] of settled.materials.entries()) {
      const earlier = key.materials[i];
      const keyMaterialId = hexOf(material.id);
      if (earlier === undefined && material.rotation?.type === 'AUTOMATIC') {
        happened('RotateKey', key, { rotationType: 'AUTOMATIC', keyMaterialId });
      } else if (earlier?.wrapped !== undefined && material.wrapped === undefined && !isUsable(earlier, now)) {
        happened('DeleteExpiredKeyMaterial', key, { keyMaterialId });
      }
    }
  }
}
