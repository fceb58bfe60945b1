/**
 * Places: the account and Region that a service answers for, and the ARNs in them.
 * @module
 */

/** An account in a Region. */
export interface Place {
  /** Such as `aws`. A store made before partitions were distinguished has `aws` in whatever Region. */
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

/** Reads the place that an ARN names. */
export function placeOf(arn: string): Place {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return { partition, region, accountId };
}

/** Builds the ARN of the account's root, which may do everything where no other caller is named. */
export function rootArn({ partition, accountId }: Place): string {
  return `arn:${partition}:iam::${accountId}:root`;
}
