/**
 * The rows that users and roles have alike.
 * @module
 */

import type { Member, Refuse } from '@securestring/service';
import { onPrincipal } from '../../authorization/iam-needs.ts';
import { IamError } from '../../errors.ts';
import type { IamPageRequest, IamTag, InAccount, InlinePolicy, ListInlinePoliciesResult } from '../../requests.ts';
import type { Draft, View } from '../../state/view.ts';
import { TEXT, TEXTS } from '../members.ts';
import type { Rows } from '../row.ts';
import { parseDocument } from './documents.ts';
import type { Kind } from './kinds.ts';
import { DOCUMENT, IAM_PAGE, IAM_PAGE_ANSWER, POLICY_NAME, PRINCIPAL_NAME, TAG_KEYS, TAGS, WHERE } from './members.ts';
import { deletePolicy, listPolicies, type PolicyName, policyOf, putPolicy } from './policies.ts';
import { deletePrincipal } from './principals.ts';
import { parseTags } from './tag-rules.ts';
import { tagPrincipal, untagPrincipal } from './tags.ts';

/** A request that names a user or role. */
export type Named<Name extends string> = Readonly<Record<Name, string>> & InAccount;

const refuse: Refuse = (_, message) => new IamError('ValidationError', message);
/** The members of each row: AWS has these operations in IAM, and KMS has none of them. */
export const OF_IAM: { readonly isOurs: true; readonly refuse: Refuse } = { isOurs: true, refuse };
const READ = { ...OF_IAM, readOnly: true, way: 'read' } as const;
const SILENT = { ...OF_IAM, answer: {}, readOnly: false, way: 'change' } as const;

/** Makes the member that names a user or role. */
export function nameMember<Name extends string>({ member }: Kind<Name>): Readonly<Record<Name, Member<false>>> {
  return { [member]: PRINCIPAL_NAME } as Readonly<Record<Name, Member<false>>>;
}

/** The operations of a kind that differ from those of the other in names alone. */
export interface CommonOperations<Name extends string> {
  remove(request: Named<Name>): Promise<void>;
  tag(request: Tagged<Name>): Promise<void>;
  untag(request: Untagged<Name>): Promise<void>;
  putPolicy(request: Named<Name> & InlinePolicy): Promise<void>;
  policy(request: Named<Name> & PolicyName): Promise<Readonly<Record<Name, string>> & InlinePolicy>;
  policies(request: Named<Name> & IamPageRequest): Promise<ListInlinePoliciesResult>;
  deletePolicy(request: Named<Name> & PolicyName): Promise<void>;
}

type Tagged<Name extends string> = Named<Name> & { readonly tags: readonly IamTag[] };
type Untagged<Name extends string> = Named<Name> & { readonly tagKeys: readonly string[] };

/** Makes the rows of a kind that differ from those of the other in names alone. */
export function commonRows<Name extends string>(kind: Kind<Name>): Rows<CommonOperations<Name>> {
  const rows: Readonly<Record<keyof CommonOperations<Name>, object>> = { ...ownRows(kind), ...policyRows(kind) };
  // The compiler does not follow the name of a member that the kind has.
  return rows as Rows<CommonOperations<Name>>;
}

function ownRows<Name extends string>(kind: Kind<Name>) {
  const { member, type } = kind;
  const request = { ...nameMember(kind), ...WHERE };
  const common = { ...SILENT, needs: onPrincipal(type) };
  return {
    remove: {
      ...common,
      request,
      work: (draft: Draft, sent: Named<Name>) => deletePrincipal(draft, kind, sent[member], sent),
    },
    tag: {
      ...common,
      request: { ...request, tags: TAGS },
      judge: ({ tags }: Tagged<Name>) => void parseTags(tags),
      work: (draft: Draft, sent: Tagged<Name>) => tagPrincipal(draft, kind, sent[member], sent),
    },
    untag: {
      ...common,
      request: { ...request, tagKeys: TAG_KEYS },
      work: (draft: Draft, sent: Untagged<Name>) => untagPrincipal(draft, kind, sent[member], sent),
    },
  };
}

function policyRows<Name extends string>(kind: Kind<Name>) {
  const { member, type } = kind;
  const request = { ...nameMember(kind), ...WHERE };
  const policy = { ...request, policyName: POLICY_NAME };
  const needs = onPrincipal(type);
  return {
    putPolicy: {
      ...SILENT,
      request: { ...policy, policyDocument: DOCUMENT },
      judge: ({ policyDocument }: InlinePolicy) => void parseDocument(policyDocument, 'identity'),
      needs,
      work: (draft: Draft, sent: Named<Name> & InlinePolicy) => putPolicy(draft, kind, sent[member], sent),
    },
    policy: {
      ...READ,
      request: policy,
      answer: { [member]: TEXT, policyName: TEXT, policyDocument: TEXT },
      needs,
      work: (view: View, sent: Named<Name> & PolicyName) => ({
        ...policyOf(view, kind, sent[member], sent),
        [member]: sent[member],
      }),
    },
    policies: {
      ...READ,
      request: { ...request, ...IAM_PAGE },
      answer: { policyNames: TEXTS, ...IAM_PAGE_ANSWER },
      needs,
      work: (view: View, sent: Named<Name> & IamPageRequest) => listPolicies(view, kind, sent[member], sent),
    },
    deletePolicy: {
      ...SILENT,
      request: policy,
      needs,
      work: (draft: Draft, sent: Named<Name> & PolicyName) => deletePolicy(draft, kind, sent[member], sent),
    },
  };
}
