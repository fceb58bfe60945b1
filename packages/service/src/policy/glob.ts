/**
 * Patterns with `*`, any run of characters, and `?`, exactly one. A pattern is never made a regular expression: its
 * pieces are searched from left to right, and none is looked for twice, so a hostile pattern costs no more than the
 * length of the text times that of its longest piece.
 * @module
 */

/** A part of a pattern: text to be taken literally, or one of the two wildcards. */
export type Token = { readonly literal: string } | '*' | '?';

/** A pattern, ready to be matched. */
export type Glob = (text: string) => boolean;

/** A run between two stars. A `?` is at each `true` of `free`; `undefined` if it has none. */
interface Piece {
  readonly text: string;
  readonly free: readonly boolean[] | undefined;
}

/** Splits a pattern into literal text and wildcards. */
export function tokensOf(pattern: string): readonly Token[] {
  return pattern
    .split(/([*?])/)
    .filter((part) => part !== '')
    .map((part) => (part === '*' || part === '?' ? part : { literal: part }));
}

/** Prepares a pattern. */
export function glob(tokens: readonly Token[]): Glob {
  const pieces = piecesOf(tokens);
  const [first = NOTHING] = pieces;
  const last = pieces.at(-1) ?? NOTHING;
  const least = pieces.reduce((sum, { text }) => sum + text.length, 0);
  if (pieces.length === 1) return (text) => text.length === least && isAt(first, text, 0);
  const inner = pieces.slice(1, -1);
  return (text) => {
    if (text.length < least || !isAt(first, text, 0)) return false;
    const end = text.length - last.text.length;
    if (!isAt(last, text, end)) return false;
    let at = first.text.length;
    for (const piece of inner) {
      const found = find(piece, text, at);
      if (found < 0) return false;
      at = found + piece.text.length;
    }
    return at <= end;
  };
}

const NOTHING: Piece = { text: '', free: undefined };

/** Joins the parts between two stars. There is one piece more than stars; two stars in a row are one. */
function piecesOf(tokens: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  let free: boolean[] = [];
  const end = () => {
    pieces.push({ text, free: free.includes(true) ? free : undefined });
    text = '';
    free = [];
  };
  tokens.forEach((token, i) => {
    if (token === '*') {
      if (tokens[i - 1] !== '*') end();
      return;
    }
    const literal = token === '?' ? '?' : token.literal;
    text += literal;
    for (let unit = 0; unit < literal.length; unit++) free.push(token === '?');
  });
  end();
  return pieces;
}

function isAt({ text: wanted, free }: Piece, text: string, at: number): boolean {
  if (free === undefined) return text.startsWith(wanted, at);
  if (at < 0 || at + wanted.length > text.length) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (free[i] !== true && wanted.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

function find(piece: Piece, text: string, from: number): number {
  if (piece.free === undefined) return text.indexOf(piece.text, from);
  const last = text.length - piece.text.length;
  for (let at = from; at <= last; at++) if (isAt(piece, text, at)) return at;
  return -1;
}
