/**
 * Columns that text takes on a terminal, and rows that fit into as many as there are.
 * @module
 */

/** Characters of two columns: East Asian wide and full-width ones (Unicode UAX #11), and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that are shown in the column of the one before. */
const WITHOUT = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** What a column keeps at least. */
const LEAST = 8;
const BETWEEN = 2;
/** A moment as `toISOString` writes it. */
const MOMENT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z$/;

/** Columns of a text without line ends. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Without the milliseconds, if it is a moment: no person reads those. */
export function shortMoment(text: string): string {
  return text.replace(MOMENT, '$1Z');
}

/** Narrows the widest columns until a line has at most `columns`, if that is possible. */
export function fittedWidths(widths: readonly number[], columns: number): readonly number[] {
  const fitted = [...widths];
  let total = widths.reduce((sum, width) => sum + width, BETWEEN * (widths.length - 1));
  while (total > columns) {
    const widest = Math.max(...fitted);
    if (widest <= LEAST) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
    total--;
  }
  return fitted;
}

/** Cuts a text in its middle, since names differ at their ends. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  const tail = beginning(characters.toReversed(), Math.floor((width - 1) / 2)).toReversed();
  const head = beginning(characters, width - 1 - widthOf(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

function beginning(characters: readonly string[], width: number): string[] {
  let left = width;
  return characters.slice(
    0,
    characters.findIndex((character) => {
      left -= columnsOf(character);
      return left < 0;
    }),
  );
}

function columnsOf(character: string): number {
  if (WITHOUT.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
