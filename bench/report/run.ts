/**
 * Writes `docs/benchmarks.md`, its pictures and the ratios that README.md quotes, from the results that are kept.
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrapMarkdown } from '../../scripts/wrap-markdown.ts';
import { keptResults, type Measured } from '../results.ts';
import { picturesOf } from './pictures.ts';
import { barsSvg } from './svg.ts';
import { measuredPage, quotedPage } from './tables.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Returns the files that the report writes, by their paths from the root. */
export function reportFiles(results: ReadonlyMap<string, Measured> = keptResults()): Map<string, string> {
  const pictures = picturesOf(results);
  const files = new Map(pictures.map(({ file, bars }) => [`docs/${file}`, barsSvg(bars)]));
  const picture = (questions: readonly string[]): string =>
    pictures
      .filter(({ question }) => questions.includes(question))
      .map(({ file, bars }) => `![${bars.title}](${file})`)
      .join('\n');
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  files.set('docs/benchmarks.md', wrapMarkdown(measuredPage(read('docs/benchmarks.md'), results, picture)));
  files.set('README.md', quotedPage(read('README.md'), results));
  return files;
}

/** Writes them. */
export function writeReport(): void {
  for (const [path, text] of reportFiles()) {
    writeFileSync(join(ROOT, path), text);
    console.log(`${path} is written.`);
  }
}
