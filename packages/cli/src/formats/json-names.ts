/**
 * Names of a JSON object as they are written: `JSON.parse` takes the last of two that are equal.
 * @module
 */

/** Texts, and the characters that nest and separate. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;
/** How far each character goes down. */
const DEPTH: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** A name that is there a second time, by the lines of both. */
export interface RepeatedName {
  readonly name: string;
  readonly line: number;
  readonly before: number;
}

/** Finds the first name that an object has twice. `text` is the JSON of an object. */
export function repeatedName(text: string): RepeatedName | undefined {
  const tokens = [...text.matchAll(TOKEN)];
  const lineOf = new Map<string, number>();
  let [depth, line, end] = [0, 1, 0];
  for (const [at, { 0: token, index }] of tokens.entries()) {
    depth += DEPTH[token] ?? 0;
    line += text.slice(end, index).split(/\r\n?|\n/).length - 1;
    end = index;
    if (depth !== 1 || tokens[at + 1]?.[0] !== ':') continue;
    // Two ways to write a character are one name.
    const name: string = JSON.parse(token);
    const before = lineOf.get(name);
    if (before !== undefined) return { name, line, before };
    lineOf.set(name, line);
  }
  return undefined;
}
