/**
 * systemd's `EnvironmentFile=`. systemd.exec(5): values in quotes may go over lines; in single quotes nothing means
 * anything, in double quotes a backslash does before `"`, `\`, `` ` `` and `$`. Of control characters only tabs and
 * line ends are kept, and no noncharacters, which systemd does not take for UTF-8.
 * @module
 */

import { type Keyed, refuseValues, type Written } from './format.ts';

/** Writes `NAME='value'` lines; a value with single quotes is in double ones. */
export function writeSystemd(entries: readonly Keyed[]): Written {
  const lost = entries.filter(({ value }) => /(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}/u.test(value));
  refuseValues(
    lost,
    'An EnvironmentFile of systemd',
    ', which has a carriage return, another control character or a noncharacter such as U+FFFF in it.',
  );
  const lines = entries.map(({ variable, value }) =>
    value.includes("'") ? `${variable}="${value.replaceAll(/["\\`$]/g, '\\$&')}"\n` : `${variable}='${value}'\n`,
  );
  return { text: lines.join('') };
}
