/**
 * Places: the account and Region that a service answers for, and the ARNs in them.
 * @module
 */

/** An account in a Region. */
export interface Place {
  /** Such as `aws`. A store that was made before partitions were distinguished has `aws` in every Region. */
  readonly partition: string;
  /** Such as `us-east-1`. */
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** Builds the ARN of a resource of a service, such as `kms` and `key/…`. */
export function arnIn({ partition, region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Parses the place that an ARN names. */
export function placeOf(arn: string): Place {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return { partition, region, accountId };
}

/** Builds the ARN of an account's root. */
export function rootArn({ partition, accountId }: Pick<Place, 'partition' | 'accountId'>): string {
  return `arn:${partition}:iam::${accountId}:root`;
}
