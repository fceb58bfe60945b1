/** Bounds of requests have their numbers in `limits.ts`, where a reader finds them all. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BOUND = /\b(?:least|most):\s*(?:[2-9]|1[\d_])/;

it.each(['keystore', 'parameters'])('the rows of %s name their bounds', (name) => {
  const files = readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'limits.ts')
    .map((file) => join('packages', name, 'src', file));
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, i) => (BOUND.test(line) ? [`${file}:${i + 1}`] : [])),
  );
  expect(found).toEqual([]);
});
