/**
 * What messages are put together of: counts, and untrusted text, escaped for people and terminals. The escapes are
 * those of JSON, for characters that control a terminal, reorder or hide text, or end a line.
 * @module
 */

/** Length that shows the whole of a common ARN, since ARNs differ at their ends. */
const MAX_QUOTED_LENGTH = 256;

// What is escaped: controls, formats (including bidirectional ones), lone surrogates and line separators, except the
// two joiners. The patterns are within the functions, since V8 looks up all those characters when it meets a pattern.

/** Escapes a text for one line. */
export function shown(text: string): string {
  return text.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

/** Escapes a text that keeps its line ends, such as JSON, which stays the same JSON. */
export function shownLines(text: string): string {
  return text.replace(/(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

/** Quotes untrusted text for a message, truncated to 256 characters. */
export function quoted(text: string): string {
  return shown(JSON.stringify(beginning(text)));
}

/** Escapes untrusted text for a message without quotes, such as a name, truncated to 256 characters. */
export function excerpt(text: string): string {
  return shown(beginning(text));
}

function beginning(text: string): string {
  return text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text;
}

function escaped(character: string): string {
  // JSON has short forms for some characters, such as \n, and does not escape others.
  const short = JSON.stringify(character).slice(1, -1);
  if (short !== character) return short;
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** A count and what is counted: `1 byte`, `2 bytes`. The noun is in the singular, and takes an s in the plural. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
