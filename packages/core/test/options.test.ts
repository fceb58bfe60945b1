/**
 * How options and requests are read: plain objects, own members, each read once.
 * @module
 */

import { runInNewContext } from 'node:vm';
import { takeMembers } from '@securestring/core/options';
import { describe, expect, it } from 'vitest';

interface Request {
  readonly keyId?: string;
  readonly tenant?: unknown;
}
const take = (value: unknown): Request => takeMembers('encrypt', value as Request, ['keyId', 'tenant']);

describe('takeMembers', () => {
  it('copies what is there, and leaves out what is undefined', () => {
    const tenant = { name: 'blue' };
    const given = { keyId: undefined, tenant };
    const taken = take(given);
    expect(taken).not.toBe(given);
    expect(Object.entries(taken)).toEqual([['tenant', tenant]]);
    expect(Object.hasOwn(taken, 'keyId')).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'encrypt takes an object, not undefined.'],
    ['null', null, 'encrypt takes an object, not null.'],
    ['text', 'alias/a', 'encrypt takes an object, not string.'],
    ['a list', ['alias/a'], 'encrypt takes an object, not a list.'],
    ['a function', () => ({}), 'encrypt takes an object, not function.'],
    ['a promise', Promise.resolve({}), 'encrypt takes an object, not Promise.'],
    ['a Map', new Map(), 'encrypt takes an object, not Map.'],
    [
      'an object that inherits its members',
      Object.create({ keyId: 'a' }),
      'encrypt takes an object, not an object that inherits members.',
    ],
    [
      'an object that inherits its members from one without a prototype',
      Object.create(Object.assign(Object.create(null), { keyId: 'a' })),
      'encrypt takes an object, not an object that inherits members.',
    ],
    ['a member in another case', { keyid: 'a' }, 'encrypt knows no "keyid". It takes keyId, tenant.'],
    ['an unknown member that is undefined', { x: undefined }, 'encrypt knows no "x". It takes keyId, tenant.'],
    ['a member of Object.prototype', { toString: 1 }, 'encrypt knows no "toString". It takes keyId, tenant.'],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), 'encrypt knows no "__proto__". It takes keyId, tenant.'],
    [
      'a hidden member',
      Object.defineProperty({ tenant: 1 }, 'keyId', { value: 'a', enumerable: false }),
      'encrypt does not take "keyId" as a member that is not enumerable. It takes keyId, tenant.',
    ],
  ])('refuses %s', (_, value, message) => {
    expect(() => take(value)).toThrow(new TypeError(message));
  });

  it('takes objects without a prototype, of other realms, and frozen ones', () => {
    const bare = Object.assign(Object.create(null), { keyId: 'a' });
    const otherRealm = runInNewContext('({ keyId: "a" })');
    for (const value of [bare, take({ keyId: 'a' }), Object.freeze({ keyId: 'a' }), otherRealm]) {
      expect(take(value).keyId).toBe('a');
    }
  });

  it('reads each member once', () => {
    const reads: PropertyKey[] = [];
    const get = (target: object, key: PropertyKey) => {
      reads.push(key);
      return Reflect.get(target, key);
    };
    const watched = new Proxy({ keyId: 'a', tenant: 1 }, { get });
    const taken = take(watched);
    expect([taken.keyId, taken.keyId, taken.tenant]).toEqual(['a', 'a', 1]);
    expect(reads).toEqual(['keyId', 'tenant']);
  });

  it('does not see a polluted Object.prototype, polluted before or after', () => {
    const pollute = (value: unknown) => Object.assign(Object.prototype, { keyId: value });
    try {
      pollute('polluted');
      const taken = take({ tenant: 1 });
      expect(taken.keyId).toBeUndefined();
      expect(Object.entries(taken)).toEqual([['tenant', 1]]);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'keyId');
    }
  });
});
