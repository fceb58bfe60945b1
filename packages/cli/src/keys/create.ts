/**
 * `key create`: a new key, and its alias.
 * @module
 */

import type { CreateKeyRequest, Keystore } from '@securestring/keystore';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, messageOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { collectTag } from '../command/option-values.ts';
import { withStore } from '../store/with-store.ts';
import { keyFacts } from './describe.ts';

interface CreateOptions extends Omit<CreateKeyRequest, 'tags' | 'customerMasterKeySpec'> {
  readonly alias?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

export const registerKeyCreate: Register = (program, act) => {
  program
    .command('create')
    .description('make a key')
    .option('--alias <name>', 'give it an alias too, such as alias/app')
    .option('--description <text>', 'what it is for')
    .addOption(
      new Option('--key-spec <spec>', 'default: SYMMETRIC_DEFAULT').choices([
        'SYMMETRIC_DEFAULT',
        'HMAC_224',
        'HMAC_256',
        'HMAC_384',
        'HMAC_512',
      ]),
    )
    .addOption(
      new Option('--key-usage <usage>', 'default: what the spec is for').choices([
        'ENCRYPT_DECRYPT',
        'GENERATE_VERIFY_MAC',
      ]),
    )
    .addOption(
      new Option('--origin <origin>', 'EXTERNAL: its material is imported later').choices(['AWS_KMS', 'EXTERNAL']),
    )
    .option('--multi-region', 'give it an id of the form mrk-…')
    .option('--tags <key=value...>', 'tags of the key', collectTag)
    .addHelpText(
      'after',
      examples(
        'securestring key create --alias alias/app --description "secrets of the app"',
        'securestring key create --key-spec HMAC_256',
        'securestring key create --origin EXTERNAL --alias alias/ours',
      ),
    )
    .action(act<CreateOptions>(create));
};

async function create(_: readonly string[], options: CreateOptions, context: Context): Promise<number> {
  const { alias, tags = [] } = options;
  return withStore(context, async ({ keystore }) => {
    if (alias !== undefined) await requireNewAlias(context, keystore, alias);
    const { keyMetadata } = await keystore.createKey(requestOf(options));
    if (alias !== undefined) await nameKey(keystore, keyMetadata.keyId, alias);
    const aliases = alias === undefined ? [] : [{ aliasName: alias }];
    context.result({ keyMetadata, ...aliases[0] }, () =>
      keyFacts(
        keyMetadata,
        aliases,
        tags.map(({ key, value }) => ({ tagKey: key, tagValue: value })),
        context.colour,
      ),
    );
    if (keyMetadata.keyState === 'PendingImport') {
      context.note(
        `It has no material yet: ${commandLine(context.options, 'key', 'import-material', alias ?? keyMetadata.keyId, '--material', 'FILE')}`,
      );
    }
    return EXIT.ok;
  });
}

/** Those under `alias/aws/` are reserved. */
const ALIAS = /^alias\/(?!aws\/)[\w:/-]{1,250}$/;

function requestOf({ description, keySpec, keyUsage, origin, multiRegion, tags }: CreateOptions): CreateKeyRequest {
  const usage = keyUsage ?? (keySpec?.startsWith('HMAC_') === true ? 'GENERATE_VERIFY_MAC' : undefined);
  return {
    ...(description !== undefined && { description }),
    ...(keySpec !== undefined && { keySpec }),
    ...(usage !== undefined && { keyUsage: usage }),
    ...(origin !== undefined && { origin }),
    ...(multiRegion !== undefined && { multiRegion }),
    ...(tags !== undefined && { tags: tags.map(({ key, value }) => ({ tagKey: key, tagValue: value })) }),
  };
}

/** Before the key is made, so that it is not made in vain. */
async function requireNewAlias(context: Context, keystore: Keystore, alias: string): Promise<void> {
  if (!ALIAS.test(alias)) {
    throw new CliError(
      EXIT.usage,
      `${alias} is not an alias: give alias/ and letters, digits and :/_- behind, such as alias/app.`,
    );
  }
  const there = await keystore.describeKey({ keyId: alias }).then(
    () => true,
    () => false,
  );
  if (!there) return;
  throw new CliError(
    EXIT.failed,
    `There is an alias ${alias} already. Move it: ${commandLine(context.options, 'key', 'alias', 'update', alias, 'KEY')}`,
  );
}

async function nameKey(keystore: Keystore, keyId: string, aliasName: string): Promise<void> {
  try {
    await keystore.createAlias({ aliasName, targetKeyId: keyId });
  } catch (error) {
    throw new CliError(EXIT.failed, `${messageOf(error)} The key ${keyId} was made, without an alias.`, {
      cause: error,
    });
  }
}
