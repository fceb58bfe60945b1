/**
 * `rollback`: a new version with the value of an older one.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { keptKey } from '../parameters/kept-key.ts';
import { described } from '../parameters/lookup.ts';
import { type NameOption, requireNoMore, takeName } from '../parameters/name.ts';
import { withNearNames } from '../parameters/near-names.ts';
import { withStore } from '../store/with-store.ts';

interface RollbackOptions extends NameOption {
  readonly keyId?: string;
}

export const registerRollback: Register = (program, act) => {
  program
    .command('rollback')
    .argument('[name]', "the parameter's name")
    .argument('[to]', 'a version or a label (default: the version before the current one)')
    .description('add a version with the value of an older one')
    .option('--name <name>', 'the same as the first argument')
    .option('--key-id <id>', 'another key for it: key id, ARN or alias (default: the one it has)')
    .addHelpText(
      'after',
      examples(
        'securestring rollback /app/db/password',
        'securestring rollback /app/db/password 3',
        'securestring rollback /app/db/password stable',
      ),
    )
    .action(act<RollbackOptions>(rollback));
};

async function rollback(args: readonly string[], options: RollbackOptions, context: Context): Promise<number> {
  const { name, rest } = takeName(args, options);
  const [selector, ...more] = rest;
  requireNoMore(more);
  return withStore(context, (store) =>
    withNearNames(store, name, async () => {
      const { parameters } = store;
      const { parameter: current } = await parameters.getParameter({ name, withDecryption: true });
      if (selector === undefined && current.version === 1) {
        throw new CliError(EXIT.failed, `${name} has one version: there is none before it.`);
      }
      const from = `${name}:${selector ?? current.version - 1}`;
      const { parameter: old } = await withNearNames(store, from, () =>
        parameters.getParameter({ name: from, withDecryption: true }),
      );
      const { type, value, dataType } = old;
      if (value === current.value && type === current.type) {
        context.note(`${name} has the value of version ${old.version} already. Nothing was done.`);
        return EXIT.ok;
      }
      const keyId = options.keyId ?? keptKey(context, await described(parameters, name), type);
      const request = { name, value, type, dataType, overwrite: true, ...(keyId !== undefined && { keyId }) };
      const result = await parameters.putParameter(request);
      context.result(
        result,
        () => `${name} version ${result.version} (${result.tier}): the value of version ${old.version}`,
      );
      return EXIT.ok;
    }),
  );
}
