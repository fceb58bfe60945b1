/**
 * Text as it is, for a pipe; for a terminal, without the characters that it would obey.
 * @module
 */

import { Transform } from 'node:stream';
import { shownLines } from '@securestring/core/quoted';
import type { Terminal } from './terminal.ts';

/** Characters that a terminal obeys, except tabs and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const OBEYED = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** The colours that this program gives, and their ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COLOUR = /(\x1b\[(?:1|2|22|3[1-69]|90)m)/;

/** The same of a text that is in colour already: the net under all that is printed. */
export function visibleInColour(stdout: Terminal['stdout'], text: string): string {
  return text
    .split(COLOUR)
    .map((part) => (COLOUR.test(part) ? part : visibleOn(stdout, part)))
    .join('');
}

/** Escapes what a terminal obeys, where the stream is one. Tabs stay. */
export function visibleOn({ isTTY }: Terminal['stdout'], text: string): string {
  return isTTY === true ? text.split('\t').map(shownLines).join('\t') : text;
}

/** Lets text through, and ends with that error before anything else comes. */
export function textAlone(refusal: () => Error): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const isText = (chunk?: Uint8Array) => {
    try {
      return !OBEYED.test(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch {
      // Not UTF-8.
      return false;
    }
  };
  return new Transform({
    transform: (chunk: Uint8Array, _, done) => (isText(chunk) ? done(null, chunk) : done(refusal())),
    flush: (done) => done(isText() ? null : refusal()),
  });
}
