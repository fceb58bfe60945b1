/**
 * The operations of a keystore, each bound to its store by the way that its row names.
 * @module
 */

import type { EncryptionContext } from '@securestring/core';
import { copyContext } from '@securestring/core/encryption-context';
import { type BindOne, bindOperation, type Desk } from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';
import { authorize } from './authorization/authorize.ts';
import { requireGrantTokens } from './authorization/grant-tokens.ts';
import { KmsError } from './errors.ts';
import type { AnyRow } from './operations/row.ts';
import { OPERATIONS, type Operations } from './operations.ts';
import type { Draft, View } from './state/view.ts';
import type { Store } from './store.ts';

/** The row of `createKey`, which differs in the deterministic keystore for tests. */
export interface CreateKey {
  readonly createKey: AnyRow;
}

/** Binds all operations to a store, for the account's root. */
export function bindOperations(store: Store, desk: Desk, kind: CreateKey): Operations {
  const bindOne = operationBinder(store, desk, kind);
  return Object.fromEntries(OPERATION_NAMES.map((name) => [name, bindOne(name)])) as unknown as Operations;
}

/** The names of all operations. */
export const OPERATION_NAMES: readonly string[] = Object.keys(OPERATIONS);
const ROWS: Readonly<Record<string, AnyRow>> = OPERATIONS;

/**
 * Makes the function that binds an operation to a store. With a caller, each call is authorized first. The account's
 * root needs none.
 */
export function operationBinder(store: Store, desk: Desk, { createKey }: CreateKey, by?: CallerFacts): BindOne {
  return (name) => {
    const row = name === 'createKey' ? createKey : (ROWS[name] as AnyRow);
    const isAwaited = row.way !== 'use';
    const work = workOn(
      store,
      withTokens(by === undefined || by.isUnlimited === true ? row : authorized(name, row, by)),
    );
    return bindOperation(desk, { name, operation: row, isAwaited, work });
  };
}

/** Makes the row whose work begins with the question whether the caller may. */
function authorized(name: string, row: AnyRow, by: CallerFacts): AnyRow {
  const contexts = Object.keys(row.request).filter((member) => row.request[member]?.wire === 'verbatim');
  return beginningWith(row, (view, request: Record<string, unknown>) => {
    // An accessor could show the question another context than the work, which would then be about that one.
    for (const member of contexts) {
      if (request[member] !== undefined) request[member] = copyContext(request[member] as EncryptionContext);
    }
    authorize(view, row, { name, request }, by);
    // The operations that are used in memory are fast, and none of them needs to know the caller.
    if (row.way === 'use') return view;
    return { ...view, by };
  });
}

/** Makes the row whose work begins with a look at the grant tokens of the request. Most rows take no tokens. */
function withTokens(row: AnyRow): AnyRow {
  if (!Object.hasOwn(row.request, 'grantTokens')) return row;
  return beginningWith(row, (view, request) => {
    requireGrantTokens(view, request);
    return view;
  });
}

/** Makes the row whose work begins with `asked`, which returns the view for the rest. */
function beginningWith(row: AnyRow, asked: <Seen extends View>(view: Seen, request: never) => Seen): AnyRow {
  switch (row.way) {
    case 'use':
    case 'read':
      return { ...row, work: (view: View, request: never) => row.work(asked(view, request), request) };
    case 'change':
      return { ...row, work: (draft: Draft, request: never) => row.work(asked(draft, request), request) };
    case 'steps':
      return {
        ...row,
        work: async (own: Store, request: never) => {
          const { by } = asked(await own.refresh(), request);
          return row.work(own, request, by);
        },
      };
  }
}

function workOn(store: Store, row: AnyRow): (request: never) => unknown {
  switch (row.way) {
    case 'use':
      return (request) => useInMemory(store, (view) => row.work(view, request));
    case 'read':
      return async (request) => row.work(await store.refresh(), request);
    case 'change':
      return (request) => store.change((draft) => row.work(draft, request));
    case 'steps':
      return (request) => row.work(store, request);
  }
}

/**
 * Runs on the state in memory. If the key or a grant is unknown, rereads the storage and, if that has changed, tries
 * once more.
 */
function useInMemory<Answer>(store: Store, work: (view: ReturnType<Store['current']>) => Answer): Answer {
  try {
    return work(store.current());
  } catch (error) {
    if (!isUnknown(error) || !store.rereadSync()) throw error;
    return work(store.current());
  }
}

/** AWS's refusals because of what is unknown: a key; a key with a blob's material, or a grant; the grant of a token. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'NotFoundException',
  'AccessDeniedException',
  'InvalidGrantTokenException',
]);

function isUnknown(error: unknown): boolean {
  return error instanceof KmsError && UNKNOWN.has(error.name);
}
