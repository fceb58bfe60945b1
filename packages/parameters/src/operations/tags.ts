/**
 * Tags of a parameter.
 * @module
 */

import type { Place } from '@securestring/service';
import { SsmError } from '../errors.ts';
import type {
  AddTagsToResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
} from '../requests.ts';
import { mergeTags, parseTags, requireTagKeys } from '../rules/labels.ts';
import { parseTarget } from '../rules/names.ts';
import { headCodec, tagsCodec } from '../state/codec.ts';
import { headKey, tagsKey } from '../state/keys.ts';
import type { TagRecord } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';
import { ifFound } from './bulk.ts';
import { type Context, readHead, takeHead } from './parameter.ts';

/** Adds or changes tags. */
export async function addTagsToResource(context: Context, request: AddTagsToResourceRequest): Promise<void> {
  const path = await parseResource(request, context.place);
  const added = parseTags(request.tags);
  await editTags(context, path, (present) => mergeTags(present, added));
}

/** Removes tags by their keys. */
export async function removeTagsFromResource(context: Context, request: RemoveTagsFromResourceRequest): Promise<void> {
  const path = await parseResource(request, context.place);
  const { tagKeys } = request;
  requireTagKeys(tagKeys);
  await editTags(context, path, (present) => present.filter(({ key }) => !tagKeys.includes(key)));
}

/** Lists the tags of a parameter. */
export async function listTagsForResource(
  context: Context,
  request: ListTagsForResourceRequest,
): Promise<ListTagsForResourceResult> {
  const path = await parseResource(request, context.place);
  if ((await readHead(context, path)) === undefined) throw noResource();
  return { tagList: (await context.store.get(tagsKey(path), tagsCodec)) ?? [] };
}

async function editTags(
  context: Context,
  path: string,
  edit: (present: readonly TagRecord[]) => readonly TagRecord[],
): Promise<void> {
  const isThere = await context.store.change((transaction) => changeTags(context, transaction, path, edit));
  if (!isThere) throw noResource();
}

/** Edits the tags of a parameter within a change; returns false if it does not exist. */
export async function changeTags(
  context: Context,
  transaction: Transaction,
  path: string,
  edit: (present: readonly TagRecord[]) => readonly TagRecord[],
): Promise<boolean> {
  const head = await takeHead(context, transaction, path);
  if (head === undefined) return false;
  const tags = edit((await transaction.get(tagsKey(path), tagsCodec)) ?? []);
  if (tags.length === 0) transaction.delete(tagsKey(path));
  else transaction.set(tagsKey(path), tagsCodec, tags);
  // Rewrites the head unchanged, so that a concurrent delete conflicts with this change.
  transaction.set(headKey(path), headCodec, head);
  return true;
}

/** Parses the path of the parameter that a request is about. */
async function parseResource({ resourceType, resourceId }: ListTagsForResourceRequest, place: Place): Promise<string> {
  if (resourceType !== 'Parameter') {
    throw new SsmError(
      'InvalidResourceType',
      "The resource type isn't valid. For example, if you are attempting to tag an EC2 instance, the instance must be a registered managed node.",
    );
  }
  const target = await ifFound(async () => parseTarget(resourceId, place, 'whole'));
  if (target === undefined) throw noResource();
  return target.path;
}

function noResource(): SsmError {
  return new SsmError(
    'InvalidResourceId',
    "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
  );
}
