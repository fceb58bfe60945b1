/** What the benchmark keeps, compares and writes: its pure parts, without measuring anything. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lostRows, stillLost } from '../../bench/check.ts';
import { languageRows } from '../../bench/languages/run.ts';
import { picturesOf } from '../../bench/report/pictures.ts';
import { reportFiles } from '../../bench/report/run.ts';
import { barsSvg } from '../../bench/report/svg.ts';
import { measuredPage, quotedPage } from '../../bench/report/tables.ts';
import { isReached, type Measured, type MeasuredRow, measuredRow, resultText } from '../../bench/results.ts';

const row = (name: string, ratio: number, more: Partial<MeasuredRow> = {}): MeasuredRow => ({
  name,
  measure: 'cost',
  subject: 'ours',
  reference: 'the floor',
  ratio,
  ratios: [ratio, ratio, ratio],
  subjectTimes: [1, 1, 1],
  referenceTimes: [1, 1, 1],
  ...more,
});

const result = (question: string, ...rows: readonly MeasuredRow[]): ReadonlyMap<string, Measured> => {
  const facts = { title: 'A question', date: '2026-11-28', machine: 'a machine', versions: { node: '20' } };
  return new Map([[question, { question, ...facts, effort: 'full', rows }]]);
};

describe('a result', () => {
  it('has the ratio of each process and the median of them', () => {
    const facts = { name: 'a', subject: 'ours', reference: 'theirs' } as const;
    const speed = measuredRow({ ...facts, measure: 'speed-up' }, [1e-6, 2e-6, 4e-6], [8e-6, 8e-6, 8e-6]);
    expect(speed).toMatchObject({ ratio: 4, ratios: [8, 4, 2], subjectTimes: [1, 2, 4] });
    const cost = measuredRow({ ...facts, measure: 'cost' }, [1e-6, 2e-6, 4e-6], [8e-6, 8e-6, 8e-6]);
    expect(cost).toMatchObject({ ratio: 0.25, ratios: [0.125, 0.25, 0.5] });
  });

  it('has reached its target from the right side', () => {
    expect(isReached(row('a', 1.2, { target: 1.2 }))).toBe(true);
    expect(isReached(row('a', 1.21, { target: 1.2 }))).toBe(false);
    expect(isReached(row('a', 1.19, { target: 1.2, measure: 'speed-up' }))).toBe(false);
    expect(isReached(row('a', 1))).toBeUndefined();
  });

  it('is a line of JSON for each row, and is read back as it was', () => {
    const [measured] = result('floor', row('a', 1), row('b', 2)).values();
    const text = resultText(measured as Measured);
    expect(JSON.parse(text)).toEqual(measured);
    expect(text.match(/^ {4}\{"name":/gm)).toHaveLength(2);
  });
});

describe('the comparison with the ratios that are kept', () => {
  const kept = [row('a', 1), row('fast', 10, { measure: 'speed-up' })];

  it('finds a loss of more than 35 %, and no smaller one', () => {
    expect(lostRows(kept, [row('a', 1.36), row('fast', 7.3, { measure: 'speed-up' })])).toEqual(['a', 'fast']);
    expect(lostRows(kept, [row('a', 1.34), row('fast', 7.5, { measure: 'speed-up' })])).toEqual([]);
    expect(lostRows(kept, [row('a', 0.1), row('new', 99)])).toEqual([]);
  });

  it('asks again only for what seems lost, and calls lost what stays so', async () => {
    const asked: (readonly string[])[] = [];
    const answers = [
      [row('a', 2), row('fast', 1, { measure: 'speed-up' })],
      [row('a', 1.1), row('fast', 1, { measure: 'speed-up' })],
    ];
    const lost = await stillLost(kept, async (names) => {
      asked.push(names);
      return (answers[asked.length - 1] ?? answers[1] ?? []).filter(({ name }) => names.includes(name));
    });
    expect(asked).toEqual([['a', 'fast'], ['a', 'fast'], ['fast'], ['fast']]);
    expect(lost).toEqual(['fast']);
  });
});

describe('the report', () => {
  const page =
    '<!-- measured: floor -->\n\n| | x | y | z |\n|---|---|---|---|\n| old | 1 | 1, 1, 1 | |\n\n<!-- end -->\n';

  it('writes rows with their targets, and keeps those that were not measured again', () => {
    const written = measuredPage(page, result('floor', row('new', 1.3, { target: 1.2 })), () => '');
    expect(written).toContain('\n| old | 1 | 1, 1, 1 | |\n| new | 1.30 | 1.30, 1.30, 1.30 | at most 1.2, missed |\n');
    expect(written).toContain('`floor`: 2026-11-28, a machine; node 20.');
    expect(measuredPage(written, result('floor', row('new', 1.3, { target: 1.2 })), () => '')).toBe(written);
  });

  it('leaves what was not asked as it is', () => {
    expect(measuredPage(page, result('where', row('new', 1)), () => '')).toBe(page);
  });

  it('changes the ratios that the README quotes, by their names', () => {
    const quoted = quotedPage(
      '| 4 KB encrypt, signed (0x0578) | 1.6 |\n| other | 2.0 |',
      result('signed', row('4 KB encrypt', 1.74)),
    );
    expect(quoted).toBe('| 4 KB encrypt, signed (0x0578) | 1.74 |\n| other | 2.0 |');
  });

  it('is the one that the committed results give', () => {
    for (const [path, text] of reportFiles()) {
      expect(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8'), path).toBe(text);
    }
  });
});

describe('a picture', () => {
  it('has a bar for each value, in proportion, and escapes its words', () => {
    const bars = [
      { series: 'a', name: 'one', value: 1 },
      { series: 'b', name: '<two>', value: 2 },
    ];
    const svg = barsSvg({ title: 'T & U', unit: 'times', series: ['a', 'b'], groups: [{ name: 'g', bars }] });
    const widths = [...svg.matchAll(/width="([\d.]+)" height="13"/g)].map(([, width]) => Number(width));
    expect(widths).toEqual([210, 420]);
    expect(svg).toContain('<title>T &amp; U</title>');
    expect(svg).toContain('&lt;two&gt;');
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('groups the providers of a size, and is left out where nothing was measured', () => {
    const rows = [row('64 B, node, encrypt', 1.2), row('64 B, wasm (node), encrypt', 0.8)];
    const [picture, ...others] = picturesOf(result('floor', ...rows));
    expect(others).toEqual([]);
    expect(picture?.bars.groups).toEqual([
      {
        name: '64 B, encrypt',
        bars: [
          { series: 'node', name: 'node', value: 1.2 },
          { series: 'wasm', name: 'wasm', value: 0.8 },
        ],
      },
    ]);
  });
});

it('rows of other languages have the targets of ours, against the Java SDK', () => {
  const times = (wasm: number) =>
    new Map([
      [
        '64 B encrypt',
        new Map([
          ['Java, JCE master key', 2e-5],
          ['ours, wasm', wasm],
        ]),
      ],
    ]);
  expect(languageRows([times(1e-5), times(3e-5), times(2e-5)])).toMatchObject([
    { name: '64 B encrypt, ours, wasm', target: 1, ratio: 1, ratios: [0.5, 1.5, 1], reference: 'Java, JCE master key' },
  ]);
});
