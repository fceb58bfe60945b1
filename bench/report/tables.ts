/**
 * The measured parts of `docs/benchmarks.md`: what is between `<!-- measured: QUESTION… -->` and `<!-- end -->` is
 * written from the results. A row that was not measured again stays as it was.
 * @module
 */

import { isReached, type Measured, type MeasuredRow } from '../results.ts';

type Results = ReadonlyMap<string, Measured>;

const SECTION = /<!-- measured: ([\w -]+) -->\n(.*?)<!-- end -->/gs;

/** Words of rows that the name in the question does not have. */
const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bulk: {
    '10 MB encrypt': '10 MB encrypt, default frames of each side (ours 65536, theirs 4096)',
    '10 MB decrypt': '10 MB decrypt, default frames of each side',
  },
  signed: {
    '4 KB encrypt': '4 KB encrypt, signed (0x0578)',
    '4 KB decrypt': '4 KB decrypt, signed (0x0578)',
  },
};

/** Returns the page with its measured parts written again; `picture` returns a picture's line for a question, or ''. */
export function measuredPage(
  page: string,
  results: Results,
  picture: (questions: readonly string[]) => string,
): string {
  return page.replace(SECTION, (section, names: string, body: string) => {
    const asked = names.split(' ').flatMap((name) => results.get(name) ?? []);
    if (asked.length === 0) return section;
    const table = mergedTable(body, asked);
    const shown = picture(names.split(' '));
    return [
      `<!-- measured: ${names} -->`,
      '',
      ...(shown === '' ? [] : [shown, '']),
      ...table,
      '',
      ...asked.map(factsOf),
      '',
      '<!-- end -->',
    ].join('\n');
  });
}

/** Returns the README with the ratios of the rows that it quotes. */
export function quotedPage(page: string, results: Results): string {
  const ratios = new Map([...results.values()].flatMap((each) => each.rows.map((row) => [labelOf(each, row), row])));
  return page.replace(/^\| ([^|]+) \| [\d.]+ \|$/gm, (line, label: string) => {
    const row = ratios.get(label);
    return row === undefined ? line : `| ${label} | ${ratioText(row.ratio)} |`;
  });
}

/** The rows that the page has, in their order, with the new ones in their places or at the end. */
function mergedTable(body: string, asked: readonly Measured[]): string[] {
  const lines = new Map(
    body
      .split('\n')
      .filter((line) => /^\| [^|]+ \|/.test(line))
      .map((line) => [line.split(' | ')[0]?.slice(2) ?? '', line]),
  );
  for (const each of asked)
    for (const row of each.rows) lines.set(labelOf(each, row), rowLine(labelOf(each, row), row));
  const measure = asked[0]?.rows[0]?.measure === 'speed-up' ? 'times as fast' : 'times the cost';
  return [`| | ${measure} | three processes | target |`, '|---|---|---|---|', ...lines.values()];
}

function labelOf({ question }: Measured, { name }: MeasuredRow): string {
  return (LABELS[question]?.[name] ?? name).replace('wasm (node)', 'wasm').replaceAll('|', '/');
}

function rowLine(label: string, row: MeasuredRow): string {
  const { measure, target, ratio, ratios } = row;
  const bound = measure === 'speed-up' ? 'at least' : 'at most';
  const asked = target === undefined ? '' : `${bound} ${target}, ${isReached(row) ? 'reached' : 'missed'}`;
  return `| ${label} | ${ratioText(ratio)} | ${ratios.map(ratioText).join(', ')} | ${asked} |`;
}

function factsOf({ question, date, machine, versions, effort }: Measured): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const how = effort === 'full' ? '' : `, fewer rounds (\`--${effort}\`)`;
  return `\`${question}\`: ${date}, ${machine}; ${named.join('; ')}${how}.`;
}

/** Two digits after the point where that is a percent of it or more. */
function ratioText(ratio: number): string {
  return ratio < 4 ? ratio.toFixed(2) : ratio.toFixed(1);
}
