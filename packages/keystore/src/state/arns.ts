/**
 * ARNs of keys and aliases.
 * @module
 */

/** The place of a keystore in AWS's terms. */
export interface Place {
  /** Such as `aws`; of a keystore that is older than partitions, `aws` in whatever Region. */
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

export function keyArn({ partition, region, accountId }: Place, keyId: string): string {
  return `arn:${partition}:kms:${region}:${accountId}:key/${keyId}`;
}

/** Where a key is at home. One that came in an envelope may be of another place than the keystore. */
export function placeOf(arn: string): Place {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return { partition, region, accountId };
}

/** `name` begins with `alias/`. */
export function aliasArn({ partition, region, accountId }: Place, name: string): string {
  return `arn:${partition}:kms:${region}:${accountId}:${name}`;
}
