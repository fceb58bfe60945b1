/** The tables of operations in the documents have every operation, and nothing that is built is called missing. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryStorage as keystoreMemory, openKeystore } from '../../packages/keystore/src/index.ts';
import { OPERATIONS as KMS } from '../../packages/keystore/src/operations.ts';
import { memoryStorage, openParameterStore } from '../../packages/parameters/src/index.ts';
import { OPERATIONS as SSM } from '../../packages/parameters/src/operations.ts';
import { root } from './markdown.ts';

const keystore = await openKeystore({ storage: keystoreMemory(), unlock: { rootKey: new Uint8Array(32) } });
const store = await openParameterStore({ keystore, storage: memoryStorage() });

const PACKAGES = [
  { path: 'packages/keystore/README.md', operations: KMS, members: keystore },
  { path: 'packages/parameters/README.md', operations: SSM, members: store },
] as const;

/** Rows of the tables of a document: the cells of each, by the names of their columns. */
function rowsOf(path: string): readonly Readonly<Record<string, string>>[] {
  let columns: readonly string[] = [];
  return readFileSync(join(root, path), 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (!line.startsWith('|')) columns = [];
      const cells = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim());
      if (!line.startsWith('|') || /^\|[-:| ]+\|$/.test(line)) return [];
      if (columns.length === 0) {
        columns = cells;
        return [];
      }
      return [Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']))];
    });
}

describe.each(PACKAGES)('the operations of $path', ({ path, operations, members }) => {
  const listed = rowsOf(path).flatMap(({ Operation = '' }) =>
    [...Operation.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );

  it('have a row each', () => {
    expect(Object.keys(operations).filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('are there', () => {
    expect(listed.filter((name = '') => typeof members[name as keyof typeof members] !== 'function')).toEqual([]);
  });
});

/** What the documents call missing, with the operations that would build it. */
const MISSING: Readonly<Record<string, RegExp>> = {
  'key pairs': /KeyPair|PublicKey|SharedSecret/,
  signing: /^sign$|^verify$/,
  'custom key stores': /CustomKeyStore/,
  'parameters of other accounts': /ResourcePolic/,
};

describe('what the documents call missing', () => {
  const said = [
    ...rowsOf('README.md').map((row) => row['Not yet'] ?? ''),
    ...rowsOf('packages/keystore/README.md').flatMap((row) => (row['Here'] === undefined ? [] : [row[''] ?? ''])),
    ...readFileSync(join(root, 'packages/parameters/README.md'), 'utf8')
      .split('\n')
      .filter((line) => /Not there/.test(line)),
  ].join('\n');
  const names = [...Object.keys(KMS), ...Object.keys(SSM)];

  it.each(Object.entries(MISSING))('is not built: %s', (what, built) => {
    const found = names.filter((name) => built.test(name));
    if (said.toLowerCase().includes(what)) expect(found).toEqual([]);
  });

  it('is found in the documents', () => {
    const names = Object.keys(MISSING);
    expect(names.filter((what) => said.toLowerCase().includes(what))).toEqual(names);
  });
});
