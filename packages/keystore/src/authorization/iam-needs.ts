/**
 * What a call of IAM needs permission for: the action of its name on the user or role, or on everything.
 *
 * Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access Management".
 * @module
 */

import { awsName } from '@securestring/service';
import { principalArn } from '../state/principals.ts';
import type { KeystoreState, PrincipalRecord, PrincipalType } from '../state/records.ts';
import type { Needs, Sent } from './needs.ts';

/** The action on the user or role that the request names, which need not exist. */
export function onPrincipal(type: PrincipalType): Needs {
  return ({ state }, { name, request }) => [
    { action: `iam:${awsName(name)}`, resource: arnOf(state, type, request, request[`${type}Name`]) },
  ];
}

/** The action on all users, or all roles, of an account. */
export function onPrincipals(type: PrincipalType): Needs {
  return ({ state }, { name, request }) => [
    { action: `iam:${awsName(name)}`, resource: arnOf(state, type, { accountId: request['accountId'] }, '') },
  ];
}

/**
 * The action on the user whose access keys a request is about. A request that names no user is about the caller's own
 * keys, or about all: the action is on everything.
 */
export const onAccessKey: Needs = ({ state }, { name, request }) => {
  const { userName, accessKeyId } = request;
  const key = state.accessKeys?.get(String(accessKeyId));
  const owner = key?.principalId === undefined ? undefined : state.principals?.get(key.principalId);
  const named = userName === undefined ? '*' : arnOf(state, 'user', request, userName);
  const resource = owner === undefined ? named : principalArn(state.partition, owner);
  return [{ action: `iam:${awsName(name)}`, resource }];
};

function arnOf(state: KeystoreState, type: PrincipalType, { accountId, path }: Sent, named: unknown): string {
  const wanted = {
    type,
    name: String(named),
    path: typeof path === 'string' ? path : '/',
    accountId: typeof accountId === 'string' ? accountId : state.accountId,
  };
  const isWanted = (each: PrincipalRecord) =>
    each.type === type && each.name === wanted.name && each.accountId === wanted.accountId;
  const found = [...(state.principals?.values() ?? [])].find(isWanted);
  return principalArn(state.partition, found ?? wanted);
}
