/**
 * `--json`, `--output` and `--query`: results in the forms of the aws command line.
 * @module
 */

import { shownLines } from '@securestring/core/quoted';
import type { Terminal } from '../output/terminal.ts';
import { visibleOn } from '../output/visible.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';

/** What of a result is wanted, and how. */
export interface WantedForm {
  readonly json?: boolean;
  readonly output?: string;
  readonly query?: string;
}

/** Writes results, each with its line end. */
export interface Printer {
  /** A shape of AWS's. `within` is the member of AWS's answer that it is from. */
  aws(shape: unknown, within?: string): string;
  /** A shape of ours. */
  own(shape: unknown): string;
}

const FORMS = ['json', 'text', 'table', 'yaml', 'env'];

/**
 * Makes what prints results; `undefined` where they are to be printed for people. `title` is above tables. What a form
 * needs is loaded for that form alone.
 *
 * @throws `CliError` for a form or an expression that is not there.
 */
export async function printerOf(
  { json = false, output, query }: WantedForm,
  title: string,
  terminal: Terminal,
): Promise<Printer | undefined> {
  if (!json && output === undefined && query === undefined) return undefined;
  if (output !== undefined && !FORMS.includes(output)) {
    throw new CliError(EXIT.usage, `--output is one of ${FORMS.join(', ')}.`);
  }
  if (json && output !== undefined && output !== 'json')
    throw new CliError(EXIT.usage, '--json is --output json: give one.');
  const { toAwsJson } = await import('../output/json.ts');
  const ask = query === undefined ? undefined : await queryOf(query);
  const write = output === undefined || output === 'json' ? jsonText : await writerOf(output, title, terminal);
  if (output === 'env' && query !== undefined) throw new CliError(EXIT.usage, '--output env takes no --query.');
  const printed = (jsonOfShape: string) => {
    if (ask === undefined && write === jsonText) return `${jsonOfShape}\n`;
    const shape: unknown = JSON.parse(jsonOfShape);
    return write(ask === undefined ? shape : ask(shape));
  };
  return {
    aws: (shape, within) => printed(toAwsJson(shape, within)),
    own: (shape) => printed(shownLines(JSON.stringify(shape, undefined, 4))),
  };
}

async function queryOf(expression: string): Promise<(value: unknown) => unknown> {
  const query = await import('../output/query.ts');
  const asking = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (error) {
      if (error instanceof SyntaxError) throw new CliError(EXIT.usage, error.message, { cause: error });
      throw error;
    }
  };
  const ask = asking(() => query.queryOf(expression));
  return (value) => asking(() => ask(value));
}

function jsonText(value: unknown): string {
  return `${shownLines(JSON.stringify(value, undefined, 4))}\n`;
}

async function writerOf(output: string, title: string, { stdout }: Terminal): Promise<(value: unknown) => string> {
  if (output === 'env') {
    const { envForm, EnvFormError } = await import('../output/env-form.ts');
    return (value) => {
      try {
        return visibleOn(stdout, envForm(value));
      } catch (error) {
        if (error instanceof EnvFormError) throw new CliError(EXIT.usage, error.message, { cause: error });
        throw error;
      }
    };
  }
  const { FORMS: all, formOn } = await import('../output/forms.ts');
  const form = all.find((each) => each === output) ?? 'json';
  return (value) => formOn(stdout, value, form, title);
}
