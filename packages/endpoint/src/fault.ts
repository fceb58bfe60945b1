/**
 * Refusals of the endpoint itself, before a service sees the request.
 * @module
 */

/** A refusal by AWS's front door: `name` is AWS's exception, `message` its wording. */
export class EndpointError extends Error {
  override readonly name: string;
  /** The status that the Query protocol has for it. AWS JSON has 400 for all. */
  readonly queryStatus: number;

  constructor(name: string, message: string, queryStatus = 400) {
    super(message);
    this.name = name;
    this.queryStatus = queryStatus;
  }
}

/** Makes the refusal of a body that is not what the protocol demands. */
export function serializationError(message: string): EndpointError {
  return new EndpointError('SerializationException', message);
}
