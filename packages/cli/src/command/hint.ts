/**
 * Commands that a message names: the store and what opens it are named as they were, so that they can be pasted.
 * @module
 */

import { globalOptions } from './command.ts';
import type { GlobalOptions } from './context.ts';

/** What changes how a result looks, and nothing else. */
const LOOKS: readonly (string | undefined)[] = ['--json', '--no-color', '--debug'];
/** What no shell reads anything into. */
const PLAIN = /^[\w@%+:,./-]+$/;

/**
 * A command of this program, with the global options that were given. They name files, never a secret.
 *
 * @example
 * commandLine(context.options, 'key', 'enable', 'alias/app')
 * // securestring key enable alias/app --store ./store
 */
export function commandLine(options: GlobalOptions, ...words: readonly string[]): string {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const repeated = globalOptions()
    .filter(({ long }) => !LOOKS.includes(long))
    .flatMap((option) => {
      const value = given[option.attributeName()];
      if (typeof value === 'string') return [option.long ?? '', value];
      return value === true ? [option.long ?? ''] : [];
    });
  return ['securestring', ...[...words, ...repeated].map(quoted)].join(' ');
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
