/**
 * The request of an operation, from its options.
 * @module
 */

import type { Member, Members } from '@securestring/service';
import { wireName } from '@securestring/service';
import { AWS_EXIT, AwsFault, wrongValue } from './fault.ts';
import type { AwsOperation } from './services.ts';
import { validate } from './validation.ts';
import { memberValue, type Reading } from './values.ts';
import { type Given, optionMembers } from './words.ts';

type Json = Readonly<Record<string, unknown>>;

/** @throws `AwsFault`. */
export async function requestOf(
  operation: AwsOperation,
  options: Given,
  reading: Omit<Reading, 'option'>,
): Promise<Json> {
  const members = optionMembers(operation);
  const request: Record<string, unknown> = await inputOf(options, reading);
  for (const [option, texts] of options) {
    const isOn = members.has(option);
    const [name, member] = members.get(isOn ? option : option.replace(/^no-/, '')) ?? [];
    if (name === undefined || member === undefined || isShadowed(operation, name)) continue;
    request[name] =
      member.json === 'flag' ? isOn : await memberValue(member, texts, { ...reading, option: `--${option}` });
  }
  validate({ ...operation.request, ...operation.refused }, request);
  return request;
}

/** `--max-items` is of the aws command line, not of the service. */
function isShadowed({ pages }: AwsOperation, name: string): boolean {
  return name === 'MaxItems' && pages?.limit === name;
}

async function inputOf(options: Given, reading: Omit<Reading, 'option'>): Promise<Record<string, unknown>> {
  const texts = options.get('cli-input-json');
  if (texts === undefined) return {};
  const option = '--cli-input-json';
  const text = await memberValue(TEXT, texts, { ...reading, option });
  try {
    const input: unknown = JSON.parse(String(text));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input };
  } catch (error) {
    throw wrongValue('cli-input-json', 'Invalid JSON received.', error);
  }
  throw wrongValue('cli-input-json', 'Invalid type: expecting a JSON object.');
}

const TEXT: Pick<Member, 'wire' | 'isOptional' | 'isSecret'> & Member = {
  wire: 'plain',
  isOptional: false,
  isSecret: true,
  take: (value) => value,
};

/** A request with every member, to be filled in: what `--generate-cli-skeleton` prints. */
export function skeletonOf({ request }: AwsOperation, kind: string): Json {
  if (kind === 'input') return emptyRecord(request);
  throw new AwsFault(
    AWS_EXIT.usage,
    `--generate-cli-skeleton ${kind} is not here. Leave the value out, or give input.`,
  );
}

function emptyRecord(members: Members): Json {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, { wire }]) => wire !== 'none')
      .map(([name, member]) => [wireName(name, member), emptyValue(member)]),
  );
}

function emptyValue({ wire, json }: Member): unknown {
  if (wire === 'verbatim') return { KeyName: '' };
  if (wire === 'time') return '1970-01-01T00:00:00';
  if (typeof wire === 'object') return 'list' in wire ? [emptyValue(wire.list)] : emptyRecord(wire.record);
  return json === 'number' ? 0 : json === 'flag' ? true : '';
}
