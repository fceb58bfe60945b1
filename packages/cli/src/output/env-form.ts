/**
 * `--output env`: a line `NAME=value` a parameter, in the form of `docker run --env-file`, which has no quotes.
 * @module
 */

import { isRecord } from './python-text.ts';

const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

/** What cannot be written so. Its message says why. */
export class EnvFormError extends Error {}

/**
 * Writes the parameters of an answer. A variable has the name of its parameter behind the path that all have in common,
 * in capitals, with `/`, `.` and `-` as `_`.
 *
 * @throws `EnvFormError` for an answer without parameters, and for a name or a value that the form cannot hold.
 */
export function envForm(answer: unknown): string {
  const parameters = parametersIn(answer);
  const behind = commonPath(parameters.map(({ name }) => name)).length;
  const names = new Map<string, string>();
  return parameters
    .map(({ name, value }) => {
      const variable = name.slice(behind).replaceAll(/[/.-]/g, '_').toUpperCase();
      const other = names.get(variable);
      if (!VARIABLE.test(variable))
        throw new EnvFormError(`${name} has no name that a variable may have: ${variable}.`);
      if (other !== undefined) throw new EnvFormError(`${other} and ${name} would both become ${variable}.`);
      if (/[\0\n\r]/.test(value)) {
        throw new EnvFormError(
          `The value of ${name} has several lines, which --output env cannot hold: give export --format shell.`,
        );
      }
      names.set(variable, name);
      return `${variable}=${value}\n`;
    })
    .join('');
}

function parametersIn(answer: unknown): readonly { readonly name: string; readonly value: string }[] {
  const { Parameter: one, Parameters: several } = isRecord(answer) ? answer : {};
  const found = Array.isArray(several) ? several : [one];
  return found.map((each: unknown) => {
    const { Name: name, Value: value } = isRecord(each) ? each : {};
    if (typeof name === 'string' && typeof value === 'string') return { name, value };
    throw new EnvFormError('--output env is for values of parameters: of get, of list with --with-decryption.');
  });
}

/** With its last slash: of one name all but what follows that. */
function commonPath(names: readonly string[]): string {
  const [first = '', ...others] = names.map((name) => name.slice(0, name.lastIndexOf('/') + 1));
  let path = first;
  while (!others.every((other) => other.startsWith(path)))
    path = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
  return path;
}
