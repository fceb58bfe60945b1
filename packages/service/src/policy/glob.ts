/**
 * Patterns with `*`, any run of characters, and `?`, exactly one. A pattern is never made a regular expression: its
 * pieces are searched from left to right, and no character of the text is looked at twice. A piece with `?` takes a
 * step for each 32 of its characters there, and that is the most that a hostile pattern can cost.
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
  const inner = pieces.slice(1, -1).map(finderOf);
  return (text) => {
    if (text.length < least || !isAt(first, text, 0)) return false;
    const end = text.length - last.text.length;
    if (!isAt(last, text, end)) return false;
    let at = first.text.length;
    for (const find of inner) {
      at = find(text, at);
      if (at < 0) return false;
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

/** Finds a piece in a text from some place on. Returns the place behind it, -1 if it is not there. */
type Finder = (text: string, from: number) => number;

function finderOf({ text: wanted, free }: Piece): Finder {
  if (free !== undefined) return freeFinder(wanted, free);
  return (text, from) => {
    const found = text.indexOf(wanted, from);
    return found < 0 ? found : found + wanted.length;
  };
}

/**
 * Follows all beginnings of the piece at once, a bit each (the algorithm Shift-And): bit i says that the last i + 1
 * characters of the text are the first i + 1 of the piece.
 */
function freeFinder(wanted: string, free: readonly boolean[]): Finder {
  const { masks, others } = masksOf(wanted, free);
  const last = wanted.length - 1;
  return (text, from) => {
    const state = new Uint32Array(others.length);
    for (let at = from; at < text.length; at++) {
      const mask = masks.get(text.charCodeAt(at)) ?? others;
      let carried = 1;
      for (let word = 0; word < state.length; word++) {
        const bits = state[word] ?? 0;
        state[word] = ((bits << 1) | carried) & (mask[word] ?? 0);
        carried = bits >>> 31;
      }
      if ((((state[last >>> 5] ?? 0) >>> (last & 31)) & 1) === 1) return at + 1;
    }
    return -1;
  };
}

/** For each character the places of a piece that it fits, a bit each; `others` for characters not in the piece. */
function masksOf(wanted: string, free: readonly boolean[]) {
  const others = new Uint32Array(Math.ceil(wanted.length / 32));
  const masks = new Map<number, Uint32Array>();
  const add = (mask: Uint32Array, i: number) => {
    mask[i >>> 5] = (mask[i >>> 5] ?? 0) | (1 << (i & 31));
  };
  free.forEach((isFree, i) => {
    if (isFree) add(others, i);
  });
  free.forEach((isFree, i) => {
    if (isFree) return;
    const code = wanted.charCodeAt(i);
    const mask = masks.get(code) ?? others.slice();
    masks.set(code, mask);
    add(mask, i);
  });
  return { masks, others };
}
