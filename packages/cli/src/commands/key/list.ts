/**
 * `key list`, `key describe`: which keys there are.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import { examples, type Register } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { allPages } from '../../keys/pages.ts';
import { keyFacts, stateOf } from '../../keys/told.ts';
import { table } from '../../output/table.ts';
import { requireNoMore } from '../../parameters/name.ts';
import { withStore } from '../../with-store.ts';

export const registerKeyList: Register = (program, act) => {
  program
    .command('list')
    .description('list keys')
    .addHelpText('after', examples('securestring key list', 'securestring key list --json'))
    .action(
      act(async (args, _, context) => {
        requireNoMore(args);
        return withStore(context, async ({ keystore }) => {
          const keys = await allPages(
            (page) => keystore.listKeys(page),
            (result) => result.keys,
          );
          const rows: (readonly string[])[] = [];
          for (const { keyId } of keys) rows.push(await rowOf(keystore, keyId, context.colour));
          context.result({ keys }, () =>
            table(['KEY', 'ALIASES', 'STATE', 'SPEC', 'DESCRIPTION'], rows, context.colour),
          );
          return EXIT.ok;
        });
      }),
    );

  async function rowOf(keystore: Keystore, keyId: string, colour: Parameters<typeof stateOf>[1]) {
    const { keyMetadata } = await keystore.describeKey({ keyId });
    const names = (await aliasesOf(keystore, keyId)).map(({ aliasName }) => aliasName);
    return [keyId, names.join(','), stateOf(keyMetadata, colour), keyMetadata.keySpec, keyMetadata.description];
  }
};

export const registerKeyDescribe: Register = (program, act) => {
  program
    .command('describe')
    .argument('<key>', 'key id, ARN or alias')
    .description('tell all about a key')
    .addHelpText('after', examples('securestring key describe alias/app'))
    .action(
      act(async ([typed = '', ...more], _, context) => {
        requireNoMore(more);
        return withStore(context, async ({ keystore }) => {
          const { keyMetadata } = await keystore.describeKey({ keyId: typed });
          const { keyId } = keyMetadata;
          const aliases = await aliasesOf(keystore, keyId);
          const tags = await allPages(
            (page) => keystore.listResourceTags({ ...page, keyId }),
            (result) => result.tags,
          );
          context.result({ keyMetadata, aliases, tags }, () => keyFacts(keyMetadata, aliases, tags, context.colour));
          return EXIT.ok;
        });
      }),
    );
};

function aliasesOf(keystore: Keystore, keyId: string) {
  return allPages(
    (page) => keystore.listAliases({ ...page, keyId }),
    (result) => result.aliases,
  );
}
