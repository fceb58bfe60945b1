/**
 * Writes a new parameter, or a new version of one.
 * @module
 */

import type { StoredTier } from '@securestring/core';
import type { Place } from '@securestring/service';
import type { Edit } from '../entry-store.ts';
import { SsmError, validationError } from '../errors.ts';
import { MAX_VERSIONS } from '../limits.ts';
import type { PutParameterRequest, PutParameterResult } from '../requests.ts';
import { mergeTags, parseTags } from '../rules/labels.ts';
import { arnOf, parseNewName, type Target } from '../rules/names.ts';
import { keepPolicies, parsePolicies } from '../rules/policies.ts';
import { countOneLess, countOneMore, resolveTier } from '../rules/tiers.ts';
import { lengthOf, parseDataType, requireDataType, requireFit, requireMatch, requireValue } from '../rules/values.ts';
import { labelsCodec, tagsCodec, versionCodec } from '../state/codec.ts';
import { labelsKey, tagsKey, versionKey } from '../state/keys.ts';
import type { HeadRecord, ParameterType, PolicyRecord, TagRecord, VersionRecord } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';
import { type Context, setCounts, setHead, takeCounts, takeHead } from './parameter.ts';
import { runPolicies } from './policies.ts';
import { takeDefaultTier } from './settings.ts';

/** A checked request. */
export interface Put {
  readonly request: PutParameterRequest;
  readonly target: Target;
  readonly tags: readonly TagRecord[];
  /** The sealed value of each tier, so that a repeated change does not seal it again. */
  readonly sealed: Map<StoredTier, string>;
  /** Patterns that the value has matched. */
  readonly matched: Set<string>;
}

const DEFAULT_KEY_ID = 'alias/aws/ssm';

/** Puts a parameter. */
export async function putParameter(context: Context, request: PutParameterRequest): Promise<PutParameterResult> {
  const put = parsePut(request, context.place);
  return withRoom(context, (transaction) => write(context, transaction, put));
}

/** Commits a change. If there is no room for a parameter, erases all expired ones and tries once more. */
export async function withRoom<Result>(context: Context, edit: Edit<Result>): Promise<Result> {
  try {
    return await context.store.change(edit);
  } catch (error) {
    if (!(error instanceof SsmError && error.name === 'ParameterLimitExceeded')) throw error;
  }
  await runPolicies(context);
  return context.store.change(edit);
}

/** Parses a request, as far as it can be judged without the storage. */
export function parsePut(request: PutParameterRequest, place: Place): Put {
  const target = parseNewName(request.name, place);
  requireValue(request.value);
  const tags = request.tags === undefined ? [] : parseTags(request.tags);
  if (request.overwrite === true && tags.length > 0) {
    throw validationError(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  return { request, target, tags: mergeTags([], tags), sealed: new Map(), matched: new Set() };
}

/** Writes the parameter of a checked request, within a change. */
export async function write(context: Context, transaction: Transaction, put: Put): Promise<PutParameterResult> {
  const { request, target } = put;
  const head = await takeHead(context, transaction, target.path);
  if (head !== undefined && request.overwrite !== true) {
    throw new SsmError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const current = await nextVersion(context, transaction, put, head?.current);
  await count(transaction, head?.current.tier, current.tier);
  const oldest = head === undefined ? 1 : await moveDown(transaction, target, head);
  if (head === undefined && put.tags.length > 0) transaction.set(tagsKey(target.path), tagsCodec, put.tags);
  const hasSlash = head?.hasSlash ?? target.name.startsWith('/');
  await setHead(transaction, target.path, head, { hasSlash, oldest, current });
  return { version: current.version, tier: current.tier };
}

/** Builds the next version. A member that the request leaves out stays as it was, except the key. */
async function nextVersion(
  context: Context,
  transaction: Transaction,
  put: Put,
  present: VersionRecord | undefined,
): Promise<VersionRecord> {
  const { request } = put;
  const { value } = request;
  const type = requireType(request, present);
  const policies = nextPolicies(request, present, transaction.now);
  const tier = await chooseTier(transaction, request, policies, present);
  requireFit(value, tier);
  const dataType = request.dataType === undefined ? (present?.dataType ?? 'text') : parseDataType(request.dataType);
  requireDataType(dataType, type, value);
  const allowedPattern = nextText(request.allowedPattern, present?.allowedPattern);
  if (allowedPattern !== null) await matchOnce(put, allowedPattern);
  const keyId = type === 'SecureString' ? (request.keyId ?? DEFAULT_KEY_ID) : null;
  return {
    version: (present?.version ?? 0) + 1,
    type,
    value: keyId === null ? value : await sealOnce(context, put, tier, keyId),
    tier,
    keyId,
    description: nextText(request.description, present?.description),
    allowedPattern,
    dataType,
    policies,
    lastModified: transaction.now,
  };
}

function requireType({ type, keyId }: PutParameterRequest, present: VersionRecord | undefined): ParameterType {
  const chosen = type ?? present?.type;
  if (chosen === undefined) throw validationError('A parameter type is required when you create a parameter.');
  if (keyId !== undefined && chosen !== 'SecureString') {
    throw validationError('KeyId is required for SecureString type parameter only.');
  }
  return chosen;
}

function nextPolicies(
  { policies }: PutParameterRequest,
  present: VersionRecord | undefined,
  now: number,
): PolicyRecord[] {
  return policies === undefined ? keepPolicies(present?.policies ?? []) : parsePolicies(policies, now);
}

async function chooseTier(
  transaction: Transaction,
  { tier, value }: PutParameterRequest,
  policies: readonly PolicyRecord[],
  present: VersionRecord | undefined,
): Promise<StoredTier> {
  const unnamed = () => (present?.tier === 'Advanced' ? 'Advanced' : takeDefaultTier(transaction));
  return resolveTier({
    asked: tier ?? (await unnamed()),
    valueLength: lengthOf(value),
    hasPolicies: policies.length > 0,
    present: present?.tier,
    // An overwrite does not change the count, so it must not conflict with puts that do.
    standardCount: present === undefined ? (await takeCounts(transaction)).Standard : 0,
  });
}

async function sealOnce({ sealing, place }: Context, put: Put, tier: StoredTier, keyId: string): Promise<string> {
  const { request, target, sealed } = put;
  const present = sealed.get(tier);
  if (present !== undefined) return present;
  const value = await sealing.seal(arnOf(target.path, place), request.value, tier, keyId);
  sealed.set(tier, value);
  return value;
}

async function matchOnce({ request, matched }: Put, pattern: string): Promise<void> {
  if (matched.has(pattern)) return;
  await requireMatch(request.value, pattern);
  matched.add(pattern);
}

async function count(transaction: Transaction, from: StoredTier | undefined, to: StoredTier): Promise<void> {
  if (from === to) return;
  const counts = await takeCounts(transaction);
  setCounts(transaction, countOneMore(from === undefined ? counts : countOneLess(counts, from), to));
}

/**
 * Moves the present version among the older ones, deletes the oldest if there are too many, and returns the oldest
 * number.
 */
async function moveDown(transaction: Transaction, { path, name }: Target, head: HeadRecord): Promise<number> {
  const { oldest, current } = head;
  transaction.set(versionKey(path, current.version), versionCodec, current);
  if (current.version - oldest + 1 < MAX_VERSIONS) return oldest;
  const labels = (await transaction.get(labelsKey(path, oldest), labelsCodec)) ?? [];
  if (labels.some(({ version }) => version === oldest)) {
    throw new SsmError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  if ((await transaction.get(versionKey(path, oldest), versionCodec)) !== undefined) {
    transaction.delete(versionKey(path, oldest));
  }
  return oldest + 1;
}

/** Returns the next value of an optional text: a request without it keeps it, and an empty one removes it. */
function nextText(asked: string | undefined, present: string | null | undefined): string | null {
  return asked === undefined ? (present ?? null) : asked === '' ? null : asked;
}
