/**
 * Parses names: whether a text can be one, which parameter it names, and which version.
 * @module
 */

import { ParameterError } from '@securestring/core';
import { parameterArnAt } from '@securestring/core/parameter-arn';
import type { Place } from '@securestring/service';
import { SsmError, validationError } from '../errors.ts';
import { MAX_STORED_NAME_LENGTH } from '../limits.ts';

/** The parameter that a request means. */
export interface Target {
  /**
   * The name in the request, trimmed, without selector and without the beginning of an ARN: `x` for the ARN of `/x`.
   */
  readonly name: string;
  /** The name with exactly one slash in front. */
  readonly path: string;
  /** A version or a label, without its colon; `undefined` if the request has no selector. */
  readonly selector: string | undefined;
  /** Whether the request named it by its ARN, which does not say whether its name begins with a slash. */
  readonly isArn: boolean;
}

const RESERVED = /^\/?(aws|ssm)/i;
const RESERVED_TREE = /^\/aws.*\//i;
const NAME = /^\/?[a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*$/;
const SELECTOR = /^[a-zA-Z0-9_.-]+$/;
const ARN = /^(arn:[a-z0-9-]+:ssm:[a-z0-9-]+:\d{12}:parameter\/)(.+)$/;

/** AWS's one text for every text that cannot be a name. */
const NAME_RULES =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';
/** AWS's one text for every text that cannot be a path. */
const PATH_RULES =
  'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.';

/**
 * Parses the name of a parameter that is to be written.
 *
 * @throws `SsmError` (`ValidationException`, `AccessDeniedException`, `HierarchyLevelLimitExceededException`).
 */
export function parseNewName(given: string, place: Place): Target {
  const name = given.trim();
  refuseReserved(name);
  // For a read, AWS has no text of its own for this fault.
  if (lacksSlash(name)) throw validationError('Parameter name must be a fully qualified name');
  requireForm(name);
  // Judges levels and length, in core's words.
  arnOf(name, place);
  return { name, path: pathOf(name), selector: undefined, isArn: false };
}

/**
 * Parses which parameter a request names, by name or ARN. If `selectors` allows it, `:VERSION` or `:LABEL` may follow.
 *
 * @throws `SsmError` (`ValidationException`; `ParameterNotFound` for an ARN of another place).
 */
export function parseTarget(given: string, place: Place, selectors: 'with selector' | 'whole'): Target {
  const trimmed = given.trim();
  const [, prefix, rest] = ARN.exec(trimmed) ?? [];
  const isElsewhere =
    prefix !== undefined && prefix !== `arn:${place.partition}:ssm:${place.region}:${place.accountId}:parameter/`;
  if (isElsewhere) throw notFound(given);
  const [name = '', ...selected] = (rest === undefined ? trimmed : nameInArn(rest)).split(':');
  const [selector] = selected;
  const isSelector = selected.length === 1 && selectors === 'with selector' && SELECTOR.test(selector ?? '');
  if (selected.length > 0 && !isSelector) {
    throw validationError(
      'Invalid parameter name. Please use correct syntax for referencing a version/label <name>:<version/label>',
    );
  }
  requireForm(name);
  if (name.length > MAX_STORED_NAME_LENGTH) throw notFound(name);
  return { name, path: pathOf(name), selector, isArn: rest !== undefined };
}

/** Parses the path of a request by path. The result has no slash at its end: `''` is the root. */
export function parsePath(path: string): string {
  const trimmed = path.trim().replace(/([^/])\/$/, '$1');
  if (trimmed === '/') return '';
  if (!trimmed.startsWith('/') || !NAME.test(trimmed) || trimmed.length > MAX_STORED_NAME_LENGTH) {
    throw validationError(PATH_RULES);
  }
  return trimmed;
}

/** Builds a parameter's ARN, which its ciphertext is bound to. */
export function arnOf(name: string, place: Place): string {
  try {
    return parameterArnAt(name, place);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const isDepth = error.name === 'HierarchyLevelLimitExceededException';
    throw new SsmError(isDepth ? 'HierarchyLevelLimitExceededException' : 'ValidationException', error.message);
  }
}

/** Makes the error of a parameter that does not exist. */
export function notFound(name: string): SsmError {
  return new SsmError('ParameterNotFound', `Parameter ${name} not found.`);
}

/** Returns a name with a slash in front: `X` and `/X` are one parameter. */
export function pathOf(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

/** Returns the name in an ARN: `parameter/a/b` means `/a/b`, and `parameter/a` may mean `a` or `/a`. */
function nameInArn(rest: string): string {
  return rest.includes('/') ? `/${rest}` : rest;
}

function requireForm(name: string): void {
  if (lacksSlash(name) || !NAME.test(name)) throw validationError(NAME_RULES);
}

/** Returns whether a name with levels does not begin with a slash, as it must. */
function lacksSlash(name: string): boolean {
  return name.includes('/') && !name.startsWith('/');
}

function refuseReserved(name: string): void {
  if (RESERVED_TREE.test(name)) {
    throw new SsmError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (!RESERVED.test(name)) return;
  throw validationError(
    name.indexOf('/') !== name.lastIndexOf('/')
      ? NAME_RULES
      : 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
  );
}
