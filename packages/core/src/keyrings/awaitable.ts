/**
 * One implementation for calls that return a value and calls that return a promise.
 *
 * A sequence of calls is a generator that yields each call and receives its outcome. It runs synchronously until a call
 * returns a promise, and asynchronously from there.
 * @module
 */

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** How a call ended. */
export type Outcome<Value> =
  | { readonly succeeded: true; readonly value: Value }
  | { readonly succeeded: false; readonly error: unknown };

/** A sequence of calls that return `Value`s and lead to a `Result`. */
export type Calls<Result, Value> = Generator<() => Awaitable<Value>, Result, Outcome<Value>>;

/** Runs a sequence of calls to its end. */
export function runCalls<Result, Value>(calls: Calls<Result, Value>): Awaitable<Result> {
  let next = calls.next(NOTHING_YET);
  while (!next.done) {
    const outcome = outcomeOf(next.value);
    if (isPromise(outcome)) return runRest(calls, outcome);
    next = calls.next(outcome);
  }
  return next.value;
}

/** Calls that may return values of several types, each of which {@link ask} types. */
export type Steps<Result> = Calls<Result, unknown>;

/** One call among {@link Steps}: `yield* ask(() => …)` gives its value, or throws its error. */
export function* ask<Value>(call: () => Awaitable<Value>): Steps<Value> {
  return resultOf(yield call) as Value;
}

/** Runs a sequence of calls without waiting: a call that returns a promise gives that promise itself. */
export function runAtOnce<Result>(steps: Steps<Result>): Result {
  let next = steps.next(NOTHING_YET);
  while (!next.done) next = steps.next(attempt(next.value));
  return next.value;
}

/** Returns the value of a call that succeeded, and throws the error of one that failed. */
export function resultOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.succeeded) return outcome.value;
  throw outcome.error;
}

/** A placeholder for a generator's first `next`, which receives no outcome. */
export const NOTHING_YET: Outcome<never> = { succeeded: false, error: undefined };

async function runRest<Result, Value>(calls: Calls<Result, Value>, first: Promise<Outcome<Value>>): Promise<Result> {
  let next = calls.next(await first);
  while (!next.done) next = calls.next(await outcomeOf(next.value));
  return next.value;
}

/** Calls a function and returns its outcome. It never throws or rejects. */
export function outcomeOf<Value>(call: () => Awaitable<Value>): Awaitable<Outcome<Value>> {
  const outcome = attempt(call);
  return outcome.succeeded && isPromise(outcome.value)
    ? Promise.resolve(outcome.value).then(succeed, fail)
    : (outcome as Outcome<Value>);
}

/** Calls a function that returns no promise, and returns its outcome. */
export function attempt<Value>(call: () => Value): Outcome<Value> {
  try {
    return succeed(call());
  } catch (error) {
    return fail(error);
  }
}

/** Applies `use` to a value, or to the value of a promise once it has resolved. */
export function after<T, Result>(value: Awaitable<T>, use: (value: T) => Result): Awaitable<Result> {
  return isPromise(value) ? value.then(use) : use(value);
}

/** Whether a value has a `then`, as promises of other realms and libraries have too. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function succeed<Value>(value: Value): Outcome<Value> {
  return { succeeded: true, value };
}

function fail(error: unknown): Outcome<never> {
  return { succeeded: false, error };
}
