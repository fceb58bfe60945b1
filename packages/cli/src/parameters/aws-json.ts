/**
 * What `aws ssm get-parameters-by-path --output json` prints, read as puts.
 * @module
 */

import { inspect } from '@securestring/core';
import { excerpt } from '@securestring/core/quoted';
import type { PutParameterRequest } from '@securestring/parameters';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** The beginning of every ciphertext that AWS KMS makes under a symmetric key today, as base64. */
const KMS_BLOB = 'AQICAH';
const TYPES = ['String', 'StringList', 'SecureString'] as const;
const NOTHING = 'Nothing was imported.';

/** The members of a put that such a file decides. */
export type AwsParameter = Pick<PutParameterRequest, 'name' | 'value' | 'dataType'> & {
  readonly type: (typeof TYPES)[number];
};

/**
 * Reads the parameters. `file` names the source in errors.
 *
 * @throws `CliError` if it is no such list, if a part of the list is missing, or if a value is still encrypted.
 */
export function fromAwsJson(parsed: unknown, file: string): readonly AwsParameter[] {
  const list = memberOf(parsed, 'Parameters');
  if (!Array.isArray(list)) {
    throw failed(`${file} is not what \`aws ssm get-parameters-by-path --output json\` prints: it has no Parameters.`);
  }
  if (memberOf(parsed, 'NextToken') !== undefined) {
    throw failed(`${file} has a NextToken: some parameters are missing. Ask for all of them, without --max-items.`);
  }
  const found = list.map((each: unknown, at) => parameterOf(each, `Parameter ${at + 1} of ${file}`));
  const sealed = found.filter(isSealed).map(({ name }) => excerpt(name));
  if (sealed.length === 0) return found;
  throw failed(
    `${sealed.join(', ')}: encrypted by AWS, and only AWS can decrypt them. Run aws with --with-decryption.`,
  );
}

/** Returns the names of values that begin like a ciphertext of AWS KMS, but do not read as a whole one. */
export function doubtfulNames(parameters: readonly AwsParameter[]): readonly string[] {
  return parameters.filter(({ type, value }) => type === 'SecureString' && value.startsWith(KMS_BLOB)).map(nameOf);
}

function nameOf({ name }: AwsParameter): string {
  return name;
}

/** A whole ciphertext, in the standard tier a blob and in the advanced tier a message. */
function isSealed({ type, value }: AwsParameter): boolean {
  if (type !== 'SecureString') return false;
  const { kind, problems } = inspect(value);
  return kind !== 'unknown' && problems.length === 0;
}

function parameterOf(given: unknown, place: string): AwsParameter {
  const name = textOf(given, 'Name', place);
  const where = `${place} (${excerpt(name)})`;
  const value = textOf(given, 'Value', where);
  const type = TYPES.find((known) => known === memberOf(given, 'Type'));
  if (type === undefined) throw failed(`${where} must have a Type: ${TYPES.join(', ')}.`);
  const dataType = memberOf(given, 'DataType');
  if (dataType === undefined || dataType === 'text') return { name, value, type };
  if (dataType === 'aws:ec2:image') return { name, value, type, dataType };
  throw failed(`${where} has a DataType that is not kept here: only text and aws:ec2:image are.`);
}

function textOf(given: unknown, member: string, place: string): string {
  const text = memberOf(given, member);
  if (typeof text === 'string' && text !== '') return text;
  throw failed(`${place} must have a ${member}, a text in quotes that is not empty.`);
}

function memberOf(given: unknown, member: string): unknown {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, member)) return undefined;
  return (given as Readonly<Record<string, unknown>>)[member];
}

function failed(message: string): CliError {
  return new CliError(EXIT.failed, `${message} ${NOTHING}`);
}
