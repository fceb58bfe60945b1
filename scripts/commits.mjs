/**
 * Checks the messages of commits: the subject is an imperative of at most 72 characters with one thought, and an empty
 * line sets it apart from a body. Commits from before this check are left as they are.
 *
 *     node scripts/commits.mjs [FOLDER]
 */

import { execFileSync, spawnSync } from 'node:child_process';

/** The last commit before the check. */
const SINCE = '77682a772fb08f53018a5e957870265b94de13f3';
const MAX_SUBJECT = 72;
/** Verbs that end like a past tense, a participle or a third person and are imperatives. */
const IMPERATIVES =
  /^(?:Access|Address|Bring|Bypass|Compress|Cross|Discuss|Dismiss|Embed|Express|Feed|Need|Pass|Press|Process|Proceed|Seed|Shed|Speed|Spring|String|Suppress|Wed)$/;

const [cwd = '.'] = process.argv.slice(2);
const git = (...words) => execFileSync('git', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const wrong = commits().flatMap((message) => {
  const [id = '', subject = '', gap = ''] = message.split('\n');
  const fault = faultOf(subject, gap);
  return fault === undefined ? [] : [`${id.slice(0, 12)} ${fault}: ${subject}`];
});
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

/** Returns the id and the message of each commit that is to be checked. */
function commits() {
  return git('log', '-z', '--no-merges', '--format=%H%n%B', range())
    .split('\0')
    .filter((message) => message.trim() !== '');
}

/**
 * Returns what is checked: all that {@link SINCE} does not have. A shallow clone may lack that commit, and a copy of
 * the project may have another history: then it is the last commit alone, since the others may be older than the check.
 */
function range() {
  const isKnown = spawnSync('git', ['merge-base', '--is-ancestor', SINCE, 'HEAD'], { cwd }).status === 0;
  if (isKnown) return `${SINCE}..HEAD`;
  console.log(`Only the last commit is checked: ${SINCE.slice(0, 12)} is not in this history.`);
  return '-1';
}

function faultOf(subject, gap) {
  if (subject.length > MAX_SUBJECT) {
    return `the subject has ${subject.length} characters, and at most ${MAX_SUBJECT} fit`;
  }
  if (subject.includes(';')) return 'the subject has two thoughts, which are two commits';
  if (subject.endsWith('.')) return 'the subject ends in a full stop';
  if (gap !== '') return 'no empty line sets the subject apart from the body';
  const [verb = ''] = subject.split(' ');
  if (!/^[A-Z][a-z-]+$/.test(verb)) return 'the subject does not begin with a verb';
  if (!IMPERATIVES.test(verb) && /(?:ed|ing|[^s]s)$/.test(verb)) return 'the verb is not an imperative';
  return undefined;
}
