/** What verifies signatures is the same on both platforms, and right: RFC 4231, test cases 1 and 2. */

import { encodeUtf8 } from '@securestring/core/utf8';
import { describe, expect, it } from 'vitest';
import * as node from '../src/platform/node.ts';
import * as portable from '../src/platform/portable.ts';

describe.each([
  ['Node', node],
  ['no Node', portable],
] as const)('on %s', (_, { hmacHex, sha256Hex }) => {
  it.each([
    [new Uint8Array(20).fill(0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      encodeUtf8('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
  ])('one key gives the same tag each time', (key, text, tag) => {
    const hmac = hmacHex(key);
    expect([hmac(text), hmac('é'), hmac(text)]).toEqual([tag, hmac('é'), tag]);
  });

  it('hashes a text as its bytes in UTF-8', () => {
    expect(sha256Hex('é')).toBe(sha256Hex(encodeUtf8('é')));
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

it('texts beyond ASCII have one tag on both', () => {
  const key = new Uint8Array(32).fill(9);
  expect(node.hmacHex(key)('é\u{1f511}')).toBe(portable.hmacHex(key)('é\u{1f511}'));
});
