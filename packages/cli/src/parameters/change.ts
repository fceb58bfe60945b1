/**
 * `label`, `convert`: changes to parameters that are there.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { wholeNumber } from '../command/option-values.ts';
import { withStore } from '../store/with-store.ts';
import { type NameOption, requireNoMore, takeName } from './name.ts';
import { withNearNames } from './near-names.ts';

interface LabelOptions extends NameOption {
  readonly labels?: readonly string[];
  readonly parameterVersion?: number;
  readonly remove?: boolean;
}

export const registerLabel: Register = (program, act) => {
  program
    .command('label')
    .argument('[name]', "the parameter's name")
    .argument('[label...]', 'labels for one version; a label of another version moves to it')
    .description('label a version of a parameter')
    .option('--name <name>', 'the same as the first argument')
    .option('--labels <label...>', 'the same as the further arguments')
    .option('--parameter-version <n>', 'which version (default: the current one)', wholeNumber)
    .option('--remove', 'take the labels off that version instead')
    .addHelpText(
      'after',
      examples(
        'securestring label /app/db/password prod',
        'securestring label /app/db/password prod --parameter-version 2',
      ),
    )
    .action(act<LabelOptions>(label));
};

async function label(args: readonly string[], options: LabelOptions, context: Context): Promise<number> {
  const { name, rest } = takeName(args, options);
  const labels = [...rest, ...(options.labels ?? [])];
  if (labels.length === 0) throw new CliError(EXIT.usage, 'Give at least one label.');
  return withStore(context, (store) =>
    withNearNames(store, name, async () => {
      const { parameters } = store;
      const given = options.parameterVersion;
      if (options.remove === true) {
        const parameterVersion = given ?? (await parameters.getParameter({ name })).parameter.version;
        const result = await parameters.unlabelParameterVersion({ name, parameterVersion, labels });
        context.result(result, () =>
          result.removedLabels.length === 0
            ? ''
            : `${name} version ${parameterVersion}: removed ${result.removedLabels.join(', ')}`,
        );
        return refuse(result.invalidLabels, 'not on that version');
      }
      const result = await parameters.labelParameterVersion({
        name,
        labels,
        ...(given !== undefined && { parameterVersion: given }),
      });
      const set = labels.filter((label) => !result.invalidLabels.includes(label));
      context.result(result, () =>
        set.length === 0 ? '' : `${name} version ${result.parameterVersion}: ${set.join(', ')}`,
      );
      return refuse(
        result.invalidLabels,
        'not a label. A label has letters, digits and _.-, and does not begin with a digit, aws or ssm',
      );
    }),
  );
}

/** Refuses labels that AWS left out. */
function refuse(invalid: readonly string[], why: string): number {
  if (invalid.length === 0) return EXIT.ok;
  throw new CliError(EXIT.failed, `${invalid.join(', ')}: ${why}.`);
}

export const registerConvert: Register = (program, act) => {
  program
    .command('convert')
    .argument('[name]', "the parameter's name")
    .description('move a parameter to the advanced tier; it cannot come back')
    .option('--name <name>', 'the same as the argument')
    .option('--key-id <id>', 'another key for it: key id, ARN or alias (default: the one it has)')
    .addHelpText(
      'after',
      examples('securestring convert /app/db/password', 'securestring convert /app/db/password --key-id alias/app'),
    )
    .action(
      act<NameOption & { readonly keyId?: string }>(async (args, options, context) => {
        const { name, rest } = takeName(args, options);
        requireNoMore(rest);
        const { keyId } = options;
        return withStore(context, async (store) => {
          const result = await withNearNames(store, name, () =>
            store.parameters.convertToAdvanced({ name, ...(keyId !== undefined && { keyId }) }),
          );
          context.result(result, () => `${name} version ${result.version} (${result.tier})`);
          return EXIT.ok;
        });
      }),
    );
};
