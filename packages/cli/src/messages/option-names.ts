/**
 * What the engine calls its options, as they are typed here.
 * @module
 */

import { CliError, exitCodeOf, messageOf } from '../command/failure.ts';

const TYPED: Readonly<Record<string, string>> = {
  commitmentPolicy: '--commitment-policy',
  encryptionContext: '--encryption-context',
  frameLength: '--frame-length',
  keyName: '--raw-key-name',
  keyNamespace: '--raw-key-namespace',
  maxEncryptedDataKeys: '--max-encrypted-data-keys',
  maxFrameLength: '--max-length',
  requiredContextKeys: '--required-context-key',
  unsignedOnly: '--unsigned-only',
  wrappingKey: '--raw-key-file',
};
/** What is in quotes is the user's own, whatever it says. */
const QUOTED_OR_NAME = new RegExp(`"(?:\\\\.|[^"\\\\])*"|\\b(?:${Object.keys(TYPED).join('|')})\\b`, 'g');

/** The same error, where it names no option. */
export function inTypedNames(error: unknown): unknown {
  if (error instanceof CliError) return error;
  const said = messageOf(error);
  const message = said.replace(QUOTED_OR_NAME, (part) => TYPED[part] ?? part);
  return message === said ? error : new CliError(exitCodeOf(error), message, { cause: error });
}
