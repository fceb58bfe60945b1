/**
 * Checks of what callers give the endpoint. A misspelled option must not pass: without its access keys an endpoint
 * trusts every caller, without its certificate a server speaks in clear.
 * @module
 */

import {
  listOf,
  members,
  number,
  optional,
  record,
  type Take,
  type Takes,
  text,
  withMethods,
  wrongKind,
} from '@securestring/core/options';
import type { Keystore } from '@securestring/keystore';
import type { ParameterStore } from '@securestring/parameters';
import type { AwsEndpoint } from './fetch.ts';
import type { Services } from './services.ts';

/** Accepts an endpoint. */
export const asEndpoint: Take<AwsEndpoint> = withMethods<AwsEndpoint>(
  ['handle'],
  'an endpoint, such as awsEndpoint(…) gives',
);

/** Accepts an open keystore. */
export const asKeystore: Take<Keystore> = withMethods<Keystore>(
  ['generateDataKey', 'decrypt', 'as'],
  'an open keystore, such as `await openKeystore(…)` gives',
);

/** Accepts an open parameter store. */
export const asParameters: Take<ParameterStore> = withMethods<ParameterStore>(
  ['getParameter', 'putParameter', 'as'],
  'an open parameter store, such as `await openParameterStore(…)` gives',
);

/** Accepts the services of one place. They may come with more, such as what closes them. */
export function asServices(value: unknown, name: string): Services {
  if (typeof value !== 'object' || value === null) {
    throw wrongKind(value, name, 'an object with keystore and parameters');
  }
  const { keystore, parameters } = value as Partial<Services>;
  asKeystore(keystore, `${name}.keystore`);
  asParameters(parameters, `${name}.parameters`);
  return value as Services;
}

/** Options of a server that say where it listens. */
export interface Listening {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly cert: string | Uint8Array; readonly key: string | Uint8Array };
  readonly names?: readonly string[];
}

/** The checks of {@link Listening}. The port's bounds are the system's. */
export const LISTENING: Takes<Listening> = {
  host: optional(text),
  port: optional(number),
  tls: optional(record(members<NonNullable<Listening['tls']>>({ cert: pem, key: pem }))),
  names: optional(listOf(text)),
};

function pem(value: unknown, name: string): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw wrongKind(value, name, 'PEM, as a text or bytes');
}
