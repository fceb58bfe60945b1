import { describe, expect, it } from 'vitest';
import { recordOf } from '../src/record.ts';
import { eventOf } from './support.ts';

describe('a record', () => {
  it('has CloudTrail`s members in its order, and the time in whole seconds', () => {
    const record = recordOf({ ...eventOf(5), errorCode: 'X', errorMessage: '', sourceIPAddress: '192.0.2.7' });
    expect(Object.keys(record)).toEqual([
      'eventVersion',
      'userIdentity',
      'eventTime',
      'eventSource',
      'eventName',
      'awsRegion',
      'sourceIPAddress',
      'errorCode',
      'requestParameters',
      'responseElements',
      'requestID',
      'eventID',
      'readOnly',
      'eventType',
      'managementEvent',
      'recipientAccountId',
      'eventCategory',
    ]);
    expect(record).toMatchObject({ eventTime: '2026-03-01T09:30:05Z', responseElements: null });
  });

  it('shows times in requests and answers in CloudTrail`s words', () => {
    const at = (hours: number) => new Date(Date.UTC(2022, 7, 10, hours, 38, 7));
    const requestParameters = { validTo: at(22), list: [at(0)], deep: { at: at(12) } };
    expect(recordOf(eventOf(1, { requestParameters }))['requestParameters']).toEqual({
      validTo: 'Aug 10, 2022, 10:38:07 PM',
      list: ['Aug 10, 2022, 12:38:07 AM'],
      deep: { at: 'Aug 10, 2022, 12:38:07 PM' },
    });
  });

  it('hides the value of PutParameter for every type', () => {
    const put = { eventSource: 'ssm.amazonaws.com', eventName: 'PutParameter' };
    const record = recordOf(eventOf(1, { ...put, requestParameters: { name: '/a', type: 'String' } }));
    expect(record['requestParameters']).toEqual({
      name: '/a',
      type: 'String',
      value: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    });
  });

  it('never has bytes in it', () => {
    const requestParameters = { keyId: 'k', plaintext: Uint8Array.of(1), deep: { blob: Buffer.from('secret') } };
    expect(recordOf(eventOf(1, { requestParameters }))['requestParameters']).toEqual({ keyId: 'k', deep: {} });
  });

  it('is cut where CloudTrail cuts: what a caller sends does not fill the disk', () => {
    const record = recordOf(
      eventOf(1, { userAgent: 'é'.repeat(5000), requestParameters: { keyId: 'k'.repeat(200_000) } }),
    );
    expect(Buffer.byteLength(String(record['userAgent']))).toBe(1024);
    expect(record['requestParameters']).toEqual({ omitted: '200012 bytes are more than CloudTrail keeps' });
  });
});
