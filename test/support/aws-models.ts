/**
 * AWS's published models of its services, from botocore: those of the folder that `SECURESTRING_AWS_MODELS` names, else
 * of the botocore that `python3` imports, if it is of the release that the tests follow. Without them, the tests that
 * need them are skipped by name. With `SECURESTRING_REQUIRE=aws-models` they fail instead.
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isRequired } from './required.ts';

/** A model: its operations, and the shapes of their requests and answers. */
export interface Model {
  readonly operations: Readonly<Record<string, ModelOperation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
/** An operation: its request, its answer, and the errors that it is said to have. */
export interface ModelOperation {
  readonly input?: ShapeName;
  readonly output?: ShapeName;
  readonly errors?: readonly ShapeName[];
}
export interface ShapeName {
  readonly shape: string;
}
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  /** Members of a structure. */
  readonly members?: Readonly<Record<string, ShapeName>>;
  /** The entry of a list. */
  readonly member?: ShapeName;
  /** Bounds of a length, or of a number. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** The name of an error on the wire, if it is not the shape's. */
  readonly error?: { readonly code?: string };
}

const PROBE = 'import botocore, os; print(botocore.__version__, os.path.dirname(botocore.__file__), sep="\\n")';

/** Defines a suite over the models. `define` gets a function that reads one, by its folder such as `kms/2014-11-01`. */
export function describeWithModels(name: string, release: string, define: (read: ReadModel) => void): void {
  const found = findModels(release);
  if ('folder' in found) {
    describe(name, () => define((service) => readModel(found.folder, service)));
  } else if (isRequired('aws-models')) {
    describe(name, () => it('finds the models', () => expect.fail(`${found.missing}: set SECURESTRING_AWS_MODELS`)));
  } else {
    describe.skip(`${name} (${found.missing})`, () => it('needs the models', () => undefined));
  }
}

type ReadModel = (service: string) => Model;

function findModels(release: string): { readonly folder: string } | { readonly missing: string } {
  const named = process.env['SECURESTRING_AWS_MODELS'];
  if (named) return { folder: named };
  const { status, stdout } = spawnSync('python3', ['-c', PROBE], { encoding: 'utf8' });
  if (status !== 0) return { missing: `no botocore ${release}` };
  const [found = '', folder = ''] = stdout.split('\n');
  return found === release ? { folder: join(folder, 'data') } : { missing: `botocore ${found}, not ${release}` };
}

function readModel(folder: string, service: string): Model {
  const plain = join(folder, service, 'service-2.json');
  const text = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  return JSON.parse(text.toString()) as Model;
}
