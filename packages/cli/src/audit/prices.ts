/**
 * Price lists: read from JSON, with each mistake reported by its member's name.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** A price for so many requests. */
export interface RequestPrice {
  /** Millionths of the currency. */
  readonly price: bigint;
  readonly per: bigint;
  /** Requests of a month that cost nothing. */
  readonly freeAMonth: bigint;
}

/** A price list. Prices are millionths of the currency, so that sums are exact. */
export interface Prices {
  readonly date: string;
  readonly region: string;
  readonly currency: string;
  readonly source: string;
  readonly keyMonth: bigint;
  readonly rotationMonth: bigint;
  /** The number of rotations of a key that cost something; later ones are free. */
  readonly rotationsCharged: bigint;
  readonly kmsRequests: RequestPrice;
  readonly advancedParameterMonth: bigint;
  readonly advancedRequests: RequestPrice;
  readonly higherThroughputRequests: RequestPrice;
}

const MEMBERS = [
  'date',
  'region',
  'currency',
  'source',
  'keyMonth',
  'rotationMonth',
  'rotationsCharged',
  'kmsRequests',
  'advancedParameterMonth',
  'advancedRequests',
  'higherThroughputRequests',
] as const;

/**
 * Checks a price list. `file` names it in errors.
 *
 * @throws `CliError` that names the member.
 */
export function parsePrices(value: unknown, file: string): Prices {
  const list = membersOf(value, file, 'The price list', MEMBERS);
  const text = (name: string): string => {
    const found = list[name];
    if (typeof found === 'string' && found !== '') return found;
    throw wrong(file, `${name} must be a text.`);
  };
  return {
    date: text('date'),
    region: text('region'),
    currency: text('currency'),
    source: text('source'),
    keyMonth: priceOf(list['keyMonth'], file, 'keyMonth'),
    rotationMonth: priceOf(list['rotationMonth'], file, 'rotationMonth'),
    rotationsCharged: countOf(list['rotationsCharged'], file, 'rotationsCharged'),
    kmsRequests: requestPriceOf(list['kmsRequests'], file, 'kmsRequests'),
    advancedParameterMonth: priceOf(list['advancedParameterMonth'], file, 'advancedParameterMonth'),
    advancedRequests: requestPriceOf(list['advancedRequests'], file, 'advancedRequests'),
    higherThroughputRequests: requestPriceOf(list['higherThroughputRequests'], file, 'higherThroughputRequests'),
  };
}

function requestPriceOf(value: unknown, file: string, name: string): RequestPrice {
  const { price, per, freeAMonth = 0 } = membersOf(value, file, name, ['price', 'per', 'freeAMonth']);
  const parts = countOf(per, file, `${name}.per`);
  if (parts === 0n) throw wrong(file, `${name}.per must not be 0.`);
  return {
    price: priceOf(price, file, `${name}.price`),
    per: parts,
    freeAMonth: countOf(freeAMonth, file, `${name}.freeAMonth`),
  };
}

/** Parses a decimal text, exactly. */
function priceOf(value: unknown, file: string, name: string): bigint {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (whole === undefined) throw wrong(file, `${name} must be a text such as "0.05", with at most six decimals.`);
  return BigInt(whole) * MILLION + BigInt(part.padEnd(6, '0'));
}

function countOf(value: unknown, file: string, name: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw wrong(file, `${name} must be a whole number from 0.`);
}

function membersOf(value: unknown, file: string, name: string, known: readonly string[]) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(file, `${name} must be an object.`);
  }
  const unknown = Object.keys(value).find((member) => !known.includes(member));
  if (unknown !== undefined) throw wrong(file, `${name} knows no ${quoted(unknown)}. It takes ${known.join(', ')}.`);
  return value as Readonly<Record<string, unknown>>;
}

function wrong(file: string, text: string): CliError {
  return new CliError(EXIT.failed, `${file}: ${text}`);
}

/** Millionths in one. */
const MILLION = 1_000_000n;

/** Writes millionths as a decimal number, with two decimals or as many as it needs. */
export function decimal(millionths: bigint): string {
  const part = (millionths % MILLION).toString().padStart(6, '0');
  return `${millionths / MILLION}.${part.slice(0, 2)}${part.slice(2).replace(/0+$/, '')}`;
}
