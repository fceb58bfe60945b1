/**
 * What is here of KMS, Parameter Store and STS, as a document: each operation of AWS's models, the members that are
 * missing, and the errors that are not raised.
 * @module
 */

import type { Model } from '@securestring/test-support/aws-models';
import { wrapMarkdown } from '../../scripts/wrap-markdown.ts';
import { MODELS_RELEASE, type Reasons, type ServiceMembers } from './aws-members.ts';

/** A service, and what is here of it. */
export interface Covered {
  readonly title: string;
  readonly model: Model;
  /** The model's operations that the table judges. */
  readonly operations: readonly string[];
  readonly members: ServiceMembers;
  /** Errors that something here raises. */
  readonly raised: ReadonlySet<string>;
  readonly notRaised: Reasons;
}

const HEAD = `# Coverage

What is here of AWS's operations, by the models that AWS publishes with its SDKs (botocore ${MODELS_RELEASE}). A test makes this
page from the models and from the tables that the endpoint reads, and fails where they differ:
\`npx vitest run test/conformance/coverage -u\` writes it again.

- An operation that is not here is answered with \`UnknownOperationException\` (STS: \`InvalidAction\`), whose message names
  it.
- A request that breaks a bound, a pattern or a list of names of the models gets AWS's \`ValidationException\`, with a
  sentence for each rule that it breaks.
- \`securestring aws\` has all of them as [the aws command line's words](cli/aws.md), and prints the members of an answer
  in the order of the models.
- Members are counted at any depth.
- "Refused" members refuse their request by name, unless their value changes nothing; no answer has those that are "left
  out".
`;

/** Writes the document. */
export function coverageDocument(services: readonly Covered[]): string {
  return wrapMarkdown([HEAD, ...services.map(serviceSection)].join('\n'));
}

/** Returns the errors that the models give the operations here, sorted. */
export function modelledErrors({ model, members }: Covered): readonly string[] {
  const names = Object.keys(members).flatMap((name) => model.operations[name]?.errors ?? []);
  // In the Query protocol an error has a code, which its shape's name only resembles.
  return [...new Set(names.map(({ shape }) => model.shapes[shape]?.error?.code ?? shape))].sort();
}

function serviceSection(service: Covered): string {
  const { title, operations, members } = service;
  const present = operations.filter((name) => Object.hasOwn(members, name));
  const absent = operations.filter((name) => !present.includes(name));
  const missing = present.map((name) => memberRow(service, name)).filter((row) => row !== undefined);
  return [
    `## ${title}: ${present.length} of ${operations.length} operations\n`,
    ...(absent.length === 0 ? [] : [`Not here: ${absent.map(code).join(', ')}.\n`]),
    '| Operation | Members of the request | of the answer |\n|---|---|---|',
    ...present.map((name) => countRow(service, name)),
    ...(missing.length === 0 ? [] : ['\n| Member | Why it is missing |\n|---|---|', ...missing]),
    '',
    errorTable(service),
  ].join('\n');
}

function countRow({ members }: Covered, name: string): string {
  const { reads, refuses = {}, answers, omits = {} } = members[name] ?? {};
  return `| \`${name}\` | ${count(reads, refuses)} | ${count(answers, omits)} |`;
}

function count(names: string | undefined, missing: Reasons): string {
  const there = (names ?? '').split(/\s+/).filter(Boolean).length;
  const lacking = Object.keys(missing).length;
  if (there + lacking === 0) return 'none';
  return lacking === 0 ? `all ${there}` : `${there} of ${there + lacking}`;
}

function memberRow({ members }: Covered, name: string): string | undefined {
  const { refuses = {}, omits = {} } = members[name] ?? {};
  const rows = [
    ...Object.entries(refuses).map(([member, reason]) => `| \`${name}\`, \`${member}\` refused | ${reason} |`),
    ...Object.entries(omits).map(([member, reason]) => `| \`${name}\`, \`${member}\` left out | ${reason} |`),
  ];
  return rows.length === 0 ? undefined : rows.join('\n');
}

function errorTable(service: Covered): string {
  const rows = modelledErrors(service).map((name) => {
    const reason = service.notRaised[name];
    return `| \`${name}\` | ${reason === undefined ? 'yes' : `no: ${reason}`} |`;
  });
  return rows.length === 0
    ? 'The models give these operations no errors.\n'
    : `| Error | Raised |\n|---|---|\n${rows.join('\n')}\n`;
}

function code(name: string): string {
  return `\`${name}\``;
}
