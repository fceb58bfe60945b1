/**
 * The check of commit messages, on repositories of this test's own making.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/commits.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'commits-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Checks a repository with one commit of each message, oldest first. */
function check(...messages: readonly string[]) {
  const folder = mkdtempSync(join(scratch, 'repository-'));
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...words], { cwd: folder, stdio: 'ignore' });
  git('init');
  for (const message of messages) git('commit', '--allow-empty', '--cleanup=verbatim', '-m', message);
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, folder], { encoding: 'utf8' });
  return { status, stdout, stderr: stderr.trim().replace(/^[0-9a-f]{12} /, '') };
}

describe('the check of commit messages', () => {
  it.each([['Add a key'], ['Pass the key on\n\nSince it is needed there; and here.'], [`Add ${'k'.repeat(68)}`]])(
    'accepts %j',
    (message) => {
      expect(check(message)).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it.each([
    ['Added a key', 'the verb is not an imperative: Added a key'],
    ['Adds a key', 'the verb is not an imperative: Adds a key'],
    ['Adding a key', 'the verb is not an imperative: Adding a key'],
    ['add a key', 'the subject does not begin with a verb: add a key'],
    ['Add a key; wrap it', 'the subject has two thoughts, which are two commits: Add a key; wrap it'],
    ['Add a key.', 'the subject ends in a full stop: Add a key.'],
    [`Add ${'k'.repeat(69)}`, `the subject has 73 characters, and at most 72 fit: Add ${'k'.repeat(69)}`],
    ['Add a key\nand more', 'no empty line sets the subject apart from the body: Add a key'],
  ])('refuses %j', (message, fault) => {
    expect(check(message)).toMatchObject({ status: 1, stderr: fault });
  });

  it('checks the last commit alone where it does not know the history, and reports that', () => {
    const { status, stdout } = check('an old one', 'Add a key');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Only the last commit is checked: .* is not in this/)]);
  });
});
