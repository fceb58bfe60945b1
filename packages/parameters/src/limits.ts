/**
 * Every number of Parameter Store's rules, and of how much one operation reads, in one place.
 * @module
 */

/** Most parameters of an account and Region in each tier. */
export const MAX_PARAMETERS = { Standard: 10_000, Advanced: 100_000 } as const;
/** Largest value of each tier, in bytes of UTF-8. */
export const MAX_VALUE_LENGTH = { Standard: 4096, Advanced: 8192 } as const;
/** Longest parameter name or ARN in a request, in characters. */
export const MAX_NAME_LENGTH = 2048;
/** Longest name that is stored, in characters: so long may an ARN be. */
export const MAX_STORED_NAME_LENGTH = 1011;
/** Longest description in characters. */
export const MAX_DESCRIPTION_LENGTH = 1024;
/** Longest regular expression in characters. */
export const MAX_PATTERN_LENGTH = 1024;
/** Steps that a regular expression may take for each character of a value. */
export const MAX_PATTERN_STEPS = 5000;
/** Longest regular expression with its repetitions written out, in characters. A longer one is not even compiled. */
export const MAX_EXPANDED_PATTERN_LENGTH = 25_000;
/** Longest key id in characters. */
export const MAX_KEY_ID_LENGTH = 256;
/** Longest name of a data type in characters. */
export const MAX_DATA_TYPE_LENGTH = 128;
/** Longest text of policies in characters. */
export const MAX_POLICIES_LENGTH = 4096;
/** Most policies of one parameter. */
export const MAX_POLICIES = 10;
/** Most versions that are kept of one parameter. */
export const MAX_VERSIONS = 100;
/** Most labels of one version, and of one request. */
export const MAX_LABELS = 10;
/** Longest label in characters. */
export const MAX_LABEL_LENGTH = 100;
/** Most tags of one parameter. */
export const MAX_TAGS = 50;
/** Most tags of one request. Many may replace tags that the parameter has. */
export const MAX_REQUEST_TAGS = 1000;
/** Longest key and value of a tag in characters. */
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;
/** Longest id and value of a setting in characters. */
export const MAX_SETTING_ID_LENGTH = 1000;
export const MAX_SETTING_VALUE_LENGTH = 4096;
/** Most names of one GetParameters or DeleteParameters. */
export const MAX_BULK_NAMES = 10;
/** Most parameters of a page by path, and of a page without a limit. */
export const MAX_PATH_PAGE_LENGTH = 10;
/** Most entries of any other page, and of a page without a limit. */
export const MAX_PAGE_LENGTH = 50;
/** Longest `nextToken` in characters. */
export const MAX_TOKEN_LENGTH = 4096;
/** Most values of one filter, and the longest of them in characters. */
export const MAX_FILTER_VALUES = 50;
export const MAX_FILTER_VALUE_LENGTH = 1024;
/** Longest key and option of a filter in characters. */
export const MAX_FILTER_KEY_LENGTH = 132;
export const MAX_FILTER_OPTION_LENGTH = 10;
/** Most entries that one page of a list looks at. After so many, the page ends early, with a token to go on. */
export const MAX_SCANNED_ENTRIES = 1000;
/** Entries that a list reads from the storage at once. */
export const SCAN_LENGTH = 64;
/** Most sub-trees that one page by path passes over. After so many, the page ends early, with a token to go on. */
export const MAX_SKIPPED_TREES = 200;
/** Most entries that one commit of any storage changes: every one must take so many. */
export const MAX_COMMIT_LENGTH = 500;
/** Most attempts at reading all of a parameter that other writers change at the same time. */
export const MAX_ATTEMPTS = 100;
/** The last time that a `Date` can hold, in ms. */
export const MAX_TIME = 8_640_000_000_000_000;
