/**
 * How much a passphrase is worth: a rough number of bits, for a remark. It reads the passphrase once from left to right
 * and counts what a guesser tries first at little:
 *
 * - a password of the lists that guessers begin with, also with `0` for `o` and the like: 4 bits;
 * - the same character again and again, or a row of the alphabet, the digits or the keyboard: 6 bits;
 * - one of the 2048 words that passphrases are made of here: 11 bits;
 * - other letters in a row, which may be a word of any language: 4 bits for the first, 2 for each up to the eighth, 1.5
 *   for each further (NIST SP 800-63-1, Appendix A, after Shannon's entropy of English);
 * - every other character: what its kinds of characters would be worth if they were chosen at random;
 * - the same part again, or the same sign between words: 1 bit.
 * @module
 */

/** Where guesses begin, in small letters. */
const COMMON: readonly string[] = (
  'password passwort passw0rd pass qwerty qwertz azerty letmein welcome willkommen admin administrator root login secret ' +
  'geheim changeme default iloveyou dragon monkey football baseball sunshine princess master superman batman trustno ' +
  'shadow michael jesus summer winter spring autumn hello test guest securestring'
).split(' ');
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const ROWS = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm', '1234567890'] as const;
const BITS = { common: 4, row: 6, word: 11, again: 1 } as const;
/** Signs between words. */
const BETWEEN = /[\s._-]/;
/** Letters from which on a row of them may be a word, and characters from which on there is a row. */
const [WORD, ROW] = [4, 3] as const;
/** Kinds of characters, and how many there are of each. All others, such as é or 秘, count as 64. */
const KINDS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 64],
];

/** The bits that a passphrase is worth at least, to a guesser who knows how people choose. */
export function passphraseBits(passphrase: string, words: ReadonlySet<string>): number {
  const unit = /^(.+?)\1+$/su.exec(passphrase)?.[1];
  if (unit !== undefined && unit.length > 1) return passphraseBits(unit, words) + BITS.again;
  const ofOne = Math.log2(KINDS.reduce((sum, [kind, count]) => sum + (kind.test(passphrase) ? count : 0), 1));
  const guessed = [...passphrase.toLowerCase()].map((character) => LOOKALIKES[character] ?? character).join('');
  const seen = new Set<string>();
  let bits = 0;
  for (let at = 0; at < passphrase.length; ) {
    const [part, worth] = partAt(passphrase, at, guessed, words) ?? [passphrase.charAt(at), ofOne];
    bits += seen.has(part) ? BITS.again : worth;
    if (part.length > 1 || BETWEEN.test(part)) seen.add(part);
    at += part.length;
  }
  return bits;
}

/** What begins at a place and is worth less than its characters. */
function partAt(
  passphrase: string,
  at: number,
  guessed: string,
  words: ReadonlySet<string>,
): readonly [part: string, bits: number] | undefined {
  const common = COMMON.filter((word) => guessed.startsWith(word, at)).sort((a, b) => b.length - a.length)[0];
  if (common !== undefined) return [passphrase.slice(at, at + common.length), BITS.common];
  const row = rowAt(passphrase.toLowerCase(), at);
  if (row >= ROW) return [passphrase.slice(at, at + row), BITS.row];
  // Capitals alone, or one at the beginning: people do not mix them in words.
  const letters = /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+)(?!\p{L})/u.exec(passphrase.slice(at))?.[0] ?? '';
  if (words.has(letters.toLowerCase())) return [letters, BITS.word];
  return letters.length >= WORD ? [letters, wordBits(letters.length)] : undefined;
}

function wordBits(length: number): number {
  return 4 + 2 * (Math.min(length, 8) - 1) + 1.5 * Math.max(0, length - 8);
}

/** Characters from a place on that are the same, or follow each other in a row, forwards or backwards. */
function rowAt(text: string, at: number): number {
  const lengths = [0, 1, -1].map((step) => {
    let end = at + 1;
    while (end < text.length && text.charCodeAt(end) - text.charCodeAt(end - 1) === step) end++;
    return end - at;
  });
  const keys = ROWS.flatMap((row) => [row, [...row].reverse().join('')]).map((row) => {
    let length = 1;
    while (at + length < text.length && row.includes(text.slice(at, at + length + 1))) length++;
    return length;
  });
  return Math.max(...lengths, ...keys);
}
