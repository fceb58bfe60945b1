/**
 * Labels: each is on at most one version of its parameter.
 * @module
 */

import { SsmError } from '../errors.ts';
import { MAX_LABELS } from '../limits.ts';
import type {
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
} from '../requests.ts';
import { isLabel } from '../rules/labels.ts';
import { notFound, parseTarget, type Target } from '../rules/names.ts';
import { headCodec, labelsCodec } from '../state/codec.ts';
import { headKey, labelsKey, labelsPrefix } from '../state/keys.ts';
import type { LabelRecord } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';
import { type Context, isKept, takeHead, versionNotFound } from './parameter.ts';

/** Sets labels on a version. A label that is on another version moves. */
export async function labelParameterVersion(
  context: Context,
  request: LabelParameterVersionRequest,
): Promise<LabelParameterVersionResult> {
  const target = parseTarget(request.name, context.place, 'whole');
  const labels = [...new Set(request.labels)];
  const wanted = labels.filter(isLabel);
  const invalidLabels = labels.filter((label) => !isLabel(label));
  return editLabels(context, target, request.parameterVersion, (present, version) => {
    const next = [...without(present, wanted), ...wanted.map((label) => ({ label, version }))];
    if (next.filter((record) => record.version === version).length > MAX_LABELS) {
      throw new SsmError(
        'ParameterVersionLabelLimitExceeded',
        'A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.',
      );
    }
    return { labels: next, result: { invalidLabels, parameterVersion: version } };
  });
}

/** Takes labels off a version. */
export async function unlabelParameterVersion(
  context: Context,
  request: UnlabelParameterVersionRequest,
): Promise<UnlabelParameterVersionResult> {
  const target = parseTarget(request.name, context.place, 'whole');
  const labels = [...new Set(request.labels)];
  return editLabels(context, target, request.parameterVersion, (present, version) => {
    const isThere = (wanted: string) => present.some((record) => record.label === wanted && record.version === version);
    const removedLabels = labels.filter(isThere);
    const invalidLabels = labels.filter((label) => !isThere(label));
    return { labels: without(present, removedLabels), result: { removedLabels, invalidLabels } };
  });
}

/** Changes the labels of a parameter on behalf of one version, which must exist. */
async function editLabels<Result>(
  context: Context,
  { path, name }: Target,
  asked: number | undefined,
  edit: (
    present: readonly LabelRecord[],
    version: number,
  ) => { readonly labels: readonly LabelRecord[]; readonly result: Result },
): Promise<Result> {
  const done = await context.store.change(async (transaction) => {
    const head = await takeHead(context, transaction, path);
    if (head === undefined) return undefined;
    const version = asked ?? head.current.version;
    if (!isKept(head, version)) throw versionNotFound(name, version);
    const entries = await transaction.list({ prefix: labelsPrefix(path) });
    const present = entries.flatMap(({ key, value }) => labelsCodec.decode(value, key));
    const { labels, result } = edit(present, version);
    write(transaction, path, present, labels);
    transaction.set(headKey(path), headCodec, head);
    return { result };
  });
  if (done === undefined) throw notFound(name);
  return done.result;
}

/** Writes the groups that hold labels now, or did before. */
function write(
  transaction: Transaction,
  path: string,
  present: readonly LabelRecord[],
  next: readonly LabelRecord[],
): void {
  const groups = new Map([...present, ...next].map(({ version }) => [labelsKey(path, version), [] as LabelRecord[]]));
  for (const record of next) groups.get(labelsKey(path, record.version))?.push(record);
  for (const [key, records] of groups) {
    if (records.length === 0) transaction.delete(key);
    else transaction.set(key, labelsCodec, records);
  }
}

function without(labels: readonly LabelRecord[], removed: readonly string[]): LabelRecord[] {
  return labels.filter(({ label }) => !removed.includes(label));
}
