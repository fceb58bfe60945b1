/**
 * Several puts in one commit.
 * @module
 */

import { flag, type Members, members, optional, takeOptions } from '@securestring/core/options';
import { type Call, type Outcome, refuseFaults, requestTable, takeRequest } from '@securestring/service';
import { SsmError, validationError } from './errors.ts';
import type { Context } from './operations/parameter.ts';
import { type Put, parsePut, withRoom, write } from './operations/put.ts';
import { presentOf } from './operations/unchanged.ts';
import { OPERATIONS } from './operations.ts';
import type { ImportParametersOptions, ImportParametersResult, PutParameterRequest } from './requests.ts';
import { STORED_TIERS } from './state/records.ts';
import type { Transaction } from './transaction.ts';

/** Puts all parameters or none, in one commit. A refusal names its parameter. */
export async function importParameters(
  context: Context,
  given: readonly PutParameterRequest[],
  options: ImportParametersOptions = {},
): Promise<ImportParametersResult> {
  const { dryRun = false } = takeOptions('importParameters', options, OPTIONS);
  if (!Array.isArray(given)) throw new TypeError('importParameters takes a list of requests.');
  const requests: readonly PutParameterRequest[] = Array.from(given, takerOfPuts());
  // The request that is being worked on: a refusal is about this one.
  let request: PutParameterRequest | undefined;
  try {
    requireOneCommit(context, requests.length);
    const puts = new Map<string, Put>();
    for (const each of requests) {
      request = each;
      const put = { ...parsePut(each, context.place), ...(dryRun && { sealed: NOT_SEALED }) };
      if (puts.has(put.target.path)) throw validationError(`The import names ${put.target.name} twice.`);
      puts.set(put.target.path, put);
    }
    const edit = async (transaction: Transaction): Promise<readonly Imported[]> => {
      const written: Imported[] = [];
      for (const put of puts.values()) {
        request = put.request;
        written.push(await importOne(context, transaction, put));
      }
      requireOneCommit(context, transaction.changes().length);
      return written;
    };
    if (dryRun) return { parameters: await context.store.preview(edit) };
    const parameters = await withRoom(context, edit);
    for (const [at, { name, outcome, ...answer }] of parameters.entries()) {
      if (outcome !== 'same') recordPut(context, requests[at], { answer });
    }
    return { parameters };
  } catch (error) {
    if (error instanceof SsmError && request !== undefined) Object.assign(error, { parameterName: request.name });
    recordPut(context, request, { error });
    throw error;
  }
}

type Imported = ImportParametersResult['parameters'][number];

const OPTIONS: Members<ImportParametersOptions> = members<ImportParametersOptions>({ dryRun: optional(flag) });

/** What a dry run keeps instead of sealed values: it stores none, and asks for no key. */
const NOT_SEALED: Put['sealed'] = new Map(STORED_TIERS.map((tier) => [tier, '']));

async function importOne(context: Context, transaction: Transaction, put: Put): Promise<Imported> {
  const { name } = put.target;
  const { exists, unchanged } = await presentOf(context, transaction, put);
  if (unchanged !== undefined) return { name, ...unchanged, outcome: 'same' };
  return { name, ...(await write(context, transaction, put)), outcome: exists ? 'changed' : 'new' };
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

function recordPut({ record }: Context, request: PutParameterRequest | undefined, outcome: Outcome): void {
  const sent = { ...request } as Call['sent'];
  record?.({ name: 'putParameter', operation: OPERATIONS.putParameter, sent })(outcome);
}

function requireOneCommit({ store: { maxChanges } }: Context, entries: number): void {
  if (entries <= maxChanges) return;
  throw validationError(
    `This import would change at least ${entries} entries, and one commit changes at most ${maxChanges}: split it. A new parameter is one entry, a new version two or three, tags one, policies one or two, and the count of parameters one.`,
  );
}
