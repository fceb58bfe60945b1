/**
 * `key export`, `key import`: keys on their way to another store, in a sealed envelope.
 * @module
 */

import { counted, shown } from '@securestring/core/quoted';
import type { Unlock } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput } from '../io/device.ts';
import { unreadable } from '../io/input.ts';
import { requireWritable, writeOutput } from '../io/output-file.ts';
import { filesOfStore, requireNotNeeded } from '../io/places.ts';
import { table } from '../output/table.ts';
import { requireNotOwn } from '../store/own-key.ts';
import { takeSecret, untilRight } from '../store/secret.ts';
import { withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';

interface EnvelopeOptions {
  readonly envelopePassphraseFile?: string;
  readonly envelopeKeyFile?: string;
}

interface ExportOptions extends EnvelopeOptions {
  readonly output: string;
  readonly overwrite?: boolean;
}

const PASSPHRASE = [
  '--envelope-passphrase-file <file>',
  "the envelope's passphrase: the first line of this file",
] as const;
const KEY_FILE = ['--envelope-key-file <file>', "the envelope's key: 32 bytes in this file, as base64 or raw"] as const;

/** More than the keys of any store take. Bytes. */
const MOST_ENVELOPE = 64 * 1024 * 1024;

/** Its first bytes. */
const MAGIC = 'SSKEYENV';

export const registerKeyExport: Register = (program, act) => {
  program
    .command('export')
    .argument('<key...>', 'key ids, ARNs or aliases')
    .description('write keys with all their material into a sealed envelope')
    .requiredOption('-o, --output <file>', 'the envelope')
    .option('--overwrite', 'replace the file that is there already')
    .option(...PASSPHRASE)
    .option(...KEY_FILE)
    .addHelpText(
      'after',
      examples(
        'securestring key export alias/app -o app.keys',
        'securestring key export alias/app alias/web -o our.keys --envelope-passphrase-file ./passphrase',
      ),
    )
    .action(
      act<ExportOptions>(async (typed, options, context) => {
        const { output, overwrite = false } = options;
        await requireWritable(output, overwrite);
        const { envelopePassphraseFile = [], envelopeKeyFile = [] } = options;
        await requireNotNeeded(output, filesOfStore(context).concat(envelopePassphraseFile, envelopeKeyFile));
        return withStore(context, async ({ keystore }) => {
          const keyIds = await Promise.all(typed.map((one) => plainKeyId(keystore, one)));
          // A key that does not go refuses before a passphrase is asked for.
          for (const keyId of keyIds) await requireNotOwn(keystore, keyId, 'ExportKeys', context.options);
          const unlock = await envelopeUnlock(context, options, true);
          await writeOutput(output, await keystore.exportKeys({ keyIds, unlock }), overwrite);
          context.json({ output, keyIds }, () => `${counted(keyIds.length, 'key')} in ${shown(output)}`);
          context.note('Aliases stay behind: make them again where the keys are imported.');
          return EXIT.ok;
        });
      }),
    );
};

export const registerKeyImport: Register = (program, act) => {
  program
    .command('import')
    .argument('<file>', 'an envelope')
    .description('take in the keys of an envelope, all or none')
    .option(...PASSPHRASE)
    .option(...KEY_FILE)
    .addHelpText('after', examples('securestring key import app.keys'))
    .action(
      act<EnvelopeOptions>(async ([file = ''], options, context) => {
        const envelope = await readEnvelope(file);
        const isGiven = (options.envelopePassphraseFile ?? options.envelopeKeyFile) !== undefined;
        return withStore(context, async ({ keystore }) => {
          const result = await untilRight(context, isGiven, async () =>
            keystore.importKeys({ envelope, unlock: await envelopeUnlock(context, options, false) }),
          );
          const rows = result.keys.map(({ keyId, keyArn }) => [keyId, keyArn]);
          context.result(result, () => table(['KEY', 'ARN'], rows, context.colour));
          return EXIT.ok;
        });
      }),
    );
};

function envelopeUnlock(context: Context, options: EnvelopeOptions, isNew: boolean): Promise<Unlock> {
  return takeSecret(context, {
    what: 'the envelope',
    option: 'envelope',
    passphraseFile: options.envelopePassphraseFile,
    keyFile: options.envelopeKeyFile,
    isNew,
  });
}

async function readEnvelope(file: string): Promise<Uint8Array> {
  const envelope = await readInput(file, MOST_ENVELOPE).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (envelope.length <= MOST_ENVELOPE) return requireEnvelope(file, envelope);
  throw new CliError(EXIT.notAuthentic, `${file} is longer than ${MOST_ENVELOPE} bytes: it is not an envelope.`);
}

/** Names a file of another kind before a passphrase is asked for. The keystore judges the rest. */
async function requireEnvelope(file: string, bytes: Buffer): Promise<Uint8Array> {
  const start = bytes.subarray(0, MAGIC.length).toString('latin1');
  if (start !== '' && MAGIC.startsWith(start)) return Uint8Array.from(bytes);
  const { BEGINNING, whatItIs } = await import('../messages/foreign.ts');
  const what = await whatItIs(file, bytes.subarray(0, BEGINNING));
  throw new CliError(EXIT.notAuthentic, `${file} is not an envelope with keys: ${what}`);
}
