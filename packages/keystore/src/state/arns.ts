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

/** Where a key is at home. One that came in an envelope may be of another place than the keystore. */
export function placeOf(arn: string): Place {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return { region, accountId };
}

/** `name` begins with `alias/`. */
export function aliasArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:kms:${region}:${accountId}:${name}`;
}
