/** Bills: requests counted, charges computed by hand beside them, and price lists with mistakes. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Holdings, monthlyCharges, requestCharges, sumOf } from '../src/audit/charges.ts';
import { decimal, parsePrices } from '../src/audit/prices.ts';
import { type Requests, requestCounter } from '../src/audit/requests.ts';

const BUILT_IN = JSON.parse(readFileSync(new URL('../prices.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const prices = parsePrices(BUILT_IN, 'prices.json');

function requestsOf(kms: Readonly<Record<string, number>>, standard = 0, advanced = 0): Requests {
  const kmsByMonth = new Map(Object.entries(kms));
  return { byOperation: new Map(), kmsByMonth, standard, advanced, oldest: undefined, newest: undefined };
}

describe('the charge for requests', () => {
  it.each<[string, Requests, boolean, string, string]>([
    ['nothing', requestsOf({}), false, '0 x 0.05 / 10000 = 0.00', '0.00'],
    // 20,000 a month are free.
    [
      'the last free one',
      requestsOf({ '2026-03': 20_000 }),
      false,
      '(20000 - 20000 free) x 0.03 / 10000 = 0.00',
      '0.00',
    ],
    // 1 x 0.03 / 10,000 = 0.000003
    [
      'one more',
      requestsOf({ '2026-03': 20_001 }),
      false,
      '(20001 - 20000 free) x 0.03 / 10000 = 0.000003',
      '0.000003',
    ],
    // 2,000,000 a month: 1,980,000 x 0.03 / 10,000 = 5.94, AWS's own example.
    [
      'two million',
      requestsOf({ '2026-03': 2_000_000 }),
      false,
      '(2000000 - 20000 free) x 0.03 / 10000 = 5.94',
      '5.94',
    ],
    // Each month has its own free ones: 10,000 x 0.03 / 10,000 in one of them.
    ['two months', requestsOf({ '2026-03': 30_000, '2026-04': 20_000 }), false, '(30000 - 20000 free) x 0.03', '0.03'],
    // 1,000,000 x 0.05 / 10,000 = 5
    ['advanced parameters', requestsOf({}, 9_000_000, 1_000_000), false, '1000000 x 0.05 / 10000 = 5.00', '5.00'],
    ['higher throughput', requestsOf({}, 9_000_000, 1_000_000), true, '10000000 x 0.05 / 10000 = 50.00', '50.00'],
  ])('of %s is right to the millionth', (_what, requests, isHigher, how, total) => {
    const charges = requestCharges(requests, isHigher, prices);
    expect(charges.map((charge) => charge.how).join('\n')).toContain(how);
    expect(decimal(sumOf(charges))).toBe(total);
  });

  it('is rounded at half a millionth', () => {
    const odd = { ...BUILT_IN, kmsRequests: { price: '0.000001', per: 2 } };
    const [charge] = requestCharges(requestsOf({ '2026-03': 3 }), false, parsePrices(odd, 'odd'));
    expect(charge?.amount).toBe(2n);
  });
});

describe('the charge for a month', () => {
  const nothing: Holdings = {
    rotations: [],
    awsKeys: 0,
    pendingKeys: 0,
    standardParameters: 0,
    advancedParameters: 0,
    isHigherThroughput: false,
  };
  it.each<[Partial<Holdings>, string]>([
    [{}, '0.00'],
    // alias/aws/ssm, keys on their way out and standard parameters cost nothing.
    [{ awsKeys: 1, pendingKeys: 4, standardParameters: 10_000 }, '0.00'],
    [{ rotations: [0, 0, 0] }, '3.00'],
    // A key costs 1 more for its first and its second rotation, and no more for later ones.
    [{ rotations: [1] }, '2.00'],
    [{ rotations: [2] }, '3.00'],
    [{ rotations: [9] }, '3.00'],
    [{ rotations: [0, 1, 5] }, '6.00'],
    [{ advancedParameters: 100 }, '5.00'],
    [{ advancedParameters: 1 }, '0.05'],
  ])('of %o is %s', (held, expected) => {
    expect(decimal(sumOf(monthlyCharges({ ...nothing, ...held }, prices)))).toBe(expected);
  });
});

describe('the counter', () => {
  const record = (eventSource: string, eventName: string, request: object | null, more: object = {}) => ({
    eventType: 'AwsApiCall',
    eventTime: '2026-03-31T23:59:59Z',
    eventSource,
    eventName,
    requestParameters: request,
    ...more,
  });
  const [ssm, kms] = ['ssm.amazonaws.com', 'kms.amazonaws.com'];

  it('counts each name of a request, by tier, and KMS by month', () => {
    const counter = requestCounter(['/known']);
    counter.add(record(ssm, 'GetParameters', { names: ['/known', 'known:3', '/other', '/later'] }));
    counter.add(record(ssm, 'PutParameter', { name: '/later' }, { responseElements: { tier: 'Advanced' } }));
    counter.add(record(ssm, 'GetParameter', { name: 'arn:aws:ssm:us-east-1:111122223333:parameter/later' }));
    counter.add(record(ssm, 'DescribeParameters', null));
    counter.add(record(kms, 'Decrypt', {}));
    counter.add(record(kms, 'Decrypt', {}, { eventTime: '2026-04-01T00:00:00Z' }));
    counter.add(record(kms, 'RotateKey', null, { eventType: 'AwsServiceEvent' }));
    counter.add(record('audit.securestring', 'AuditLogRepaired', null));
    const { byOperation, kmsByMonth, standard, advanced, oldest, newest } = counter.counted();
    expect(Object.fromEntries(byOperation)).toEqual({
      'ssm.amazonaws.com GetParameters': 1,
      'ssm.amazonaws.com PutParameter': 1,
      'ssm.amazonaws.com GetParameter': 1,
      'ssm.amazonaws.com DescribeParameters': 1,
      'kms.amazonaws.com Decrypt': 2,
    });
    expect(Object.fromEntries(kmsByMonth)).toEqual({ '2026-03': 1, '2026-04': 1 });
    expect({ standard, advanced }).toEqual({ standard: 3, advanced: 4 });
    expect([oldest, newest]).toEqual(['2026-03-31T23:59:59Z', '2026-04-01T00:00:00Z']);
  });

  it('counts a parameter that was made again as a standard one', () => {
    const counter = requestCounter([]);
    const put = (tier: string) =>
      counter.add(record(ssm, 'PutParameter', { name: '/a' }, { responseElements: { tier } }));
    put('Advanced');
    counter.add(record(ssm, 'GetParameter', { name: '/a' }));
    counter.add(record(ssm, 'DeleteParameter', { name: '/a' }));
    put('Standard');
    counter.add(record(ssm, 'GetParameter', { name: '/a' }));
    expect(counter.counted()).toMatchObject({ advanced: 3, standard: 2 });
  });

  it('has the earliest and the latest time, also after a clock was put back', () => {
    const counter = requestCounter([]);
    for (const month of ['02', '03', '01']) {
      counter.add(record(kms, 'Decrypt', {}, { eventTime: `2026-${month}-01T00:00:00Z` }));
    }
    expect(counter.counted()).toMatchObject({ oldest: '2026-01-01T00:00:00Z', newest: '2026-03-01T00:00:00Z' });
  });

  it('gives each account the free requests of its own', () => {
    const counter = requestCounter([]);
    for (const [accountId, requests] of [
      ['111122223333', 30_000],
      ['444455556666', 15_000],
    ] as const) {
      for (let request = 0; request < requests; request++) {
        counter.add(record(kms, 'Decrypt', {}, { userIdentity: { accountId }, recipientAccountId: '111122223333' }));
      }
    }
    const charges = requestCharges(counter.counted(), false, prices);
    expect(charges.slice(0, 2).map(({ what, how }) => `${what}: ${how}`)).toEqual([
      'KMS requests, 2026-03 of 111122223333: (30000 - 20000 free) x 0.03 / 10000 = 0.03',
      'KMS requests, 2026-03 of 444455556666: (15000 - 15000 free) x 0.03 / 10000 = 0.00',
    ]);
  });
});

describe('a price list', () => {
  it.each<[object | null, string]>([
    [null, 'The price list must be an object.'],
    [{ keyMonth: 1 }, 'keyMonth must be a text such as "0.05"'],
    [{ keyMonth: '-1' }, 'keyMonth must be a text'],
    [{ keyMonth: '1.0000001' }, 'keyMonth must be a text'],
    [{ keyMonth: '1e3' }, 'keyMonth must be a text'],
    [{ keyMonth: undefined }, 'keyMonth must be a text'],
    [{ rotationsCharged: 1.5 }, 'rotationsCharged must be a whole number'],
    [{ date: '' }, 'date must be a text.'],
    [{ kmsRequests: [] }, 'kmsRequests must be an object.'],
    [{ kmsRequests: { price: '0.03', per: 0 } }, 'kmsRequests.per must not be 0.'],
    [{ kmsRequests: { price: '0.03', per: 1, free: 5 } }, 'kmsRequests knows no "free".'],
    [{ kmsRequest: {} }, 'The price list knows no "kmsRequest".'],
  ])('with %o is refused by name', (wrong, message) => {
    expect(() => parsePrices(wrong && { ...BUILT_IN, ...wrong }, 'mine.json')).toThrow(`mine.json: ${message}`);
  });

  it('has exact prices, written with two decimals or as many as they need', () => {
    expect(prices.advancedParameterMonth).toBe(50_000n);
    expect([0n, 1n, 50_000n, 1_500_000n, 1_234_567n].map(decimal)).toEqual([
      '0.00',
      '0.000001',
      '0.05',
      '1.50',
      '1.234567',
    ]);
  });
});
