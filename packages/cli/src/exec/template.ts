/**
 * Templates: text with `{{ secret://NAME }}` in it. All else in them is text, other braces included.
 * @module
 */

import { parseReference, type Reference } from './references.ts';

/** Text as it is, or what is to be filled in. */
export type Piece = string | Reference;

/** Braces around a reference, or what begins as one and may be misspelt. */
const PLACE = /\{\{[ \t]*(secret:[^\n]*?)[ \t]*\}\}|\{\{[ \t]*(secret:[^\s}]*)/g;

/** @throws `CliError` with the line of a place that has no reference in it, or does not end on its line. */
export function parseTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = 0;
  for (const match of text.matchAll(PLACE)) {
    const [all, reference, unclosed] = match;
    const line = text.slice(0, match.index).split('\n').length;
    const found = reference ?? `${unclosed} without }} on its line`;
    pieces.push(text.slice(plain, match.index), parseReference(found, `Line ${line}`));
    plain = match.index + all.length;
  }
  return [...pieces, text.slice(plain)];
}

/** Puts values in, as they are: nothing is escaped. */
export function fillTemplate(pieces: readonly Piece[], values: ReadonlyMap<string, string>): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : (values.get(piece.target) ?? ''))).join('');
}
