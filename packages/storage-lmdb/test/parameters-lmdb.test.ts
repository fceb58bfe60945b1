/** The names that `@securestring/parameters` exported before lead to this package. */

import * as fromParameters from '@securestring/parameters/lmdb';
import { expect, it } from 'vitest';
import * as own from '../src/index.ts';

it('@securestring/parameters/lmdb exports what this package does', () => {
  expect(Object.keys(fromParameters).sort()).toEqual(Object.keys(own).sort());
  expect(fromParameters.lmdbStorage).toBe(own.lmdbStorage);
});

it('@securestring/parameters itself loads nothing of this package', async () => {
  expect(Object.keys(await import('@securestring/parameters'))).not.toContain('lmdbStorage');
});
