/**
 * The pictures of `docs/benchmarks.md`, from the results that there are.
 * @module
 */

import type { Measured, MeasuredRow } from '../results.ts';
import { median } from '../runner.ts';
import type { Bar, Bars } from './svg.ts';

type Results = ReadonlyMap<string, Measured>;

/** A picture: the question that it is of, its file, and what is on it; no groups if there is nothing to show. */
export interface Picture {
  readonly question: string;
  readonly file: string;
  readonly bars: Bars;
}

/** Returns the pictures for which there are results. */
export function picturesOf(results: Results): Picture[] {
  const pictures: Picture[] = [
    { question: 'floor', file: 'benchmarks-floor.svg', bars: floorBars(results) },
    { question: 'where', file: 'benchmarks-where.svg', bars: whereBars(results) },
    { question: 'key-blob', file: 'benchmarks-number.svg', bars: numberBars(results) },
    { question: 'providers', file: 'benchmarks-providers.svg', bars: providerBars(results) },
    { question: 'languages', file: 'benchmarks-languages.svg', bars: languageBars(results) },
  ];
  return pictures.filter(({ bars }) => bars.groups.length > 0);
}

function rowsOf(results: Results, question: string): readonly MeasuredRow[] {
  return results.get(question)?.rows ?? [];
}

/** Rows whose names are `GROUP, SERIES, BAR`, in groups. */
function grouped(
  rows: readonly MeasuredRow[],
  parts: (row: MeasuredRow) => { readonly group: string; readonly bar: Bar } | undefined,
): Bars['groups'] {
  const groups = new Map<string, Bar[]>();
  for (const row of rows) {
    const found = parts(row);
    if (found !== undefined) groups.set(found.group, [...(groups.get(found.group) ?? []), found.bar]);
  }
  return [...groups].map(([name, bars]) => ({ name, bars }));
}

function floorBars(results: Results): Bars {
  const groups = grouped(rowsOf(results, 'floor'), ({ name, ratio }) => {
    const [size = '', provider = '', direction = ''] = name.replace('wasm (node)', 'wasm').split(', ');
    return { group: `${size}, ${direction}`, bar: { series: provider, name: provider, value: ratio } };
  });
  return {
    title: 'What a message costs, by size and provider',
    unit: 'Times the bare calls to node:crypto that it needs; less is better',
    series: ['node', 'wasm', 'native'],
    groups,
    line: { at: 1, name: 'the bare calls' },
  };
}

function whereBars(results: Results): Bars {
  const groups = grouped(rowsOf(results, 'where'), ({ name, ratio }) => {
    const [, group = '', part = ''] = /^([^,]+), (.*)$/.exec(name) ?? [];
    const series = part.startsWith('node:crypto')
      ? 'calls to node:crypto'
      : part.startsWith('the whole')
        ? 'the whole by another provider'
        : 'our steps, which contain them';
    return { group, bar: { series, name: part, value: ratio * 100 } };
  });
  return {
    title: 'Where a message of 64 B and of 4 KB spends its time',
    unit: 'Percent of the whole by the node provider; the steps contain the calls, the frames are the rest',
    series: ['calls to node:crypto', 'our steps, which contain them', 'the whole by another provider'],
    groups,
  };
}

/** `parameters` is among them if it was asked. */
function numberBars(results: Results): Bars {
  const bars = (question: string): Bar[] =>
    rowsOf(results, question).map(({ name, ratio }) => ({ series: '', name, value: ratio }));
  const groups = [
    { name: 'A key blob of 64 B: times the bare calls', bars: bars('key-blob') },
    { name: 'Parameters: the time among 100,000 against that among 100', bars: bars('parameters') },
  ];
  return {
    title: 'Cost by number of keys and parameters',
    unit: 'Times; a number of keys or parameters that costs nothing gives equal bars',
    series: ['ours'],
    groups: groups.filter((group) => group.bars.length > 0),
    line: { at: 1, name: '1' },
  };
}

/** Times of one call: each provider's against noble, and the peer's. The peer's process is another one. */
function providerBars(results: Results): Bars {
  const byNoble = grouped(rowsOf(results, 'providers'), ({ name, ratio }) => {
    const [, work = '', subject = '', reference = ''] = /^(.+), (.+) against (.+)$/.exec(name) ?? [];
    const provider = subject.replace('wasm (node)', 'wasm');
    if (reference !== 'noble') return undefined;
    return {
      group: `Node: ${work}, noble's time against ours`,
      bar: { series: provider, name: provider, value: ratio },
    };
  });
  const byPeer = grouped(rowsOf(results, 'small-values'), ({ name, ratio }) => ({
    group: `Node: ${name}, the Encryption SDK for JavaScript against ours`,
    bar: { series: 'node', name: 'node', value: ratio },
  }));
  const inChromium = grouped(rowsOf(results, 'chromium'), ({ name, ratio, subject }) => ({
    group: `Chromium: ${name}`,
    bar: { series: subject, name: subject, value: ratio },
  }));
  return {
    title: 'Ours against noble and against the Encryption SDK for JavaScript',
    unit: 'Times as fast; more is better',
    series: ['node', 'wasm', 'native'],
    groups: [...byNoble, ...byPeer, ...inChromium],
    line: { at: 1, name: 'as fast' },
  };
}

/** The megabyte would press all others together: it is in the table. */
function languageBars(results: Results): Bars {
  const rows = rowsOf(results, 'languages').filter(({ name }) => /^(?:64 B|4 KB) /.test(name));
  const groups = grouped(rows, ({ name, subject, subjectTimes, ratio }) => {
    const isOurs = subject.startsWith('ours');
    const bar = { series: isOurs ? 'ours' : 'another', name: subject, value: ratio };
    return subjectTimes.length === 0 || median(subjectTimes) === 0
      ? undefined
      : { group: name.replace(/, .*/, ''), bar };
  });
  return {
    title: 'Encryption SDKs of other languages',
    unit: 'Times the time of the Java SDK with its JCE master key; less is better',
    series: ['another', 'ours'],
    groups,
    line: { at: 1, name: 'Java, JCE master key' },
  };
}
