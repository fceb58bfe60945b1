/**
 * The file `$GITHUB_ENV` of GitHub Actions, whose variables later steps of a job have; and the commands that hide
 * their values in its log. GitHub's documentation, "Workflow commands for GitHub Actions".
 * @module
 */

import { randomUUID } from 'node:crypto';
import { type Keyed, refuseValues, type Written } from './format.ts';

/** Variables that the runner lets no step set. */
const KEPT = /^(?:GITHUB_|RUNNER_|NODE_OPTIONS$)/;

/** Writes each value between two lines that no value has. */
export function writeGithub(entries: readonly Keyed[]): Written {
  const what = 'The environment of GitHub Actions';
  const kept = entries.filter(({ variable }) => KEPT.test(variable));
  refuseValues(kept, what, ': the runner sets NODE_OPTIONS, GITHUB_… and RUNNER_… itself. Give --prefix TEXT.');
  const lost = entries.filter(({ value }) => value.includes('\0'));
  refuseValues(lost, what, ', which has a zero byte in it.');
  let delimiter: string;
  do delimiter = `securestring_${randomUUID()}`;
  while (entries.some(({ value }) => value.includes(delimiter)));
  return {
    announcement: masksOf(entries).join(''),
    text: entries.map(({ variable, value }) => `${variable}<<${delimiter}\n${value}\n${delimiter}\n`).join(''),
  };
}

/** The log is masked line by line, so each line of a value is a secret of its own. */
function masksOf(entries: readonly Keyed[]): readonly string[] {
  const secrets = new Set(entries.flatMap(({ value }) => [value, ...value.split(/[\r\n]+/)]));
  return [...secrets].filter((secret) => secret.trim() !== '').map((secret) => `::add-mask::${escaped(secret)}\n`);
}

function escaped(secret: string): string {
  return secret.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
