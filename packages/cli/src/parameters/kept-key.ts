/**
 * The key of a new version. AWS's rule, which the library keeps, is `alias/aws/ssm` unless a key is named, whatever key
 * the parameter had. The command line keeps the parameter's own key, and says so.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import type { ParameterMetadata, ParameterStore, ParameterType } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { described } from './lookup.ts';

const DEFAULT_KEY = 'alias/aws/ssm';

/**
 * The key that a parameter keeps; `undefined` where the default key is its own, or no key is. A note says so of any
 * other.
 *
 * @param type that of the new version; default that of the present one.
 */
export function keptKey(
  context: Context,
  present: ParameterMetadata | undefined,
  type: ParameterType | undefined = present?.type,
): string | undefined {
  const keyId = present?.keyId;
  if (present === undefined || type !== 'SecureString' || keyId === undefined || keyId === DEFAULT_KEY)
    return undefined;
  context.note(`${excerpt(present.name)} stays under its key ${excerpt(keyId)}. For another give --key-id.`);
  return keyId;
}

/** A put whose key is not decided yet. */
interface Overwrite {
  readonly name: string;
  readonly type?: ParameterType;
  readonly keyId?: string;
  readonly overwrite?: boolean;
}

/** The same for requests of a put or an import: adds the key to those that overwrite and name none. */
export async function withKeptKey<Request extends Overwrite>(
  context: Context,
  parameters: ParameterStore,
  request: Request,
): Promise<Request> {
  if (request.overwrite !== true || request.keyId !== undefined) return request;
  const keyId = keptKey(context, await described(parameters, request.name), request.type);
  return keyId === undefined ? request : { ...request, keyId };
}
