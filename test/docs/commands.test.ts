/**
 * `docs/commands.md` has every command with its help, as the program prints it. `npx vitest run test/docs/commands -u`
 * writes it again.
 */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeProgram } from '../../packages/cli/src/program.ts';
import { root } from './markdown.ts';

const HEAD = `# Commands

Every command with its help, as \`securestring COMMAND --help\` prints it. The [guide](cli.md) explains them. The options
of \`securestring\` itself go with each command.
`;
const terminal = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {} };

type Command = Awaited<ReturnType<typeof makeProgram>>;

/** Returns a command and all below it. */
function withBelow(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withBelow)];
}

function titleOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${titleOf(parent)} ${command.name()}`;
}

/** Returns the examples that `--help` shows of a command and of the groups that it is in. */
function examplesOf(command: Command): string {
  let printed = '';
  command.configureOutput({ writeOut: (text) => (printed += text) }).outputHelp();
  const [, examples = ''] = printed.split('\nExamples:\n');
  return command.parent === null ? examples : examples + examplesOf(command.parent);
}

it('every command that does something has an example, in its own help or in that of its group', async () => {
  const leaves = withBelow(await makeProgram(terminal as never, [])).filter(({ commands }) => commands.length === 0);
  expect(leaves.filter((leaf) => !examplesOf(leaf).includes(titleOf(leaf))).map(titleOf)).toEqual([]);
});

it('docs/commands.md has the help of every command', async () => {
  const sections = withBelow(await makeProgram(terminal as never, [])).map((command) => {
    command.configureHelp({ helpWidth: 100, showGlobalOptions: false });
    return `## ${titleOf(command)}\n\n\`\`\`text\n${command.helpInformation().trim()}\n\`\`\`\n`;
  });
  expect(sections.length).toBeGreaterThan(30);
  await expect([HEAD, ...sections].join('\n')).toMatchFileSnapshot(join(root, 'docs/commands.md'));
});
