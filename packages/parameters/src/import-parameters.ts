/**
 * Several puts in one commit.
 * @module
 */

import { type Call, type Outcome, refuseFaults, requestTable, takeRequest } from '@securestring/service';
import { SsmError, validationError } from './errors.ts';
import { MAX_COMMIT_LENGTH } from './limits.ts';
import type { Context } from './operations/parameter.ts';
import { type Put, parsePut, withRoom, write } from './operations/put.ts';
import { OPERATIONS } from './operations.ts';
import type { ImportParametersResult, PutParameterRequest } from './requests.ts';

/** Puts all parameters or none, in one commit. A refusal names its parameter. */
export async function importParameters(
  context: Context,
  given: readonly PutParameterRequest[],
): Promise<ImportParametersResult> {
  if (!Array.isArray(given)) throw new TypeError('importParameters takes a list of requests.');
  const requests: readonly PutParameterRequest[] = Array.from(given, takerOfPuts());
  // The request that is being worked on: a refusal is about this one.
  let request: PutParameterRequest | undefined;
  try {
    requireOneCommit(requests.length);
    const puts = new Map<string, Put>();
    for (const each of requests) {
      request = each;
      const put = parsePut(each, context.place);
      if (puts.has(put.target.path)) throw validationError(`The import names ${put.target.name} twice.`);
      puts.set(put.target.path, put);
    }
    const parameters = await withRoom(context, async (transaction) => {
      const written: ImportParametersResult['parameters'][number][] = [];
      for (const put of puts.values()) {
        request = put.request;
        written.push({ name: put.target.name, ...(await write(context, transaction, put)) });
      }
      requireOneCommit(transaction.changes().length);
      return written;
    });
    for (const [at, { name, ...answer }] of parameters.entries()) recordPut(context, requests[at], { answer });
    return { parameters };
  } catch (error) {
    if (error instanceof SsmError && request !== undefined) Object.assign(error, { parameterName: request.name });
    recordPut(context, request, { error });
    throw error;
  }
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

function requireOneCommit(entries: number): void {
  if (entries <= MAX_COMMIT_LENGTH) return;
  throw validationError(
    `This import would change at least ${entries} entries, and one commit changes at most ${MAX_COMMIT_LENGTH}: split it. A new parameter is one entry, a new version two or three, tags one, policies one or two, and the count of parameters one.`,
  );
}
