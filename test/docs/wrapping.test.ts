/** Running text is wrapped at 120 columns in every document, as `npm run fix` does it. */

import { expect, it } from 'vitest';
import { wrapMarkdown } from '../../scripts/wrap-markdown.ts';
import { documents } from './markdown.ts';

it.each(documents().map(({ path, lines }) => [path, lines.join('\n')] as const))('%s', (_, source) => {
  expect(source).toBe(wrapMarkdown(source));
});

it('leaves code, tables and headings as they are, and wraps items with their indentation', () => {
  const word = 'x'.repeat(59);
  const kept = `# ${word} ${word} ${word}\n\n| ${word} | ${word} | ${word} |\n\n\`\`\`ts\n${word} ${word} ${word}\n\`\`\`\n`;
  expect(wrapMarkdown(kept)).toBe(kept);
  expect(wrapMarkdown(`- ${word} ${word}\n  \`${word} ${word}\``)).toBe(`- ${word}\n  ${word}\n  \`${word} ${word}\``);
  expect(wrapMarkdown('one\ntwo\n- three')).toBe('one two\n- three');
});
