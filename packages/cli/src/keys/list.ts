/**
 * `key list`, `key describe`: which keys there are.
 * @module
 */

import type { KeyMetadata, Keystore } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import type { Colours } from '../output/colour.ts';
import { allPages } from '../output/pages.ts';
import { type Cell, table } from '../output/table.ts';
import { aliasesOf, describedKeys, keysOf } from '../store/listed-keys.ts';
import { withStore } from '../store/with-store.ts';
import { keyFacts, stateOf } from './describe.ts';

export const registerKeyList: Register = (program, act) => {
  program
    .command('list')
    .description('list keys, oldest first')
    .addHelpText('after', examples('securestring key list', 'securestring key list --json'))
    .action(
      act(async (_args, _options, context) => {
        return withStore(context, async ({ keystore }) => {
          const keys = await keysOf(keystore);
          const found = [...(await describedKeys(keystore, keys))].sort(
            (a, b) => a.creationDate.getTime() - b.creationDate.getTime(),
          );
          const rows: (readonly Cell[])[] = [];
          for (const key of found) rows.push(await rowOf(keystore, key, context.colour));
          context.result({ keys }, () =>
            table(['KEY', 'ALIASES', 'STATE', 'SPEC', 'DESCRIPTION'], rows, context.colour),
          );
          return EXIT.ok;
        });
      }),
    );

  async function rowOf(keystore: Keystore, key: KeyMetadata, colour: Colours): Promise<readonly Cell[]> {
    const names = (await aliasesOf(keystore, key.keyId)).map(({ aliasName }) => aliasName);
    return [key.keyId, names.join(','), stateOf(key, colour), key.keySpec, key.description];
  }
};

export const registerKeyDescribe: Register = (program, act) => {
  program
    .command('describe')
    .argument('<key>', 'key id, ARN or alias')
    .description('show all about a key')
    .addHelpText('after', examples('securestring key describe alias/app'))
    .action(
      act(async ([typed = ''], _, context) => {
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
