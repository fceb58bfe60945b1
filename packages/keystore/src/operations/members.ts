/**
 * Members that several operations of KMS share.
 * @module
 */

import { PLAIN_TEXT_HINT } from '@securestring/core/bytes';
import {
  blob,
  flag,
  integer,
  list,
  type Member,
  named,
  oneOf,
  optional,
  record,
  secret,
  text,
  time,
  unsupported,
} from '@securestring/service';
import { KmsError } from '../errors.ts';
import {
  MATERIAL_ID_LENGTH,
  MAX_CIPHERTEXT_LENGTH,
  MAX_DESCRIPTION_LENGTH,
  MAX_GENERATED_LENGTH,
  MAX_GRANT_TOKEN_LENGTH,
  MAX_GRANT_TOKENS,
  MAX_KEY_ID_LENGTH,
  MAX_MARKER_LENGTH,
  MAX_MATERIAL_DESCRIPTION_LENGTH,
  MAX_PAGE_LENGTH,
  MAX_PLAINTEXT_LENGTH,
  MAX_TAG_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TAGS,
} from '../limits.ts';

/** A key id, key ARN, alias name or alias ARN. The work of an operation decides which of them it takes. */
export const KEY_ID: Member<false> = text({ least: 1, most: MAX_KEY_ID_LENGTH });
export const PLAINTEXT: Member<false> = blob({ least: 1, most: MAX_PLAINTEXT_LENGTH }, PLAIN_TEXT_HINT);
export const CIPHERTEXT: Member<false> = blob({ least: 1, most: MAX_CIPHERTEXT_LENGTH });
export const BYTE_COUNT: Member<false> = integer({ least: 1, most: MAX_GENERATED_LENGTH });
export const FLAG: Member<true> = optional(flag());

/** Where a page of a list begins, and how long it is. */
export const PAGE: Readonly<Record<'limit' | 'marker', Member<true>>> = {
  limit: optional(integer({ least: 1, most: MAX_PAGE_LENGTH })),
  marker: optional(text({ least: 1, most: MAX_MARKER_LENGTH, pattern: /^[ -\xff]*$/, shown: '[\\u0020-\\u00FF]*' })),
};

/** The members that lead from a page of a list to the next one. */
export const PAGE_ANSWER: Readonly<Record<'truncated' | 'nextMarker', Member>> = {
  nextMarker: text(),
  truncated: flag(),
};

export const TAGS: Member<false> = list(
  record({
    tagKey: text({ least: 1, most: MAX_TAG_KEY_LENGTH }),
    tagValue: text({ most: MAX_TAG_VALUE_LENGTH }),
  }),
);
export const TAG_KEYS: Member<false> = list(text({ least: 1, most: MAX_TAG_KEY_LENGTH }));
export const TAGS_LIMIT: Member<true> = optional(integer({ least: 1, most: MAX_TAGS }));

/** 64 hex digits. */
export const MATERIAL_ID: Member<true> = optional(
  text({ least: MATERIAL_ID_LENGTH, most: MATERIAL_ID_LENGTH, pattern: /^[a-f0-9]+$/ }),
);
export const MATERIAL_DESCRIPTION: Member<true> = optional(
  text({
    most: MAX_MATERIAL_DESCRIPTION_LENGTH,
    // An empty one removes the description.
    pattern: /^[a-zA-Z0-9:/_\s.-]*$/,
    shown: '^[a-zA-Z0-9:/_\\s.-]+$',
  }),
);

/** Makes a member of AWS's that this keystore cannot honour. A value that changes nothing passes. */
export function notHere(isHarmless: (value: unknown) => boolean = () => false): Member<true> {
  return unsupported(
    (place) => new KmsError('UnsupportedOperationException', `This keystore honours no ${place}: leave it out.`),
    isHarmless,
  );
}

export const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Grant tokens. They are verified before the work of each operation that takes them. As on AWS, no event has them. */
export const GRANT_TOKENS: Member<true> = optional(
  secret(list(text({ least: 1, most: MAX_GRANT_TOKEN_LENGTH }), { most: MAX_GRANT_TOKENS })),
);

/** Members of answers. An answer is made here, so they are not checked. */
export const TEXT: Member<false> = text();
export const TIME: Member<false> = time();
export const TEXTS: Member<false> = list(TEXT);
export const NUMBER: Member<false> = integer({ least: 0, most: Number.MAX_SAFE_INTEGER });
export const YES_OR_NO: Member<false> = flag();
export const BYTES: Member<false> = blob({ least: 0, most: Number.POSITIVE_INFINITY });

/** AWS's name of the one encryption algorithm here. */
export const ALGORITHM = 'SYMMETRIC_DEFAULT';
/** AWS's encryption algorithms, for the text of a refusal. Only {@link ALGORITHM} is supported. */
export const ALGORITHMS: Member<false> = oneOf(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', ALGORITHM, 'SM2PKE']);

const REGION_OF_KEY = record({ arn: TEXT, region: TEXT });

/** The description of a key in answers. */
export const KEY_METADATA: Member<false> = record({
  awsAccountId: named('AWSAccountId', TEXT),
  keyId: TEXT,
  arn: TEXT,
  creationDate: TIME,
  enabled: YES_OR_NO,
  description: TEXT,
  keyUsage: TEXT,
  keyState: TEXT,
  deletionDate: TIME,
  validTo: TIME,
  origin: TEXT,
  expirationModel: TEXT,
  keyManager: TEXT,
  customerMasterKeySpec: TEXT,
  keySpec: TEXT,
  encryptionAlgorithms: TEXTS,
  multiRegion: YES_OR_NO,
  multiRegionConfiguration: record({
    multiRegionKeyType: TEXT,
    primaryKey: REGION_OF_KEY,
    replicaKeys: list(REGION_OF_KEY),
  }),
  macAlgorithms: TEXTS,
  currentKeyMaterialId: TEXT,
});

/** The members of a request that names a key, and nothing else. */
export const KEY: Readonly<Record<'keyId', Member<false>>> = { keyId: KEY_ID };
export const DESCRIPTION: Member<false> = text({ most: MAX_DESCRIPTION_LENGTH });
/** Keys in answers, by id and ARN. */
export const KEY_NAMES: Member<false> = list(record({ keyId: TEXT, keyArn: TEXT }));
