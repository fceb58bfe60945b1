/**
 * Words of AWS that mean nothing on a command line, and what they mean here. The library keeps AWS's own.
 * @module
 */

/** A text of AWS's, by the exception that has it. */
interface Words {
  readonly name: string;
  /** What AWS says. */
  readonly says: RegExp;
  /** What is said in its place. */
  readonly means: string;
}

const WORDS: readonly Words[] = [
  {
    name: 'ValidationException',
    says: /^Standard tier parameters support a maximum parameter value of 4096 characters\..*https:.*$/s,
    means: 'The value is longer than the 4096 bytes of the standard tier. Give --tier Advanced, for up to 8192 bytes.',
  },
  {
    name: 'ValidationException',
    says: /^This parameter uses the advanced-parameter tier\. You can't downgrade .*$/s,
    means: 'The parameter is in the advanced tier, and never leaves it: leave out --tier, or delete it first.',
  },
  {
    name: 'ValidationException',
    says: /^Invalid request: tags and overwrite can't be used together\..*$/s,
    means:
      '--tags are of a new parameter alone, not with --overwrite. Of one that is there: securestring tag NAME KEY=VALUE.',
  },
  {
    name: 'ParameterAlreadyExists',
    says: /^The parameter already exists\. To overwrite this value, set the overwrite option.*$/s,
    means: 'The parameter is there already.',
  },
  {
    name: 'AccessDeniedException',
    says: /^No access to reserved parameter name: (.*)\.$/s,
    means: '$1: names that begin with /aws are reserved.',
  },
  {
    name: 'ValidationException',
    says: /^Parameter name: can't be prefixed with "ssm" .*sub-paths divided by slash.*$/s,
    means:
      'A name has letters, digits and _.- in levels divided by /, begins with / if it has levels, and not with ssm or aws.',
  },
  {
    name: 'ValidationException',
    says: /^Parameter name must be a fully qualified name$/,
    means: 'A name that has levels begins with /.',
  },
  {
    name: 'ValidationException',
    says: /^The parameter doesn't meet the parameter name requirements\. .*$/s,
    means: 'A path has letters, digits and _.- in levels divided by /, and begins with /.',
  },
  {
    name: 'ValidationException',
    says: /^.*Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1$/,
    means: 'The value must not be empty.',
  },
  {
    name: 'ValidationException',
    says: /^Alias must start with the prefix "alias\/"\. .*https:.*$/,
    means: 'An alias begins with alias/, such as alias/app.',
  },
];

/** What AWS's words mean on the command line; the words themselves where they say it. */
export function meaningOf(name: string, words: string): string {
  const found = WORDS.find((each) => each.name === name && each.says.test(words));
  return found === undefined ? words : words.replace(found.says, found.means);
}
