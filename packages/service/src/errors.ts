/**
 * The base of both services' refusals.
 * @module
 */

import { SecureStringError } from '@securestring/core';

/**
 * A refusal that AWS would give: `name` is the name of AWS's exception, `message` its wording, which may be empty.
 */
export class ServiceError<Name extends string = string, Code extends string = string> extends SecureStringError<Code> {
  /** The name of AWS's exception, such as `NotFoundException`. */
  override readonly name: Name;

  /** Makes a refusal. `code` is stable; `message` is AWS's wording. */
  constructor(name: Name, code: Code, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = name;
  }
}

/**
 * A failure of the audit: the record of a call could not be kept. The call fails with it in place of its answer or its
 * refusal, although its work may be done. `cause` is what `onAudit` threw.
 */
export class AuditError extends SecureStringError<'AUDIT_FAILED'> {
  override readonly name = 'AuditError';
}

/** A function that makes a service's error with AWS's name. */
export type Refuse = (name: 'ValidationException', message: string) => ServiceError;
