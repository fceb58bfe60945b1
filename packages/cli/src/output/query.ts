/**
 * `--query`: an expression of JMESPath. The library is the one of the JMESPath project, since it alone of those that
 * were tried answers as the aws command line does: it compares texts, such as times, and reads `` `text` `` as
 * `'text'`.
 * @module
 */

import jmespath from 'jmespath';

/**
 * Makes the function that asks a value.
 *
 * @throws `SyntaxError` for a text that is not an expression.
 */
export function queryOf(expression: string): (value: unknown) => unknown {
  try {
    jmespath.search(null, expression);
  } catch (error) {
    // A function may also refuse its arguments, which are others later.
    if (error instanceof Error && SYNTAX.test(error.name)) throw wrong(expression, error);
  }
  return (value) => {
    try {
      return plain(jmespath.search(bare(value), expression));
    } catch (error) {
      throw wrong(expression, error);
    }
  };
}

/** All that objects inherit while they are asked: the library calls it, and takes what is inherited for a member. */
const INHERITED: object = Object.create(null, { hasOwnProperty: { value: Object.prototype.hasOwnProperty } });

/** A copy with objects that have no members but their own, so that `toString` is not there, as elsewhere. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Object.create(INHERITED);
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(copy, name, { value: bare(member), enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** The same with ordinary objects again, and nothing where a function was found. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'function') return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** Names of errors of a wrong expression. The library throws the last two for one that breaks off. */
const SYNTAX = /^(?:Parser|Lexer|Syntax|Type)Error$/;

function wrong(expression: string, cause: unknown): SyntaxError {
  const isSaid = cause instanceof Error && !/^(?:Syntax|Type)Error$/.test(cause.name);
  const why = isSaid ? cause.message : 'It is not an expression of JMESPath.';
  return new SyntaxError(`Bad value for --query ${expression}: ${why}`, { cause });
}
