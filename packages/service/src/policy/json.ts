/**
 * JSON in which no record has a member twice: `JSON.parse` keeps the last one and says nothing.
 * @module
 */

/** A record of JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Parses JSON. Returns `undefined` if the text is not JSON, or a record in it has a member twice. */
export function parseUniqueJson(text: string): { readonly value: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return hasTwice(text) ? undefined : { value };
}

/** A text, or one of the signs that matter, in JSON that is known to be valid. */
const SIGNS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

function hasTwice(json: string): boolean {
  // The names of each open record; a list has none.
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [sign] of json.matchAll(SIGNS)) {
    if (sign === '{') open.push(new Set());
    else if (sign === '[') open.push(undefined);
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ':') {
      const names = open.at(-1);
      const name: string = JSON.parse(last);
      if (names?.has(name)) return true;
      names?.add(name);
    }
    last = sign;
  }
  return false;
}
