/**
 * Keys of other accounts: a request of KMS may name one by its ARN, and goes to the keystore of that account.
 * @module
 */

import { ServiceError } from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';
import type { Authenticated } from './authentication.ts';
import { EndpointError } from './fault.ts';

/** A key of another account than the caller's. */
export interface ForeignKey {
  /** The ARN of the key or of its alias, as it was sent. */
  readonly arn: string;
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

const KEY_ARN = /^arn:[a-z0-9-]+:kms:([a-z0-9-]+):(\d{12}):(?:key|alias)\/./;
/** The members in which requests name keys: `KeyId`, `SourceKeyId`, `DestinationKeyId`. */
const KEY_MEMBER = /keyid$/i;

/** The end of a denial to a caller whom the key's own policy allows, and who so may know of the key. */
const TRUSTED = / because no (?:identity-based|session) policy allows the [\w:]+ action$/;

/** Finds the key of another account, in the caller's Region, that a request names by its ARN. */
export function foreignKeyIn(
  sent: Readonly<Record<string, unknown>>,
  { place }: Pick<Authenticated, 'place'>,
): ForeignKey | undefined {
  for (const [member, arn] of Object.entries(sent)) {
    if (typeof arn !== 'string' || !KEY_MEMBER.test(member)) continue;
    const [, region, accountId] = KEY_ARN.exec(arn) ?? [];
    if (region !== place.region || accountId === undefined || accountId === place.accountId) continue;
    return { arn, region, accountId };
  }
  return undefined;
}

/**
 * Returns the refusal that another account sees. Unless the key's policy trusts the caller, it shows neither whether
 * the key exists nor, of an alias, which one it is.
 */
export function foreignFailure(error: unknown, name: string, { arn }: ForeignKey, { identify }: CallerFacts): unknown {
  if (!(error instanceof ServiceError) || !isRevealing(error)) return error;
  return new EndpointError(
    'AccessDeniedException',
    `User: ${identify().caller.arn} is not authorized to perform: kms:${name} on resource: ${arn} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
  );
}

function isRevealing({ name, message }: ServiceError): boolean {
  return name === 'NotFoundException' || (name === 'AccessDeniedException' && !TRUSTED.test(message));
}
