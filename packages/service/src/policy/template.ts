/**
 * Policy variables: `${aws:username}` in a resource or a condition's value is the request's value of that key.
 *
 * AWS Identity and Access Management User Guide, "IAM policy elements: Variables and tags".
 * @module
 */

import { type Glob, glob, type Token, tokensOf } from './glob.ts';

/** The values of a request: a text for a key of one value, a list for a key of several. Keys are in lower case. */
export type ConditionValues = (key: string) => string | readonly string[] | undefined;

/** A place that a request's value fills. */
interface Variable {
  /** The condition key, in lower case. */
  readonly key: string;
  /** The text in its place if the request has no value. */
  readonly otherwise: string | undefined;
}

/** A text of a policy: literal text, wildcards and variables. */
export type Template = readonly (Token | Variable)[];

/** A policy's variable that does not follow the grammar. */
export class VariableFault extends Error {
  override readonly name = 'VariableFault';
}

const NAME = /^[a-z0-9]+:[^\s{}$,']+$/i;
const WITH_DEFAULT = /^([^\s,]+), '([^']*)'$/;
const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$']);

/**
 * Parses a text of a policy of version 2012-10-17. In a policy of 2008-10-17 `${…}` is literal text: use
 * {@link literalTemplate}.
 *
 * @throws {@link VariableFault} if a brace or a quote is missing, or a name is empty or has a space.
 */
export function parseTemplate(text: string): Template {
  const parts: (Token | Variable)[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('${', at);
    parts.push(...tokensOf(start < 0 ? text.slice(at) : text.slice(at, start)));
    if (start < 0) return parts;
    const end = text.indexOf('}', start);
    if (end < 0) throw new VariableFault('A policy variable has no closing brace.');
    parts.push(variableOf(text.slice(start + 2, end)));
    at = end + 1;
  }
}

/** Makes the template of a text without variables. */
export function literalTemplate(text: string): Template {
  return tokensOf(text);
}

function variableOf(inner: string): Token | Variable {
  if (ESCAPES.has(inner)) return { literal: inner };
  const [, name = inner, otherwise] = WITH_DEFAULT.exec(inner) ?? [];
  if (!NAME.test(name)) throw new VariableFault('A policy variable has no name such as aws:username.');
  return { key: name.toLowerCase(), otherwise };
}

/** Whether a template has no variable, so that it can be prepared once. */
export function isFixed(template: Template): template is readonly Token[] {
  return !template.some(isVariable);
}

function isVariable(part: Token | Variable): part is Variable {
  return typeof part === 'object' && 'key' in part;
}

/** Fills the variables. Returns `undefined` if one has no single value: then the text matches nothing. */
export function fill(template: Template, values: ConditionValues): readonly Token[] | undefined {
  const filled: Token[] = [];
  for (const part of template) {
    if (!isVariable(part)) {
      filled.push(part);
      continue;
    }
    const value = values(part.key) ?? part.otherwise;
    if (typeof value !== 'string') return undefined;
    // A value is never a wildcard.
    filled.push({ literal: value });
  }
  return filled;
}

/** Returns the text of tokens, its wildcards as the characters that they are. */
export function plainText(tokens: readonly Token[]): string {
  return tokens.map((token) => (typeof token === 'string' ? token : token.literal)).join('');
}

/** Prepares a template with wildcards. The second argument of the result fills its variables. */
export function templateGlob(template: Template): (text: string, values: ConditionValues) => boolean {
  if (isFixed(template)) {
    const prepared: Glob = glob(template);
    return (text) => prepared(text);
  }
  return (text, values) => {
    const tokens = fill(template, values);
    return tokens !== undefined && glob(tokens)(text);
  };
}
