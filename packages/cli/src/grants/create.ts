/**
 * `grant create`.
 * @module
 */

import type { CreateGrantResult, GrantConstraints, GrantOperation } from '@securestring/keystore';
import type { Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect, collectTag } from '../command/option-values.ts';
import { plainKeyId } from '../keys/key-id.ts';
import { withStore } from '../store/with-store.ts';

type Pairs = readonly { readonly key: string; readonly value: string }[];

interface CreateOptions {
  readonly grantee: string;
  readonly operation: readonly GrantOperation[];
  readonly retiring?: string;
  readonly name?: string;
  readonly contextEquals?: Pairs;
  readonly contextSubset?: Pairs;
}

export const registerCreate: Register = (program, act) => {
  program
    .command('create')
    .argument('<key>', 'key id, ARN or alias')
    .description('make a grant of a key')
    .requiredOption('--grantee <arn>', 'who gets the permissions')
    .requiredOption('--operation <name...>', 'what is allowed, such as Decrypt or DescribeKey', collect)
    .option('--retiring <arn>', 'who may retire the grant')
    .option('--name <text>', 'a name, so that a second call finds the grant of the first')
    .option('--context-equals <name=value...>', 'the pairs of the only encryption context that it is for', collectTag)
    .option('--context-subset <name=value...>', 'pairs that the encryption context must have', collectTag)
    .action(
      act<CreateOptions>(async ([key = ''], { grantee, operation, retiring, name, ...options }, context) => {
        const constraints = constraintsOf(options);
        return withStore(context, async ({ keystore }) => {
          const made = await keystore.createGrant({
            keyId: await plainKeyId(keystore, key),
            granteePrincipal: grantee,
            operations: operation,
            ...(retiring !== undefined && { retiringPrincipal: retiring }),
            ...(name !== undefined && { name }),
            ...(constraints && { constraints }),
          });
          context.result(made, () => factsOf(made));
          return EXIT.ok;
        });
      }),
    );
};

function factsOf({ grantId, grantToken }: CreateGrantResult): string {
  return `Grant  ${grantId}\nToken  ${grantToken}`;
}

function constraintsOf({
  contextEquals,
  contextSubset,
}: Pick<CreateOptions, 'contextEquals' | 'contextSubset'>): GrantConstraints | undefined {
  if (contextEquals === undefined && contextSubset === undefined) return undefined;
  return {
    ...(contextEquals && { encryptionContextEquals: contextOf(contextEquals) }),
    ...(contextSubset && { encryptionContextSubset: contextOf(contextSubset) }),
  };
}

function contextOf(pairs: Pairs): Readonly<Record<string, string>> {
  const context = new Map(pairs.map(({ key, value }) => [key, value]));
  if (context.size === pairs.length) return Object.fromEntries(context);
  throw new CliError(EXIT.usage, 'A name of an encryption context may be given once only.');
}
