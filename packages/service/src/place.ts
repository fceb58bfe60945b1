/**
 * Places: the account and Region that a service answers for, and the ARNs in them.
 * @module
 */

/** An account in a Region. */
export interface Place {
  /** Such as `us-east-1`. It decides the partition. */
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** Builds the ARN of a resource of a service, such as `kms` and `key/…`. */
export function arnIn({ region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

/** Reads the place that an ARN names. */
export function placeOf(arn: string): Place {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return { region, accountId };
}

/** Builds the ARN of the account's root, which may do everything where nobody else is named. */
export function rootArn({ region, accountId }: Place): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:root`;
}

function partitionOf(_region: string): string {
  return 'aws';
}
