/**
 * `backup`, `restore`: a whole store in one encrypted file.
 * @module
 */

import { createReadStream } from 'node:fs';
import { constants, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Keyring } from '@securestring/core';
import { shown } from '@securestring/core/quoted';
import type { Unlock } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { storePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';
import { unreadable } from '../io/input.ts';
import { outputFile, requireWritable } from '../io/output-file.ts';
import { kindOf } from '../io/path-kind.ts';
import { filesOfStore, requireNotNeeded } from '../io/places.ts';
import { otherPlaces } from '../store/other-stores.ts';
import { takeSecret } from '../store/secret.ts';
import { requireNoStore, requireStore } from '../store/with-store.ts';
import { backupKey, checkHeader, contextOf, HEADER_LENGTH, makeHeader } from './header.ts';
import { requireNoData, withNewData } from './new-data.ts';
import { restoreRecords } from './restore.ts';
import { lookThrough, type Pass, type StoreStorages, storeRecords } from './write.ts';

interface BackupOptions {
  readonly backupPassphraseFile?: string;
  readonly backupKeyFile?: string;
  readonly overwrite?: boolean;
}

const PASSPHRASE = ['--backup-passphrase-file <file>', "the backup's passphrase: the first line of this file"] as const;
const KEY_FILE = ['--backup-key-file <file>', "the backup's key: 32 bytes as base64 in this file"] as const;
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
        const { entries } = await withStorages(place.data, (storages) => write(storages, unlock, file, overwrite));
        const others = (await otherPlaces(place)).map(({ folder }) => folder);
        context.json(
          { file, entries, ...(others.length > 0 && { notInIt: others }) },
          () => `${shown(`${place.folder} in ${file}`)}: ${entries} entries`,
        );
        for (const folder of others) {
          context.warn(`${file} does not have the store ${folder}: back it up by itself, with --store ${folder}.`);
        }
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
        const entries = await withNewData(place, (data) =>
          withStorages(data, (storages) => read(file, header, keyring, storages)),
        );
        context.json(
          { store: place.folder, entries },
          () => `${shown(`${file} in ${place.folder}`)}: ${entries} entries`,
        );
        context.note('It opens with what opened the store of the backup. Check it: securestring doctor');
        return EXIT.ok;
      }),
    );
};

/** Begins again if another process wrote to the store meanwhile: a backup shows one moment. */
async function write(storages: StoreStorages, unlock: Unlock, file: string, overwrite: boolean): Promise<Pass> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const pass = await writeOnce(storages, unlock, file, overwrite);
    if (pass !== undefined) return pass;
  }
  throw new CliError(
    EXIT.failed,
    'Others write to the store all the time. Nothing was written: back it up when they are done.',
  );
}

async function writeOnce(
  storages: StoreStorages,
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
      written = yield* storeRecords(storages);
    };
    output.stream.write(header);
    await pipeline(
      Readable.from(records(), { objectMode: false }),
      encryptNodeStream({ keyring, encryptionContext: contextOf(header) }),
      output.stream,
    );
    if (written === undefined || (await lookThrough(storages)).digest !== written.digest) {
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

async function read(file: string, header: Uint8Array, keyring: Keyring, storages: StoreStorages): Promise<number> {
  const { decryptNodeStream } = await import('@securestring/core/node');
  let entries = 0;
  let refusal: unknown;
  try {
    await pipeline(
      createReadStream(file, { start: HEADER_LENGTH }),
      decryptNodeStream({ keyring: ofOwnContext(keyring), encryptionContext: contextOf(header) }),
      async (pieces: AsyncIterable<Uint8Array>) => {
        try {
          entries = await restoreRecords(pieces, storages);
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

/** Codes of the engine's refusals of a message that no backup is, wherever the damage is in it. */
const DAMAGE = [
  'AUTHENTICATION_FAILED',
  'COMMITMENT_POLICY',
  'ENCRYPTED_DATA_KEY_LIMIT',
  'ENCRYPTION_CONTEXT_MISMATCH',
  'FRAME_LENGTH_LIMIT',
  'HEADER_LENGTH_LIMIT',
  'MALFORMED_ENCRYPTION_CONTEXT',
  'MALFORMED_MESSAGE',
  'MESSAGE_TOO_LONG',
  'RESERVED_ENCRYPTION_CONTEXT_KEY',
  'SIGNED_MESSAGE',
] as const;

function explain(error: unknown): unknown {
  if (isCode(error, 'NO_DATA_KEY') && !isOfAnotherKey(error)) {
    return new CliError(
      EXIT.locked,
      'The passphrase or key of the backup is wrong, or its beginning is damaged. Nothing was restored.',
      {
        cause: error,
      },
    );
  }
  if (!isOfAnotherKey(error) && !DAMAGE.some((code) => isCode(error, code))) return error;
  return new CliError(
    EXIT.notAuthentic,
    'The backup is damaged, cut short or tampered with. Nothing was restored: use another copy.',
    {
      cause: error,
    },
  );
}

/**
 * Makes a keyring that leaves a message alone which has more pairs in its context than a backup's. Where the pair's
 * name is damaged, the engine adds the expected pair to it, and the data key would not open: as if the secret were
 * wrong.
 */
function ofOwnContext(keyring: Keyring): Keyring {
  return {
    wrapDataKey: (request) => keyring.wrapDataKey(request),
    unwrapDataKey: (key, request) =>
      Object.keys(request.encryptionContext).length === 1 ? keyring.unwrapDataKey(key, request) : null,
  };
}

/** Whether a message names other keys or another context than a backup's: its secret cannot be what is wrong. */
function isOfAnotherKey(error: unknown): boolean {
  if (!(error instanceof Error && 'failures' in error && Array.isArray(error.failures))) return false;
  return error.failures.every(({ cause }: { readonly cause: unknown }) => cause === 'not mine');
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

async function withStorages<Result>(data: string, use: (storages: StoreStorages) => Promise<Result>): Promise<Result> {
  const { lmdbKeystoreStorage, lmdbStorage } = await import('@securestring/storage-lmdb');
  const [keys, parameters] = [lmdbKeystoreStorage(data), lmdbStorage(data)];
  try {
    return await use({ keys, parameters });
  } finally {
    await Promise.all([keys.close(), parameters.close()]);
  }
}

async function readHeader(file: string): Promise<Uint8Array> {
  const header = new Uint8Array(HEADER_LENGTH);
  // At a FIFO an opening without O_NONBLOCK would wait for a writer, and no signal could end it.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    if (!(await handle.stat()).isFile())
      throw new CliError(EXIT.failed, `${file} is not a file. Give a backup's file.`);
    const { bytesRead } = await handle.read(header, 0, HEADER_LENGTH, 0);
    checkHeader(header.subarray(0, bytesRead), file);
  } finally {
    await handle.close();
  }
  return header;
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
