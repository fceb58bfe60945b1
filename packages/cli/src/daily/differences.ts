/**
 * What differs between two sides, and how it is shown.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { Colours } from '../output/colour.ts';
import type { Side, Valued } from './sides.ts';

export interface Difference {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** What is not the same, of a parameter that both sides have. */
  readonly members: readonly string[];
  readonly before: Valued | undefined;
  readonly after: Valued | undefined;
}

/** Compares two sides by name, in the order of the names. Of one parameter each, the names do not count. */
export function differences(first: Side, second: Side): readonly Difference[] {
  const [before, after] =
    first.kind === 'one' && second.kind === 'one'
      ? [first.values, underNameOf(first, second)]
      : [first.values, second.values];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const found = differenceOf(name, before.get(name), after.get(name));
    return found === undefined ? [] : [found];
  });
}

function underNameOf(first: Side, second: Side): Side['values'] {
  const [name = ''] = first.values.keys();
  return new Map([...second.values.values()].map((valued) => [name, valued]));
}

function differenceOf(name: string, before: Valued | undefined, after: Valued | undefined): Difference | undefined {
  if (before === undefined || after === undefined) {
    return { name, change: before === undefined ? 'added' : 'removed', members: [], before, after };
  }
  const members = [
    ...(before.value === after.value ? [] : ['value']),
    ...(before.type === after.type ? [] : [`type (${before.type} to ${after.type})`]),
  ];
  return members.length === 0 ? undefined : { name, change: 'changed', members, before, after };
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

/** Lines for a person. Values are shown only where that is asked for. */
export function differenceLines(found: readonly Difference[], withValues: boolean, colour: Colours): string {
  const paints = { added: colour.green, removed: colour.red, changed: colour.yellow };
  return found
    .flatMap(({ name, change, members, before, after }) => {
      const what = members.length === 0 ? '' : `  ${members.join(', ')}`;
      const head = paints[change](shown(`${MARKS[change]} ${name}${what}`));
      return withValues ? [head, ...valueLines(before?.value, after?.value, colour)] : [head];
    })
    .join('\n');
}

/** The lines that are not the same: those that both values begin or end with are left out. */
function valueLines(before: string | undefined, after: string | undefined, colour: Colours): readonly string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const most = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < most && old[start] === fresh[start]) start++;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === fresh.at(-1 - end)) end++;
  return [
    ...old.slice(start, old.length - end).map((line) => colour.red(`    - ${shown(line)}`)),
    ...fresh.slice(start, fresh.length - end).map((line) => colour.green(`    + ${shown(line)}`)),
  ];
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split('\n');
}
