/**
 * The functions that stand for the comments in examples of documents.
 * @module
 */

import { expect } from 'vitest';

/** `expression; // => value` */
export function gives(actual: unknown, stated: unknown): void {
  expect(actual).toEqual(stated);
}

/** `expression; // throws CODE`: the `code` of the error, or its `name` where that is what callers branch on. */
export async function fails(action: () => unknown, stated: string): Promise<void> {
  const error = await Promise.resolve()
    .then(action)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error, `nothing was thrown, stated was ${stated}`).toBeInstanceOf(Error);
  const { name, code } = error as Error & { code?: unknown };
  expect([code, name], (error as Error).stack).toContain(stated);
}
