/** Keys stay in order through the splitting and emptying of blocks. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedKeys } from '../src/sorted-keys.ts';

describe('sorted keys', () => {
  it('list what a sorted array does, when many are added and deleted in any order', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.boolean()), { minLength: 3000, maxLength: 6000 });
    fc.assert(
      fc.property(steps, fc.nat({ max: 3000 }), fc.nat({ max: 900 }), (all, start, limit) => {
        const [keys, model] = [sortedKeys(), new Set<string>()];
        for (const [number, adds] of all) {
          const key = String(number).padStart(4, '0');
          if (adds && !model.has(key)) keys.add(key);
          if (!adds && model.has(key)) keys.delete(key);
          model[adds ? 'add' : 'delete'](key);
        }
        const sorted = [...model].sort();
        const after = String(start).padStart(4, '0');
        expect(keys.list({ prefix: '' })).toEqual(sorted);
        expect(keys.list({ prefix: '', after, limit })).toEqual(sorted.filter((key) => key > after).slice(0, limit));
        expect(keys.list({ prefix: '1' })).toEqual(sorted.filter((key) => key.startsWith('1')));
        for (const key of sorted) keys.delete(key);
        expect(keys.list({ prefix: '' })).toEqual([]);
        keys.add('x');
        expect(keys.list({ prefix: '' })).toEqual(['x']);
      }),
      { numRuns: 10 },
    );
  });
});
