/**
 * A row of the table of operations. It has all that the check of a request, the wire form, the event and the dispatcher
 * know of an operation, and its work.
 * @module
 */

import type { AnyOperation, Operation } from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';
import type { Needs } from '../authorization/needs.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import type { Store } from '../store.ts';

/** The work of an operation, and the way in which it gets the state. */
export type Work<Request, Answer> =
  /** Runs at once, on the state in memory. */
  | { readonly way: 'use'; work(view: View, request: Request): Answer }
  /** Runs on the state that the storage has now. */
  | { readonly way: 'read'; work(view: View, request: Request): Answer }
  /** Makes the next state, which the store commits. It runs again after a conflict. */
  | { readonly way: 'change'; work(draft: Draft, request: Request): Edited<Answer> }
  /** Takes several steps, with slow work between them. `by` is who calls; absent from a call of the account's root. */
  | { readonly way: 'steps'; work(store: Store, request: Request, by?: CallerFacts): Promise<Answer> };

/** What a caller who is not the account's root must be allowed. */
export interface Permission {
  /**
   * The actions that a call needs permission for. Default: the one of the operation's name, on the key that `keyId`
   * names; of an operation that AWS does not have, `securestring:` and its name, on everything.
   */
  readonly needs?: Needs;
  /** Whether AWS lets callers of other accounts make the call, if both accounts' policies allow it. Default false. */
  readonly isCrossAccount?: boolean;
}

/** A row of the table. */
export type Row<Request, Answer> = Operation<Request, Answer> & Permission & Work<Request, Answer>;

/** A row of any operation, for readers of the whole table. */
export type AnyRow = AnyOperation & Permission & Work<never, unknown>;

/**
 * A row for each operation of an interface. If an operation has no row, or a row lacks a member of its request or
 * answer, the table does not compile.
 */
export type Rows<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (request: infer Request) => infer Answer
    ? Row<NonNullable<Request>, Awaited<Answer>>
    : Operations[Name] extends (request?: infer Request) => infer Answer
      ? Row<NonNullable<Request>, Awaited<Answer>>
      : never;
};

/** The members of the row of a change that answers nothing. */
export const SILENT_CHANGE = { answer: {}, readOnly: false, way: 'change' } as const;
/** The members of the row of a change in steps that answers nothing, and that AWS does not have. */
export const OWN_SILENT_CHANGE = { answer: {}, readOnly: false, isOurs: true, way: 'steps' } as const;
