/**
 * What the tests know of each operation: one row each. An operation without a row does not compile, and the suites of
 * events, absent parameters, closed stores and the model each go through all rows.
 * @module
 */

import type { ParameterStore, SsmExceptionName } from '../src/index.ts';
import type { OperationName } from '../src/operations.ts';

export const SECRET = 'correct horse battery staple, Ünïcödé';
const resource = { resourceType: 'Parameter', resourceId: '/p' } as const;
const settingId = '/ssm/parameter-store/default-parameter-tier';

type RequestOf<Name extends OperationName> = NonNullable<Parameters<ParameterStore[Name]>[0]>;

/** What the tests know of an operation. */
export interface Facts<Request = object> {
  /** Succeeds while the SecureString `/p` has one version. */
  readonly request: Request;
  /** What its event shows of the answer. */
  readonly response: object | null;
  /** How it is refused if there is no `/p`, or an expired one. `undefined` if it answers. */
  readonly absent: SsmExceptionName | undefined;
  /** Whether the model of `model.test.ts` calls it. */
  readonly isInModel: boolean;
}

export const OPERATION_FACTS: { readonly [Name in OperationName]: Facts<RequestOf<Name>> } = {
  putParameter: {
    request: {
      name: '/p',
      value: SECRET,
      type: 'SecureString',
      tier: 'Advanced',
      overwrite: true,
      description: 'd',
      keyId: 'alias/aws/ssm',
    },
    response: { version: 2, tier: 'Advanced' },
    absent: undefined,
    isInModel: true,
  },
  convertToAdvanced: {
    request: { name: '/p', keyId: 'alias/aws/ssm' },
    response: { version: 2, tier: 'Advanced' },
    absent: 'ParameterNotFound',
    isInModel: false,
  },
  getParameter: {
    request: { name: '/p:1', withDecryption: true },
    response: null,
    absent: 'ParameterNotFound',
    isInModel: true,
  },
  getParameters: { request: { names: ['/p', 'x'] }, response: null, absent: undefined, isInModel: false },
  getParametersByPath: {
    request: { path: '/', recursive: true },
    response: null,
    absent: undefined,
    isInModel: true,
  },
  getParameterHistory: { request: { name: '/p' }, response: null, absent: 'ParameterNotFound', isInModel: true },
  describeParameters: { request: { maxResults: 5 }, response: null, absent: undefined, isInModel: true },
  labelParameterVersion: {
    request: { name: '/p', labels: ['a', '1'] },
    response: { parameterVersion: 1, invalidLabels: ['1'] },
    absent: 'ParameterNotFound',
    isInModel: true,
  },
  unlabelParameterVersion: {
    request: { name: '/p', parameterVersion: 1, labels: ['a'] },
    response: { removedLabels: [], invalidLabels: ['a'] },
    absent: 'ParameterNotFound',
    isInModel: true,
  },
  addTagsToResource: {
    request: { ...resource, tags: [{ key: 'k', value: 'v' }] },
    response: null,
    absent: 'InvalidResourceId',
    isInModel: false,
  },
  removeTagsFromResource: {
    request: { ...resource, tagKeys: ['k'] },
    response: null,
    absent: 'InvalidResourceId',
    isInModel: false,
  },
  listTagsForResource: { request: resource, response: null, absent: 'InvalidResourceId', isInModel: false },
  deleteParameters: {
    request: { names: ['/p', 'x'] },
    response: { deletedParameters: ['/p'], invalidParameters: ['x'] },
    absent: undefined,
    isInModel: false,
  },
  deleteParameter: { request: { name: '/p' }, response: null, absent: 'ParameterNotFound', isInModel: true },
  getServiceSetting: { request: { settingId }, response: null, absent: undefined, isInModel: false },
  updateServiceSetting: {
    request: { settingId, settingValue: 'Advanced' },
    response: null,
    absent: undefined,
    isInModel: false,
  },
  resetServiceSetting: {
    request: { settingId },
    response: {
      serviceSetting: {
        settingId,
        settingValue: 'Standard',
        lastModifiedDate: new Date(0),
        lastModifiedUser: 'arn:aws:iam::000000000000:root',
        arn: `arn:aws:ssm:us-east-1:000000000000:servicesetting${settingId}`,
        status: 'Default',
      },
    },
    absent: undefined,
    isInModel: false,
  },
};

/** Every operation with its row. */
export const ALL_FACTS = Object.entries(OPERATION_FACTS) as readonly (readonly [OperationName, Facts])[];

/** Calls an operation with the request of its row. */
export function callOf(name: OperationName): (store: ParameterStore) => Promise<unknown> {
  return (store) => (store[name] as (request: object) => Promise<unknown>)(OPERATION_FACTS[name].request);
}
