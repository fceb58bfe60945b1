/**
 * What AWS would charge, line by line. Amounts are millionths of the currency, in whole numbers.
 * @module
 */

import { decimal, type Prices, type RequestPrice } from './prices.ts';
import type { Requests } from './requests.ts';

/** What a store holds now. */
export interface Holdings {
  /** The number of rotations of each customer key that is not pending deletion. */
  readonly rotations: readonly number[];
  readonly awsKeys: number;
  readonly pendingKeys: number;
  readonly standardParameters: number;
  readonly advancedParameters: number;
  readonly isHigherThroughput: boolean;
}

/** A line of a bill. */
export interface Charge {
  readonly what: string;
  /** The arithmetic, for people. */
  readonly how: string;
  /** Millionths. */
  readonly amount: bigint;
}

/** Charges for the requests of a log. `isHigherThroughput` makes every request of Parameter Store cost something. */
export function requestCharges(
  { kmsByMonth, standard, advanced }: Requests,
  isHigherThroughput: boolean,
  prices: Prices,
): readonly Charge[] {
  const kms = [...kmsByMonth].map(([month, requests]) =>
    chargeOf(`KMS requests, ${month}`, requests, prices.kmsRequests),
  );
  if (isHigherThroughput) {
    const all = standard + advanced;
    return [...kms, chargeOf('Parameter Store requests, higher throughput', all, prices.higherThroughputRequests)];
  }
  return [
    ...kms,
    free('Parameter Store requests, standard', standard),
    chargeOf('Parameter Store requests, advanced', advanced, prices.advancedRequests),
  ];
}

/** Charges for a month of what a store holds. */
export function monthlyCharges(holdings: Holdings, prices: Prices): readonly Charge[] {
  const { rotations, awsKeys, pendingKeys, standardParameters, advancedParameters } = holdings;
  const most = Number(prices.rotationsCharged);
  const charged = rotations.reduce((sum, count) => sum + Math.min(count, most), 0);
  return [
    times('customer keys', rotations.length, prices.keyMonth),
    times(`rotated materials, the first ${most} of each key`, charged, prices.rotationMonth),
    free('keys of AWS, such as alias/aws/ssm', awsKeys),
    free('keys pending deletion', pendingKeys),
    free('standard parameters', standardParameters),
    times('advanced parameters', advancedParameters, prices.advancedParameterMonth),
  ];
}

/** Adds amounts. */
export function sumOf(charges: readonly Charge[]): bigint {
  return charges.reduce((sum, { amount }) => sum + amount, 0n);
}

function chargeOf(what: string, requests: number, { price, per, freeAMonth }: RequestPrice): Charge {
  const all = BigInt(requests);
  const charged = all > freeAMonth ? all - freeAMonth : 0n;
  // Half a millionth and more is rounded up.
  const amount = (charged * price * 2n + per) / (per * 2n);
  const counted = freeAMonth === 0n ? `${all}` : `(${all} - ${all - charged} free)`;
  return { what, how: `${counted} x ${decimal(price)} / ${per} = ${decimal(amount)}`, amount };
}

function times(what: string, count: number, price: bigint): Charge {
  const amount = BigInt(count) * price;
  return { what, how: `${count} x ${decimal(price)} = ${decimal(amount)}`, amount };
}

function free(what: string, count: number): Charge {
  return { what, how: `${count} x 0.00 = 0.00`, amount: 0n };
}
