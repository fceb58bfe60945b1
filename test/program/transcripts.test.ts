/**
 * What the command line answers, word for word: each file of `transcripts` is a session, from input to exact output.
 * What no two runs have in common is put in angle brackets first: ids, times, key material, ciphertext. `npx vitest -u`
 * writes them again.
 */

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeHome, readSteps, runSteps } from '@securestring/test-support/console';
import { describe, it } from 'vitest';

const folder = fileURLToPath(new URL('transcripts', import.meta.url));

describe.concurrent('transcripts', { timeout: 300_000 }, () => {
  it.for(readdirSync(folder))('%s', async (file, { expect }) => {
    const path = join(folder, file);
    const commands = readSteps(readFileSync(path, 'utf8').split('\n')).map(({ command }) => command);
    expect(commands.length).toBeGreaterThan(3);
    const home = makeHome();
    try {
      const normalised = normaliser(home);
      const outcomes = await runSteps(home, commands);
      const session = outcomes.map(({ output, status }, at) => {
        const command = commands[at]?.replaceAll('\n', '\n> ');
        const end = output === '' || output.endsWith('\n') ? '' : '[no line end]\n';
        return `$ ${command}\n${normalised(output)}${end}${status === 0 ? '' : `[exit ${status}]\n`}`;
      });
      await expect(session.join('')).toMatchFileSnapshot(path);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

/** The same id is the same letter in all of a session. */
function normaliser(home: string): (output: string) => string {
  const ids = new Map<string, string>();
  const letter = (id: string) => {
    const known = ids.get(id) ?? `<id ${String.fromCharCode('A'.charCodeAt(0) + ids.size)}>`;
    ids.set(id, known);
    return known;
  };
  return (output) =>
    output
      .replaceAll(home, '~')
      .replaceAll(/\bA(?:IDA|ROA)[A-Z2-7]{17}\b/g, letter)
      .replaceAll(/\bAKIA[A-Z2-7]{16}\b/g, '<access key>')
      .replaceAll(/mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, letter)
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
      .replaceAll(/\b[0-9a-f]{64}\b/g, '<material>')
      .replaceAll(/\b[0-9a-f]{24,}\b/g, '<hex>')
      .replaceAll(/(?<=^|"slot": ")[0-9a-f]{16}(?= {2}|")/gm, '<slot>')
      .replaceAll(/[A-Za-z0-9+/]{80,}={0,2}/g, '<base64>');
}
