/**
 * Finds, writes and erases the entries of a parameter together. An operation that meets a parameter whose policies are
 * due carries them out.
 * @module
 */

import type { Awaitable } from '@securestring/core';
import type { Place, Recorder } from '@securestring/service';
import { type EntryStore, tooManyUpdates } from '../entry-store.ts';
import { SsmError } from '../errors.ts';
import type { PolicyRecorder } from '../events.ts';
import { MAX_ATTEMPTS } from '../limits.ts';
import type { Parameter, ParameterInlinePolicy } from '../requests.ts';
import { arnOf, notFound, type Target } from '../rules/names.ts';
import { duePolicies, nextDue } from '../rules/policies.ts';
import { countOneLess } from '../rules/tiers.ts';
import type { Sealing } from '../sealing.ts';
import { countsCodec, dueCodec, headCodec, labelsCodec, tagsCodec, versionCodec } from '../state/codec.ts';
import { COUNTS_KEY, dueKey, headKey, labelsPrefix, tagsKey, versionKey, versionsPrefix } from '../state/keys.ts';
import type { CountsRecord, HeadRecord, LabelRecord, PolicyRecord, VersionRecord } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';

/** The store as its operations see it. */
export interface Context {
  readonly store: EntryStore;
  readonly place: Place;
  readonly sealing: Sealing;
  /** Both are `undefined` if there is no subscriber. */
  readonly record: Recorder | undefined;
  readonly recordPolicy: PolicyRecorder | undefined;
}

const VERSION = /^\d+$/;
const NO_PARAMETERS: CountsRecord = { Standard: 0, Advanced: 0 };

/** Returns the name that a parameter was created with. */
export function nameOf(path: string, { hasSlash }: Pick<HeadRecord, 'hasSlash'>): string {
  return hasSlash ? path : path.slice(1);
}

/** Reads a parameter's head, for an operation that changes nothing. */
export async function readHead(context: Context, path: string): Promise<HeadRecord | undefined> {
  return afterDuePolicies(context, path, await context.store.get(headKey(path), headCodec));
}

/** Carries out the due policies of a parameter that was read, and returns its head; `undefined` if they erased it. */
export function afterDuePolicies(
  context: Context,
  path: string,
  head: HeadRecord | undefined,
): Awaitable<HeadRecord | undefined> {
  const { store } = context;
  if (head === undefined || !isDue(head, store.now())) return head;
  return store.changeIfAllowed((transaction) => takeHead(context, transaction, path));
}

/** Reads a parameter's head within a change, which also carries out its due policies. */
export async function takeHead(
  context: Context,
  transaction: Transaction,
  path: string,
): Promise<HeadRecord | undefined> {
  const head = await transaction.get(headKey(path), headCodec);
  return head === undefined || !isDue(head, transaction.now) ? head : carryOut(context, transaction, path, head);
}

/**
 * Reads the version that a target means.
 *
 * @throws `SsmError` (`ParameterNotFound`, `ParameterVersionNotFound`).
 */
export async function readVersion(
  context: Context,
  { name, path, selector }: Target,
): Promise<{ readonly head: HeadRecord; readonly version: VersionRecord }> {
  if (selector === undefined) {
    const head = await readHead(context, path);
    if (head === undefined) throw notFound(name);
    return { head, version: head.current };
  }
  const found = await readWhole(context, { path, name }, async (head) => {
    const isNumber = VERSION.test(selector);
    const number = isNumber ? Number(selector) : numberOf(await readLabels(context, path), selector);
    if (number === undefined) throw notFound(`${name}:${selector}`);
    const version = await readNumbered(context, path, head, number);
    return version && { head, version };
  });
  if (found === undefined) throw versionNotFound(name, selector);
  return found;
}

/**
 * Returns what `read` makes of a parameter's entries, all of one moment: every change writes the head, so if the head
 * is the same afterwards, nothing has changed in between.
 */
export async function readWhole<Result>(
  context: Context,
  { path, name }: Pick<Target, 'path' | 'name'>,
  read: (head: HeadRecord) => Promise<Result>,
): Promise<Result> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const entry = await context.store.getEntry(headKey(path));
    const head = entry && (await afterDuePolicies(context, path, headCodec.decode(entry.value, entry.key)));
    if (head === undefined) throw notFound(name);
    const result = await read(head);
    if ((await context.store.getEntry(headKey(path)))?.version === entry?.version) return result;
  }
  throw tooManyUpdates();
}

/** Reads a parameter's labels. */
export async function readLabels({ store }: Context, path: string): Promise<readonly LabelRecord[]> {
  const entries = await store.list({ prefix: labelsPrefix(path) });
  return entries.flatMap(({ key, value }) => labelsCodec.decode(value, key));
}

/** Reads one version by its number; `undefined` if it is not kept. */
export async function readNumbered(
  { store }: Context,
  path: string,
  head: HeadRecord,
  number: number,
): Promise<VersionRecord | undefined> {
  if (number === head.current.version) return head.current;
  return isKept(head, number) ? store.get(versionKey(path, number), versionCodec) : undefined;
}

/** Returns whether a version of that number is kept. */
export function isKept({ oldest, current }: HeadRecord, number: number): boolean {
  return number >= oldest && number <= current.version;
}

/** Writes a parameter's head, and when its policies are next due. `present` is the head that was read before. */
export async function setHead(
  transaction: Transaction,
  path: string,
  present: HeadRecord | undefined,
  next: Omit<HeadRecord, 'nextDue'>,
): Promise<HeadRecord> {
  const before = present?.nextDue ?? null;
  const head = { ...next, nextDue: nextDue(next.current) };
  transaction.set(headKey(path), headCodec, head);
  if (head.nextDue === before) return head;
  if (before !== null) await deleteDue(transaction, path, before);
  if (head.nextDue !== null) transaction.set(dueKey(path, head.nextDue), dueCodec, null);
  return head;
}

/** Erases a parameter with all its versions, labels and tags. */
export async function erase(transaction: Transaction, path: string, head: HeadRecord): Promise<void> {
  for (const prefix of [versionsPrefix(path), labelsPrefix(path)]) {
    for (const { key } of await transaction.list({ prefix })) transaction.delete(key);
  }
  if ((await transaction.get(tagsKey(path), tagsCodec)) !== undefined) transaction.delete(tagsKey(path));
  if (head.nextDue !== null) await deleteDue(transaction, path, head.nextDue);
  transaction.delete(headKey(path));
  setCounts(transaction, countOneLess(await takeCounts(transaction), head.current.tier));
}

/** Reads the numbers of parameters within a change. */
export async function takeCounts(transaction: Transaction): Promise<CountsRecord> {
  return (await transaction.get(COUNTS_KEY, countsCodec)) ?? NO_PARAMETERS;
}

/** Writes the numbers of parameters. */
export function setCounts(transaction: Transaction, counts: CountsRecord): void {
  transaction.set(COUNTS_KEY, countsCodec, counts);
}

/** Builds the answer's form of one version. */
export async function parameterOf(
  context: Context,
  path: string,
  head: HeadRecord,
  version: VersionRecord,
  options: { readonly withDecryption: boolean; readonly selector?: string | undefined },
): Promise<Parameter> {
  return {
    name: nameOf(path, head),
    type: version.type,
    value: options.withDecryption ? await openedValue(context, path, version) : version.value,
    version: version.version,
    ...(options.selector !== undefined && { selector: `:${options.selector}` }),
    lastModifiedDate: new Date(version.lastModified),
    arn: arnOf(path, context.place),
    dataType: version.dataType,
  };
}

/** Returns a version's value in clear. */
export function openedValue({ sealing, place }: Context, path: string, version: VersionRecord): Awaitable<string> {
  return version.type === 'SecureString' ? sealing.open(arnOf(path, place), version.value) : version.value;
}

/** Builds the answer's form of policies. */
export function inlinePolicies(policies: readonly PolicyRecord[]): ParameterInlinePolicy[] {
  return policies.map(({ type, text, finished }) => ({
    policyText: text,
    policyType: type,
    policyStatus: finished ? 'Finished' : 'Pending',
  }));
}

/** Makes the error of a version that is not kept. */
export function versionNotFound(name: string, version: string | number): SsmError {
  return new SsmError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
}

function numberOf(labels: readonly LabelRecord[], wanted: string): number | undefined {
  return labels.find(({ label }) => label === wanted)?.version;
}

/** Whether policies of a parameter have something to do. */
export function isDue({ nextDue: due }: HeadRecord, now: number): boolean {
  return due !== null && due <= now;
}

/** Carries out due policies: publishes them once the change is committed, and erases an expired parameter. */
async function carryOut(
  { recordPolicy, place }: Context,
  transaction: Transaction,
  path: string,
  head: HeadRecord,
): Promise<HeadRecord | undefined> {
  const { now } = transaction;
  const due = duePolicies(head.current, now);
  const parameterName = nameOf(path, head);
  const arn = arnOf(path, place);
  for (const { type, text } of due) {
    const action = { parameterName, policyType: type, policyContent: text, actionStatus: 'Success' } as const;
    transaction.afterwards(() => recordPolicy?.(action, arn, now));
  }
  if (due.some(({ type }) => type === 'Expiration')) {
    await erase(transaction, path, head);
    return undefined;
  }
  const policies = head.current.policies.map((policy) =>
    due.includes(policy) ? { ...policy, finished: true } : policy,
  );
  return setHead(transaction, path, head, { ...head, current: { ...head.current, policies } });
}

async function deleteDue(transaction: Transaction, path: string, time: number): Promise<void> {
  const key = dueKey(path, time);
  if ((await transaction.get(key, dueCodec)) !== undefined) transaction.delete(key);
}
