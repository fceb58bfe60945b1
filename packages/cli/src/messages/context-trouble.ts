/**
 * What may be the matter with the encryption context of a message that does not open, from the names in its header.
 * @module
 */

import type { KeyUnavailableError } from '@securestring/core';
import { quoted } from '@securestring/core/quoted';
import { nearest } from '../command/near.ts';

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
    const [near] = nearest(name, stored);
    return near === undefined ? [] : [` Did you mean ${quoted(near)} for ${quoted(name)}?`];
  });
  return `the encryption context of the message has no pair named ${listed(unstored)}; it has ${has}.${hints.slice(0, MOST_NAMED).join('')}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(quoted).join(', ');
  return names.length > MOST_NAMED ? `${shown}, …` : shown;
}
