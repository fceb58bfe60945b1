/**
 * Checks the messages of commits: the subject is an imperative of at most 72 characters with one thought. Commits from
 * before this check are left as they are.
 */

import { execFileSync } from 'node:child_process';

/** The last commit before the check. */
const SINCE = 'ef60123';
const MAX_SUBJECT = 72;
/** Words that end like a past tense or a third person and are imperatives. */
const IMPERATIVES = /^(?:Access|Address|Bring|Compress|Embed|Express|Feed|Need|Pass|Process|Seed|Speed|Suppress|Wrap)$/;

const log = execFileSync('git', ['log', '--no-merges', '--format=%h%x09%s', `${SINCE}..HEAD`], { encoding: 'utf8' });
const wrong = log
  .split('\n')
  .filter(Boolean)
  .flatMap((line) => {
    const [id = '', subject = ''] = line.split('\t');
    const fault = faultOf(subject);
    return fault === undefined ? [] : [`${id} ${fault}: ${subject}`];
  });
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

function faultOf(subject) {
  if (subject.length > MAX_SUBJECT)
    return `the subject has ${subject.length} characters, and ${MAX_SUBJECT} at most fit`;
  if (subject.includes(';')) return 'the subject has two thoughts, which are two commits';
  if (subject.endsWith('.')) return 'the subject ends in a full stop';
  const [verb = ''] = subject.split(' ');
  if (!/^[A-Z][a-z-]+$/.test(verb)) return 'the subject does not begin with a verb';
  if (!IMPERATIVES.test(verb) && /(?:ed|ing|[^s]s)$/.test(verb)) return 'the verb is not an imperative';
  return undefined;
}
