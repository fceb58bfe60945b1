/**
 * The services and operations of the aws command line that this store has. The rows of the operations say which
 * options there are.
 * @module
 */

import { OPERATIONS as KMS_OPERATIONS } from '@securestring/keystore/operations';
import { OPERATIONS as SSM_OPERATIONS } from '@securestring/parameters/operations';
import { type AnyOperation, type Member, type Members, text, wireName } from '@securestring/service';

/** An operation. */
export interface AwsOperation {
  /** AWS's name, such as `GetParameter`. */
  readonly name: string;
  /** The name of its row, such as `getParameter`. */
  readonly row: string;
  /** Its options. */
  readonly request: Members;
  /** Members that are refused if they are sent. */
  readonly refused: Members;
  readonly answer: Members;
  readonly pages: Pages | undefined;
}

/** The members that lead from page to page, by AWS's names. */
export interface Pages {
  /** Of the request: where a page begins, and how long it is. */
  readonly input: string;
  readonly limit: string;
  /** Of the answer: where the next one begins, whether there is one, and the entries. */
  readonly output: string;
  readonly more: string | undefined;
  readonly result: string;
}

/** A service. */
export interface AwsService {
  readonly name: string;
  readonly title: string;
  /** By the names that are typed, such as `get-parameter`. */
  readonly operations: ReadonlyMap<string, AwsOperation>;
}

/** The rows of IAM that are AWS's in their whole. */
const IAM = /^(?:create|get|list|delete|put|tag|untag|updateAssume)(?:Users?|Roles?)(?:Policy|Policies)?$/;
const CALLER_IDENTITY = { request: {}, answer: { userId: text(), account: text(), arn: text() } };

/** The pairs of members that pages have: of Parameter Store, of KMS, of IAM. */
const PAGES = [
  { input: 'nextToken', limit: 'maxResults', output: 'nextToken', more: undefined },
  { input: 'marker', limit: 'limit', output: 'nextMarker', more: 'truncated' },
  { input: 'marker', limit: 'maxItems', output: 'marker', more: 'isTruncated' },
] as const;

type Rows = Readonly<Record<string, Pick<AnyOperation, 'request' | 'answer' | 'refused' | 'isOurs'>>>;

const KMS: Rows = KMS_OPERATIONS;

/** By the names that are typed. */
export const SERVICES: ReadonlyMap<string, AwsService> = new Map(
  [
    serviceOf(
      'iam',
      'Users, roles and their policies',
      chosen(KMS, (name) => IAM.test(name)),
    ),
    serviceOf(
      'kms',
      'Keys',
      chosen(KMS, (_, { isOurs }) => isOurs !== true),
    ),
    serviceOf(
      'ssm',
      'Parameters',
      chosen(SSM_OPERATIONS, (_, { isOurs }) => isOurs !== true),
    ),
    serviceOf('sts', 'Who calls, and sessions of roles', {
      assumeRole: KMS_OPERATIONS.assumeRole,
      getCallerIdentity: CALLER_IDENTITY,
    }),
  ].map((service) => [service.name, service]),
);

function chosen(rows: Rows, isWanted: (name: string, row: Rows[string]) => boolean): Rows {
  return Object.fromEntries(Object.entries(rows).filter(([name, row]) => isWanted(name, row)));
}

function serviceOf(name: string, title: string, rows: Rows): AwsService {
  const operations = Object.entries(rows)
    .map(([row, { request, refused = {}, answer }]): [string, AwsOperation] => {
      const awsName = `${row.charAt(0).toUpperCase()}${row.slice(1)}`;
      // The account of a user or role is a member of ours.
      const { accountId: _, ...own } = request;
      const members = name === 'iam' ? own : request;
      return [
        optionName(awsName),
        { name: awsName, row, request: members, refused, answer, pages: pagesOf(members, answer) },
      ];
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return { name, title, operations: new Map(operations) };
}

function pagesOf(request: Members, answer: Members): Pages | undefined {
  const found = PAGES.find(({ input, limit, output }) => input in request && limit in request && output in answer);
  const result = Object.entries(answer).find(([, { wire }]) => typeof wire === 'object' && 'list' in wire);
  if (found === undefined || result === undefined) return undefined;
  const { input, limit, output, more } = found;
  return {
    input: awsNameIn(request, input),
    limit: awsNameIn(request, limit),
    output: awsNameIn(answer, output),
    more: more && awsNameIn(answer, more),
    result: wireName(...result),
  };
}

function awsNameIn(members: Members, name: string): string {
  return wireName(name, members[name] as Member);
}

/** Writes a name as options have it: `KeyId` as `key-id`, `AWSAccountId` as `aws-account-id`. */
export function optionName(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
