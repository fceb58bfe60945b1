/**
 * The operations of the offline KMS, in one table. Each row is in the file of its topic, beside its work.
 * @module
 */

import type { ACCESS_KEYS } from './access-keys.ts';
import type { AUDIT_KEY } from './audit-key.ts';
import type { AUTHORIZATION } from './authorization.ts';
import type { ENTRY_SEALS } from './entry-seals.ts';
import type { Keystore } from './keystore.ts';
import { ACCESS_KEY_ROWS } from './operations/access-keys.ts';
import { ALIAS_ROWS } from './operations/aliases.ts';
import { CLOCK_ROWS } from './operations/clock.ts';
import { CRYPTOGRAPHIC_ROWS } from './operations/cryptography.ts';
import { ENVELOPE_ROWS } from './operations/envelope.ts';
import { GRANT_ROWS } from './operations/grants.ts';
import { ROLE_ROWS } from './operations/iam/roles.ts';
import { USER_ROWS } from './operations/iam/users.ts';
import { IMPORT_ROWS } from './operations/import.ts';
import { KEY_ROWS } from './operations/keys.ts';
import { LIFECYCLE_ROWS } from './operations/lifecycle.ts';
import { MAC_ROWS } from './operations/mac.ts';
import { POLICY_ROWS } from './operations/policies.ts';
import { ROTATION_ROWS } from './operations/rotation.ts';
import type { Rows } from './operations/row.ts';
import { SESSION_ROWS } from './operations/sts.ts';
import { TAG_ROWS } from './operations/tags.ts';
import { UNLOCK_ROWS } from './unlock-slots.ts';
import type { VALUE_OPENING } from './value-opening.ts';

/** The members of a keystore that are not operations. */
type Plain =
  | 'partition'
  | 'region'
  | 'accountId'
  | 'generation'
  | 'latestTime'
  | 'as'
  | 'refresh'
  | 'close'
  | typeof ENTRY_SEALS
  | typeof ACCESS_KEYS
  | typeof AUDIT_KEY
  | typeof AUTHORIZATION
  | typeof VALUE_OPENING
  | typeof Symbol.asyncDispose;
/** The name of an operation. */
export type OperationName = Exclude<keyof Keystore, Plain>;
/** The operations of a keystore. */
export type Operations = Pick<Keystore, OperationName>;

/** The row of each operation. If one is missing, this does not compile. */
export const OPERATIONS: Rows<Operations> = {
  ...CRYPTOGRAPHIC_ROWS,
  ...MAC_ROWS,
  ...KEY_ROWS,
  ...TAG_ROWS,
  ...LIFECYCLE_ROWS,
  ...POLICY_ROWS,
  ...GRANT_ROWS,
  ...ROTATION_ROWS,
  ...IMPORT_ROWS,
  ...ALIAS_ROWS,
  ...ENVELOPE_ROWS,
  ...ACCESS_KEY_ROWS,
  ...SESSION_ROWS,
  ...USER_ROWS,
  ...ROLE_ROWS,
  ...UNLOCK_ROWS,
  ...CLOCK_ROWS,
};
