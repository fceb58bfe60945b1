/**
 * `key import-material`: key material of one's own, for a key of origin EXTERNAL.
 * @module
 */

import { constants, publicEncrypt } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context, SharedFiles } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput } from '../io/device.ts';
import { requirePrivate } from '../io/private-file.ts';
import { withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';

interface MaterialOptions {
  readonly material: string;
  readonly validTo?: Date;
}

/** In bytes: HMAC_512's. */
const MOST_MATERIAL = 64;
/** Bytes of a file that are counted. */
const MOST_READ = 65536;

export const registerImportMaterial: Register = (program, act) => {
  program
    .command('import-material')
    .argument('<key>', 'key id, ARN or alias of a key of origin EXTERNAL')
    .description('give a key material of your own')
    .requiredOption('--material <file>', 'a file with the raw bytes: 32 for a key that encrypts')
    .option(
      '--valid-to <date>',
      'when the material expires, as in 2027-01-31 or 2027-01-31T12:00 (UTC without a zone; default: never)',
      date,
    )
    .addHelpText(
      'after',
      examples(
        'securestring key create --origin EXTERNAL --alias alias/ours',
        'securestring key import-material alias/ours --material ./material.bin',
      ),
    )
    .action(act<MaterialOptions>(importMaterial));
};

async function importMaterial(
  [typed = '']: readonly string[],
  { material: file, validTo }: MaterialOptions,
  context: Context,
): Promise<number> {
  const material = await readMaterial(file, context.options);
  try {
    return await withStore(context, async ({ keystore }) => {
      const keyId = await plainKeyId(keystore, typed);
      const parameters = await keystore.getParametersForImport({
        keyId,
        wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        wrappingKeySpec: 'RSA_2048',
      });
      const result = await keystore.importKeyMaterial({
        keyId,
        importToken: parameters.importToken,
        encryptedKeyMaterial: wrap(material, parameters.publicKey),
        ...(validTo === undefined
          ? { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const }
          : { expirationModel: 'KEY_MATERIAL_EXPIRES' as const, validTo }),
      });
      context.result(
        result,
        () =>
          `${typed} has material${result.keyMaterialId === undefined ? '' : ` ${result.keyMaterialId}`}${validTo === undefined ? '' : ` until ${validTo.toISOString()}`}.`,
      );
      context.note('Keep the file: no other copy can give the key its material again.');
      return EXIT.ok;
    });
  } finally {
    material.fill(0);
  }
}

/** @throws `CliError` where it is longer than any key's, which could not even be wrapped. */
async function readMaterial(file: string, shared: SharedFiles): Promise<Buffer> {
  await requirePrivate(file, shared);
  const material = await readInput(file, MOST_READ);
  if (material.length <= MOST_MATERIAL) return material;
  material.fill(0);
  throw new CliError(
    EXIT.failed,
    `${file} has ${material.length > MOST_READ ? `more than ${MOST_READ}` : material.length} bytes. Key material has 32, or as many as the HMAC of the key's spec.`,
  );
}

function wrap(material: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const key = { key: Buffer.from(publicKey), format: 'der' as const, type: 'spki' as const };
  return Uint8Array.from(
    publicEncrypt({ ...key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, material),
  );
}

/** Without a zone it is UTC: a store means the same time everywhere. */
function date(text: string): Date {
  const given = new Date(/T(?!.*(?:Z|[+-]\d\d:\d\d)$)/.test(text) ? `${text}Z` : text);
  const day = /^\d{4}-\d\d-\d\d(?=$|T)/.exec(text)?.[0];
  // The 31st of February would be the 3rd of March.
  if (day === undefined || Number.isNaN(given.getTime()) || new Date(day).toJSON()?.startsWith(day) !== true) {
    throw new InvalidArgumentError('It must be a date, such as 2027-01-31 or 2027-01-31T12:00:00Z.');
  }
  return given;
}
