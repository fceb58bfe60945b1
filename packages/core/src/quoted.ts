/**
 * Text of strangers, as a person may safely read it. Characters that a terminal obeys, that reorder or hide text, or that
 * end a line are escaped, as JSON escapes them.
 * @module
 */

/** Room for two ARNs, which differ at their ends. */
const MAX_QUOTED_LENGTH = 256;
/** Controls, formats (bidirectional ones among them), lone surrogates, separators of lines; without the two joiners. */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNSAFE_BUT_LINE_ENDS = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes a text for one line. */
export function shown(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** Escapes a text that keeps its line ends, such as JSON, which stays the same JSON. */
export function shownLines(text: string): string {
  return text.replace(UNSAFE_BUT_LINE_ENDS, escaped);
}

/** Quotes a text in a message: its beginning, if it is long. */
export function quoted(text: string): string {
  return shown(JSON.stringify(beginning(text)));
}

/** Shows the beginning of a text in a message without quotes, such as a name. */
export function excerpt(text: string): string {
  return shown(beginning(text));
}

function beginning(text: string): string {
  return text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text;
}

function escaped(character: string): string {
  // JSON has short forms for some, such as \n, and leaves others as they are.
  const short = JSON.stringify(character).slice(1, -1);
  if (short !== character) return short;
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
