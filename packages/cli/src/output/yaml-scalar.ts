/**
 * Scalars of YAML, as plain text where it reads back as the same, else in single quotes, else in double ones.
 * @module
 */

/** Where a scalar is written. */
export interface ScalarPlace {
  /** The column of its first character, from 0. */
  readonly column: number;
  /** Of the lines that it goes on in. */
  readonly indent: number;
  /** A member's name stays on its line. */
  readonly isKey?: boolean;
}

/** Lines are broken behind this column, at a space. */
const WIDTH = 80;

/** Writes null, a truth value, a number or a text. */
export function yamlScalar(value: unknown, place: ScalarPlace): string {
  if (typeof value !== 'string') return String(value);
  return WRITERS[styleOf(value)](value, place);
}

type Style = 'plain' | 'single' | 'double';

/** What neither a plain text nor one in single quotes holds: line ends, and what is not printable. */
const UNPRINTABLE = /[\u2028\u2029]|[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10fffe}]/u;
/** What would be read as something else than a text: a truth value, a number, a date, nothing. */
const OTHERWISE = [
  /^(?:true|True|TRUE|false|False|FALSE)$/,
  /^(?:~|null|Null|NULL|)$/,
  /^(?:[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/,
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+)$/,
  /^(?:[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^\d{4}-\d\d-\d\d$/,
  /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/,
  /^(?:=|<<)$/,
];
/** What has a meaning of its own at the beginning, and within. */
const INDICATORS = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \0\t\r\n]|$))|:(?:[ \0\t\r\n]|$)|[ \0\t\r\n]#/;

function styleOf(text: string): Style {
  const isPlain = !/^ | $/.test(text) && !INDICATORS.test(text) && !OTHERWISE.some((form) => form.test(text));
  if (UNPRINTABLE.test(text)) return 'double';
  if (isPlain) return 'plain';
  return text.includes("'") ? 'double' : 'single';
}

type Writer = (text: string, place: ScalarPlace) => string;

const WRITERS: Readonly<Record<Style, Writer>> = {
  plain: (text, place) => folded(text, place, place.column),
  single: (text, place) => `'${folded(text, place, place.column + 1)}'`,
  double: (text, place) => `"${inDoubleQuotes([...text], place)}"`,
};

/** Breaks lines at single spaces. */
function folded(text: string, { indent, isKey = false }: ScalarPlace, open: number): string {
  const pieces = text.match(/ +|[^ ]+/g) ?? [];
  let column = open;
  let written = '';
  for (const [i, piece] of pieces.entries()) {
    const isInside = i > 0 && i < pieces.length - 1;
    if (piece === ' ' && column > WIDTH && !isKey && isInside) {
      written += `\n${' '.repeat(indent)}`;
      column = indent;
    } else {
      written += piece;
      column += [...piece].length;
    }
  }
  return written;
}

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '\0': '0',
    '\x07': 'a',
    '\b': 'b',
    '\t': 't',
    '\n': 'n',
    '\v': 'v',
    '\f': 'f',
    '\r': 'r',
    '\x1b': 'e',
    '"': '"',
    '\\': '\\',
    '\x85': 'N',
    '\xa0': '_',
    '\u2028': 'L',
    '\u2029': 'P',
  }),
);

function inDoubleQuotes(characters: readonly string[], { column: open, indent, isKey = false }: ScalarPlace): string {
  const length = characters.length;
  let [written, column, start] = ['', open + 1, 0];
  const write = (text: string) => {
    written += text;
    column += [...text].length;
  };
  for (let end = 0; end <= length; end++) {
    const character = characters[end];
    if (character === undefined || isEscaped(character)) {
      write(characters.slice(start, end).join(''));
      start = end;
      if (character !== undefined) {
        write(escapeOf(character));
        start = end + 1;
      }
    }
    const canBreak = end > 0 && end < length - 1 && (character === ' ' || start >= end) && !isKey;
    if (!canBreak || column + (end - start) <= WIDTH) continue;
    write(`${characters.slice(start, end).join('')}\\`);
    if (start < end) start = end;
    written += `\n${' '.repeat(indent)}`;
    column = indent;
    if (characters[start] === ' ') write('\\');
  }
  return written;
}

function isEscaped(character: string): boolean {
  return /["\\\x85\u2028\u2029\ufeff]|[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/u.test(character);
}

function escapeOf(character: string): string {
  const short = ESCAPES.get(character);
  if (short !== undefined) return `\\${short}`;
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(digits, '0')}`;
}
