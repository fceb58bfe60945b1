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

/** A function that makes a service's error with AWS's name. */
export type Refuse = (name: 'ValidationException', message: string) => ServiceError;
