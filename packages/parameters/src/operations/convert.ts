/**
 * Moves a parameter to the advanced tier.
 * @module
 */

import { validationError } from '../errors.ts';
import type { ConvertToAdvancedRequest, PutParameterResult } from '../requests.ts';
import { notFound, parseTarget } from '../rules/names.ts';
import { type Context, nameOf, openedValue, takeHead } from './parameter.ts';
import { parsePut, withRoom, write } from './put.ts';

/** Reads and writes in one change: if another value is put meanwhile, that value is moved. */
export async function convertToAdvanced(
  context: Context,
  { name, keyId }: ConvertToAdvancedRequest,
): Promise<PutParameterResult> {
  const target = parseTarget(name, context.place, 'whole');
  return withRoom(context, async (transaction) => {
    const head = await takeHead(context, transaction, target.path);
    if (head === undefined) throw notFound(target.name);
    const { current } = head;
    if (current.tier === 'Advanced') {
      throw validationError(`Parameter ${target.name} uses the advanced-parameter tier already.`);
    }
    const key = keyId ?? current.keyId;
    const put = parsePut(
      {
        name: nameOf(target.path, head),
        value: await openedValue(context, target.path, current),
        tier: 'Advanced',
        overwrite: true,
        ...(key !== null && { keyId: key }),
      },
      context.place,
    );
    return write(context, transaction, put);
  });
}
