/**
 * The operations on roles.
 * @module
 */

import { list, optional, record } from '@securestring/service';
import { onPrincipal, onPrincipals } from '../../authorization/iam-needs.ts';
import { shownPolicy } from '../../authorization/unique-principals.ts';
import { SESSION_DURATION } from '../../limits.ts';
import type {
  CreateRoleRequest,
  ListPrincipalsRequest,
  ListRolesResult,
  RoleListEntry,
  RoleOperations,
  RoleRequest,
  RoleResult,
  UpdateAssumeRolePolicyRequest,
} from '../../requests.ts';
import { principalArn } from '../../state/principals.ts';
import type { KeystoreState, PrincipalRecord } from '../../state/records.ts';
import type { Draft, Edited, View } from '../../state/view.ts';
import { NUMBER, TEXT } from '../members.ts';
import type { Rows } from '../row.ts';
import { requireTrustPolicy, trustMembers } from './documents.ts';
import { ROLE } from './kinds.ts';
import {
  DOCUMENT,
  DURATION,
  ENTRY,
  IAM_PAGE,
  IAM_PAGE_ANSWER,
  PATH,
  PATH_PREFIX,
  ROLE_DESCRIPTION,
  TAGS,
  TAGS_ANSWER,
  WHERE,
} from './members.ts';
import { createPrincipal, findPrincipal, listPrincipals, withPrincipal } from './principals.ts';
import { commonRows, nameMember, OF_IAM } from './rows.ts';
import { parseTags, tagsOf } from './tag-rules.ts';

/** Makes a role. */
export function createRole(
  draft: Draft,
  {
    roleName,
    assumeRolePolicyDocument,
    description = '',
    maxSessionDuration = SESSION_DURATION.default,
    ...request
  }: CreateRoleRequest,
): Edited<RoleResult> {
  const trust = trustMembers(draft.state, assumeRolePolicyDocument);
  const members = { ...request, ...trust, description, maxSessionDuration };
  const { state, result } = createPrincipal(draft, ROLE, roleName, members);
  return { state, result: { role: { ...entryOf(state, result), tags: tagsOf(result) } } };
}

/** Returns a role. */
export function getRole(view: View, { roleName, ...where }: RoleRequest): RoleResult {
  const found = findPrincipal(view, ROLE, roleName, where);
  return { role: { ...entryOf(view.state, found), tags: tagsOf(found) } };
}

/** Lists roles by name. */
export function listRoles(view: View, request: ListPrincipalsRequest): ListRolesResult {
  const { entries, ...rest } = listPrincipals(view, ROLE, request);
  return { roles: entries.map((each) => entryOf(view.state, each)), ...rest };
}

/** Replaces the trust policy of a role. */
export function updateAssumeRolePolicy(
  draft: Draft,
  { roleName, policyDocument, ...where }: UpdateAssumeRolePolicyRequest,
): Edited<void> {
  const { trustPrincipals: _, ...kept } = findPrincipal(draft, ROLE, roleName, where);
  const changed = { ...kept, ...trustMembers(draft.state, policyDocument) };
  return { state: withPrincipal(draft.state, changed), result: undefined };
}

function entryOf(state: KeystoreState, role: PrincipalRecord): RoleListEntry {
  const { path, name, uniqueId, creationDate, description, trustPolicy = '', trustPrincipals } = role;
  return {
    path,
    roleName: name,
    roleId: uniqueId,
    arn: principalArn(state.partition, role),
    createDate: new Date(creationDate),
    assumeRolePolicyDocument: shownPolicy(state, trustPolicy, trustPrincipals),
    ...(description !== '' && { description }),
    maxSessionDuration: role.maxSessionDuration ?? SESSION_DURATION.default,
  };
}

const ROLE_ENTRY = {
  path: TEXT,
  roleName: TEXT,
  roleId: TEXT,
  ...ENTRY,
  assumeRolePolicyDocument: TEXT,
  description: TEXT,
  maxSessionDuration: NUMBER,
};
const ROLE_ANSWER = record({ ...ROLE_ENTRY, tags: TAGS_ANSWER });
const rows = commonRows(ROLE);

/** The rows of these operations. */
export const ROLE_ROWS: Rows<RoleOperations> = {
  createRole: {
    ...OF_IAM,
    request: {
      ...nameMember(ROLE),
      ...WHERE,
      assumeRolePolicyDocument: DOCUMENT,
      path: PATH,
      description: ROLE_DESCRIPTION,
      maxSessionDuration: DURATION,
      tags: optional(TAGS),
    },
    answer: { role: ROLE_ANSWER },
    readOnly: false,
    shown: ['role'],
    judge: ({ assumeRolePolicyDocument, tags = [] }) => {
      requireTrustPolicy(assumeRolePolicyDocument);
      parseTags(tags);
    },
    way: 'change',
    needs: onPrincipal('role'),
    work: createRole,
  },
  getRole: {
    ...OF_IAM,
    request: { ...nameMember(ROLE), ...WHERE },
    answer: { role: ROLE_ANSWER },
    readOnly: true,
    way: 'read',
    needs: onPrincipal('role'),
    work: getRole,
  },
  listRoles: {
    ...OF_IAM,
    request: { ...WHERE, pathPrefix: PATH_PREFIX, ...IAM_PAGE },
    answer: { roles: list(record(ROLE_ENTRY)), ...IAM_PAGE_ANSWER },
    readOnly: true,
    way: 'read',
    needs: onPrincipals('role'),
    work: listRoles,
  },
  updateAssumeRolePolicy: {
    ...OF_IAM,
    request: { ...nameMember(ROLE), ...WHERE, policyDocument: DOCUMENT },
    answer: {},
    readOnly: false,
    judge: ({ policyDocument }) => requireTrustPolicy(policyDocument),
    way: 'change',
    needs: onPrincipal('role'),
    work: updateAssumeRolePolicy,
  },
  deleteRole: rows.remove,
  putRolePolicy: rows.putPolicy,
  getRolePolicy: rows.policy,
  listRolePolicies: rows.policies,
  deleteRolePolicy: rows.deletePolicy,
  tagRole: rows.tag,
  untagRole: rows.untag,
};
