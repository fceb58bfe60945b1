/**
 * The versions of one parameter.
 * @module
 */

import { rootArn } from '@securestring/service';
import { MAX_PAGE_LENGTH } from '../limits.ts';
import type { GetParameterHistoryRequest, GetParameterHistoryResult, ParameterHistory } from '../requests.ts';
import { parseTarget } from '../rules/names.ts';
import { nextTokenOf, type PageStart, parsePage } from '../rules/pages.ts';
import { versionCodec } from '../state/codec.ts';
import { versionKey, versionsPrefix } from '../state/keys.ts';
import type { HeadRecord, LabelRecord, VersionRecord } from '../state/records.ts';
import { type Context, inlinePolicies, nameOf, openedValue, readLabels, readWhole } from './parameter.ts';

const VERSION = /^\d{1,15}$/;

/** Returns the kept versions of a parameter. */
export async function getParameterHistory(
  context: Context,
  request: GetParameterHistoryRequest,
): Promise<GetParameterHistoryResult> {
  const target = parseTarget(request.name, context.place, 'whole');
  const scope = { operation: 'history', subject: target.path, position: VERSION };
  const page = parsePage(request, MAX_PAGE_LENGTH, scope);
  const { head, versions, labels } = await readWhole(context, target, async (whole) => ({
    head: whole,
    versions: await readVersions(context, target.path, whole, page),
    labels: await readLabels(context, target.path),
  }));
  const shown = versions.slice(0, page.limit);
  const parameters: ParameterHistory[] = [];
  for (const version of shown) {
    const value = request.withDecryption === true ? await openedValue(context, target.path, version) : version.value;
    parameters.push({ ...entryOf(context, nameOf(target.path, head), version, labels), value });
  }
  const last = shown.at(-1);
  if (last === undefined || shown.length === versions.length) return { parameters };
  return { parameters, nextToken: nextTokenOf(scope, String(last.version)) };
}

/** Reads the versions of a page, and the next one if it exists. */
async function readVersions(
  { store }: Context,
  path: string,
  { oldest, current }: HeadRecord,
  { limit, after = '0' }: PageStart,
): Promise<readonly VersionRecord[]> {
  const first = Math.max(oldest, Number(after) + 1);
  const wanted = Math.max(0, Math.min(current.version - first, limit + 1));
  const entries =
    wanted === 0
      ? []
      : await store.list({ prefix: versionsPrefix(path), after: versionKey(path, first - 1), limit: wanted });
  const older = entries.map(({ key, value }) => versionCodec.decode(value, key));
  return first > current.version ? older : [...older, current].slice(0, limit + 1);
}

function entryOf(
  { place }: Context,
  name: string,
  version: VersionRecord,
  labels: readonly LabelRecord[],
): Omit<ParameterHistory, 'value'> {
  const { keyId, description, allowedPattern } = version;
  return {
    name,
    type: version.type,
    ...(keyId !== null && { keyId }),
    lastModifiedDate: new Date(version.lastModified),
    lastModifiedUser: rootArn(place),
    ...(description !== null && { description }),
    ...(allowedPattern !== null && { allowedPattern }),
    version: version.version,
    labels: labels.filter((label) => label.version === version.version).map(({ label }) => label),
    tier: version.tier,
    policies: inlinePolicies(version.policies),
    dataType: version.dataType,
  };
}
