/**
 * A Secret of Kubernetes, for `kubectl apply -f -`.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import type { Keyed, WriterOptions, Written } from './format.ts';
import { inQuotes } from './yaml.ts';

/** Most bytes of all values of a Secret. */
const MAX_LENGTH = 1_048_576;
/** RFC 1123: letters in lower case, digits and `-`, which begins and ends none. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const MAX_NAME_LENGTH = 253;

/** Writes a Secret of type Opaque, with each value in base64. Every value has a form. */
export function writeKubernetes(entries: readonly Keyed[], options: WriterOptions): Written {
  const { path, namespace, name = path.toLowerCase().split('/').filter(Boolean).join('-') } = options;
  const isName = name.length <= MAX_NAME_LENGTH && name.split('.').every((label) => LABEL.test(label));
  if (!isName) throw nameRefused('name', name === '' ? '/' : name, 'Give --name NAME.');
  if (namespace !== undefined && !LABEL.test(namespace)) throw nameRefused('namespace', namespace, '');
  const values = entries.map(({ variable, value }) => [variable, Buffer.from(value)] as const);
  const length = values.reduce((sum, [, value]) => sum + value.length, 0);
  if (length > MAX_LENGTH) {
    throw new CliError(
      EXIT.failed,
      `A Secret of Kubernetes holds at most 1 MiB, and these values are ${length} bytes.`,
    );
  }
  const lines = [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${inQuotes(name)}`,
    ...(namespace === undefined ? [] : [`  namespace: ${inQuotes(namespace)}`]),
    'type: Opaque',
    'data:',
    ...values.map(([key, value]) => `  ${inQuotes(key)}: ${inQuotes(value.toString('base64'))}`),
  ];
  return { text: `${lines.join('\n')}\n` };
}

function nameRefused(what: string, name: string, hint: string): CliError {
  return new CliError(
    EXIT.usage,
    `${name} is not the ${what} of a Secret: letters in lower case, digits, and - within. ${hint}`.trim(),
  );
}
