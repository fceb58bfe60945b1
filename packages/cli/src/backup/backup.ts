/**
 * `backup`, `restore`: a whole store in one encrypted file.
 * @module
 */

import { createReadStream } from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Keyring } from '@securestring/core';
import { shown } from '@securestring/core/quoted';
import type { Unlock } from '@securestring/keystore';
import { makeFolders } from '@securestring/keystore/paths';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { storePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';
import { unreadable } from '../io/input.ts';
import { outputFile, requireWritable } from '../io/output-file.ts';
import { kindOf } from '../io/path-kind.ts';
import { filesOfStore, requireNotNeeded } from '../io/places.ts';
import { takeSecret } from '../store/secret.ts';
import { requireNoStore, requireStore } from '../store/with-store.ts';
import { explain, ofOwnContext } from './damage.ts';
import { backupKey, beginsAsBackup, checkHeader, contextOf, HEADER_LENGTH, makeHeader } from './header.ts';
import { requireNoAccounts, requireNoData, withNewData } from './new-data.ts';
import { restoreRecords } from './restore.ts';
import { openStorages, othersOf, withStorages } from './storages.ts';
import {
  type FindOthers,
  lookThrough,
  type OpenStorages,
  type Pass,
  type StoreStorages,
  storeRecords,
} from './write.ts';

interface BackupOptions {
  readonly backupPassphraseFile?: string;
  readonly backupKeyFile?: string;
  readonly overwrite?: boolean;
}

const PASSPHRASE = ['--backup-passphrase-file <file>', "the backup's passphrase: the first line of this file"] as const;
const KEY_FILE = ['--backup-key-file <file>', "the backup's key: 32 bytes in this file, as base64 or raw"] as const;
/** How often a backup begins again because another process wrote to the store. */
const MOST_ATTEMPTS = 5;

export const registerBackup: Register = (program, act) => {
  program
    .command('backup')
    .argument('<file>', 'the backup')
    .description('write the whole store into one encrypted file')
    .option('--overwrite', 'replace the file that is there already')
    .option(...PASSPHRASE)
    .option(...KEY_FILE)
    .addHelpText(
      'after',
      examples(
        'securestring backup store.backup',
        'securestring backup store.backup --backup-passphrase-file ./passphrase',
      ),
    )
    .action(
      act<BackupOptions>(async ([file = ''], options, context) => {
        const place = storePlace(context);
        await requireStore(place);
        const { overwrite = false } = options;
        await requireWritable(file, overwrite);
        if ((await kindOf(file)) === 'stream')
          throw new CliError(EXIT.usage, `${file} is not a file, and a backup may have to begin again. Name a file.`);
        const { backupPassphraseFile = [], backupKeyFile = [] } = options;
        await requireNotNeeded(file, filesOfStore(context).concat(backupPassphraseFile, backupKeyFile));
        const unlock = await backupUnlock(context, options, true);
        const { entries, others } = await withStorages(place.data, (own) =>
          write({ own, findOthers: () => othersOf(place) }, unlock, file, overwrite),
        );
        context.json(
          { file, entries, ...(others.length > 0 && { others }) },
          () => `${shown(`${place.folder} in ${file}`)}: ${entries} entries${alsoText(others)}`,
        );
        if (await exists(place.rootKey))
          context.note(`Keep a copy of ${place.rootKey} apart from it: a restored store opens with that alone.`);
        return EXIT.ok;
      }),
    );
};

export const registerRestore: Register = (program, act) => {
  program
    .command('restore')
    .argument('<file>', 'a backup')
    .description('make a new store from a backup')
    .option(...PASSPHRASE)
    .option(...KEY_FILE)
    .addHelpText('after', examples('securestring restore store.backup --store ./restored'))
    .action(
      act<BackupOptions>(async ([file = ''], options, context) => {
        const place = storePlace(context);
        await requireNoStore(place);
        await requireNoData(place);
        const header = await readHeader(file);
        const unlock = await backupUnlock(context, options, false);
        const keyring = await keyringOf(header, unlock);
        const others: string[] = [];
        const entries = await withNewData(place, ({ data, accounts }) => {
          const openOther = async (name: string): Promise<OpenStorages> => {
            if (others.length === 0) await requireNoAccounts(place);
            others.push(name);
            const folder = join(accounts, name);
            makeFolders(folder);
            return openStorages(join(folder, 'data'));
          };
          return withStorages(data, (own) =>
            read(file, header, keyring, (pieces) => restoreRecords(pieces, own, openOther)),
          );
        });
        context.json(
          { store: place.folder, entries, ...(others.length > 0 && { others }) },
          () => `${shown(`${file} in ${place.folder}`)}: ${entries} entries${alsoText(others)}`,
        );
        context.note(
          `It opens with what opened the store of the backup. Check it: ${commandLine(context.options, 'doctor')}`,
        );
        return EXIT.ok;
      }),
    );
};

/** What is written: a store, and those of other accounts and Regions. */
interface Stores {
  readonly own: StoreStorages;
  readonly findOthers: FindOthers;
}

function alsoText(others: readonly string[]): string {
  return others.length === 0 ? '' : `, with the stores of ${others.join(', ')}`;
}

/** Begins again if another process wrote to the store meanwhile: a backup shows one moment. */
async function write(stores: Stores, unlock: Unlock, file: string, overwrite: boolean): Promise<Pass> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const pass = await writeOnce(stores, unlock, file, overwrite);
    if (pass !== undefined) return pass;
  }
  throw new CliError(
    EXIT.failed,
    'Others write to the store all the time. Nothing was written: back it up when they are done.',
  );
}

async function writeOnce(
  { own, findOthers }: Stores,
  unlock: Unlock,
  file: string,
  overwrite: boolean,
): Promise<Pass | undefined> {
  const { encryptNodeStream } = await import('@securestring/core/node');
  const header = makeHeader(unlock);
  const keyring = await keyringOf(header, unlock);
  const output = await outputFile(file, overwrite);
  try {
    let written: Pass | undefined;
    const records = async function* () {
      written = yield* storeRecords(own, findOthers);
    };
    output.stream.write(header);
    await pipeline(
      Readable.from(records(), { objectMode: false }),
      encryptNodeStream({ keyring, encryptionContext: contextOf(header) }),
      output.stream,
    );
    if (written === undefined || (await lookThrough(own, findOthers)).digest !== written.digest) {
      await output.abandon();
      return undefined;
    }
    await output.commit();
    return written;
  } catch (error) {
    await output.abandon();
    throw error;
  }
}

async function read(
  file: string,
  header: Uint8Array,
  keyring: Keyring,
  restore: (pieces: AsyncIterable<Uint8Array>) => Promise<number>,
): Promise<number> {
  const { decryptNodeStream } = await import('@securestring/core/node');
  let entries = 0;
  let refusal: unknown;
  try {
    await pipeline(
      createReadStream(file, { start: HEADER_LENGTH }),
      decryptNodeStream({ keyring: ofOwnContext(keyring), encryptionContext: contextOf(header) }),
      async (pieces: AsyncIterable<Uint8Array>) => {
        try {
          entries = await restore(pieces);
        } catch (error) {
          refusal = error;
          throw error;
        }
      },
    );
  } catch (error) {
    // The pipeline may end in the abort of a stream before it; then the records' refusal is what it is about.
    throw explain(refusal instanceof CliError ? refusal : error);
  }
  return entries;
}

async function keyringOf(header: Uint8Array, unlock: Unlock): Promise<Keyring> {
  const wrappingKey = await backupKey(header, unlock);
  const { rawAesKeyring } = await import('@securestring/core');
  try {
    return rawAesKeyring({ keyNamespace: 'securestring', keyName: 'backup', wrappingKey });
  } finally {
    wrappingKey.fill(0);
  }
}

async function readHeader(file: string): Promise<Uint8Array> {
  const { BEGINNING, whatItIs } = await import('../messages/foreign.ts');
  const beginning = Buffer.alloc(BEGINNING);
  // At a FIFO an opening without O_NONBLOCK would wait for a writer, and no signal could end it.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    if (!(await handle.stat()).isFile())
      throw new CliError(EXIT.failed, `${file} is not a file. Give a backup's file.`);
    const { bytesRead } = await handle.read(beginning, 0, BEGINNING, 0);
    const start = beginning.subarray(0, bytesRead);
    if (!beginsAsBackup(start)) {
      throw new CliError(EXIT.notAuthentic, `${file} is not a backup: ${await whatItIs(file, start)}`);
    }
    const header = start.subarray(0, HEADER_LENGTH);
    checkHeader(header, file);
    return Uint8Array.from(header);
  } finally {
    await handle.close();
  }
}

function backupUnlock(context: Context, options: BackupOptions, isNew: boolean): Promise<Unlock> {
  return takeSecret(context, {
    what: 'the backup',
    option: 'backup',
    passphraseFile: options.backupPassphraseFile,
    keyFile: options.backupKeyFile,
    isNew,
  });
}
