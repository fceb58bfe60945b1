/**
 * Deleting: a parameter goes with all its versions, labels and tags.
 * @module
 */

import { notFound, parseTarget, type Target } from '../rules/names.ts';
import type { DeleteParameterRequest, DeleteParametersRequest, DeleteParametersResult } from '../shapes.ts';
import type { Transaction } from '../transaction.ts';
import { byText, ifFound } from './bulk.ts';
import { type Context, erase, nameOf, takeHead } from './parameter.ts';

export async function deleteParameter(context: Context, request: DeleteParameterRequest): Promise<void> {
  await deleteTarget(context, parseTarget(request.name, context.place, 'whole'));
}

/** All that are there, each in a commit of its own; none, where one of the names can be no parameter's. */
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

/** The name of the parameter that was there. */
async function remove(context: Context, transaction: Transaction, { path }: Target): Promise<string | undefined> {
  const head = await takeHead(context, transaction, path);
  if (head === undefined) return undefined;
  await erase(transaction, path, head);
  return nameOf(path, head);
}
