/**
 * Results as the aws command line prints them: members in upper camel case, timestamps in ISO 8601, bytes in base64.
 * @module
 */

import { shownLines } from '@securestring/core/quoted';

/** Where AWS's name is not ours with a capital. */
const NAMES: Readonly<Record<string, string>> = { awsAccountId: 'AWSAccountId', arn: 'ARN' };
/** AWS KMS writes it otherwise than Systems Manager does. */
const NAMES_WITHIN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  keyMetadata: { arn: 'Arn' },
  primaryKey: { arn: 'Arn' },
};
/** Maps of the user's own words. */
const VERBATIM: ReadonlySet<string> = new Set(['encryptionContext']);

/** Writes JSON, indented by four, as AWS's. What a terminal obeys is escaped, which leaves the JSON the same. */
export function toAwsJson(shape: unknown): string {
  return shownLines(JSON.stringify(inAwsNames(shape, ''), undefined, 4));
}

function inAwsNames(value: unknown, within: string): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => inAwsNames(item, within));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const awsName = NAMES_WITHIN[within]?.[name] ?? NAMES[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return [awsName, VERBATIM.has(name) ? member : inAwsNames(member, name)];
    }),
  );
}
