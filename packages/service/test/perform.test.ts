/** The way of a call, its event, its wire form, and tokens of pages. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyOperation,
  assumed,
  bindOperation,
  blob,
  failureOf,
  flag,
  list,
  makeEvent,
  named,
  type Outcome,
  optional,
  parseToken,
  publish,
  record,
  requestParameters,
  responseElements,
  ServiceError,
  secret,
  text,
  time,
  toWire,
  words,
  writeToken,
} from '../src/index.ts';

const refuse = (name: 'ValidationException', message: string) => new ServiceError(name, 'CODE', message);
const ANY = { least: 0, most: Number.POSITIVE_INFINITY };
const operation: AnyOperation = {
  request: {
    name: text({ least: 1 }),
    value: secret(text()),
    context: optional(words()),
    kind: assumed('usual', text()),
  },
  answer: {
    blob: blob(ANY),
    arn: named('ARN', text()),
    at: time(),
    list: list(record({ isGood: flag() })),
    map: words(),
  },
  readOnly: false,
  shown: ['arn'],
};

describe('a bound operation', () => {
  const bind = (isAwaited: boolean, work: (request: never) => unknown, ends?: Outcome[]) => {
    const record = ends && (() => (outcome: Outcome) => void ends.push(outcome));
    return bindOperation({ refuse, record }, { name: 'act', operation, isAwaited, work });
  };
  const request = { name: 'n', value: 'v' };

  it('does its work with the request that was taken', () => {
    expect(bind(false, (taken) => taken)(request)).toEqual(request);
  });

  it('throws at once, or rejects where it is awaited', async () => {
    expect(() => bind(false, () => 1)({ name: '' })).toThrow('2 validation errors detected');
    await expect(bind(true, () => 1)({ name: '' })).rejects.toThrow('2 validation errors detected');
    await expect(bind(true, () => 1)(undefined)).rejects.toThrow(TypeError);
  });

  it('records how it ended, synchronous or awaited', async () => {
    const ends: Outcome[] = [];
    bind(false, () => ({ a: 1 }), ends)(request);
    await bind(true, () => ({ a: 2 }), ends)(request);
    const failure = new Error('x');
    const fail = () => {
      throw failure;
    };
    expect(() => bind(false, fail, ends)(request)).toThrow(failure);
    await expect(bind(true, fail, ends)(request)).rejects.toBe(failure);
    expect(ends).toEqual([{ answer: { a: 1 } }, { answer: { a: 2 } }, { error: failure }, { error: failure }]);
  });
});

describe('an event', () => {
  it('shows what was sent without secrets, and what AWS assumes', () => {
    const sent = { name: 'n', value: 'v', context: { a: 'b', bytes: Uint8Array.of(1) } };
    expect(requestParameters({ name: 'act', operation, sent })).toEqual({
      name: 'n',
      context: { a: 'b' },
      kind: 'usual',
    });
  });

  it('shows of the answer what its row says', () => {
    expect(responseElements({ name: 'act', operation, sent: {} }, { arn: 'a', blob: Uint8Array.of(1) })).toEqual({
      arn: 'a',
    });
    expect(responseElements({ name: 'act', operation, sent: {} }, {})).toBeNull();
  });

  it('names a failure by AWS`s name, our code, or its class, and shows no text of a stranger', () => {
    expect(failureOf(refuse('ValidationException', 'm'))).toEqual({
      errorCode: 'ValidationException',
      errorMessage: 'm',
    });
    expect(failureOf(new TypeError('m'))).toEqual({ errorCode: 'TypeError', errorMessage: 'm' });
    expect(failureOf(new Error('secret'))).toEqual({
      errorCode: 'InternalFailure',
      errorMessage: 'The operation failed.',
    });
  });

  it('of the service itself has no caller and no request id', () => {
    const place = { partition: 'aws-cn', region: 'cn-north-1', accountId: '111122223333' };
    const source = { eventSource: 'x.amazonaws.com', resourceType: 'T' } as const;
    const facts = { eventName: 'E', requestParameters: null, responseElements: null, readOnly: true };
    expect(makeEvent(source, place, 5, facts)).toMatchObject({
      userIdentity: { arn: 'arn:aws-cn:iam::111122223333:root' },
      requestID: expect.any(String),
      eventType: 'AwsApiCall',
    });
    const own = makeEvent(source, place, 5, { ...facts, serviceEventDetails: { a: 'b' } });
    expect(own).toMatchObject({ userIdentity: { invokedBy: 'AWS Internal' }, eventType: 'AwsServiceEvent' });
    expect(own).not.toHaveProperty('requestID');
  });

  it('is handed over without harm from the subscriber', async () => {
    publish(() => {
      throw new Error('x');
    }, {});
    publish(() => Promise.reject(new Error('x')), {});
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('the wire form', () => {
  it('has AWS`s names, base64 and times in either form, and the caller`s own words as they are', () => {
    const answer = {
      blob: Uint8Array.of(255),
      arn: 'a',
      at: new Date(1500),
      list: [{ isGood: true }],
      map: { aKey: 'v' },
    };
    const common = { Blob: '/w==', ARN: 'a', List: [{ IsGood: true }], Map: { aKey: 'v' } };
    expect(toWire(operation.answer, answer, 'seconds')).toEqual({ ...common, At: 1.5 });
    expect(toWire(operation.answer, answer, 'ISO 8601')).toEqual({ ...common, At: '1970-01-01T00:00:01.500Z' });
  });
});

describe('a token', () => {
  const texts = fc.array(
    fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\n', '')),
    { minLength: 1, maxLength: 4 },
  );

  it('gives its texts back, and is one form only', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const token = writeToken(all);
        expect(token).toMatch(/^[\w-]*$/);
        expect(parseToken(token, all.length)).toEqual(all);
        expect(parseToken(token, all.length + 1)).toBeUndefined();
        expect(parseToken(`${token}=`, all.length)).toBeUndefined();
      }),
    );
  });

  it.each(['%', 'a', 'AAA=', 'YQ', 'a b', '____'])('that was made up is refused: %j', (token) => {
    expect(parseToken(token, 2)).toBeUndefined();
  });
});
