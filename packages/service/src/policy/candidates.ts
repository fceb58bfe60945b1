/**
 * The statements that may hold for a request, looked up: by the condition keys that they require, by the names that
 * they have for callers, and by the text that they want of a key. A decision then tests few of many.
 * @module
 */

import { isAbsent, type PreparedCondition } from './conditions.ts';
import { type Caller, type Closeness, candidateNames } from './principals.ts';
import type { Statement } from './statement.ts';
import type { ConditionValues } from './template.ts';

/** What a statement is looked up by. */
export interface Indexed {
  /** Its number in the policy, from 1. */
  readonly place: number;
  /** The statement as it was read. */
  readonly source: Statement;
  /** Each condition of `source`. */
  readonly conditions: readonly PreparedCondition[];
  /** How closely the statement names a caller. In an identity policy every caller is named. */
  readonly closeness: (caller: Caller) => Closeness | undefined;
}

/** A statement that names a caller. */
export interface CandidateOf<Prepared> {
  readonly statement: Prepared;
  /** How closely it names the caller. */
  readonly closeness: Closeness;
}

/** Finds the statements that name a caller and may hold for a request, in their order. */
export type Search<Prepared> = (caller: Caller, values: ConditionValues) => readonly CandidateOf<Prepared>[];

/** The most keys that are remembered. Resources and values are the callers' choice, so that there must be a bound. */
const MOST_REMEMBERED = 256;

/** Remembers the results of a function, and begins again when there are too many. */
export function remembered<Key extends string | number, Value extends object>(
  make: (key: Key) => Value,
): (key: Key) => Value {
  const known = new Map<Key, Value>();
  // Most calls ask what the call before asked.
  let lastKey: Key | undefined;
  let last: Value | undefined;
  return (key) => {
    if (last !== undefined && key === lastKey) return last;
    let found = known.get(key);
    if (found === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      found = make(key);
      known.set(key, found);
    }
    lastKey = key;
    last = found;
    return found;
  };
}

/** The most condition keys by which statements are looked up, a bit each. The others are tested one by one. */
const MOST_KEYS = 30;

/**
 * Looks statements up by the condition keys that they require, so that those for which a request lacks a key cost
 * nothing. What is found is remembered for each set of keys that a request has.
 */
export function searchIn<Prepared extends Indexed>(statements: readonly Prepared[]): Search<Prepared> {
  const required = (each: Prepared) => each.conditions.flatMap(({ requires }) => requires ?? []);
  const keys = [...new Set(statements.flatMap(required))].slice(0, MOST_KEYS);
  if (keys.length === 0) return namedIn(statements);
  const having = remembered((present: number) => {
    const absent = new Set(keys.filter((_, i) => (present & (1 << i)) === 0));
    return namedIn(statements.filter((each) => !required(each).some((key) => absent.has(key))));
  });
  return (caller, values) => {
    let present = 0;
    for (let i = 0; i < keys.length; i++) if (!isAbsent(values(keys[i] ?? ''))) present |= 1 << i;
    return having(present)(caller, values);
  };
}

type Named<Prepared> = (values: ConditionValues) => readonly CandidateOf<Prepared>[];

/** Looks statements up by the names that they have for callers, so that those for other callers cost nothing. */
function namedIn<Prepared extends Indexed>(statements: readonly Prepared[]): Search<Prepared> {
  if (statements.length === 0) return () => [];
  const byName = new Map<string, Prepared[]>();
  for (const statement of statements) {
    for (const name of candidateNames(statement.source.principals)) {
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [statement]);
      else list.push(statement);
    }
  }
  const find = (caller: Caller): Named<Prepared> => {
    const { accountId, arn, roleArn = '', uniqueId } = caller;
    const found = ['*', accountId, arn, roleArn, uniqueId].flatMap((name) => byName.get(name) ?? []);
    const named = [...new Set(found)].flatMap((statement) => {
      const closeness = statement.closeness(caller);
      return closeness === undefined ? [] : [{ statement, closeness }];
    });
    return wantedIn(named.sort((a, b) => a.statement.place - b.statement.place));
  };
  const known = new WeakMap<Caller, Named<Prepared>>();
  return (caller, values) => {
    const found = known.get(caller);
    if (found !== undefined) return found(values);
    const named = find(caller);
    known.set(caller, named);
    return named(values);
  };
}

/**
 * Looks statements up by the texts that they want of one condition key, the one that most of them compare, so that
 * those that want another text cost nothing.
 */
function wantedIn<Prepared extends Indexed>(candidates: readonly CandidateOf<Prepared>[]): Named<Prepared> {
  const key = mostComparedKey(candidates);
  if (key === undefined) return () => candidates;
  const wantedBy = ({ statement }: CandidateOf<Prepared>) =>
    statement.conditions.find((condition) => condition.key === key && condition.wanted !== undefined)?.wanted;
  const known = new Set(candidates.flatMap((each) => [...(wantedBy(each) ?? [])]));
  const others = candidates.filter((each) => wantedBy(each) === undefined);
  const wanting = remembered((text: string) => candidates.filter((each) => wantedBy(each)?.has(text) ?? true));
  return (values) => {
    const sent = values(key);
    // Without a value, and with several, the statements are tested one by one.
    if (typeof sent !== 'string') return candidates;
    return known.has(sent) ? wanting(sent) : others;
  };
}

/** Returns the key that most statements compare with texts; `undefined` if no two statements compare the same. */
function mostComparedKey(candidates: readonly CandidateOf<Indexed>[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { statement } of candidates) {
    const keys = statement.conditions.flatMap(({ key, wanted }) => (wanted === undefined ? [] : key));
    for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [[key, count] = ['', 0]] = [...counts].sort(([, a], [, b]) => b - a);
  return count > 1 ? key : undefined;
}
