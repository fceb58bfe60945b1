/**
 * The operations of the offline Parameter Store, one row each. The check of a request, the wire form, the event and the
 * dispatcher read the row. The work of each operation is in `operations/`.
 * @module
 */

import type { AUTHORIZATION } from '@securestring/keystore/authorization';
import {
  type AnyOperation,
  list,
  type Operation,
  oneOf,
  optional,
  record,
  secretText,
  text,
} from '@securestring/service';
import { type Needs, onEverything, onNames, onPath, onPut, onResource, onSetting } from './authorization/needs.ts';
import {
  MAX_DATA_TYPE_LENGTH,
  MAX_DESCRIPTION_LENGTH,
  MAX_KEY_ID_LENGTH,
  MAX_PAGE_LENGTH,
  MAX_PATH_PAGE_LENGTH,
  MAX_PATTERN_LENGTH,
  MAX_POLICIES_LENGTH,
  MAX_SETTING_ID_LENGTH,
  MAX_SETTING_VALUE_LENGTH,
} from './limits.ts';
import { getParametersByPath } from './operations/by-path.ts';
import { convertToAdvanced } from './operations/convert.ts';
import { deleteParameter, deleteParameters } from './operations/delete.ts';
import { describeParameters } from './operations/describe.ts';
import { getParameter, getParameters } from './operations/get.ts';
import { getParameterHistory } from './operations/history.ts';
import { labelParameterVersion, unlabelParameterVersion } from './operations/labels.ts';
import {
  FILTERS,
  FLAG,
  HISTORY,
  LABELS,
  METADATA,
  NAME,
  NAMES,
  OLD_FILTERS,
  PARAMETER,
  pageOf,
  SERVICE_SETTING,
  TAG_KEYS,
  TAGS,
  TEXT,
  TEXTS,
  VERSION,
} from './operations/members.ts';
import type { Context } from './operations/parameter.ts';
import { putParameter } from './operations/put.ts';
import { getServiceSetting, resetServiceSetting, updateServiceSetting } from './operations/settings.ts';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './operations/tags.ts';
import type { ParameterStore } from './parameter-store.ts';
import { PARAMETER_TYPES, TIERS } from './state/records.ts';
import type { WHOLE_PATHS } from './whole-paths.ts';

/** Members of a parameter store that are not operations, or do several at once. */
type Plain =
  | 'partition'
  | 'region'
  | 'accountId'
  | 'importParameters'
  | 'runPolicies'
  | 'checkEntries'
  | 'as'
  | 'close'
  | typeof AUTHORIZATION
  | typeof WHOLE_PATHS
  | typeof Symbol.asyncDispose;
/** Every operation, by its name. */
export type OperationName = Exclude<keyof ParameterStore, Plain>;
/** The operations of a parameter store. */
export type Operations = Pick<ParameterStore, OperationName>;

/** What a caller who is not the account's root must be allowed. */
interface Permission {
  /** The actions that a call needs permission for. Default: the one of its name, on the parameter that `name` names. */
  readonly needs?: Needs;
}

/** A row of the table. */
export interface Row<Request, Answer> extends Operation<Request, Answer>, Permission {
  work(context: Context, request: Request): Promise<Answer>;
}

/** Any row: for readers of the whole table. */
export interface AnyRow extends AnyOperation, Permission {
  work(context: Context, request: never): Promise<unknown>;
}

type RequestOf<Name extends OperationName> = NonNullable<Parameters<ParameterStore[Name]>[0]>;
type AnswerOf<Name extends OperationName> = Awaited<ReturnType<ParameterStore[Name]>>;

const KEY_ID = optional(text({ least: 1, most: MAX_KEY_ID_LENGTH, pattern: /^([a-zA-Z0-9:/_-]+)$/ }));
/** AWS's names, in AWS's order. Only parameters are here. */
const RESOURCE_TYPE = oneOf([
  'Document',
  'ManagedInstance',
  'MaintenanceWindow',
  'Parameter',
  'PatchBaseline',
  'OpsItem',
  'OpsMetadata',
  'Automation',
  'Association',
  'CloudConnector',
]);
const RESOURCE = { resourceType: RESOURCE_TYPE, resourceId: NAME } as const;
const SETTING = { settingId: text({ least: 1, most: MAX_SETTING_ID_LENGTH }) } as const;

/** An operation without a row does not compile, nor does a member of a request or an answer that was forgotten. */
export const OPERATIONS: { readonly [Name in OperationName]: Row<RequestOf<Name>, AnswerOf<Name>> } = {
  putParameter: {
    request: {
      name: NAME,
      value: secretText(),
      type: optional(oneOf(PARAMETER_TYPES)),
      description: optional(text({ most: MAX_DESCRIPTION_LENGTH })),
      keyId: KEY_ID,
      overwrite: FLAG,
      allowedPattern: optional(text({ most: MAX_PATTERN_LENGTH })),
      tags: optional(TAGS),
      tier: optional(oneOf(TIERS)),
      policies: optional(text({ least: 1, most: MAX_POLICIES_LENGTH })),
      dataType: optional(text({ most: MAX_DATA_TYPE_LENGTH })),
    },
    answer: { version: VERSION, tier: TEXT },
    readOnly: false,
    shown: ['version', 'tier'],
    needs: onPut,
    work: putParameter,
  },
  convertToAdvanced: {
    request: { name: NAME, keyId: KEY_ID },
    answer: { version: VERSION, tier: TEXT },
    readOnly: false,
    shown: ['version', 'tier'],
    // AWS knows only a put of the same value.
    isOurs: true,
    needs: onPut,
    work: convertToAdvanced,
  },
  getParameter: {
    request: { name: NAME, withDecryption: FLAG },
    answer: { parameter: PARAMETER },
    readOnly: true,
    quietMisses: true,
    withoutMessage: ['ParameterNotFound'],
    work: getParameter,
  },
  getParameters: {
    request: { names: NAMES, withDecryption: FLAG },
    answer: { parameters: list(PARAMETER), invalidParameters: TEXTS },
    readOnly: true,
    needs: onNames,
    work: getParameters,
  },
  getParametersByPath: {
    request: {
      path: NAME,
      recursive: FLAG,
      parameterFilters: FILTERS,
      withDecryption: FLAG,
      ...pageOf(MAX_PATH_PAGE_LENGTH),
    },
    answer: { parameters: list(PARAMETER), nextToken: TEXT },
    readOnly: true,
    needs: onPath,
    work: getParametersByPath,
  },
  getParameterHistory: {
    request: { name: NAME, withDecryption: FLAG, ...pageOf(MAX_PAGE_LENGTH) },
    answer: { parameters: list(HISTORY), nextToken: TEXT },
    readOnly: true,
    work: getParameterHistory,
  },
  describeParameters: {
    request: { filters: OLD_FILTERS, parameterFilters: FILTERS, shared: FLAG, ...pageOf(MAX_PAGE_LENGTH) },
    answer: { parameters: list(METADATA), nextToken: TEXT },
    readOnly: true,
    needs: onEverything,
    work: describeParameters,
  },
  deleteParameter: { request: { name: NAME }, answer: {}, readOnly: false, quietMisses: true, work: deleteParameter },
  deleteParameters: {
    request: { names: NAMES },
    answer: { deletedParameters: TEXTS, invalidParameters: TEXTS },
    readOnly: false,
    shown: ['deletedParameters', 'invalidParameters'],
    needs: onNames,
    work: deleteParameters,
  },
  labelParameterVersion: {
    request: { name: NAME, parameterVersion: optional(VERSION), labels: LABELS },
    answer: { invalidLabels: TEXTS, parameterVersion: VERSION },
    readOnly: false,
    shown: ['invalidLabels', 'parameterVersion'],
    work: labelParameterVersion,
  },
  unlabelParameterVersion: {
    request: { name: NAME, parameterVersion: VERSION, labels: LABELS },
    answer: { removedLabels: TEXTS, invalidLabels: TEXTS },
    readOnly: false,
    shown: ['removedLabels', 'invalidLabels'],
    work: unlabelParameterVersion,
  },
  addTagsToResource: {
    request: { ...RESOURCE, tags: TAGS },
    answer: {},
    readOnly: false,
    needs: onResource,
    work: addTagsToResource,
  },
  removeTagsFromResource: {
    request: { ...RESOURCE, tagKeys: TAG_KEYS },
    answer: {},
    readOnly: false,
    needs: onResource,
    work: removeTagsFromResource,
  },
  listTagsForResource: {
    request: RESOURCE,
    answer: { tagList: list(record({ key: TEXT, value: TEXT })) },
    readOnly: true,
    needs: onResource,
    work: listTagsForResource,
  },
  getServiceSetting: {
    request: SETTING,
    answer: { serviceSetting: SERVICE_SETTING },
    readOnly: true,
    needs: onSetting,
    work: getServiceSetting,
  },
  updateServiceSetting: {
    request: { ...SETTING, settingValue: text({ least: 1, most: MAX_SETTING_VALUE_LENGTH }) },
    answer: {},
    readOnly: false,
    needs: onSetting,
    work: updateServiceSetting,
  },
  resetServiceSetting: {
    request: SETTING,
    answer: { serviceSetting: SERVICE_SETTING },
    readOnly: false,
    shown: ['serviceSetting'],
    needs: onSetting,
    work: resetServiceSetting,
  },
};
