/**
 * The operations on users.
 * @module
 */

import { list, optional, record } from '@securestring/service';
import { onPrincipal, onPrincipals } from '../../authorization/iam-needs.ts';
import type {
  CreateUserRequest,
  ListPrincipalsRequest,
  ListUsersResult,
  UserListEntry,
  UserOperations,
  UserRequest,
  UserResult,
} from '../../requests.ts';
import { principalArn } from '../../state/principals.ts';
import type { KeystoreState, PrincipalRecord } from '../../state/records.ts';
import type { Draft, Edited, View } from '../../state/view.ts';
import { TEXT } from '../members.ts';
import type { Rows } from '../row.ts';
import { USER } from './kinds.ts';
import { ENTRY, IAM_PAGE, IAM_PAGE_ANSWER, PATH, PATH_PREFIX, TAGS, TAGS_ANSWER, WHERE } from './members.ts';
import { createPrincipal, findPrincipal, listPrincipals } from './principals.ts';
import { commonRows, nameMember, OF_IAM } from './rows.ts';
import { parseTags, tagsOf } from './tag-rules.ts';

/** Makes a user. */
export function createUser(draft: Draft, { userName, ...request }: CreateUserRequest): Edited<UserResult> {
  const none = { description: '', trustPolicy: undefined, maxSessionDuration: undefined };
  const { state, result } = createPrincipal(draft, USER, userName, { ...request, ...none });
  return { state, result: { user: { ...entryOf(state, result), tags: tagsOf(result) } } };
}

/** Returns a user. */
export function getUser(view: View, { userName, ...where }: UserRequest): UserResult {
  const found = findPrincipal(view, USER, userName, where);
  return { user: { ...entryOf(view.state, found), tags: tagsOf(found) } };
}

/** Lists users by name. */
export function listUsers(view: View, request: ListPrincipalsRequest): ListUsersResult {
  const { entries, ...rest } = listPrincipals(view, USER, request);
  return { users: entries.map((each) => entryOf(view.state, each)), ...rest };
}

function entryOf({ partition }: KeystoreState, user: PrincipalRecord): UserListEntry {
  const { path, name, uniqueId, creationDate } = user;
  const arn = principalArn(partition, user);
  return { path, userName: name, userId: uniqueId, arn, createDate: new Date(creationDate) };
}

const USER_ENTRY = { path: TEXT, userName: TEXT, userId: TEXT, ...ENTRY };
const USER_ANSWER = record({ ...USER_ENTRY, tags: TAGS_ANSWER });
const rows = commonRows(USER);

/** The rows of these operations. */
export const USER_ROWS: Rows<UserOperations> = {
  createUser: {
    ...OF_IAM,
    request: { ...nameMember(USER), ...WHERE, path: PATH, tags: optional(TAGS) },
    answer: { user: USER_ANSWER },
    readOnly: false,
    shown: ['user'],
    judge: ({ tags = [] }) => void parseTags(tags),
    way: 'change',
    needs: onPrincipal('user'),
    work: createUser,
  },
  getUser: {
    ...OF_IAM,
    request: { ...nameMember(USER), ...WHERE },
    answer: { user: USER_ANSWER },
    readOnly: true,
    way: 'read',
    needs: onPrincipal('user'),
    work: getUser,
  },
  listUsers: {
    ...OF_IAM,
    request: { ...WHERE, pathPrefix: PATH_PREFIX, ...IAM_PAGE },
    answer: { users: list(record(USER_ENTRY)), ...IAM_PAGE_ANSWER },
    readOnly: true,
    way: 'read',
    needs: onPrincipals('user'),
    work: listUsers,
  },
  deleteUser: rows.remove,
  putUserPolicy: rows.putPolicy,
  getUserPolicy: rows.policy,
  listUserPolicies: rows.policies,
  deleteUserPolicy: rows.deletePolicy,
  tagUser: rows.tag,
  untagUser: rows.untag,
};
