/**
 * The parameter's ARN, to which both tiers bind their ciphertext.
 * @module
 */

import type { EncryptionContext } from '../encryption-context.ts';
import { MalformedError, ParameterError } from '../errors.ts';
import { MAX_PARAMETER_ARN_LENGTH, MAX_PARAMETER_LEVELS } from '../limits.ts';
import { type Members, members, optional, type Take, takeOptions, text, wrongKind } from '../options.ts';
import { partitionOf } from '../partitions.ts';
import { quoted } from '../quoted.ts';

/** The name of the encryption context's one pair, in both tiers. */
export const PARAMETER_ARN_KEY = 'PARAMETER_ARN';

/** The parts of a parameter's ARN. */
export interface ParameterArnOptions {
  /** `MyParameter`, or a path that begins with `/` of at most 15 levels. Letters, digits and `_.-/`. */
  readonly name: string;
  /** The Region, such as `us-east-1`. */
  readonly region: string;
  /** The account id of 12 digits. */
  readonly accountId: string;
  /** The partition. Default that of the Region: `aws`, `aws-cn` for `cn-north-1`, and so on. */
  readonly partition?: string;
}

const NAME = /^[a-zA-Z0-9_.-]+$/;
const PATH = /^(\/[a-zA-Z0-9_.-]+)+$/;
const ARN = /^arn:[a-z0-9-]+:ssm:[a-z0-9-]+:\d{12}:parameter\/[a-zA-Z0-9_./-]+$/;

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;
const ACCOUNT_ID = /^\d{12}$/;
const PARTITION = /^[a-z0-9-]+$/;

const OPTIONS: Members<ParameterArnOptions> = members<ParameterArnOptions>({
  name: text,
  region: arnPart(REGION, 'the name of a Region, such as us-east-1'),
  accountId: arnPart(ACCOUNT_ID, 'a text of 12 digits'),
  partition: optional(arnPart(PARTITION, 'the name of a partition, such as aws or aws-cn')),
});

/**
 * Makes a parameter's ARN: `arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME`. `MyParameter` and `/MyParameter` are one
 * parameter and have one ARN.
 *
 * @throws `ParameterError` (`PARAMETER_NAME`, AWS's `ValidationException` or `HierarchyLevelLimitExceededException`).
 * @throws `MalformedError` (`MALFORMED_ARN`) if region, account id or partition cannot be in an ARN.
 * @throws `TypeError` if one of them is missing or not a string.
 * @example
 * parameterArn({ name: 'MyParameter', region: 'us-east-1', accountId: '000000000000' });
 */
export function parameterArn(options: ParameterArnOptions): string {
  const { name, region, accountId, partition = partitionOf(region) } = takeOptions('parameterArn', options, OPTIONS);
  return parameterArnAt(name, { partition, region, accountId });
}

/**
 * Makes a parameter's ARN for the place of a keystore. The place was checked when the keystore was created, and its
 * Region may have a name that {@link parameterArn} refuses.
 *
 * @throws `ParameterError` as {@link parameterArn} does.
 */
export function parameterArnAt(
  name: string,
  { partition, region, accountId }: Required<Omit<ParameterArnOptions, 'name'>>,
): string {
  checkName(name);
  const arn = `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  if (arn.length > MAX_PARAMETER_ARN_LENGTH) {
    throw nameError(
      `The parameter's ARN has ${arn.length} characters; ${MAX_PARAMETER_ARN_LENGTH} are allowed. Use a shorter name.`,
    );
  }
  return arn;
}

/** Checks a parameter's ARN. */
export function asParameterArn(value: unknown, name: string): string {
  const arn = text(value, name);
  if (ARN.test(arn)) return arn;
  throw new MalformedError(
    'MALFORMED_ARN',
    `${quoted(arn)} is not a parameter's ARN, such as arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter`,
    0,
  );
}

function arnPart(pattern: RegExp, expected: string): Take<string> {
  return (value, name) => {
    if (typeof value !== 'string') throw wrongKind(value, name, expected);
    if (pattern.test(value)) return value;
    throw new MalformedError('MALFORMED_ARN', `${name} must be ${expected}, not ${quoted(value)}`, 0);
  };
}

/** Returns the context that a parameter's ciphertext is bound to. */
export function parameterContext(arn: string): EncryptionContext {
  return { [PARAMETER_ARN_KEY]: arn };
}

function checkName(name: string): void {
  if (name.includes('/') && !name.startsWith('/')) throw nameError('Parameter name must be a fully qualified name');
  if (!NAME.test(name) && !PATH.test(name)) {
    throw nameError(
      'Parameter name: can be formed as a path that consists of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.split('/').length - 1 > MAX_PARAMETER_LEVELS) {
    throw new ParameterError(
      'HierarchyLevelLimitExceededException',
      'PARAMETER_NAME',
      `A hierarchy can have a maximum of ${MAX_PARAMETER_LEVELS} levels.`,
    );
  }
}

function nameError(message: string): ParameterError {
  return new ParameterError('ValidationException', 'PARAMETER_NAME', message);
}
