/**
 * Patterns of ARNs: each of the six parts is matched alone, so a star never reaches over a colon before the resource.
 * @module
 */

import { glob, type Token } from './glob.ts';
import { type ConditionValues, fill, isFixed, type Template } from './template.ts';

/** `arn`, partition, service, Region, account, resource. */
const PARTS = 6;
/** An ARN pattern, ready to be matched. */
export type ArnPattern = (arn: string, values: ConditionValues) => boolean;

/** Prepares a pattern of an ARN. A pattern of fewer than six parts matches nothing. */
export function arnPattern(template: Template): ArnPattern {
  if (isFixed(template)) return matcherOf(template);
  return (arn, values) => {
    const tokens = fill(template, values);
    return tokens !== undefined && matcherOf(tokens)(arn);
  };
}

function matcherOf(tokens: readonly Token[]): (arn: string) => boolean {
  const parts = splitTokens(tokens).map(glob);
  if (parts.length < PARTS) return () => false;
  return (arn) => {
    const texts = splitArn(arn);
    return texts !== undefined && parts.every((part, i) => part(texts[i] ?? ''));
  };
}

/** Splits at the first five colons; the resource may have more. */
function splitArn(arn: string): readonly string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < PARTS || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, PARTS - 1), parts.slice(PARTS - 1).join(':')];
}

function splitTokens(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (typeof token === 'string') {
      parts.at(-1)?.push(token);
      continue;
    }
    let rest = token.literal;
    while (parts.length < PARTS && rest.includes(':')) {
      const colon = rest.indexOf(':');
      parts.at(-1)?.push({ literal: rest.slice(0, colon) });
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    parts.at(-1)?.push({ literal: rest });
  }
  return parts;
}
