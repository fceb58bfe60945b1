/**
 * Roles, by the words of their commands.
 * @module
 */

import type { Role, RoleListEntry } from '@securestring/keystore';
import { wholeNumber } from '../command/option-values.ts';
import { readPolicy } from '../io/policy-file.ts';
import { type Answer, allIamPages, type Kind, type Shown } from './kind.ts';

export const ROLES: Kind = {
  word: 'role',
  description: 'make and delete roles, in whose sessions others call',
  examples: [
    'securestring iam role create app --trust-policy trust.json',
    'securestring iam role trust app trust.json',
    'securestring iam role get app --json',
    'securestring iam role list',
    'securestring iam role tag app --tags team=a',
    'securestring iam role untag app --tag-keys team',
    'securestring iam role delete app',
  ],
  addOptions: (create) =>
    create
      .requiredOption('--trust-policy <file>', 'who may assume it, a policy as JSON; - for standard input')
      .option('--description <text>', 'what it is for')
      .option('--max-session-duration <seconds>', 'its longest session, 3600 to 43200 (default: 3600)', wholeNumber),
  create: async (keystore, roleName, options, stdin) => {
    const { path, tags, accountId, trustPolicy = '', description, maxSessionDuration } = options;
    const request = {
      ...(path !== undefined && { path }),
      ...(tags && { tags }),
      ...(accountId !== undefined && { accountId }),
      ...(description !== undefined && { description }),
      ...(maxSessionDuration !== undefined && { maxSessionDuration }),
    };
    const assumeRolePolicyDocument = await readPolicy(trustPolicy, stdin);
    return answerOf(await keystore.createRole({ ...request, roleName, assumeRolePolicyDocument }));
  },
  find: async (keystore, roleName, where) => answerOf(await keystore.getRole({ ...where, roleName })),
  list: async (keystore, request) => {
    const roles = await allIamPages(
      (page) => keystore.listRoles({ ...request, ...page }),
      (result) => result.roles,
    );
    return { shape: { roles }, shown: roles.map(shownOf) };
  },
  remove: (keystore, roleName, where) => keystore.deleteRole({ ...where, roleName }),
  tag: (keystore, roleName, tags, where) => keystore.tagRole({ ...where, roleName, tags }),
  untag: (keystore, roleName, tagKeys, where) => keystore.untagRole({ ...where, roleName, tagKeys }),
};

function answerOf({ role }: { readonly role: Role }): Answer {
  return { shape: { role }, shown: { ...shownOf(role), tags: role.tags } };
}

function shownOf(role: RoleListEntry): Omit<Shown, 'tags'> {
  const { roleName, roleId, arn, createDate, description, maxSessionDuration } = role;
  const text = description === undefined ? {} : { description };
  return { name: roleName, id: roleId, arn, createDate, ...text, maxSessionDuration };
}
