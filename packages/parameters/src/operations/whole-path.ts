/**
 * Reading all under a path at once.
 * @module
 */

import type { Parameter } from '../requests.ts';
import { arnOf, parsePath } from '../rules/names.ts';
import { headCodec } from '../state/codec.ts';
import { headKey, pathOfHead } from '../state/keys.ts';
import { sealedValueOf } from '../state/sealed-value.ts';
import type { NamedValue } from '../whole-paths.ts';
import { type Context, isDue, nameOf } from './parameter.ts';

interface Opening extends Pick<Context, 'store'> {
  /** What the ARNs of all parameters begin with; the path follows. */
  readonly arns: string;
  /** Opens the stored form of a value that is bound to an ARN. */
  open(arn: string, sealed: string): string;
}
/** Makes what is wanted of an entry. */
type Take<Item> = (context: Opening, key: string, record: Uint8Array) => Item;

/** Returns all values below a path; `undefined` if some need more than to be read. */
export function readValues(context: Context, path: string): Promise<readonly NamedValue[] | undefined> {
  return readWhole(context, path, takeValue);
}

/** Returns all parameters below a path, in clear; `undefined` if some need more than to be read. */
export function readParameters(context: Context, path: string): Promise<readonly Parameter[] | undefined> {
  return readWhole(context, path, takeParameter);
}

const ANY_PATH = '/x';

async function readWhole<Item>(
  context: Context,
  given: string,
  take: Take<Item>,
): Promise<readonly Item[] | undefined> {
  const { store, place, sealing, record } = context;
  if (record !== undefined) return undefined;
  let items: Item[] = [];
  try {
    await store.visit(headKey(`${parsePath(given)}/`), () => {
      const open = sealing.opener();
      if (open === undefined) throw new MoreThanRead();
      items = [];
      const opening = { store, arns: arnOf(ANY_PATH, place).slice(0, -ANY_PATH.length), open };
      // Nothing is awaited here, so that no value costs a promise.
      return (key, bytes) => items.push(take(opening, key, bytes));
    });
    return items;
  } catch {
    // Whatever it is, the caller's pages meet it again, and refuse it as the operation does.
    return undefined;
  }
}

/** A parameter that needs more than to be read. */
class MoreThanRead extends Error {}

const takeValue: Take<NamedValue> = ({ store, arns, open }, key, record) => {
  const sealed = sealedValueOf(record);
  if (sealed === undefined) {
    const { name, type, value } = takeParameter({ store, arns, open }, key, record);
    return { name, type, value };
  }
  const path = pathOfHead(key);
  const value = open(arns + path, sealed.value);
  return { name: nameOf(path, sealed), type: 'SecureString', value };
};

const takeParameter: Take<Parameter> = ({ store, arns, open }, key, record) => {
  const head = headCodec.decode(record, key);
  if (isDue(head, store.now())) throw new MoreThanRead();
  const path = pathOfHead(key);
  const arn = arns + path;
  const { type, value, version, lastModified, dataType } = head.current;
  return {
    name: nameOf(path, head),
    type,
    value: type === 'SecureString' ? open(arn, value) : value,
    version,
    lastModifiedDate: new Date(lastModified),
    arn,
    dataType,
  };
};
