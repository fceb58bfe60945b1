/**
 * What commander says of options that it does not understand.
 * @module
 */

const UNKNOWN = /^error: unknown option '.*'(\n\(Did you mean [^\n]*\))?\n$/s;
const INVALID = /^(error: option '[^']*' argument) '.*' (is invalid\.)/s;

/** The same without the word that was typed, which may be a secret in the wrong place. */
export function withoutTyped(text: string): string {
  return text
    .replace(
      UNKNOWN,
      (_, suggestion = '') =>
        `error: unknown option. Put a value that begins with - behind --, or give it through standard input (-).${suggestion}\n`,
    )
    .replace(INVALID, '$1 $2');
}
