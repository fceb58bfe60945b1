/** Every member of AWS's requests and answers, of the operations here: read, answered, refused by name, or left out. */

import { describeWithModels, type Model, type Shape, type ShapeName } from '@securestring/test-support/aws-models';
import { describe, expect, it } from 'vitest';
import { OPERATIONS as KMS } from '../../packages/keystore/src/operations.ts';
import { OPERATIONS as SSM } from '../../packages/parameters/src/operations.ts';
import { type AnyOperation, awsName, type Member, type Members, wireName } from '../../packages/service/src/index.ts';
import { KMS_MEMBERS, MODELS_RELEASE, type OperationMembers, SSM_MEMBERS, split } from './aws-members.ts';

/** A member at any depth. Paths are in AWS's names, as in the table. */
interface Found {
  readonly path: string;
  /** Its form on the wire; of a list, that of its entries. */
  readonly form: string;
  readonly isNeeded: boolean;
}

const SERVICES = [
  { service: 'KMS', folder: 'kms/2014-11-01', table: KMS_MEMBERS, ...rowsOf(KMS) },
  { service: 'SSM', folder: 'ssm/2014-11-06', table: SSM_MEMBERS, ...rowsOf(SSM) },
];

/** Members that a request needs here. AWS takes others in their place, which are refused here. */
const NEEDED_HERE: readonly string[] = [
  'Decrypt.CiphertextBlob',
  'ListRetirableGrants.RetiringPrincipal',
  'ReEncrypt.CiphertextBlob',
];

/** Forms of AWS's types that are not plain. */
const FORMS: Readonly<Record<string, string>> = { blob: 'blob', timestamp: 'time', map: 'verbatim' };

describe.each(SERVICES)('the table of $service', ({ table, rows }) => {
  it('has every operation', () => {
    expect(Object.keys(table).sort()).toEqual([...rows.keys()].sort());
  });

  it.each([...rows])('has every member of %s', (name, row) => {
    const { reads, refuses = {}, answers } = entryOf(table, name);
    const all = membersOf(row.request);
    expect(split(reads)).toEqual(paths(without(all, refuses)));
    // A member inside of another one is refused by the record that it is in.
    const inside = all.filter(({ path }) => path.includes('.') && Object.hasOwn(refuses, path));
    expect(Object.keys(refuses).sort()).toEqual(paths([...membersOf(row.refused ?? {}), ...inside]));
    expect(split(answers)).toEqual(paths(membersOf(row.answer)));
  });
});

describeWithModels('the model of AWS', MODELS_RELEASE, (read) => {
  describe.each(SERVICES)('of $service', ({ folder, table, rows, ours }) => {
    const model = read(folder);

    it.each([...rows])('has for the request of %s what is read or refused', (name, row) => {
      const { reads, refuses = {} } = entryOf(table, name);
      const all = membersInModel(model, model.operations[name]?.input);
      expect(paths(without(all, refuses))).toEqual(split(reads));
      expect(paths(all)).toEqual(expect.arrayContaining(Object.keys(refuses)));
      const asHere = without(all, refuses).map((member) => ({
        ...member,
        isNeeded: member.isNeeded || NEEDED_HERE.includes(`${name}.${member.path}`),
      }));
      expect(without(membersOf(row.request), refuses)).toEqual(asHere);
    });

    it.each([...rows])('has for the answer of %s what is answered or left out', (name, row) => {
      const { answers, omits = {} } = entryOf(table, name);
      const all = membersInModel(model, model.operations[name]?.output);
      expect(paths(without(all, omits))).toEqual(split(answers));
      expect(paths(all)).toEqual(expect.arrayContaining(Object.keys(omits)));
      expect(forms(membersOf(row.answer))).toEqual(forms(without(all, omits)));
    });

    it.each(ours)('has no operation %s, which is ours', (name) => {
      expect(model.operations).not.toHaveProperty(name);
    });
  });
});

/** Splits a table of rows into those that AWS has, and the names of ours. */
function rowsOf(table: Readonly<Record<string, AnyOperation>>) {
  const rows = Object.entries(table).map(([name, row]) => [awsName(name), row] as const);
  return {
    rows: new Map(rows.filter(([, { isOurs }]) => isOurs !== true)),
    ours: rows.filter(([, { isOurs }]) => isOurs === true).map(([name]) => name),
  };
}

function entryOf(table: Readonly<Record<string, OperationMembers>>, name: string): OperationMembers {
  return table[name] ?? expect.fail(`The table has no ${name}.`);
}

/** Returns all members of a row, sorted by their paths. */
function membersOf(members: Members, prefix = ''): readonly Found[] {
  return sorted(
    Object.entries(members).flatMap(([name, member]) => {
      const path = `${prefix}${wireName(name, member)}`;
      return [{ path, form: formOf(member), isNeeded: !member.isOptional }, ...membersOf(recordIn(member), `${path}.`)];
    }),
  );
}

function formOf({ wire }: Member): string {
  if (typeof wire === 'string') return wire;
  return 'list' in wire ? `list of ${formOf(wire.list)}` : 'record';
}

/** Returns the members of a record, or of the records of a list. */
function recordIn({ wire }: Member): Members {
  if (typeof wire === 'string') return {};
  return 'list' in wire ? recordIn(wire.list) : wire.record;
}

/** Returns all members of a model's structure, sorted by their paths. */
function membersInModel(model: Model, structure: ShapeName | undefined, prefix = ''): readonly Found[] {
  if (structure === undefined) return [];
  const { members = {}, required = [] } = shapeOf(model, structure);
  return sorted(
    Object.entries(members).flatMap(([name, member]) => {
      const path = `${prefix}${name}`;
      return [
        { path, form: formInModel(model, member), isNeeded: required.includes(name) },
        ...membersInModel(model, structureIn(model, member), `${path}.`),
      ];
    }),
  );
}

function formInModel(model: Model, name: ShapeName): string {
  const { type, member } = shapeOf(model, name);
  if (type === 'list' && member !== undefined) return `list of ${formInModel(model, member)}`;
  return type === 'structure' ? 'record' : (FORMS[type] ?? 'plain');
}

/** Returns a structure, or that of the entries of a list. */
function structureIn(model: Model, name: ShapeName): ShapeName | undefined {
  const { type, member } = shapeOf(model, name);
  if (type === 'list' && member !== undefined) return structureIn(model, member);
  return type === 'structure' ? name : undefined;
}

function shapeOf(model: Model, { shape }: ShapeName): Shape {
  return model.shapes[shape] ?? expect.fail(`The model has no shape ${shape}.`);
}

/** Leaves out members, with all that is in them. */
function without(members: readonly Found[], left: Readonly<Record<string, string>>): readonly Found[] {
  const names = Object.keys(left);
  return members.filter(({ path }) => !names.some((name) => path === name || path.startsWith(`${name}.`)));
}

function paths(members: readonly Found[]): readonly string[] {
  return members.map(({ path }) => path).sort();
}

/** Answers need no member: what an answer holds was made here. */
function forms(members: readonly Found[]): readonly string[] {
  return members.map(({ path, form }) => `${path}: ${form}`);
}

function sorted(members: readonly Found[]): readonly Found[] {
  return [...members].sort((a, b) => (a.path < b.path ? -1 : 1));
}
