/**
 * Variables of the environment that open a store. No other program gets them from us: what opens all of it is not for a
 * program that gets a part.
 * @module
 */

/** The variables, in the order in which they are looked for. */
export const UNLOCKING = {
  rootKey: 'SECURESTRING_ROOT_KEY',
  passphrase: 'SECURESTRING_PASSPHRASE',
  passphraseFile: 'SECURESTRING_PASSPHRASE_FILE',
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** An environment without them. */
export function withoutUnlocking(env: Environment): Environment {
  const names: readonly string[] = Object.values(UNLOCKING);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
