/**
 * `encrypt`: files to Encryption SDK messages.
 * @module
 */

import type { Keyring, SuiteId } from '@securestring/core';
import type { NodeMessageStream } from '@securestring/core/node';
import { InvalidArgumentError } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect, wholeNumber } from '../command/option-values.ts';
import { STANDARD } from '../io/input.ts';
import type { Pair } from '../io/places.ts';
import { withKeyring } from './keys.ts';
import { metadataLog } from './metadata.ts';
import { inTypedNames } from './option-names.ts';
import { addFileOptions, type FileOptions } from './options.ts';
import { outputsOf, planned } from './planned.ts';
import { addRecipientOptions } from './recipients.ts';

interface EncryptOptions extends FileOptions {
  readonly algorithm?: SuiteId;
  readonly frameLength?: number;
  readonly requiredContextKey?: readonly string[];
}

const SUFFIX = '.encrypted';

export const registerEncrypt: Register = (program, act) => {
  addRecipientOptions(
    addFileOptions(
      program.command('encrypt').argument('<input...>', 'files, folders, patterns, or - for standard input'),
    ),
  )
    .description('encrypt files, as Encryption SDK messages')
    .option('--algorithm <id>', 'suite, such as 0x0478 (default) or 0x0578, which signs', suiteId)
    .option('--frame-length <bytes>', 'plaintext bytes of a frame (default: 65536)', wholeNumber)
    .option(
      '--required-context-key <name>',
      'leave this pair out of the message: to decrypt it, give the pair again',
      collect,
    )
    .addHelpText(
      'after',
      examples(
        'securestring encrypt report.pdf -c project=alpha',
        'securestring encrypt --recursive private/ --output sealed/',
        'securestring encrypt report.pdf --recipient alice.pub',
        'securestring encrypt report.pdf --passphrase',
        'tar c private | securestring encrypt - --key-id alias/backup > private.tar.encrypted',
      ),
    )
    .action(act<EncryptOptions>(encryptFiles, 'files'));
};

async function encryptFiles(inputs: readonly string[], options: EncryptOptions, context: Context): Promise<number> {
  const { suffix = SUFFIX } = options;
  const { needed, todo, exitCode } = await planned(context, inputs, options, (name) => `${name}${suffix}`);
  const encryptionContext = fullContext(options);
  requireApartAsMessages(todo);
  const metadata = await metadataLog(context, 'encrypt', options.metadataOutput, todo, needed);
  const [{ encryptNodeStream }, { requireOutputs, transformFiles }] = await Promise.all([
    import('@securestring/core/node'),
    import('./transform.ts'),
  ]);
  const outputs = outputsOf('encrypt', options);
  const makeStream = (keyring: Keyring) => encryptNodeStream({ keyring, encryptionContext, ...streamOptions(options) });
  await requireStreamOptions(makeStream);
  // A mistake in the command line is reported before a file that is in the way, and both before any question.
  const beforeAsking = () => requireOutputs(context, todo, outputs);
  await withKeyring(context, { ...options, beforeAsking }, 'encrypt', (keyring, explain) =>
    transformFiles(
      context,
      todo,
      {
        ...outputs,
        explain,
        makeStream: () => makeStream(keyring),
      },
      metadata,
    ),
  );
  return exitCode;
}

/** Refuses several messages in one stream, which nothing reads. Several outputs in one file are refused before. */
function requireApartAsMessages(todo: readonly Pair[]): void {
  const [first] = todo;
  if (first === undefined || new Set(todo.map(({ output }) => output)).size === todo.length) return;
  const name = first.output === STANDARD ? 'Standard output (-)' : first.output;
  throw new CliError(
    EXIT.usage,
    `${name} takes one file: messages behind one another could not be decrypted. As one message: tar c FILE... | securestring encrypt -`,
  );
}

/** Throws what the engine has against the options. A key of zeros will do: nothing is encrypted under it. */
async function requireStreamOptions(makeStream: (keyring: Keyring) => NodeMessageStream): Promise<void> {
  const { rawAesKeyring } = await import('@securestring/core');
  try {
    const keyring = rawAesKeyring({ keyNamespace: 'none', keyName: 'none', wrappingKey: new Uint8Array(32) });
    const stream = makeStream(keyring);
    stream.header.catch(() => undefined);
    stream.destroy();
  } catch (error) {
    throw inTypedNames(error);
  }
}

function streamOptions({
  algorithm,
  frameLength,
  requiredContextKey,
  commitmentPolicy,
  maxEncryptedDataKeys,
}: EncryptOptions) {
  return {
    ...(algorithm !== undefined && { suite: algorithm }),
    ...(frameLength !== undefined && { frameLength }),
    ...(requiredContextKey !== undefined && { requiredContextKeys: requiredContextKey }),
    ...(commitmentPolicy !== undefined && { commitmentPolicy }),
    ...(maxEncryptedDataKeys !== undefined && { maxEncryptedDataKeys }),
  };
}

function fullContext({ encryptionContext = [] }: FileOptions): Record<string, string> {
  const bare = encryptionContext.find(([, value]) => value === undefined);
  if (bare !== undefined)
    throw new CliError(EXIT.usage, `--encryption-context ${bare[0]} has no value: give name=value.`);
  return Object.fromEntries(encryptionContext.map(([name, value]) => [name, value ?? '']));
}

function suiteId(text: string): SuiteId {
  if (!/^0x[0-9a-f]{4}$/i.test(text)) throw new InvalidArgumentError('It must be four hex digits, such as 0x0478.');
  // The engine refuses an unknown suite, and lists the known ones.
  return Number(text) as SuiteId;
}
