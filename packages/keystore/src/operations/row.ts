/**
 * A row of the table of operations: what the check of a request, the wire form, the event and the dispatcher know of an
 * operation, and its work.
 * @module
 */

import type { AnyOperation, Operation } from '@securestring/service';
import type { Draft, Edited, Store, View } from '../store.ts';

/** The work of an operation, by the way in which it reaches the committed state. */
export type Work<Request, Answer> =
  /** Runs at once, on the state in memory. */
  | { readonly way: 'use'; work(view: View, request: Request): Answer }
  /** Runs on what the storage has now. */
  | { readonly way: 'look'; work(view: View, request: Request): Answer }
  /** Makes the next state, which is committed. It runs again after a conflict. */
  | { readonly way: 'change'; work(draft: Draft, request: Request): Edited<Answer> }
  /** Takes several steps, with what is slow between them. */
  | { readonly way: 'steps'; work(store: Store, request: Request): Promise<Answer> };

/** A row of the table. */
export type Row<Request, Answer> = Operation<Request, Answer> & Work<Request, Answer>;

/** Any row: for readers of the whole table. */
export type AnyRow = AnyOperation & Work<never, unknown>;

/**
 * A row for each operation of an interface. An operation without a row does not compile, nor does a member of a request
 * or an answer that was forgotten.
 */
export type Rows<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (request: infer Request) => infer Answer
    ? Row<NonNullable<Request>, Awaited<Answer>>
    : Operations[Name] extends (request?: infer Request) => infer Answer
      ? Row<NonNullable<Request>, Awaited<Answer>>
      : never;
};
