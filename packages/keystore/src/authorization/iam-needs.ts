/**
 * What a call of IAM needs permission for: the action of its name on the user or role, or on all of an account.
 *
 * Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access Management".
 * @module
 */

import { awsName, rootArn } from '@securestring/service';
import { principalArn } from '../state/principals.ts';
import type { KeystoreState, PrincipalRecord, PrincipalType } from '../state/records.ts';
import type { Need, Needs, Sent } from './needs.ts';

/** The action on the user or role that the request names, which need not exist. */
export function onPrincipal(type: PrincipalType): Needs {
  return ({ state }, { name, request }) => [{ action: actionOf(name), ...namedIn(state, type, request) }];
}

/** The action on all users, or all roles, of an account. */
export function onPrincipals(type: PrincipalType): Needs {
  return ({ state }, { name, request }) => {
    const all = { type, name: '', path: '/', accountId: accountIn(state, request) };
    return [{ action: actionOf(name), resource: principalArn(state.partition, all) }];
  };
}

/**
 * The action on the user whose access keys a request is about. A user who names none means itself. The keys of a root
 * are on the root's own ARN.
 */
export const onAccessKey: Needs = ({ state }, { name, request }, caller) => {
  const action = actionOf(name);
  const { userName, accessKeyId } = request;
  if (userName !== undefined) return [{ action, ...namedIn(state, 'user', request) }];
  const key = state.accessKeys?.get(String(accessKeyId));
  const ownerId = accessKeyId === undefined && caller.type === 'User' ? caller.uniqueId : key?.principalId;
  const owner = ownerId === undefined ? undefined : state.principals?.get(ownerId);
  if (owner !== undefined) return [{ action, ...found(state, owner) }];
  const accountId = key?.accountId ?? accountIn(state, request);
  return [{ action, resource: rootArn({ partition: state.partition, accountId }) }];
};

type Resource = Pick<Need, 'resource' | 'tags'>;

/** Returns the ARN of the user or role that a request names, with its tags if it exists. */
function namedIn(state: KeystoreState, type: PrincipalType, request: Sent): Resource {
  const { path, [`${type}Name`]: named } = request;
  const name = String(named);
  const accountId = accountIn(state, request);
  const isWanted = (each: PrincipalRecord) => each.type === type && each.name === name && each.accountId === accountId;
  const record = [...(state.principals?.values() ?? [])].find(isWanted);
  if (record !== undefined) return found(state, record);
  return {
    resource: principalArn(state.partition, { type, name, path: typeof path === 'string' ? path : '/', accountId }),
  };
}

function found(state: KeystoreState, record: PrincipalRecord): Resource {
  return { resource: principalArn(state.partition, record), tags: record.tags };
}

function accountIn(state: KeystoreState, { accountId }: Sent): string {
  return typeof accountId === 'string' ? accountId : state.accountId;
}

function actionOf(name: string): string {
  return `iam:${awsName(name)}`;
}
