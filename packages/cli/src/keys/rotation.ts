/**
 * `key rotate`, `key rotation`: fresh key material, once or regularly.
 * @module
 */

import type { Keystore, RotationsListEntry } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { wholeNumber } from '../command/option-values.ts';
import type { Colours } from '../output/colour.ts';
import { allPages } from '../output/pages.ts';
import { facts, table } from '../output/table.ts';
import { withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';

interface RotationOptions {
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly rotationPeriodInDays?: number;
}

export const registerRotate: Register = (program, act) => {
  program
    .command('rotate')
    .argument('<key>', 'key id, ARN or alias')
    .description('give a key fresh material now')
    .addHelpText('after', examples('securestring key rotate alias/app'))
    .action(
      act(async ([typed = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const keyId = await plainKeyId(keystore, typed);
          const result = await keystore.rotateKeyOnDemand({ keyId });
          const { keyMetadata } = await keystore.describeKey({ keyId });
          context.result(result, () => `${typed} now encrypts with material ${keyMetadata.currentKeyMaterialId}.`);
          context.note('What was encrypted before is still read: older material stays.');
          return EXIT.ok;
        });
      }),
    );
};

export const registerRotation: Register = (program, act) => {
  program
    .command('rotation')
    .argument('<key>', 'key id, ARN or alias')
    .description("show a key's rotations; turn regular rotation on or off")
    .option('--enable', 'rotate it regularly')
    .option('--disable', 'rotate it no longer')
    .option('--period, --rotation-period-in-days <days>', 'with --enable: 90 to 2560 (default: 365)', wholeNumber)
    .addHelpText(
      'after',
      examples('securestring key rotation alias/app', 'securestring key rotation alias/app --enable --period 90'),
    )
    .action(
      act<RotationOptions>(async ([typed = ''], options, context) => {
        requireOneWay(options);
        return withStore(context, async ({ keystore }) => {
          const keyId = await plainKeyId(keystore, typed);
          await change(keystore, keyId, options);
          const status = await keystore.getKeyRotationStatus({ keyId });
          const rotations = await allPages(
            (page) => keystore.listKeyRotations({ ...page, keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' }),
            (result) => result.rotations,
          );
          context.result({ ...status, rotations }, () => rotationText(status, rotations, context.colour));
          return EXIT.ok;
        });
      }),
    );
};

function requireOneWay({ enable, disable, rotationPeriodInDays }: RotationOptions): void {
  if (enable === true && disable === true)
    throw new CliError(EXIT.usage, 'Give one of --enable and --disable, not both.');
  if (rotationPeriodInDays !== undefined && enable !== true) throw new CliError(EXIT.usage, '--period needs --enable.');
}

async function change(
  keystore: Keystore,
  keyId: string,
  { enable, disable, rotationPeriodInDays }: RotationOptions,
): Promise<void> {
  if (enable === true) {
    await keystore.enableKeyRotation({ keyId, ...(rotationPeriodInDays !== undefined && { rotationPeriodInDays }) });
  }
  if (disable === true) await keystore.disableKeyRotation({ keyId });
}

function rotationText(
  status: Awaited<ReturnType<Keystore['getKeyRotationStatus']>>,
  rotations: readonly RotationsListEntry[],
  colour: Colours,
): string {
  const { keyId, keyRotationEnabled, rotationPeriodInDays, nextRotationDate } = status;
  const summary = facts(
    [
      ['Key', keyId],
      ['Rotation', keyRotationEnabled ? `every ${rotationPeriodInDays} days` : 'off'],
      ['Next', nextRotationDate?.toISOString()],
    ],
    colour,
  );
  const rows = rotations.map(({ keyMaterialId, keyMaterialState, rotationDate, rotationType = '' }) => [
    keyMaterialId,
    keyMaterialState,
    rotationDate?.toISOString() ?? '',
    rotationType,
  ]);
  return `${summary}\n\n${table(['MATERIAL', 'STATE', 'SINCE', 'ROTATED'], rows, colour)}`;
}
