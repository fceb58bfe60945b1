/** Patterns: against regular expressions, and the steps that hostile ones take. */

import { budget } from '@securestring/test-support/budget';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glob, tokensOf } from '../../src/policy/glob.ts';

const matches = (pattern: string, text: string) => glob(tokensOf(pattern))(text);

/** A text that counts how often it is looked at. A search that the runtime does itself counts once. */
function counted(text: string) {
  let steps = 0;
  class Counted extends String {
    override charCodeAt(i: number): number {
      steps++;
      return super.charCodeAt(i);
    }
    override indexOf(wanted: string, from: number): number {
      steps++;
      return super.indexOf(wanted, from);
    }
    override startsWith(wanted: string, from: number): boolean {
      steps++;
      return super.startsWith(wanted, from);
    }
  }
  return { text: new Counted(text) as unknown as string, steps: () => steps };
}

describe('a pattern', () => {
  it('matches as the regular expression of its wildcards does', () => {
    const character = fc.constantFrom('a', 'b', '?', '*');
    const pattern = fc.oneof(
      fc.array(character, { maxLength: 12 }).map((list) => list.join('')),
      // Pieces that need more than one word of 32 bits.
      fc
        .tuple(fc.constantFrom('a', '?', 'a?'), fc.nat(50), fc.constantFrom('b', '?', 'ab'))
        .map(([unit, count, end]) => `*${unit.repeat(count)}${end}*`),
    );
    const text = fc.oneof(
      fc.array(fc.constantFrom('a', 'b'), { maxLength: 14 }).map((list) => list.join('')),
      fc.tuple(fc.nat(110), fc.nat(3)).map(([count, bs]) => `${'a'.repeat(count)}${'b'.repeat(bs)}a`),
    );
    let hits = 0;
    fc.assert(
      fc.property(pattern, text, (wild, plain) => {
        const regular = new RegExp(`^${wild.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`);
        const isMatch = matches(wild, plain);
        if (isMatch) hits++;
        expect(isMatch, `${wild} on ${plain}`).toBe(regular.test(plain));
      }),
      { numRuns: budget(3000, 100_000) },
    );
    expect(hits).toBeGreaterThan(100);
  });

  const LONG = 'a'.repeat(32_000);
  it.each<readonly [what: string, pattern: string, text: string, isMatch: boolean]>([
    ['stars alone', '*'.repeat(32_000), LONG, true],
    ['stars and letters', `${'*a'.repeat(16_000)}*`, LONG, true],
    ['stars and letters, and what is not there', `${'*a'.repeat(16_000)}*b*`, LONG, false],
    ['free places', `*${'?'.repeat(16_000)}b*`, LONG, false],
    ['free places between letters', `*${'a?'.repeat(8000)}b*`, LONG, false],
    ['many pieces with free places', `${'*a?b'.repeat(8000)}*`, LONG, false],
    ['many pieces with free places that match', `${'*a?a'.repeat(8000)}*`, LONG, true],
    ['a long piece that all but matches', `*${'a'.repeat(16_000)}b*`, LONG, false],
    ['a first piece of free places', `${'?'.repeat(31_999)}b`, LONG, false],
  ])('of 32 KB of %s takes no more steps than its length and the text’s', (_, pattern, text, isMatch) => {
    const { text: seen, steps } = counted(text);
    expect(matches(pattern, seen)).toBe(isMatch);
    expect(steps()).toBeLessThanOrEqual(pattern.length + text.length);
  });
});
