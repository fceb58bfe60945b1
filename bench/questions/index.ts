/**
 * The questions by name. Each is loaded only in the process that asks it.
 * @module
 */

import type { Question } from '../question.ts';

const QUESTIONS: ReadonlyMap<string, () => Promise<{ question: Question }>> = new Map([
  ['small-values', () => import('./small-values.ts')],
  ['bulk', () => import('./bulk.ts')],
  ['signed', () => import('./signed.ts')],
  ['streams', () => import('./streams.ts')],
  ['key-wrap', () => import('./key-wrap.ts')],
  ['tiers', () => import('./tiers.ts')],
  ['key-blob', () => import('./key-blob.ts')],
  ['many-keys', () => import('./many-keys.ts')],
  ['providers', () => import('./providers.ts')],
  ['parameters', () => import('./parameters.ts')],
  ['cli-start', () => import('./cli-start.ts')],
]);

export const questionNames: readonly string[] = [...QUESTIONS.keys()];

/** @throws `RangeError` where there is no question of that name. */
export async function loadQuestion(name: string): Promise<Question> {
  const load = QUESTIONS.get(name);
  if (load === undefined) throw new RangeError(`Unknown question ${name}. Known: ${questionNames.join(', ')}.`);
  return (await load()).question;
}
