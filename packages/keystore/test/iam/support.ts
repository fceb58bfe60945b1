/**
 * What the suites of users and roles share.
 * @module
 */

import { expect } from 'vitest';
import { IamError, type IamExceptionName } from '../../src/index.ts';
import { thrownBy } from '../support.ts';

/** The refusal of an action, which is IAM's error with that wording. */
export async function iamRefusal(action: () => unknown, name: IamExceptionName, message: string): Promise<IamError> {
  const error = await thrownBy(action);
  if (!(error instanceof IamError)) throw error;
  expect({ name: error.name, message: error.message }).toEqual({ name, message });
  return error;
}
