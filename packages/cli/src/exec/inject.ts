/**
 * `inject`: a file with values in the place of references.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { STANDARD } from '../io/input.ts';
import { visibleOn } from '../output/visible.ts';
import { inputFor } from '../store/typed-input.ts';
import { withStore } from '../store/with-store.ts';

interface InjectOptions {
  readonly output?: string;
  readonly overwrite?: boolean;
}

export const registerInject: Register = (program, act) => {
  program
    .command('inject')
    .argument('<template>', 'a file with {{ secret://NAME }} in it; - is standard input')
    .description('print a file with the values of parameters in the place of {{ secret://NAME }}')
    .option('-o, --output <file>', 'write this file, which its owner alone can read, instead of standard output')
    .option('--overwrite', 'replace the file that is there already')
    .addHelpText(
      'after',
      examples(
        'securestring inject app.conf.in --output app.conf',
        "echo 'token = {{ secret://app/token:prod }}' | securestring inject -",
      ),
    )
    .action(act<InjectOptions>(inject));
};

async function inject(
  [template = '']: readonly string[],
  { output = STANDARD, overwrite = false }: InjectOptions,
  context: Context,
): Promise<number> {
  const [{ readText }, { fillTemplate, parseTemplate }] = await Promise.all([
    import('../io/text.ts'),
    import('./template.ts'),
  ]);
  if (output !== STANDARD) {
    const { filesOfStore, requireNotNeeded } = await import('../io/places.ts');
    await requireNotNeeded(output, [...filesOfStore(context), ...(template === STANDARD ? [] : [template])]);
  }
  const input = await inputFor(context, template, 'Template');
  const pieces = parseTemplate(await readText(template, () => input));
  const references = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece]));
  if (references.length === 0) {
    throw new CliError(EXIT.failed, 'There is no {{ secret://NAME }} in the template. Nothing was written.');
  }
  const { readReferences } = await import('./references.ts');
  const values = await withStore(context, (store) => readReferences(store, references));
  const text = fillTemplate(pieces, values);
  if (output === STANDARD) {
    const { stdout } = context.terminal;
    stdout.write(visibleOn(stdout, text));
    return EXIT.ok;
  }
  const { writeOutput } = await import('../io/output-file.ts');
  await writeOutput(output, text, overwrite);
  context.note(`wrote ${output}`);
  return EXIT.ok;
}
