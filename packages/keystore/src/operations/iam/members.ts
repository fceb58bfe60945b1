/**
 * Members of the requests and answers about users and roles.
 * @module
 */

import { flag, integer, list, type Member, optional, record, text } from '@securestring/service';
import {
  MAX_IAM_MARKER_LENGTH,
  MAX_PAGE_LENGTH,
  MAX_PATH_LENGTH,
  MAX_POLICY_NAME_LENGTH,
  MAX_PRINCIPAL_NAME_LENGTH,
  MAX_ROLE_DESCRIPTION_LENGTH,
  MAX_TAG_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TAGS,
  SESSION_DURATION,
} from '../../limits.ts';
import { TEXT, TIME } from '../members.ts';
import { POLICY } from '../policies.ts';

const NAME = { least: 1, pattern: /^[\w+=,.@-]+$/, shown: '[\\w+=,.@-]+' };

export const PRINCIPAL_NAME: Member<false> = text({ ...NAME, most: MAX_PRINCIPAL_NAME_LENGTH });
export const POLICY_NAME: Member<false> = text({ ...NAME, most: MAX_POLICY_NAME_LENGTH });
export const DOCUMENT: Member<false> = POLICY;
export const ACCOUNT_ID: Member<true> = optional(text({ pattern: /^\d{12}$/, shown: '[0-9]{12}' }));
/** The member that names the account of a user or role. */
export const WHERE: Readonly<Record<'accountId', Member<true>>> = { accountId: ACCOUNT_ID };

const PATH_RULES = { least: 1, most: MAX_PATH_LENGTH };
export const PATH: Member<true> = optional(
  text({ ...PATH_RULES, pattern: /^\/(?:[!-~]+\/)?$/, shown: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)' }),
);
export const PATH_PREFIX: Member<true> = optional(
  text({ ...PATH_RULES, pattern: /^\/[!-\x7f]*$/, shown: '\\u002F[\\u0021-\\u007F]*' }),
);
export const ROLE_DESCRIPTION: Member<true> = optional(
  text({
    most: MAX_ROLE_DESCRIPTION_LENGTH,
    pattern: /^[\t\n\r -~\xa1-\xff]*$/,
    shown: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
  }),
);
export const DURATION: Member<true> = optional(integer(SESSION_DURATION));

const TAG_TEXT = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';
const TAG_KEY = text({
  least: 1,
  most: MAX_TAG_KEY_LENGTH,
  pattern: () => new RegExp(`^${TAG_TEXT}+$`, 'u'),
  shown: `${TAG_TEXT}+`,
});
const TAG_VALUE = text({
  most: MAX_TAG_VALUE_LENGTH,
  pattern: () => new RegExp(`^${TAG_TEXT}*$`, 'u'),
  shown: `${TAG_TEXT}*`,
});
export const TAGS: Member<false> = list(record({ key: TAG_KEY, value: TAG_VALUE }), { most: MAX_TAGS });
export const TAG_KEYS: Member<false> = list(TAG_KEY, { most: MAX_TAGS });

/** Where a page of a list begins, and how long it is. */
export const IAM_PAGE: Readonly<Record<'maxItems' | 'marker', Member<true>>> = {
  maxItems: optional(integer({ least: 1, most: MAX_PAGE_LENGTH })),
  marker: optional(
    text({ least: 1, most: MAX_IAM_MARKER_LENGTH, pattern: /^[ -\xff]+$/, shown: '[\\u0020-\\u00FF]+' }),
  ),
};
/** The members that lead from a page of a list to the next one. */
export const IAM_PAGE_ANSWER: Readonly<Record<'isTruncated' | 'marker', Member>> = {
  isTruncated: flag(),
  marker: text(),
};

/** Members of answers that users and roles share. */
export const ENTRY: Readonly<Record<'arn' | 'createDate', Member>> = { arn: TEXT, createDate: TIME };
export const TAGS_ANSWER: Member<false> = list(record({ key: TEXT, value: TEXT }));
