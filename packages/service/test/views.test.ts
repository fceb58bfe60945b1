/** Views: what they have, and when it is made. */

import { describe, expect, it } from 'vitest';
import { viewMaker } from '../src/index.ts';

interface View {
  readonly region: string;
  read(): string;
  write(): string;
}

describe('a view', () => {
  const bound: string[] = [];
  const viewOf = viewMaker<string, View>(['read', 'write'], (by) => (name) => {
    bound.push(`${name} of ${by}`);
    return () => `${name} by ${by}`;
  });
  const ann = viewOf('ann', { region: 'us-east-1' });
  const bob = viewOf('bob', { region: 'us-east-1' });

  it('binds an operation to its caller when it is first asked for, once', () => {
    expect(bound).toEqual([]);
    const { read } = ann;
    expect([read(), ann.read(), bob.read(), bob.write()]).toEqual([
      'read by ann',
      'read by ann',
      'read by bob',
      'write by bob',
    ]);
    expect(bound).toEqual(['read of ann', 'read of bob', 'write of bob']);
    expect(ann.read).toBe(read);
  });

  it('has its members, and lets none be changed', () => {
    expect(ann.region).toBe('us-east-1');
    expect('read' in ann).toBe(true);
    expect(() => Object.assign(ann, { read: () => 'else' })).toThrow(TypeError);
    expect(() => Object.assign(Object.getPrototypeOf(ann), { read: () => 'else' })).toThrow(TypeError);
  });
});
