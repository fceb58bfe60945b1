/**
 * The environment of a program: the variables of several paths, and what is there already.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { changedVariables } from '../command/raw-text.ts';
import { namedVariables, refuseZeroBytes, type Valued, type VariableOptions } from '../parameters/by-path.ts';
import { refuseObeyed, type Variable } from '../parameters/obeyed.ts';
import { withoutUnlocking } from '../store/unlocking-variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentOptions extends VariableOptions {
  readonly pristine?: boolean;
  readonly strict?: boolean;
  readonly strictValue?: string;
}

/** The value of variables that `--strict` fills. */
export const PLACEHOLDER = 'securestring';

/** What was read under a path. */
export interface UnderPath {
  readonly path: string;
  readonly found: readonly Valued[];
}

export interface Made {
  readonly env: Environment;
  /** The variables that come from parameters. */
  readonly variables: readonly Variable[];
  /** What was replaced, for the user to know. */
  readonly warnings: readonly string[];
}

/**
 * Makes it. Of two paths, the later one takes precedence; before both, `resolved`, variables that referred to
 * parameters.
 *
 * @throws `CliError` where a variable cannot be set or handed on, or one that waits for a value gets none.
 */
export function makeEnvironment(
  read: readonly UnderPath[],
  present: Environment,
  options: EnvironmentOptions,
  resolved: readonly Variable[] = [],
): Made {
  const { strict = false, strictValue = PLACEHOLDER, pristine = false } = options;
  const { merged, replaced } = mergePaths(read, options);
  const waiting = Object.keys(present).filter((name) => strict && present[name] === strictValue);
  const filled = [...merged.values()].filter(({ variable }) => !strict || waiting.includes(variable));
  const referring = new Set(resolved.map(({ variable }) => variable));
  const variables = [...filled.filter(({ variable }) => !referring.has(variable)), ...resolved];
  if (strict) requireFilled(waiting, merged, strictValue);
  refuseObeyed(variables, options.allow);
  refuseZeroBytes(variables);
  const env: Record<string, string | undefined> = { ...(pristine ? {} : withoutUnlocking(present)) };
  const inherited = { ...env };
  // One by one, which is several times quicker for a thousand than a second record would be.
  for (const { variable, value } of variables) env[variable] = value;
  requireUnchanged(env, variables);
  const ours = filled.filter(
    ({ variable, value }) => !referring.has(variable) && isReplaced(inherited[variable], value, strictValue),
  );
  const warnings = [
    ...replaced,
    ...(strict ? [] : ours.map(({ name, variable }) => `${name} replaces ${variable} of the environment`)),
    ...(strict && waiting.length === 0 ? [noneWaits(strictValue)] : []),
  ];
  return { env, variables, warnings };
}

/** It does not fail: the program may have all that it needs. More often, a placeholder was forgotten. */
function noneWaits(placeholder: string): string {
  const text = excerpt(placeholder);
  return `no variable of the environment has the value ${text}, so --strict sets none: give the program's own, as in NAME=${text}`;
}

function isReplaced(before: string | undefined, value: string, placeholder: string): boolean {
  return before !== undefined && before !== value && before !== placeholder;
}

function mergePaths(read: readonly UnderPath[], options: VariableOptions) {
  const merged = new Map<string, Variable>();
  const replaced: string[] = [];
  for (const { path, found } of read) {
    for (const one of namedVariables(found, path, options)) {
      const before = merged.get(one.variable);
      if (before !== undefined && before.name !== one.name) {
        replaced.push(`${one.name} replaces ${before.name} in ${one.variable}`);
      }
      merged.set(one.variable, one);
    }
  }
  return { merged, replaced };
}

/** @throws `CliError` that names the variables that wait for a value, and get none. */
function requireFilled(waiting: readonly string[], merged: ReadonlyMap<string, Variable>, placeholder: string): void {
  const missing = waiting.filter((name) => !merged.has(name));
  if (missing.length > 0) {
    throw new CliError(
      EXIT.notFound,
      `No parameter fills ${missing.map(excerpt).join(', ')}, whose value is the placeholder ${excerpt(placeholder)}.`,
    );
  }
}

/** Refuses to hand on a variable that is not UTF-8: the program would get another value. */
function requireUnchanged(env: Environment, variables: readonly Variable[]): void {
  const ours = new Set(variables.map(({ variable }) => variable));
  const changed = changedVariables(env).filter((name) => !ours.has(name));
  if (changed.length === 0) return;
  throw new CliError(
    EXIT.failed,
    `The environment's ${changed.map(excerpt).join(', ')} cannot be handed on unchanged: not UTF-8. Unset it, as in env -u NAME securestring exec …, or give --pristine.`,
  );
}
