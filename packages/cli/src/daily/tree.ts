/**
 * `tree`: parameters as the tree that their paths make.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { ParameterMetadata } from '@securestring/parameters';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { nameUnder } from '../formats/names.ts';
import { describedUnder, takePath } from '../parameters/lookup.ts';
import { withNames } from '../store/with-names.ts';

/** What the tree shows of a parameter. */
type Leaf = Pick<ParameterMetadata, 'name' | 'type'>;

/** A level of a path: a parameter, what is below it, or both. */
interface Branch {
  readonly below: Map<string, Branch>;
  parameter: Leaf | undefined;
}

export const registerTree: Register = (program, act) => {
  program
    .command('tree')
    .argument('[path]', 'only what is under this path (default: everything)')
    .description('show parameters as a tree')
    .addHelpText('after', examples('securestring tree', 'securestring tree /app'))
    .action(
      act(async ([path = '/'], _, context) =>
        withNames(context, async (parameters) => {
          const found = await describedUnder(parameters, path);
          if (found.length === 0 && path !== '/') {
            throw new CliError(EXIT.notFound, `There are no parameters under ${path}.`);
          }
          const top = takePath(path);
          context.result({ parameters: found }, () => [shown(top), ...linesOf(grown(found, top), '')].join('\n'));
          context.note(`parameters: ${found.length}`);
          return EXIT.ok;
        }),
      ),
    );
};

function grown(found: readonly Leaf[], top: string): Branch {
  const root: Branch = { below: new Map(), parameter: undefined };
  for (const parameter of found) {
    const { name } = parameter;
    let branch = root;
    for (const level of nameUnder(name, top).split('/')) {
      const next = branch.below.get(level) ?? { below: new Map(), parameter: undefined };
      branch.below.set(level, next);
      branch = next;
    }
    branch.parameter = parameter;
  }
  return root;
}

function linesOf({ below }: Branch, before: string): readonly string[] {
  return [...below].flatMap(([level, branch], at) => {
    const isLast = at === below.size - 1;
    const type = branch.parameter === undefined ? '' : `  ${branch.parameter.type}`;
    return [
      `${before}${isLast ? '└── ' : '├── '}${shown(level)}${type}`,
      ...linesOf(branch, `${before}${isLast ? '    ' : '│   '}`),
    ];
  });
}
