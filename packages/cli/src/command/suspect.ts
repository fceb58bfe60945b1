/**
 * Texts in which Node may have replaced bytes that are not UTF-8. Apart from what shows them, since a program's start
 * needs no more.
 * @module
 */

const REPLACEMENT = '\ufffd';

/** Whether a text may have been other bytes. */
export function isSuspect(text: string): boolean {
  return text.includes(REPLACEMENT);
}
