/**
 * One text for calls that answer at once and calls that answer with a promise.
 *
 * A sequence is a generator that yields each call and gets its outcome back. While the calls answer at once the whole
 * runs synchronously; from the first promise on it goes on asynchronously.
 * @module
 */

/** An answer, or the promise of one. */
export type Awaitable<T> = T | Promise<T>;

/** How a call ended. */
export type Outcome<Answer> =
  | { readonly answered: true; readonly answer: Answer }
  | { readonly answered: false; readonly error: unknown };

/** A sequence of calls that give `Answer`s and lead to a `Result`. */
export type Calls<Result, Answer> = Generator<() => Awaitable<Answer>, Result, Outcome<Answer>>;

export function runCalls<Result, Answer>(steps: Calls<Result, Answer>): Awaitable<Result> {
  let step = steps.next(NOTHING_YET);
  while (!step.done) {
    const outcome = outcomeOf(step.value);
    if (isPromise(outcome)) return runRest(steps, outcome);
    step = steps.next(outcome);
  }
  return step.value;
}

/** The answer, or the error thrown on. */
export function resultOf<Answer>(outcome: Outcome<Answer>): Answer {
  if (outcome.answered) return outcome.answer;
  throw outcome.error;
}

/** A generator's first `next` has no outcome to hand in; nobody reads this one. */
export const NOTHING_YET: Outcome<never> = { answered: false, error: undefined };

async function runRest<Result, Answer>(steps: Calls<Result, Answer>, first: Promise<Outcome<Answer>>): Promise<Result> {
  let step = steps.next(await first);
  while (!step.done) step = steps.next(await outcomeOf(step.value));
  return step.value;
}

export function outcomeOf<Answer>(call: () => Awaitable<Answer>): Awaitable<Outcome<Answer>> {
  try {
    const answer = call();
    return isPromise(answer) ? Promise.resolve(answer).then(succeed, fail) : succeed(answer);
  } catch (error) {
    return fail(error);
  }
}

/** Applies `use` at once, or when the value is there. */
export function after<T, Result>(value: Awaitable<T>, use: (value: T) => Result): Awaitable<Result> {
  return isPromise(value) ? value.then(use) : use(value);
}

/** Also of another realm or library: what has a `then` is awaited. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function succeed<Answer>(answer: Answer): Outcome<Answer> {
  return { answered: true, answer };
}

function fail(error: unknown): Outcome<never> {
  return { answered: false, error };
}
