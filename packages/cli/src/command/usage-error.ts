/**
 * What commander says of options that it does not understand.
 * @module
 */

const UNKNOWN = /^error: unknown option '(.*)'(\n\(Did you mean [^\n]*\))?\n$/s;
const INVALID = /^(error: option '[^']*' argument) '.*' (is invalid\.)/s;
/** How options look, up to their value: `-x`, `--with-decryption`. What has a digit or a capital may be a secret. */
const OPTION = /^(-[A-Za-z]|--[a-z]+(?:-[a-z]+)*)(?:=.*)?$/s;
const LONGEST = 32;

/** The same without the word that was typed, where it does not look like an option: it may be a secret. */
export function withoutTyped(text: string): string {
  return text
    .replace(UNKNOWN, (_, typed: string, suggestion = '') => {
      const [, option = ''] = OPTION.exec(typed) ?? [];
      const named = option === '' || option.length > LONGEST ? '' : ` ${option}`;
      return `error: unknown option${named}. Put a value that begins with - behind --, or give it through standard input (-).${suggestion}\n`;
    })
    .replace(INVALID, '$1 $2');
}
