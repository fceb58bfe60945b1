/** Signatures of version 4: published examples, every altered part, and times. */

import { encodeUtf8 } from '@securestring/core/utf8';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../src/message.ts';
import { parseCredential, signatureVerifier } from '../src/signature.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const NOW = Date.UTC(2015, 7, 30, 12, 36);

/** Requests of AWS's published test suite for version 4, by their names there. */
const EXAMPLES: Readonly<
  Record<string, Omit<HttpRequest, 'body'> & { body?: string; signed: string; signature: string }>
> = {
  'get-vanilla': {
    method: 'GET',
    path: '/',
    headers: {},
    signed: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  'post-vanilla': {
    method: 'POST',
    path: '/',
    headers: {},
    signed: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  'get-vanilla-query-order-key-case': {
    method: 'GET',
    path: '/?Param2=value2&Param1=value1',
    headers: {},
    signed: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  'post-x-www-form-urlencoded': {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  'get-header-value-trim': {
    method: 'GET',
    path: '/',
    headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    signed: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
};

function requestOf({ method, path, headers, body = '', signed, signature }: (typeof EXAMPLES)[string]): HttpRequest {
  return {
    method,
    path,
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    },
    body: encodeUtf8(body),
  };
}

const form = () => requestOf(EXAMPLES['post-x-www-form-urlencoded'] as (typeof EXAMPLES)[string]);
const verify = (request: HttpRequest, now = NOW, secret = SECRET) => signatureVerifier().verify(request, secret, now);
const withHeader = (name: string, value: string): HttpRequest => {
  const request = form();
  return { ...request, headers: { ...request.headers, [name]: value } };
};

describe('a signature', () => {
  it.each(Object.entries(EXAMPLES))('of the published example %s is right', (_, example) => {
    expect(() => verify(requestOf(example))).not.toThrow();
  });

  it('says who signed, and for what', () => {
    expect(parseCredential(form())).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      date: '20150830',
      region: 'us-east-1',
      service: 'service',
    });
  });

  it.each([
    ['the body', { ...form(), body: encodeUtf8('Param1=value2') }],
    ['the method', { ...form(), method: 'PUT' }],
    ['the path', { ...form(), path: '/other' }],
    ['the query', { ...form(), path: '/?a=b' }],
    ['the host', withHeader('host', 'example.amazonaws.org')],
    ['the time', withHeader('x-amz-date', '20150830T123601Z')],
    ['a signed header', withHeader('content-type', 'text/plain')],
  ])('refuses a request of which %s was altered', (_, request) => {
    expect(() => verify(request)).toThrow(expect.objectContaining({ name: 'InvalidSignatureException' }));
  });

  it('refuses every altered digit of itself', () => {
    const whole = form().headers['authorization'] ?? '';
    const start = whole.length - 64;
    for (let at = start; at < whole.length; at++) {
      const digit = whole[at] === '0' ? '1' : '0';
      const altered = whole.slice(0, at) + digit + whole.slice(at + 1);
      expect(() => verify(withHeader('authorization', altered)), String(at)).toThrow(/does not match/);
    }
  });

  it('refuses another secret, another Region and another service', () => {
    expect(() => verify(form(), NOW, `${SECRET}x`)).toThrow(/does not match/);
    for (const scope of ['20150830/us-east-2/service', '20150830/us-east-1/kms']) {
      const header = (form().headers['authorization'] ?? '').replace('20150830/us-east-1/service', scope);
      expect(() => verify(withHeader('authorization', header))).toThrow(/does not match/);
    }
  });

  it('holds from 5 minutes before its time to 15 minutes after it', () => {
    const minute = 60_000;
    for (const offset of [-5 * minute, 0, 15 * minute]) expect(() => verify(form(), NOW + offset)).not.toThrow();
    expect(() => verify(form(), NOW + 15 * minute + 1000)).toThrow(
      'Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)',
    );
    expect(() => verify(form(), NOW - 5 * minute - 1000)).toThrow(
      'Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)',
    );
  });

  it('must cover the host', () => {
    const request = requestOf({ ...(EXAMPLES['get-vanilla'] as (typeof EXAMPLES)[string]), signed: 'x-amz-date' });
    expect(() => verify(request)).toThrow(/'Host' or ':authority' must be a 'SignedHeader'/);
  });

  it.each([
    [undefined, 'MissingAuthenticationTokenException'],
    ['', 'MissingAuthenticationTokenException'],
    ['Basic abc', 'IncompleteSignatureException'],
    ['AWS4-HMAC-SHA256 Credential=A/20150830/r/s/aws4_request', 'IncompleteSignatureException'],
    ['AWS4-HMAC-SHA256 Credential=A/20150830/r/s, SignedHeaders=host, Signature=0', 'IncompleteSignatureException'],
    [
      'AWS4-HMAC-SHA256 Credential=A/2015/r/s/aws4_request, SignedHeaders=host, Signature=0',
      'IncompleteSignatureException',
    ],
  ])('that is %s is refused as %s', (authorization, name) => {
    const request = { ...form(), headers: { ...form().headers, authorization } };
    expect(() => parseCredential(request)).toThrow(expect.objectContaining({ name }));
  });
});
