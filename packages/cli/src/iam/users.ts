/**
 * Users, by the words of their commands.
 * @module
 */

import type { User, UserListEntry } from '@securestring/keystore';
import { type Answer, allIamPages, type Kind, type Shown } from './kind.ts';

export const USERS: Kind = {
  word: 'user',
  description: 'make and delete users, each of whom has access keys of its own',
  examples: [
    'securestring iam user create alice --path /team/',
    'securestring iam user get alice',
    'securestring iam user list --path-prefix /team/',
    'securestring iam user tag alice --tags team=a',
    'securestring iam user untag alice --tag-keys team',
    'securestring iam user delete alice',
  ],
  addOptions: (create) => create,
  create: async (keystore, userName, { path, tags, accountId }) => {
    const request = { ...(path !== undefined && { path }), ...(tags && { tags }), ...(accountId && { accountId }) };
    return answerOf(await keystore.createUser({ ...request, userName }));
  },
  find: async (keystore, userName, where) => answerOf(await keystore.getUser({ ...where, userName })),
  list: async (keystore, request) => {
    const users = await allIamPages(
      (page) => keystore.listUsers({ ...request, ...page }),
      (result) => result.users,
    );
    return { shape: { users }, shown: users.map(shownOf) };
  },
  remove: (keystore, userName, where) => keystore.deleteUser({ ...where, userName }),
  tag: (keystore, userName, tags, where) => keystore.tagUser({ ...where, userName, tags }),
  untag: (keystore, userName, tagKeys, where) => keystore.untagUser({ ...where, userName, tagKeys }),
};

function answerOf({ user }: { readonly user: User }): Answer {
  return { shape: { user }, shown: { ...shownOf(user), tags: user.tags } };
}

function shownOf({ userName, userId, arn, createDate }: UserListEntry): Omit<Shown, 'tags'> {
  return { name: userName, id: userId, arn, createDate };
}
