/**
 * `put`: a parameter, or a new version of it.
 * @module
 */

import type { PutParameterRequest } from '@securestring/parameters';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { collectTag } from '../command/option-values.ts';
import { withStore } from '../store/with-store.ts';
import { withKeptKey } from './kept-key.ts';
import { type NameOption, requireNoMore, takeName } from './name.ts';
import { alreadyThere, refusePresentName } from './present-name.ts';
import { tierOption, typeOption } from './type-and-tier.ts';
import { readValue, type ValueOptions } from './value.ts';

interface PutOptions extends NameOption, ValueOptions {
  readonly type?: NonNullable<PutParameterRequest['type']>;
  readonly tier?: NonNullable<PutParameterRequest['tier']>;
  readonly dataType?: NonNullable<PutParameterRequest['dataType']>;
  readonly tags?: NonNullable<PutParameterRequest['tags']>;
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly policies?: string;
  readonly overwrite?: boolean;
}

export const registerPut: Register = (program, act) => {
  program
    .command('put')
    .argument('[name]', "the parameter's name")
    .argument('[value]', 'its value, - for standard input')
    .description('store a parameter')
    .option('--name <name>', 'the same as the first argument')
    .option('--value <text>', 'the same as the second argument')
    .option('--value-file <file>', 'read the value from this file; a line end at its end is left out')
    .option('--keep-newline', 'keep the line end at the end of the file')
    .addOption(typeOption())
    .addOption(tierOption())
    .option('--key-id <id>', 'key id, ARN or alias (default: alias/aws/ssm, or the key that it has)')
    .option('--overwrite', 'add a version if the parameter is there already')
    .option('--description <text>', 'a description, stored in clear')
    .option('--allowed-pattern <regex>', 'a regular expression that the value must match')
    .option('--data-type <type>', 'text (default), aws:ec2:image or aws:ssm:integration')
    .option('--policies <json>', 'a JSON array of policies, for the advanced tier')
    .option('--tags <key=value...>', 'tags of a new parameter', collectTag)
    .addHelpText(
      'after',
      examples(
        'securestring put /app/db/password',
        'securestring put /app/db/password --value-file ./password --overwrite',
        'securestring put /app/db/url postgres://db --type String',
        'openssl rand -hex 32 | securestring put --name /app/token --value - --tier Advanced --key-id alias/app',
      ),
    )
    .action(act<PutOptions>(put));
};

async function put(args: readonly string[], options: PutOptions, context: Context): Promise<number> {
  const { name, rest } = takeName(args, options);
  const [argument, ...more] = rest;
  requireNoMore(more);
  const beforeAsking = async () => {
    if (options.overwrite !== true) await refusePresentName(context, name);
  };
  return withStore(
    context,
    async ({ parameters }) => {
      const present = await presentType(parameters, name);
      const type = options.type ?? present ?? 'SecureString';
      const inVain = present !== undefined && options.overwrite !== true ? alreadyThere(name) : undefined;
      const value = await readValue(context, argument, options, { isSecret: type === 'SecureString', inVain });
      const request = { ...requestOf(options), name, value, type };
      const result = await parameters.putParameter(await withKeptKey(context, parameters, request));
      context.result(result, () => `${name} version ${result.version} (${result.tier})`);
      return EXIT.ok;
    },
    { beforeAsking },
  );
}

/** A new version is of the type of the one before, unless another is asked for. */
async function presentType(
  parameters: {
    getParameters(request: {
      names: readonly string[];
    }): Promise<{ parameters: readonly { type: PutParameterRequest['type'] }[] }>;
  },
  name: string,
): Promise<PutParameterRequest['type']> {
  const found = await parameters.getParameters({ names: [name] });
  return found.parameters[0]?.type;
}

function requestOf(options: PutOptions): Partial<PutParameterRequest> {
  const { tier, keyId, overwrite, description, allowedPattern, dataType, policies, tags } = options;
  return {
    ...(tier !== undefined && { tier }),
    ...(keyId !== undefined && { keyId }),
    ...(overwrite !== undefined && { overwrite }),
    ...(description !== undefined && { description }),
    ...(allowedPattern !== undefined && { allowedPattern }),
    ...(dataType !== undefined && { dataType }),
    ...(policies !== undefined && { policies }),
    ...(tags !== undefined && { tags }),
  };
}
