/**
 * The bill of `usage`: requests from a log, keys and parameters from a store, prices from a list.
 * @module
 */

import { matcherOf, readAuditLog } from '@securestring/audit';
import { shown } from '@securestring/core/quoted';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readText } from '../io/text.ts';
import { priceList } from '../price-list.ts';
import { withStore } from '../store/with-store.ts';
import { warnOfUnreadable } from './audit.ts';
import { type Charge, monthlyCharges, requestCharges, sumOf } from './charges.ts';
import { type Held, heldBy } from './held.ts';
import { decimal, type Prices, parsePrices } from './prices.ts';
import { type Requests, requestCounter } from './requests.ts';

export interface UsageRequest {
  readonly log: string;
  readonly since?: number;
  readonly until?: number;
  readonly prices: string | undefined;
  readonly withoutStore: boolean;
}

export async function showUsage(request: UsageRequest, context: Context): Promise<number> {
  const prices = await pricesOf(request.prices, context);
  const held = request.withoutStore ? undefined : await withStore(context, heldBy);
  const requests = await requestsIn(request, held, context);
  const charged = requestCharges(requests, held?.isHigherThroughput === true, prices);
  const monthly = held === undefined ? [] : monthlyCharges(held, prices);
  const { byOperation, oldest, newest } = requests;
  const shape = {
    prices: { date: prices.date, region: prices.region, currency: prices.currency },
    from: oldest ?? null,
    to: newest ?? null,
    operations: Object.fromEntries(byOperation),
    requests: linesOf(charged),
    monthly: linesOf(monthly),
  };
  context.json(shape, () => textOf(prices, requests, charged, monthly));
  return EXIT.ok;
}

async function pricesOf(file: string | undefined, { terminal }: Context): Promise<Prices> {
  const path = file ?? priceList();
  let value: unknown;
  const text = await readText(path, () => terminal.stdin);
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CliError(EXIT.failed, `${path} is not JSON: ${cause instanceof Error ? cause.message : ''}.`, { cause });
  }
  return parsePrices(value, path);
}

async function requestsIn(
  { log, since, until }: UsageRequest,
  held: Held | undefined,
  context: Context,
): Promise<Requests> {
  const isAsked = matcherOf({ ...(since !== undefined && { since }), ...(until !== undefined && { until }) });
  const counter = requestCounter(held?.advancedNames ?? []);
  let unreadable = 0;
  for await (const { record } of readAuditLog(log)) {
    if (record === undefined) unreadable += 1;
    else if (isAsked(record)) counter.add(record);
  }
  warnOfUnreadable(unreadable, context);
  return counter.counted();
}

function linesOf(charges: readonly Charge[]) {
  return charges.map(({ what, how, amount }) => ({ what, how, amount: decimal(amount) }));
}

function textOf(
  prices: Prices,
  { byOperation, oldest, newest }: Requests,
  charged: readonly Charge[],
  monthly: readonly Charge[],
): string {
  const operations = [...byOperation].sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...[...charged, ...monthly].map(({ what }) => what.length));
  const line = ({ what, how }: Charge): string => `  ${what.padEnd(width)}  ${how}`;
  const total = (charges: readonly Charge[]): string =>
    `  ${'together'.padEnd(width)}  ${decimal(sumOf(charges))} ${shown(prices.currency)}`;
  return [
    `Prices of ${shown(prices.date)} in ${shown(prices.region)}, ${shown(prices.currency)}. ${shown(prices.source)}`,
    '',
    oldest === undefined ? 'No requests.' : `Requests from ${shown(oldest)} to ${shown(String(newest))}:`,
    ...operations.map(([name, count]) => `  ${String(count).padStart(8)}  ${shown(name)}`),
    '',
    'What AWS would charge for these requests:',
    ...charged.map(line),
    total(charged),
    ...(monthly.length === 0
      ? []
      : ['', 'And each month for the store as it is now:', ...monthly.map(line), total(monthly)]),
  ].join('\n');
}
