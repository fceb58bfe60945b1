/**
 * What all operations have in common: what their requests may hold, and the event that each one leaves behind.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { takeMembers } from '@securestring/core/options';
import { SsmError } from '../errors.ts';
import type { EventParameters } from '../events.ts';
import { arnOf, readTarget } from '../rules/names.ts';
import type { Context } from './parameter.ts';

/** The operations that leave events. */
export type OperationName =
  | 'putParameter'
  | 'convertToAdvanced'
  | 'getParameter'
  | 'getParameters'
  | 'getParametersByPath'
  | 'getParameterHistory'
  | 'describeParameters'
  | 'deleteParameter'
  | 'deleteParameters'
  | 'labelParameterVersion'
  | 'unlabelParameterVersion'
  | 'addTagsToResource'
  | 'removeTagsFromResource'
  | 'listTagsForResource'
  | 'getServiceSetting'
  | 'updateServiceSetting'
  | 'resetServiceSetting';

interface Operation {
  readonly eventName: string;
  /** What the request may hold. The value is never in an event. */
  readonly fields: readonly string[];
  readonly readOnly?: boolean;
  /** Whether the event holds what was answered. */
  readonly answers?: boolean;
  /** AWS keeps no record of these that met no parameter. */
  readonly missesAreQuiet?: boolean;
}

const PAGE = ['maxResults', 'nextToken'] as const;
const RESOURCE = ['resourceType', 'resourceId'] as const;

const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  putParameter: {
    eventName: 'PutParameter',
    answers: true,
    fields: [
      'name',
      'value',
      'type',
      'description',
      'keyId',
      'overwrite',
      'allowedPattern',
      'tags',
      'tier',
      'policies',
      'dataType',
    ],
  },
  // No operation of AWS's, which knows only a put of the same value.
  convertToAdvanced: { eventName: 'ConvertToAdvanced', answers: true, fields: ['name', 'keyId'] },
  getParameter: {
    eventName: 'GetParameter',
    readOnly: true,
    missesAreQuiet: true,
    fields: ['name', 'withDecryption'],
  },
  getParameters: { eventName: 'GetParameters', readOnly: true, fields: ['names', 'withDecryption'] },
  getParametersByPath: {
    eventName: 'GetParametersByPath',
    readOnly: true,
    fields: ['path', 'recursive', 'parameterFilters', 'withDecryption', ...PAGE],
  },
  getParameterHistory: {
    eventName: 'GetParameterHistory',
    readOnly: true,
    fields: ['name', 'withDecryption', ...PAGE],
  },
  describeParameters: { eventName: 'DescribeParameters', readOnly: true, fields: ['parameterFilters', ...PAGE] },
  deleteParameter: { eventName: 'DeleteParameter', missesAreQuiet: true, fields: ['name'] },
  deleteParameters: { eventName: 'DeleteParameters', answers: true, fields: ['names'] },
  labelParameterVersion: {
    eventName: 'LabelParameterVersion',
    answers: true,
    fields: ['name', 'parameterVersion', 'labels'],
  },
  unlabelParameterVersion: {
    eventName: 'UnlabelParameterVersion',
    answers: true,
    fields: ['name', 'parameterVersion', 'labels'],
  },
  addTagsToResource: { eventName: 'AddTagsToResource', fields: [...RESOURCE, 'tags'] },
  removeTagsFromResource: { eventName: 'RemoveTagsFromResource', fields: [...RESOURCE, 'tagKeys'] },
  listTagsForResource: { eventName: 'ListTagsForResource', readOnly: true, fields: RESOURCE },
  getServiceSetting: { eventName: 'GetServiceSetting', readOnly: true, fields: ['settingId'] },
  updateServiceSetting: { eventName: 'UpdateServiceSetting', fields: ['settingId', 'settingValue'] },
  resetServiceSetting: { eventName: 'ResetServiceSetting', answers: true, fields: ['settingId'] },
};

/** Performs an operation, and tells of it. Misuse of the API and a closed store leave no event. */
export function perform<Request extends object, Result>(
  context: Context,
  name: OperationName,
  request: Request,
  work: (context: Context, request: Request) => Promise<Result>,
): Promise<Result> {
  return context.store.run(async () => {
    const own = takeRequest(name, request);
    try {
      const result = await work(context, own);
      tellDone(context, name, own, result);
      return result;
    } catch (error) {
      tellRefused(context, name, own, error);
      throw error;
    }
  });
}

/** A copy of a request, so that what was checked is what is done, whoever changes the request meanwhile. */
export function takeRequest<Request extends object>(name: OperationName, request: Request): Request {
  const own = takeMembers(name, request, OPERATIONS[name].fields);
  for (const [field, value] of Object.entries(own))
    if (Array.isArray(value)) Object.assign(own, { [field]: [...value] });
  return own;
}

export function tellDone(context: Context, name: OperationName, request: unknown, result: unknown): void {
  const { answers = false } = OPERATIONS[name];
  const responseElements = answers ? { ...(result as EventParameters) } : undefined;
  tell(context, name, request, { responseElements });
}

export function tellRefused(context: Context, name: OperationName, request: unknown, error: unknown): void {
  const { missesAreQuiet = false } = OPERATIONS[name];
  const isMiss = error instanceof SsmError && error.name === 'ParameterNotFound';
  if (error instanceof SecureStringError && !(isMiss && missesAreQuiet)) tell(context, name, request, { error });
}

function tell(
  { events, store, place }: Context,
  name: OperationName,
  request: unknown,
  outcome: { readonly responseElements?: EventParameters | undefined; readonly error?: Error },
): void {
  if (events === undefined) return;
  const { eventName, fields, readOnly = false } = OPERATIONS[name];
  const given = request as EventParameters;
  const requestParameters = Object.fromEntries(
    fields.filter((field) => field !== 'value' && given[field] !== undefined).map((field) => [field, given[field]]),
  );
  const named = [given['name'], given['names'], given['resourceId']].flat();
  const arns = named.flatMap((each) => (typeof each === 'string' ? (arnIfAny(each, place) ?? []) : []));
  events.operation(
    { eventName, readOnly, requestParameters, ...outcome, arns: arns.length === 0 ? undefined : arns },
    store.now(),
  );
}

function arnIfAny(name: string, place: Context['place']): string | undefined {
  try {
    return arnOf(readTarget(name, place, 'with selector').path, place);
  } catch (error) {
    // What cannot be a parameter has no ARN.
    if (error instanceof SsmError) return undefined;
    throw error;
  }
}
