/**
 * `key import-material`: key material of one's own, for a key of origin EXTERNAL.
 * @module
 */

import { constants, publicEncrypt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { examples, type Register } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { plainKeyId } from '../../keys/key-id.ts';
import { requireNoMore } from '../../parameters/name.ts';
import { requirePrivate } from '../../root-key.ts';
import { withStore } from '../../with-store.ts';

interface MaterialOptions {
  readonly material: string;
  readonly validTo?: Date;
}

export const registerImportMaterial: Register = (program, act) => {
  program
    .command('import-material')
    .argument('<key>', 'key id, ARN or alias of a key of origin EXTERNAL')
    .description('give a key material of your own')
    .requiredOption('--material <file>', 'the raw bytes: 32 of a key that encrypts')
    .option('--valid-to <date>', 'when the material expires, as in 2027-01-31 (default: never)', date)
    .addHelpText(
      'after',
      examples(
        'securestring key create --origin EXTERNAL --alias alias/ours',
        'securestring key import-material alias/ours --material ./material.bin',
      ),
    )
    .action(
      act<MaterialOptions>(async ([typed = '', ...more], { material: file, validTo }, context) => {
        requireNoMore(more);
        await requirePrivate(file);
        const material = await readFile(file);
        return withStore(context, async ({ keystore }) => {
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
          material.fill(0);
          context.result(
            result,
            () => `${typed} has material${result.keyMaterialId === undefined ? '' : ` ${result.keyMaterialId}`}.`,
          );
          context.note('Keep the file: nobody else can give the key its material again.');
          return EXIT.ok;
        });
      }),
    );
};

function wrap(material: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const key = { key: Buffer.from(publicKey), format: 'der' as const, type: 'spki' as const };
  return Uint8Array.from(
    publicEncrypt({ ...key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, material),
  );
}

function date(text: string): Date {
  const given = new Date(text);
  if (Number.isNaN(given.getTime())) throw new InvalidArgumentError('It must be a date, such as 2027-01-31.');
  return given;
}
