/**
 * Does a parameter's put, get or list by path take longer if there are many parameters?
 * @module
 */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { openParameterStore, type ParameterStore } from '@securestring/parameters';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { type Contestant, mustEqual, type Question, type Row } from '../runner.ts';

const FEW = 100;
const MANY = 100_000;
/** Parameters of each path, and as many a page has. */
const PER_PATH = 10;
/** Parameters that calls go round among, in either store. */
const IN_USE = 100;
/** Calls of one sample: the 99th percentile then is the third longest. */
const CALLS = 200;
/** As many as one import takes, with the entry that counts them. */
const BATCH = 499;

interface Filled {
  readonly store: ParameterStore;
  readonly name: string;
  /** The `at`th of those that are in use, which are far apart. */
  nameAt(at: number): string;
}

type Operation = (filled: Filled, at: number) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  put: ({ store, nameAt }, at) => store.putParameter({ name: nameAt(at), value: 'another value', overwrite: true }),
  get: ({ store, nameAt }, at) => store.getParameter({ name: nameAt(at), withDecryption: true }),
  'list by path': ({ store, nameAt }, at) =>
    store.getParametersByPath({ path: nameAt(at).replace(/\/[^/]*$/, ''), withDecryption: true }),
};

export const parameters: Question = {
  title: 'Parameters: calls on an LMDB folder with 100,000 advanced SecureStrings, against one with 100',
  rows: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-parameters-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const [few, many] = [await fill(join(folder, 'few'), FEW), await fill(join(folder, 'many'), MANY)];
    await agree(few);
    await agree(many);
    return Object.entries(OPERATIONS).flatMap(([name, operation]) =>
      [50, 99].map(
        (percentile): Row => ({
          name: `${name} p${percentile}`,
          measure: 'cost',
          subject: contestant(many, operation, percentile),
          reference: contestant(few, operation, percentile),
          target: 2,
        }),
      ),
    );
  },
};

async function fill(folder: string, count: number): Promise<Filled> {
  const keystore = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: randomBytes(32) } });
  const store = await openParameterStore({ keystore, storage: lmdbStorage(folder) });
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    await store.importParameters(
      Array.from({ length }, (_, i) => ({
        name: nameOf(from + i),
        value: `value of ${nameOf(from + i)}`,
        type: 'SecureString',
        tier: 'Advanced',
      })),
    );
  }
  const apart = count / IN_USE;
  return { store, name: `${count.toLocaleString('en')} parameters`, nameAt: (at) => nameOf((at % IN_USE) * apart) };
}

/** `/path0000/p3` */
function nameOf(number: number): string {
  return `/path${String(Math.floor(number / PER_PATH)).padStart(5, '0')}/p${number % PER_PATH}`;
}

async function agree({ store, name, nameAt }: Filled): Promise<void> {
  for (let at = 0; at < IN_USE; at++) {
    const { parameter } = await store.getParameter({ name: nameAt(at), withDecryption: true });
    mustEqual(`${name}, ${nameAt(at)}`, parameter.value, `value of ${nameAt(at)}`);
  }
  const page = await store.getParametersByPath({ path: nameAt(0).replace(/\/[^/]*$/, '') });
  mustEqual(`${name}, a path`, String(page.parameters.length), String(PER_PATH));
}

function contestant(filled: Filled, operation: Operation, percentile: number): Contestant {
  let at = 0;
  const sample = async () => {
    const times: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const begun = performance.now();
      await operation(filled, at++);
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    return (times[Math.ceil((CALLS * percentile) / 100) - 1] ?? Number.NaN) / 1e3;
  };
  return { name: filled.name, sample };
}
