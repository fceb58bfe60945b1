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
      return jmespath.search(value, expression);
    } catch (error) {
      throw wrong(expression, error);
    }
  };
}

/** The last two: the library's own failures on the rest of an expression that breaks off. */
const SYNTAX = /^(?:Parser|Lexer|Syntax|Type)Error$/;

function wrong(expression: string, cause: unknown): SyntaxError {
  const isSaid = cause instanceof Error && !/^(?:Syntax|Type)Error$/.test(cause.name);
  const why = isSaid ? cause.message : 'It is not an expression of JMESPath.';
  return new SyntaxError(`Bad value for --query ${expression}: ${why}`, { cause });
}
