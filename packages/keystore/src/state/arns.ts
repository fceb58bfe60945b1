/**
 * ARNs of keys and aliases.
 * @module
 */

/** Where a keystore stands, in AWS's terms. */
export interface Place {
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

export function keyArn({ region, accountId }: Place, keyId: string): string {
  return `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
}

/** `name` begins with `alias/`. */
export function aliasArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:kms:${region}:${accountId}:${name}`;
}
