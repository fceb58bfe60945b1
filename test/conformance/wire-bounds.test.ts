/**
 * Every bound, pattern and list of names that AWS's models have for requests, broken over HTTP. The answer is AWS's:
 * a sentence for it, and one for each required member that is not there.
 */

import { startTestEndpoint, type TestEndpoint } from '@securestring/endpoint/testing';
import { describeWithModels, type Model, type Shape, type ShapeName } from '@securestring/test-support/aws-models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KMS_MEMBERS, MODELS_RELEASE, type OperationMembers, SSM_MEMBERS } from './aws-members.ts';

let aws: TestEndpoint;
beforeAll(async () => {
  aws = await startTestEndpoint();
});
afterAll(() => aws.close());

const SERVICES = [
  { target: 'TrentService', folder: 'kms/2014-11-01', table: KMS_MEMBERS },
  { target: 'AmazonSSM', folder: 'ssm/2014-11-06', table: SSM_MEMBERS },
];

/** Required here, and not in the models: they allow other members in their place, which are refused here. */
const NEEDED_HERE: Readonly<Record<string, readonly string[]>> = {
  Decrypt: ['CiphertextBlob'],
  ListRetirableGrants: ['RetiringPrincipal'],
  ReEncrypt: ['CiphertextBlob'],
};

/** Bounds that AWS's documentation, or its answers, give a member of an operation in place of its model's. */
const OTHER_BOUNDS: Readonly<Record<string, Partial<Shape>>> = {
  'ListGrants.limit': { max: 100 },
  'ListResourceTags.limit': { max: 50 },
  'ListRetirableGrants.limit': { max: 100 },
  'ScheduleKeyDeletion.pendingWindowInDays': { min: 7, max: 30 },
  // No value at all has a refusal of its own, which names the filter.
  'DescribeParameters.parameterFilters.1.member.values': { min: 0 },
  'GetParametersByPath.parameterFilters.1.member.values': { min: 0 },
};
/** Labels that break a rule are in the answer, and do not refuse the request. */
const LABEL = 'labels.1.member';
/** Patterns as AWS shows them, where the model has more than that. */
const SHOWN_PATTERNS: Readonly<Record<string, string>> = {
  '^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$': 'tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType',
};

/** A value that breaks one rule, and the sentences that say so. */
interface Broken {
  /** The value on the wire. */
  readonly value: unknown;
  /** In the words of AWS; names of a set are sorted. */
  readonly sentences: readonly string[];
}

describeWithModels('a request that breaks a rule of the models', MODELS_RELEASE, (read) => {
  describe.each(SERVICES)('of $target', ({ target, folder, table }) => {
    const model = read(folder);

    it.each(Object.entries(table))('is refused as AWS refuses it: %s', async (name, entry) => {
      for (const { value, sentences } of brokenRequests(model, name, entry)) {
        const { status, body } = await post(`${target}.${name}`, value);
        const asSent = JSON.stringify(value).slice(0, 200);
        expect([status, body['__type']], `${asSent}: ${body['message']}`).toEqual([400, 'ValidationException']);
        const [count, found] = sentencesOf(String(body['message']));
        expect(found, asSent).toEqual([...sentences].sort());
        expect(count).toBe(`${found.length} validation error${found.length === 1 ? '' : 's'} detected`);
      }
    });
  });
});

async function post(target: string, value: unknown) {
  const response = await fetch(aws.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization:
        'AWS4-HMAC-SHA256 Credential=A/20261127/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(value),
  });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}

/** Splits a message into its count and its sentences, sorted. */
function sentencesOf(message: string): readonly [string, readonly string[]] {
  const [count = '', ...rest] = message.split(': ');
  const sentences = rest.join(': ').split(/; (?=Value)/);
  return [count, sentences.map(withSortedNames).sort()];
}

/** AWS lists names in an order that no model has. */
function withSortedNames(sentence: string): string {
  return sentence.replace(/(enum value set: )\[(.*)\]$/, (_, start, names) => `${start}[${sorted(names.split(', '))}]`);
}

function sorted(names: readonly string[]): string {
  return [...names].sort().join(', ');
}

/** Builds a request for each rule, with that rule's member alone. */
function brokenRequests(model: Model, name: string, { refuses = {} }: OperationMembers): readonly Broken[] {
  const input = model.operations[name]?.input;
  if (input === undefined) return [];
  const shape = shapeOf(model, input);
  const required = [...(shape.required ?? []), ...(NEEDED_HERE[name] ?? [])];
  const refused = Object.keys(refuses).map((path) => path.split('.').map(ours).join('.'));
  return brokenRecords({ model, operation: name, refused }, { ...shape, required }, '');
}

/** Where a rule is looked up. */
interface Source {
  readonly model: Model;
  readonly operation: string;
  /** The places of members that refuse their request by name. */
  readonly refused: readonly string[];
}

function brokenRecords(source: Source, { members = {}, required = [] }: Shape, prefix: string): readonly Broken[] {
  const taken = Object.entries(members).filter(([name]) => !source.refused.includes(`${prefix}${ours(name)}`));
  return taken.flatMap(([name, member]) => {
    const others = required.filter((other) => other !== name).map((other) => missing(`${prefix}${ours(other)}`));
    return brokenValues(source, member, `${prefix}${ours(name)}`).map(({ value, sentences }) => ({
      value: { [name]: value },
      sentences: [...sentences, ...others],
    }));
  });
}

function brokenValues(source: Source, name: ShapeName, place: string): readonly Broken[] {
  if (place === LABEL) return [];
  const shape = { ...shapeOf(source.model, name), ...OTHER_BOUNDS[`${source.operation}.${place}`] };
  if (shape.type === 'structure') return brokenRecords(source, shape, `${place}.`);
  if (shape.type === 'string') return brokenTexts(shape, place);
  if (shape.type === 'integer' || shape.type === 'long') return brokenNumbers(shape, place);
  if (shape.type === 'blob') return brokenBlobs(shape, place);
  return shape.type === 'list' && shape.member !== undefined ? brokenLists(source, shape, shape.member, place) : [];
}

function brokenTexts({ min = 0, max, pattern, enum: names }: Shape, place: string): readonly Broken[] {
  const broken = (value: string, constraint: string) => ({
    value,
    sentences: [fault(`'${value}' `, place, constraint)],
  });
  const found: Broken[] = [];
  if (names !== undefined) found.push(broken('?', `satisfy enum value set: [${sorted(names)}]`));
  if (min > 0) found.push(broken('', atLeast('length', min)));
  if (max !== undefined) found.push(broken('a'.repeat(max + 1), atMost('length', max)));
  if (pattern === undefined) return found;
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  const length = Math.max(min, 1);
  const wrong = ['?', '\u0100', '\n'].map((unit) => unit.repeat(length)).find((text) => !whole.test(text));
  if (wrong === undefined) return expect.fail(`No text breaks ${pattern}.`);
  return [...found, broken(wrong, `satisfy regular expression pattern: ${SHOWN_PATTERNS[pattern] ?? pattern}`)];
}

function brokenNumbers({ min, max }: Shape, place: string): readonly Broken[] {
  const broken = (value: number, constraint: string) => ({
    value,
    sentences: [fault(`'${value}' `, place, constraint)],
  });
  return [
    ...(min === undefined ? [] : [broken(min - 1, atLeast('value', min))]),
    ...(max === undefined ? [] : [broken(max + 1, atMost('value', max))]),
  ];
}

/** Bytes are never shown. */
function brokenBlobs({ min = 0, max }: Shape, place: string): readonly Broken[] {
  const broken = (length: number, constraint: string) => ({
    value: Buffer.alloc(length).toString('base64'),
    sentences: [fault('', place, constraint)],
  });
  return [
    ...(min === 0 ? [] : [broken(0, atLeast('length', min))]),
    ...(max === undefined ? [] : [broken(max + 1, atMost('length', max))]),
  ];
}

function brokenLists(source: Source, { min = 0, max }: Shape, member: ShapeName, place: string): readonly Broken[] {
  const { type, enum: names = ['a'] } = shapeOf(source.model, member);
  const entry = type === 'string' ? names[0] : {};
  const broken = (value: readonly unknown[], constraint: string) => {
    const shown = value.filter((one) => typeof one === 'string').slice(0, SHOWN_ENTRIES);
    return { value, sentences: [fault(`'[${shown.join(', ')}]' `, place, constraint)] };
  };
  return [
    ...(min === 0 ? [] : [broken([], atLeast('length', min))]),
    ...(max === undefined
      ? []
      : [
          broken(
            Array.from({ length: max + 1 }, () => entry),
            atMost('length', max),
          ),
        ]),
    ...brokenValues(source, member, `${place}.1.member`).map(({ value, sentences }) => ({ value: [value], sentences })),
  ];
}

/** Entries of a list that its fault shows. */
const SHOWN_ENTRIES = 51;

function shapeOf(model: Model, { shape }: ShapeName): Shape {
  return model.shapes[shape] ?? expect.fail(`The model has no shape ${shape}.`);
}

function ours(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

function fault(value: string, place: string, constraint: string): string {
  return `Value ${value}at '${place}' failed to satisfy constraint: Member must ${constraint}`;
}

function missing(place: string): string {
  return fault('null ', place, 'not be null');
}

function atLeast(what: string, bound: number): string {
  return `have ${what} greater than or equal to ${bound}`;
}

function atMost(what: string, bound: number): string {
  return `have ${what} less than or equal to ${bound}`;
}
