/**
 * `decrypt`: Encryption SDK messages to files.
 * @module
 */

import type { MessageHeader } from '@securestring/core';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { wholeNumber } from '../command/option-values.ts';
import { nameOf } from '../io/input.ts';
import { unknownNames } from './context-trouble.ts';
import { withKeyring } from './keys.ts';
import { metadataLog } from './metadata.ts';
import { addFileOptions, type FileOptions } from './options.ts';
import { outputsOf, planned } from './planned.ts';
import { addIdentityOptions } from './recipients.ts';

interface DecryptOptions extends FileOptions {
  readonly maxLength?: number;
  readonly buffer?: boolean;
  readonly unsignedOnly?: boolean;
}

const ENCRYPTED = '.encrypted';
const SUFFIX = '.decrypted';

export const registerDecrypt: Register = (program, act) => {
  addIdentityOptions(
    addFileOptions(
      program.command('decrypt').argument('<input...>', 'files, folders, patterns, or - for standard input'),
    ),
  )
    .description('decrypt Encryption SDK messages')
    .option('--max-length <bytes>', 'refuse longer frames (default: 64 MiB)', wholeNumber)
    .option('--buffer', 'on standard output or another stream, hold everything until all of it is verified')
    .option('--unsigned-only', 'refuse signed messages, whose last frame waits for the signature')
    .addHelpText(
      'after',
      examples(
        'securestring decrypt report.pdf.encrypted -c project=alpha',
        'securestring decrypt --recursive sealed/ --output private/',
        'securestring decrypt report.pdf.encrypted --identity ~/.ssh/id_rsa',
        'securestring decrypt - < private.tar.encrypted | tar x',
      ),
    )
    .action(act<DecryptOptions>(decryptFiles, 'files'));
};

async function decryptFiles(inputs: readonly string[], options: DecryptOptions, context: Context): Promise<number> {
  const rename = (name: string) => plainName(name, options.suffix);
  const { needed, todo, exitCode } = await planned(context, inputs, options, rename);
  const metadata = await metadataLog(context, 'decrypt', options.metadataOutput, todo, needed);
  const [{ diagnostics }, { decryptNodeStream }, { requireOutputs, transformFiles }] = await Promise.all([
    import('@securestring/core'),
    import('@securestring/core/node'),
    import('./transform.ts'),
  ]);
  const outputs = outputsOf('decrypt', options);
  await requireOutputs(context, todo, outputs);
  const asked = { ...options, inputs: todo.map(({ input }) => input) };
  await withKeyring(context, asked, 'decrypt', (keyring, explain) =>
    transformFiles(
      context,
      todo,
      {
        ...outputs,
        explain,
        // Diagnostics are for who has the keys: nothing of them is written into an output.
        makeStream: () => decryptNodeStream({ keyring, diagnostics, ...streamOptions(options) }),
        checkHeader: (header, input) => requireNames(header, input, options),
      },
      metadata,
    ),
  );
  return exitCode;
}

function streamOptions(options: DecryptOptions) {
  const { maxLength, unsignedOnly, commitmentPolicy, maxEncryptedDataKeys, encryptionContext = [] } = options;
  const pairs = encryptionContext.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return {
    encryptionContext: Object.fromEntries(pairs),
    ...(maxLength !== undefined && { maxFrameLength: maxLength }),
    ...(unsignedOnly !== undefined && { unsignedOnly }),
    ...(commitmentPolicy !== undefined && { commitmentPolicy }),
    ...(maxEncryptedDataKeys !== undefined && { maxEncryptedDataKeys }),
  };
}

/** A name without a value asks for some pair of that name. */
function requireNames(
  { encryptionContext: there }: MessageHeader,
  input: string,
  { encryptionContext = [] }: FileOptions,
): void {
  const missing = encryptionContext.filter(([name, value]) => value === undefined && !Object.hasOwn(there, name));
  if (missing.length === 0) return;
  const stored = Object.keys(there).filter((name) => !name.startsWith('aws-crypto-'));
  const names = unknownNames(
    missing.map(([name]) => name),
    stored,
  );
  throw new CliError(EXIT.failed, `${nameOf(input)}: ${names} Nothing was written.`);
}

/** Without `.encrypted`, else with `.decrypted`; or with what `--suffix` says. */
function plainName(name: string, suffix: string | undefined): string {
  const plain = name.endsWith(ENCRYPTED) && name !== ENCRYPTED ? name.slice(0, -ENCRYPTED.length) : undefined;
  if (suffix !== undefined) return `${plain ?? name}${suffix}`;
  return plain ?? `${name}${SUFFIX}`;
}
