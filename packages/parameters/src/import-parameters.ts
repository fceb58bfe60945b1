/**
 * Several puts in one commit, with deletes and tags.
 * @module
 */

import {
  flag,
  listOf,
  type Members,
  members,
  optional,
  takeOptions,
  text,
  wrongKind,
} from '@securestring/core/options';
import { type Call, refuseFaults, requestTable, takeRequest } from '@securestring/service';
import { tooManyUpdates } from './entry-store.ts';
import { SsmError, validationError } from './errors.ts';
import { remove } from './operations/delete.ts';
import { type Context, takeHead } from './operations/parameter.ts';
import { type Put, parsePut, withRoom, write } from './operations/put.ts';
import { changeTags } from './operations/tags.ts';
import { presentOf } from './operations/unchanged.ts';
import { OPERATIONS } from './operations.ts';
import type { ImportParametersOptions, ImportParametersResult, PutParameterRequest, Tag } from './requests.ts';
import { mergeTags, parseTags } from './rules/labels.ts';
import { notFound, parseTarget } from './rules/names.ts';
import { STORED_TIERS } from './state/records.ts';
import type { Transaction } from './transaction.ts';

type Imported = ImportParametersResult['parameters'][number];

/** A part of the commit, as it is asked for. */
interface Part {
  /** The parameter that it is about: a refusal names it. */
  readonly name: string;
  /** What its event says. */
  readonly call: Call;
  /** Judges it as far as it can be judged without the storage. */
  parse(): Step;
}

interface Step {
  /** The parameter that it is about. */
  readonly path: string;
  /** Does it within a change. A put returns what became of it. */
  run(transaction: Transaction): Promise<Imported | undefined>;
}

/** Puts all parameters or none, in one commit. A refusal names its parameter. */
export async function importParameters(
  context: Context,
  given: readonly PutParameterRequest[],
  options: ImportParametersOptions = {},
): Promise<ImportParametersResult> {
  const taken = takeOptions('importParameters', options, OPTIONS);
  if (!Array.isArray(given)) throw new TypeError('importParameters takes a list of requests.');
  const requests: readonly PutParameterRequest[] = Array.from(given, takerOfPuts());
  const parts = partsOf(context, requests, taken);
  // The part that is being worked on: a refusal is about this one.
  let part: Part | undefined;
  try {
    requireOneCommit(context, requests.length);
    const steps = new Map<Part, Step>();
    const paths = new Set<string>();
    for (part of parts) {
      const step = part.parse();
      claim(paths, part, step.path);
      steps.set(part, step);
    }
    const edit = async (transaction: Transaction): Promise<readonly (Imported | undefined)[]> => {
      const done: (Imported | undefined)[] = [];
      for (const [each, { path, run }] of steps) {
        part = each;
        if (!isTagging(each)) await requireVersion(context, transaction, path, taken.expectedVersions?.get(each.name));
        done.push(await run(transaction));
      }
      requireOneCommit(context, transaction.changes().length);
      return done;
    };
    const done = await (taken.dryRun === true ? context.store.preview(edit) : withRoom(context, edit));
    if (taken.dryRun !== true) for (const [at, { call }] of parts.entries()) recordDone(context, call, done[at]);
    return { parameters: done.filter((each) => each !== undefined) };
  } catch (error) {
    if (error instanceof SsmError && part !== undefined) Object.assign(error, { parameterName: part.name });
    context.record?.(part?.call ?? callOf('putParameter', {}))({ error });
    throw error;
  }
}

const OPTIONS: Members<ImportParametersOptions> = members<ImportParametersOptions>({
  dryRun: optional(flag),
  deleted: optional(listOf(text)),
  addedTags: optional(mapOf<readonly Tag[]>),
  expectedVersions: optional(mapOf<number>),
});

function mapOf<Value>(value: unknown, name: string): ReadonlyMap<string, Value> {
  if (!(value instanceof Map)) throw wrongKind(value, name, 'a Map');
  return new Map(value);
}

/** Deletes come first, since they make room; tags last, since they may be of what is put. */
function partsOf(
  context: Context,
  requests: readonly PutParameterRequest[],
  { dryRun = false, deleted = [], addedTags = new Map() }: ImportParametersOptions,
): readonly Part[] {
  return [
    ...deleted.map((name) => deletion(context, name)),
    ...requests.map((request) => put(context, request, dryRun)),
    ...[...addedTags].map(([name, tags]) => tagging(context, name, tags)),
  ];
}

function deletion(context: Context, name: string): Part {
  const parse = (): Step => {
    const target = parseTarget(name, context.place, 'whole');
    const run = async (transaction: Transaction) => {
      if ((await remove(context, transaction, target)) === undefined) throw notFound(name);
      return undefined;
    };
    return { path: target.path, run };
  };
  return { name, call: callOf('deleteParameter', { name }), parse };
}

/** What a dry run keeps instead of sealed values: it stores none, and asks for no key. */
const NOT_SEALED: Put['sealed'] = new Map(STORED_TIERS.map((tier) => [tier, '']));

function put(context: Context, request: PutParameterRequest, dryRun: boolean): Part {
  const parse = (): Step => {
    const parsed = { ...parsePut(request, context.place), ...(dryRun && { sealed: NOT_SEALED }) };
    const { name, path } = parsed.target;
    const run = async (transaction: Transaction): Promise<Imported> => {
      const { exists, unchanged } = await presentOf(context, transaction, parsed);
      if (unchanged !== undefined) return { name, ...unchanged, outcome: 'same' };
      return { name, ...(await write(context, transaction, parsed)), outcome: exists ? 'changed' : 'new' };
    };
    return { path, run };
  };
  return { name: request.name, call: callOf('putParameter', { ...request }), parse };
}

function tagging(context: Context, name: string, tags: readonly Tag[]): Part {
  const parse = (): Step => {
    const { path } = parseTarget(name, context.place, 'whole');
    const added = parseTags(tags);
    const run = async (transaction: Transaction) => {
      const isThere = await changeTags(context, transaction, path, (present) => mergeTags(present, added));
      if (!isThere) throw notFound(name);
      return undefined;
    };
    return { path, run };
  };
  return { name, call: callOf('addTagsToResource', { resourceType: 'Parameter', resourceId: name, tags }), parse };
}

type PartName = 'putParameter' | 'deleteParameter' | 'addTagsToResource';

function callOf(name: PartName, sent: Call['sent']): Call {
  return { name, operation: OPERATIONS[name], sent };
}

/** Tags are of a parameter that another part may put. */
function isTagging({ call }: Part): boolean {
  return call.name === 'addTagsToResource';
}

/** Each parameter is put once or deleted once. */
function claim(paths: Set<string>, part: Part, path: string): void {
  if (isTagging(part)) return;
  if (paths.has(path)) throw validationError(`The import names ${part.name} twice.`);
  paths.add(path);
}

async function requireVersion(
  context: Context,
  transaction: Transaction,
  path: string,
  expected: number | undefined,
): Promise<void> {
  if (expected === undefined) return;
  const head = await takeHead(context, transaction, path);
  if ((head?.current.version ?? 0) !== expected) throw tooManyUpdates();
}

/** Makes the function that checks each request of an import. */
function takerOfPuts(): (given: PutParameterRequest) => PutParameterRequest {
  const table = requestTable(OPERATIONS.putParameter.request);
  return (given) => {
    const faults: string[] = [];
    const request = takeRequest('putParameter', table, given, faults);
    refuseFaults(faults, (name, message) => Object.assign(new SsmError(name, message), { parameterName: given.name }));
    return request as unknown as PutParameterRequest;
  };
}

function recordDone({ record }: Context, call: Call, done: Imported | undefined): void {
  const { name: _, outcome = undefined, ...answer } = done ?? {};
  if (outcome !== 'same') record?.(call)({ answer });
}

function requireOneCommit({ store: { maxChanges } }: Context, entries: number): void {
  if (entries <= maxChanges) return;
  throw validationError(
    `This import would change at least ${entries} entries, and one commit changes at most ${maxChanges}: split it. A new parameter is one entry, a new version two or three, tags one, policies one or two, and the count of parameters one.`,
  );
}
