/**
 * `grant list` and `grant list-retirable`.
 * @module
 */

import type { GrantListEntry } from '@securestring/keystore';
import type { Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { plainKeyId } from '../keys/key-id.ts';
import { allPages } from '../output/pages.ts';
import { table } from '../output/table.ts';
import { withStore } from '../store/with-store.ts';

/** The most that a page may have. */
const limit = 100;
const HEADINGS = ['GRANT', 'GRANTEE', 'OPERATIONS', 'CONTEXT', 'NAME', 'CREATED'];

export const registerList: Register = (program, act) => {
  program
    .command('list')
    .argument('<key>', 'key id, ARN or alias')
    .description('list the grants of a key')
    .action(
      act(async ([key = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const keyId = await plainKeyId(keystore, key);
          const grants = await allPages(
            (page) => keystore.listGrants({ keyId, limit, ...page }),
            (result) => result.grants,
          );
          print(context, grants);
          return EXIT.ok;
        });
      }),
    );
};

export const registerListRetirable: Register = (program, act) => {
  program
    .command('list-retirable')
    .argument('<arn>', "a user, a role or the root of the store's account")
    .description('list the grants that name a principal as the one who may retire them')
    .action(
      act(async ([retiringPrincipal = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const grants = await allPages(
            (page) => keystore.listRetirableGrants({ retiringPrincipal, limit, ...page }),
            (result) => result.grants,
          );
          print(context, grants);
          return EXIT.ok;
        });
      }),
    );
};

function print(context: Context, grants: readonly GrantListEntry[]): void {
  const rows = grants.map((grant) => [
    grant.grantId,
    grant.granteePrincipal,
    grant.operations.join(' '),
    contextIn(grant),
    grant.name,
    grant.creationDate.toISOString(),
  ]);
  context.result({ grants }, () => table(HEADINGS, rows, context.colour));
}

/** Writes constraints: `is a=1 b=2` for the only context, `has a=1` for pairs that a context must have. */
function contextIn({ constraints = {} }: GrantListEntry): string {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints;
  const pairs = (context: Readonly<Record<string, string>>) =>
    Object.entries(context)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
  return [equals && `is ${pairs(equals)}`, subset && `has ${pairs(subset)}`].filter(Boolean).join(', ');
}
