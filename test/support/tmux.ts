/**
 * A terminal, for what only a terminal shows.
 * @module
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { environmentOf, makeHome } from './console.ts';
import { describeWithProgram } from './required.ts';

export interface ScreenOfShell {
  readonly home: string;
  /** Types a line, and Enter. */
  type(line: string): void;
  /** Presses keys by tmux's names, such as `C-c`. */
  press(key: string): void;
  /** Pastes a text; `wrapped` in the marks of bracketed paste where the program in the terminal asks for them. */
  paste(text: string, wrapped: boolean): void;
  /** Makes the terminal as wide as that many columns. */
  widen(columns: number): void;
  /** Waits until a text is printed after the last line that was typed, and returns all that follows that line. */
  see(text: string): Promise<string>;
  /** Everything that was printed, with the control sequences. */
  recorded(): string;
}

/** Defines a suite over one shell in a home of its own, which is open when a test runs. */
export function describeWithTmux(name: string, define: (shell: () => ScreenOfShell) => void): void {
  describeWithProgram('tmux', '-V', name, () => define(openShell()));
}

const SIZE = ['-x', '120', '-y', '50'];
const POLL = 20;

function openShell(): () => ScreenOfShell {
  let shell: (ScreenOfShell & { close(): void }) | undefined;
  beforeAll(() => {
    shell = startShell();
  });
  afterAll(() => shell?.close());
  return () => {
    if (shell === undefined) throw new Error('The shell opens before the first test.');
    return shell;
  };
}

function startShell(): ScreenOfShell & { close(): void } {
  const home = makeHome();
  const [socket, record] = [join(home, '.tmux'), join(home, '.record')];
  const tmux = (...words: string[]) => execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...words]);
  const environment = Object.entries({ ...environmentOf(home), PS1: '$ ', HISTFILE: '' }).map(
    ([key, value]) => `${key}=${value}`,
  );
  tmux('new-session', '-d', ...SIZE, '-c', home, 'env', '-i', ...environment, 'bash', '--norc', '--noprofile');
  // There at once, whenever the other process begins to write to it.
  writeFileSync(record, '');
  tmux('pipe-pane', `cat >> '${record}'`);
  // `see` looks from here on.
  let typedAt = 0;
  const recorded = () => readFileSync(record, 'utf8');
  const press = (key: string) => tmux('send-keys', key);
  return {
    home,
    recorded,
    press,
    type: (line) => {
      typedAt = recorded().length;
      tmux('send-keys', '-l', line);
      press('Enter');
    },
    paste: (text, wrapped) => {
      execFileSync('tmux', ['-S', socket, 'load-buffer', '-'], { input: text });
      tmux('paste-buffer', ...(wrapped ? ['-p'] : []));
    },
    widen: (columns) => tmux('resize-window', '-x', String(columns)),
    see: async (text) => {
      while (!plain(recorded().slice(typedAt)).includes(text)) await sleep(POLL);
      return plain(recorded().slice(typedAt));
    },
    close: () => {
      tmux('kill-server');
      // The processes that the server ends may still be writing.
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Without control sequences. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r/g, '');
}
