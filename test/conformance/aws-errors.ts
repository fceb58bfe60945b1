/**
 * Errors that AWS's models give the operations here and that nothing here raises, each with the reason.
 * @module
 */

import { NO_STORE, type Reasons, split } from './aws-members.ts';

export const ERRORS_NOT_RAISED: Readonly<Record<'KMS' | 'SSM' | 'STS', Reasons>> = {
  KMS: {
    ...each(
      `CloudHsmClusterInvalidConfigurationException CustomKeyStoreInvalidStateException CustomKeyStoreNotFoundException
       XksKeyAlreadyInUseException XksKeyInvalidConfigurationException XksKeyNotFoundException`,
      NO_STORE,
    ),
    DependencyTimeoutException: 'the keystore waits for no other service',
    KeyUnavailableException: 'the keystore holds its keys itself: each is there or not',
    InvalidAliasNameException:
      'a name that breaks a rule is a `ValidationException`, and `alias/aws/…` is a `NotAuthorizedException`',
  },
  SSM: {
    HierarchyTypeMismatchException: 'a new version may have another type than the one before it',
  },
  STS: {
    InvalidContextAssertion: 'there is no identity center',
    RegionDisabledException: 'every Region is enabled',
  },
};

function each(names: string, reason: string): Reasons {
  return Object.fromEntries(split(names).map((name) => [name, reason] as const));
}
