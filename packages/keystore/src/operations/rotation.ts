/**
 * Rotation: new key material under the same key id, ARN and aliases. What was sealed before opens as before.
 * @module
 */

import { DAY } from '../limits.ts';
import type { KeyRecord, RotationRecord } from '../state/records.ts';
import type { Changeable } from '../store.ts';
import { newMaterial } from './keys.ts';

/** Automatic rotation that begins now, with the material of its first time stored ahead. */
export function newRotation(
  key: KeyRecord,
  periodInDays: number,
  making: Pick<Changeable, 'now' | 'randomness' | 'wrappingKey'>,
): RotationRecord {
  return {
    periodInDays,
    nextRotationDate: making.now + periodInDays * DAY,
    next: newMaterial(key, making),
  };
}
