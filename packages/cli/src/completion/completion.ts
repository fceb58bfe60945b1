/**
 * `completion`: what makes a shell complete our commands.
 * @module
 */

import { Argument } from 'commander';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const registerCompletion: Register = (program, act) => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .description('print a script that makes a shell complete commands and options')
    .addHelpText(
      'after',
      examples(
        'eval "$(securestring completion bash)"        # in ~/.bashrc',
        'eval "$(securestring completion zsh)"         # in ~/.zshrc, after compinit',
        'securestring completion fish | source         # in ~/.config/fish/config.fish',
      ),
    )
    .action(
      act(async ([shell], _, context) => {
        const [{ wordsOf }, { SCRIPTS }] = await Promise.all([import('./words.ts'), import('./scripts.ts')]);
        const script = SCRIPTS[shell as (typeof SHELLS)[number]];
        context.terminal.stdout.write(script(program.name(), wordsOf(program)));
        return EXIT.ok;
      }),
    );
};
