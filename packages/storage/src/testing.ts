/**
 * For tests: the contract of a storage of entries, to check one of your own.
 * @module
 */

import { ENTRY_RULES } from './contract/entries.ts';
import { PLACE_RULES } from './contract/places.ts';
import type { StorageRule } from './contract/rule.ts';

export type { Reopen, StorageRule } from './contract/rule.ts';

/**
 * Every rule that a storage of entries keeps; each check makes a storage of its own.
 *
 * @example
 * for (const { rule, check } of storageContract) test(rule, () => check(open, reopen));
 */
export const storageContract: readonly StorageRule[] = [...ENTRY_RULES, ...PLACE_RULES];
