/**
 * Deletes parameters with all their versions, labels and tags.
 * @module
 */

import type { DeleteParameterRequest, DeleteParametersRequest, DeleteParametersResult } from '../requests.ts';
import { notFound, parseTarget, type Target } from '../rules/names.ts';
import type { Transaction } from '../transaction.ts';
import { byText, ifFound } from './bulk.ts';
import { type Context, erase, nameOf, takeHead } from './parameter.ts';

/** Deletes a parameter. */
export async function deleteParameter(context: Context, request: DeleteParameterRequest): Promise<void> {
  await deleteTarget(context, parseTarget(request.name, context.place, 'whole'));
}

/**
 * Deletes those that exist, each in a commit of its own. Deletes nothing if one of the names cannot be a parameter's.
 */
export async function deleteParameters(
  context: Context,
  request: DeleteParametersRequest,
): Promise<DeleteParametersResult> {
  const { place } = context;
  const targets = new Map<string, Target | undefined>();
  for (const name of request.names) targets.set(name, await ifFound(async () => parseTarget(name, place, 'whole')));
  const deletedParameters: string[] = [];
  const invalidParameters: string[] = [];
  for (const [name, target] of targets) {
    const deleted = target && (await ifFound(() => deleteTarget(context, target)));
    if (deleted === undefined) invalidParameters.push(name);
    else deletedParameters.push(deleted);
  }
  return { deletedParameters: deletedParameters.sort(byText), invalidParameters: invalidParameters.sort(byText) };
}

async function deleteTarget(context: Context, target: Target): Promise<string> {
  const deleted = await context.store.change((transaction) => remove(context, transaction, target));
  if (deleted === undefined) throw notFound(target.name);
  return deleted;
}

/** Deletes a parameter within a change, and returns its name; `undefined` if it does not exist. */
export async function remove(
  context: Context,
  transaction: Transaction,
  { path }: Target,
): Promise<string | undefined> {
  const head = await takeHead(context, transaction, path);
  if (head === undefined) return undefined;
  await erase(transaction, path, head);
  return nameOf(path, head);
}
