/**
 * Members that several operations of Parameter Store have.
 * @module
 */

import { flag, integer, list, type Member, named, oneOf, optional, record, text, time } from '@securestring/service';
import {
  MAX_BULK_NAMES,
  MAX_FILTER_KEY_LENGTH,
  MAX_FILTER_OPTION_LENGTH,
  MAX_FILTER_VALUE_LENGTH,
  MAX_FILTER_VALUES,
  MAX_LABELS,
  MAX_NAME_LENGTH,
  MAX_REQUEST_TAGS,
  MAX_TAG_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TOKEN_LENGTH,
} from '../limits.ts';

/** A name, a path or an ARN. `rules/names.ts` judges its form. */
export const NAME: Member<false> = text({ least: 1, most: MAX_NAME_LENGTH });
export const NAMES: Member<false> = list(NAME, { least: 1, most: MAX_BULK_NAMES });
export const FLAG: Member<true> = optional(flag());
export const VERSION: Member<false> = integer({ least: 1, most: Number.MAX_SAFE_INTEGER });

/** Labels. One that is too long is not a fault: the answer lists it as invalid. */
export const LABELS: Member<false> = list(text(), { least: 1, most: MAX_LABELS });

const TAG_TEXT = () => /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
const TAG_KEY = text({ least: 1, most: MAX_TAG_KEY_LENGTH, pattern: TAG_TEXT });
export const TAG_KEYS: Member<false> = list(TAG_KEY, { most: MAX_REQUEST_TAGS });
export const TAGS: Member<false> = list(
  record({ key: TAG_KEY, value: text({ most: MAX_TAG_VALUE_LENGTH, pattern: TAG_TEXT }) }),
  { most: MAX_REQUEST_TAGS },
);

/** Filters. An empty list of values has its own refusal, which names the key. */
export const FILTERS: Member<true> = optional(
  list(
    record({
      key: text({
        least: 1,
        most: MAX_FILTER_KEY_LENGTH,
        pattern: /^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$/,
        shown: 'tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType',
      }),
      option: optional(text({ least: 1, most: MAX_FILTER_OPTION_LENGTH })),
      values: optional(list(text({ least: 1, most: MAX_FILTER_VALUE_LENGTH }), { most: MAX_FILTER_VALUES })),
    }),
  ),
);

/** Filters in the old form. */
export const OLD_FILTERS: Member<true> = optional(
  list(
    record({
      key: oneOf(['Name', 'Type', 'KeyId']),
      values: list(text({ least: 1, most: MAX_FILTER_VALUE_LENGTH }), { least: 1, most: MAX_FILTER_VALUES }),
    }),
  ),
);

/** Returns the members that choose a page of a list. */
export function pageOf(most: number): Readonly<Record<'maxResults' | 'nextToken', Member<true>>> {
  return {
    maxResults: optional(integer({ least: 1, most })),
    nextToken: optional(text({ most: MAX_TOKEN_LENGTH })),
  };
}

/** Forms of answers. The store makes them itself, so nothing judges them. */
export const TEXT: Member<false> = text();
export const TEXTS: Member<false> = list(TEXT);
export const TIME: Member<false> = time();
export const ARN: Member<false> = named('ARN', TEXT);
const POLICIES = list(record({ policyText: TEXT, policyType: TEXT, policyStatus: TEXT }));

export const PARAMETER: Member<false> = record({
  name: TEXT,
  type: TEXT,
  value: TEXT,
  version: VERSION,
  selector: TEXT,
  lastModifiedDate: TIME,
  arn: ARN,
  dataType: TEXT,
});

/** The members of a version that DescribeParameters and GetParameterHistory share, in AWS's order of an answer. */
const MADE = {
  type: TEXT,
  keyId: TEXT,
  lastModifiedDate: TIME,
  lastModifiedUser: TEXT,
  description: TEXT,
} as const;
const STORED = { tier: TEXT, policies: POLICIES, dataType: TEXT } as const;
const RULED = { allowedPattern: TEXT, version: VERSION } as const;
export const METADATA: Member<false> = record({ name: TEXT, arn: ARN, ...MADE, ...RULED, ...STORED });
export const HISTORY: Member<false> = record({
  name: TEXT,
  ...MADE,
  value: TEXT,
  ...RULED,
  labels: TEXTS,
  ...STORED,
});

export const SERVICE_SETTING: Member<false> = record({
  settingId: TEXT,
  settingValue: TEXT,
  lastModifiedDate: TIME,
  lastModifiedUser: TEXT,
  arn: ARN,
  status: TEXT,
});
