/**
 * Options that `encrypt` and `decrypt` share.
 * @module
 */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { collect, wholeNumber } from '../command/option-values.ts';
import type { KeyOptions } from './keys.ts';

export interface FileOptions extends KeyOptions {
  readonly output?: string;
  readonly suffix?: string;
  readonly recursive?: boolean;
  readonly overwrite?: boolean;
  readonly encode?: boolean;
  readonly decode?: boolean;
  readonly force?: boolean;
  readonly encryptionContext?: readonly (readonly [string, string | undefined])[];
  readonly commitmentPolicy?: CommitmentPolicy;
  readonly maxEncryptedDataKeys?: number;
  readonly metadataOutput?: string;
}

type CommitmentPolicy = (typeof COMMITMENT_POLICIES)[number];
const COMMITMENT_POLICIES = [
  'REQUIRE_ENCRYPT_REQUIRE_DECRYPT',
  'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
  'FORBID_ENCRYPT_ALLOW_DECRYPT',
] as const;

export function addFileOptions(command: Command): Command {
  return command
    .option('-o, --output <path>', 'file, folder, or - for standard output (default: beside each input)')
    .option('--suffix <text>', 'what the names of outputs end in')
    .option('-r, --recursive', 'take all files of a folder')
    .option('--overwrite', 'replace outputs that are there already')
    .option(
      '-k, --key-id <id>',
      'key id, ARN or alias; may be given several times (encrypt: default alias/files)',
      collect,
    )
    .option(
      '--raw-key-file <file>',
      'a raw AES key of 16, 24 or 32 bytes (raw or base64) instead of a key of the store',
    )
    .option('--raw-key-namespace <text>', 'namespace of the raw key')
    .option('--raw-key-name <text>', 'name of the raw key')
    .option(
      '-c, --encryption-context <name=value>',
      'a pair that is bound to the message; may be given several times',
      collectPair,
    )
    .addOption(new Option('--commitment-policy <policy>', 'which suites are allowed').choices(COMMITMENT_POLICIES))
    .option('--max-encrypted-data-keys <n>', 'refuse messages with more encrypted data keys', wholeNumber)
    .option('--encode', 'write base64')
    .option('--decode', 'read base64')
    .option('--force', 'write to a terminal what is not text')
    .option('--metadata-output <file>', 'append a line of JSON about each input to this file; - for standard output');
}

/** `name=value`; on decryption a name alone demands that there is such a pair. */
function collectPair(
  text: string,
  before: readonly (readonly [string, string | undefined])[] = [],
): readonly (readonly [string, string | undefined])[] {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (name === '') throw new InvalidArgumentError('It must be name=value.');
  if (before.some(([other]) => other === name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return [...before, [name, at < 0 ? undefined : text.slice(at + 1)]];
}
