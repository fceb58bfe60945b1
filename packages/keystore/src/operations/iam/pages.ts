/**
 * Pages of IAM's lists, which have other names than those of KMS.
 * @module
 */

import { IamError, KmsError } from '../../errors.ts';
import type { IamPageRequest, IamPageResult } from '../../requests.ts';
import { page } from '../pages.ts';

/**
 * Returns the entries that follow the request's marker, by name.
 *
 * @throws `IamError` (`ValidationError`) for a marker that is not of a list's.
 */
export function iamPage<Entry>(
  all: readonly Entry[],
  nameOf: (entry: Entry) => string,
  { maxItems, marker }: IamPageRequest,
): { readonly entries: readonly Entry[] } & IamPageResult {
  try {
    const request = { ...(maxItems !== undefined && { limit: maxItems }), ...(marker !== undefined && { marker }) };
    const { entries, truncated, nextMarker } = page(all, nameOf, request);
    return { entries, isTruncated: truncated, ...(nextMarker !== undefined && { marker: nextMarker }) };
  } catch (error) {
    // KMS's refusal of a marker is the only error that a page can have.
    if (error instanceof KmsError) throw new IamError('ValidationError', `Invalid Marker: ${error.message}`);
    throw error;
  }
}
