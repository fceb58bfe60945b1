/**
 * Results as the aws command line prints them: members in upper camel case, timestamps in ISO 8601, bytes in base64.
 * The rows of the operations have the names that are not ours with a capital letter.
 * @module
 */

import { shownLines } from '@securestring/core/quoted';
import { OPERATIONS as KMS_OPERATIONS } from '@securestring/keystore/operations';
import { OPERATIONS as SSM_OPERATIONS } from '@securestring/parameters/operations';
import { type Member, type Members, wireName } from '@securestring/service';

/** AWS's names by our own, each behind the member that it is in: `keyMetadata.arn`. */
const NAMES = new Map<string, string>();
/** Maps of the user's own words. */
const VERBATIM = new Set<string>();

for (const { answer } of Object.values({ ...KMS_OPERATIONS, ...SSM_OPERATIONS })) collect(answer, '');

function collect(members: Members, within: string): void {
  for (const [name, member] of Object.entries(members)) {
    if (member.awsName !== undefined) NAMES.set(`${within}.${name}`, wireName(name, member));
    if (member.wire === 'verbatim') VERBATIM.add(name);
    const inner = recordIn(member);
    if (inner !== undefined) collect(inner, name);
  }
}

/** Returns the members of a record, or of the records in a list. */
function recordIn({ wire }: Member): Members | undefined {
  if (typeof wire === 'string') return undefined;
  return 'record' in wire ? wire.record : recordIn(wire.list);
}

/**
 * Writes JSON, indented by four, as AWS's. `within` is the member of AWS's answer that the shape is from. What a
 * terminal obeys is escaped, which leaves the JSON the same.
 */
export function toAwsJson(shape: unknown, within = ''): string {
  return shownLines(JSON.stringify(inAwsNames(shape, within), undefined, 4));
}

function inAwsNames(value: unknown, within: string): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => inAwsNames(item, within));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const awsName = NAMES.get(`${within}.${name}`) ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return [awsName, VERBATIM.has(name) ? member : inAwsNames(member, name)];
    }),
  );
}
