/**
 * Values that some syntax gives a meaning, and how they come back from a format's real reader.
 * @module
 */

import fc from 'fast-check';
import type { Keyed, Writer } from '../../src/formats/format.ts';

/** Pieces that some syntax gives a meaning, and a few that none does. */
const PIECES = [
  ...[
    "'",
    '"',
    '`',
    '\\',
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\f',
    '\b',
    '\0',
    '\u001b',
    '\u007f',
    '\u0085',
    ' ',
    '  ',
    '\u00a0',
  ],
  ...[
    '#',
    '!',
    '$',
    '$$',
    '${',
    '%',
    '%{',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '<',
    '>',
    '<<',
    '=',
    ':',
    ': ',
    ' #',
    '&',
    '*',
  ],
  ...['~', '@', '|', '-', '- ', '---', '...', ',', '?', ';', '/', '//', 'n', 'u', 'u0041', '\\u0041', 'é', 'e\u0301'],
  ...[
    '😀',
    '漢',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\uffff',
    'A',
    'null',
    'yes',
    '0',
    '1e3',
    'EOT',
    '$(touch f)',
    '$HOME',
    '%7B',
  ],
] as const;

export const values: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(''));

/** Several hundred values: each piece alone, at both ends and doubled, and random ones. */
export function someValues(count = 400): readonly string[] {
  const single = PIECES.flatMap((piece) => [piece, `${piece}x`, `x${piece}`, `${piece}${piece}`, `x${piece}x`]);
  return [...single, ...fc.sample(values, count)];
}

export function keyed(texts: readonly string[]): readonly Keyed[] {
  return texts.map((value, i) => ({ name: `/app/v${i}`, variable: `V${i}`, value }));
}

/** Writes a file of all values that the format does not refuse, and returns them with their file. */
export async function heldBy(
  writer: Writer,
  texts: readonly string[],
): Promise<{ readonly held: readonly string[]; readonly refused: readonly string[]; readonly text: string }> {
  const held: string[] = [];
  const refused: string[] = [];
  for (const value of texts) {
    const written = await Promise.resolve()
      .then(() => writer(keyed([value]), { path: '/app' }))
      .catch((error: Error) => error);
    if (!(written instanceof Error)) held.push(value);
    else if (/ \/app\/v0\b/.test(written.message)) refused.push(value);
    else throw written;
  }
  const { text } = await writer(keyed(held), { path: '/app' });
  return { held, refused, text };
}

/** Returns the values of `V0`, `V1` and so on. */
export function inOrder(found: Readonly<Record<string, unknown>>, count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, i) => found[`V${i}`]);
}
