/**
 * `tag`: a parameter's tags, shown, set and removed.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { tagsOf } from '../parameters/lookup.ts';
import { type NameOption, takeName } from '../parameters/name.ts';
import { withNearNames } from '../parameters/near-names.ts';
import { withStore } from '../store/with-store.ts';

interface TagOptions extends NameOption {
  readonly remove?: readonly string[];
}

export const registerTag: Register = (program, act) => {
  program
    .command('tag')
    .argument('[name]', "the parameter's name")
    .argument('[tag...]', 'key=value: tags to add or to change; without any, the tags are shown')
    .description('show, set and remove the tags of a parameter')
    .option('--name <name>', 'the same as the first argument')
    .option('--remove <key...>', 'remove the tags of these keys')
    .addHelpText(
      'after',
      examples(
        'securestring tag /app/db/password team=data env=prod',
        'securestring tag /app/db/password',
        'securestring tag /app/db/password --remove env',
      ),
    )
    .action(act<TagOptions>(tag));
};

async function tag(args: readonly string[], options: TagOptions, context: Context): Promise<number> {
  const { name, rest } = takeName(args, options);
  const { remove: tagKeys = [] } = options;
  const tags = rest.map(tagOf);
  const resource = { resourceType: 'Parameter', resourceId: name } as const;
  return withStore(context, (store) =>
    withNearNames(store, name, async () => {
      const { parameters } = store;
      if (tagKeys.length > 0) await parameters.removeTagsFromResource({ ...resource, tagKeys });
      if (tags.length > 0) await parameters.addTagsToResource({ ...resource, tags });
      const tagList = await tagsOf(parameters, name);
      context.result({ tagList }, () => tagList.map(({ key, value }) => shown(`${key}=${value}`)).join('\n'));
      if (tagList.length === 0) context.note(`${name} has no tags.`);
      return EXIT.ok;
    }),
  );
}

function tagOf(text: string, at: number): { readonly key: string; readonly value: string } {
  const end = text.indexOf('=');
  if (end < 1) throw new CliError(EXIT.usage, `Tag ${at + 1} must be key=value.`);
  return { key: text.slice(0, end), value: text.slice(end + 1) };
}
