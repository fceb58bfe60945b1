/**
 * What may be the matter with the encryption context of a message that does not open, from the names in its header.
 * @module
 */

import type { KeyUnavailableError } from '@securestring/core';
import { quoted } from '@securestring/core/quoted';

/** Names of pairs that are listed. */
const MOST_NAMED = 8;

/** The rest of a sentence about a key that did not open a message. */
export function contextTrouble({ contextNames }: KeyUnavailableError): string {
  const { stored, unstored } = contextNames ?? { stored: [], unstored: [] };
  const damaged = 'or the message is damaged.';
  if (unstored.length === 0) {
    return `the message was made with further pairs, which were left out of it (encrypt --required-context-key): give them with -c; ${damaged}`;
  }
  return `${unknownNames(unstored, stored)} If such a pair was left out of the message (encrypt --required-context-key), its value is another one; ${damaged}`;
}

/** Says which names the header does not have, and what it has. */
export function unknownNames(unstored: readonly string[], stored: readonly string[]): string {
  const has = stored.length === 0 ? 'no pairs' : listed(stored);
  const hints = unstored.flatMap((name) => {
    const near = nearest(name, stored);
    return near === undefined ? [] : [` Did you mean ${quoted(near)} for ${quoted(name)}?`];
  });
  return `the encryption context of the message has no pair named ${listed(unstored)}; it has ${has}.${hints.slice(0, MOST_NAMED).join('')}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(quoted).join(', ');
  return names.length > MOST_NAMED ? `${shown}, …` : shown;
}

/** The name that is spelled most alike, if any is near. */
function nearest(name: string, others: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 3));
  const ranked = others
    .map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase(), most) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.other;
}

/** Letters to insert, remove or replace; more than `most` where the lengths alone differ by more. */
function distanceOf(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
