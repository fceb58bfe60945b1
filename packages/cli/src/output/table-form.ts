/**
 * `--output table` of the aws command line: a section a record or list, each one column further in, all of one width.
 * @module
 */

import { isRecord, isScalar, pythonText } from './python-text.ts';
import { columnsOf } from './wide-characters.ts';

type Record = Readonly<globalThis.Record<string, unknown>>;

interface Section {
  readonly title: string;
  readonly indent: number;
  headings: readonly string[];
  readonly rows: (readonly string[])[];
}

/** Around the text of a cell, with its border. */
const PADDING = 4;
const BORDERS = 2;

/**
 * Writes a value under a title. A table that is wider than `columns` gets records of one row set upright.
 *
 * @throws `RangeError` where lists of different lengths would be rows of one section, as the aws command line does.
 */
export function tableForm(value: unknown, title: string, columns: number): string {
  const sections: Section[] = [];
  if (!addSection(sections, value, title, 0)) return '';
  const isTooWide = widthOf(sections) > columns;
  const shown = isTooWide ? sections.map(upright) : sections;
  const width = widthOf(shown);
  return `${'-'.repeat(width)}\n${shown.map((section) => written(section, width)).join('')}`;
}

/** Whether there was something to show. */
function addSection(sections: Section[], value: unknown, title: string | undefined, indent: number): boolean {
  if (isEmpty(value)) return false;
  if (title !== undefined) sections.push({ title, indent, headings: [], rows: [] });
  if (isRecord(value)) addRecord(sections, value, indent);
  else if (Array.isArray(value) && isRecord(value[0]))
    addRecords(sections, value.filter(isRecord), title ?? '', indent);
  else if (Array.isArray(value)) for (const each of value) addEntry(sections, each, indent);
  return true;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) ? Object.keys(value).length === 0 : !value;
}

function addEntry(sections: Section[], entry: unknown, indent: number): void {
  if (isScalar(entry)) addRow(sections, [entry]);
  else if (Array.isArray(entry) && entry.every(isScalar)) addRow(sections, entry);
  else addSection(sections, entry, undefined, indent);
}

function addRecord(sections: Section[], record: Record, indent: number): void {
  const { headings, inner } = namesOf([record]);
  const [only] = headings;
  if (headings.length === 1 && only !== undefined) addRow(sections, [only, record[only]]);
  else if (headings.length > 1) {
    addHeadings(sections, headings);
    addRow(
      sections,
      headings.map((name) => record[name]),
    );
  }
  for (const name of inner) addSection(sections, record[name], name, indent + 1);
}

function addRecords(sections: Section[], records: readonly Record[], title: string, indent: number): void {
  const { headings, inner } = namesOf(records);
  addHeadings(sections, headings);
  for (const [i, record] of records.entries()) {
    if (i > 0 && inner.length > 0) {
      sections.push({ title, indent, headings, rows: [] });
    }
    addRow(
      sections,
      headings.map((name) => (name in record ? record[name] : '')),
    );
    for (const name of inner) if (name in record) addSection(sections, record[name], name, indent + 1);
  }
}

/** Names of members that are scalars, and of those that are not, in some of the records. */
function namesOf(records: readonly Record[]): {
  readonly headings: readonly string[];
  readonly inner: readonly string[];
} {
  const named = (wanted: boolean) => {
    const names = records.flatMap((record) => Object.keys(record).filter((name) => isScalar(record[name]) === wanted));
    return [...new Set(names)].sort();
  };
  return { headings: named(true), inner: named(false) };
}

function addHeadings(sections: Section[], headings: readonly string[]): void {
  const section = sections.at(-1);
  if (section !== undefined) section.headings = headings;
}

function addRow(sections: Section[], cells: readonly unknown[]): void {
  const section = sections.at(-1);
  if (section === undefined) return;
  const wanted = (section.headings.length > 0 ? section.headings : (section.rows[0] ?? cells)).length;
  if (cells.length !== wanted) {
    throw new RangeError(`Row should have ${wanted} elements, instead it has ${cells.length}`);
  }
  section.rows.push(cells.map(pythonText));
}

/** Turns a section of one row, so that its headings are the first column. */
function upright(section: Section): Section {
  const { headings, rows } = section;
  const [row] = rows;
  if (rows.length !== 1 || row === undefined || headings.length === 0) return section;
  return { ...section, headings: [], rows: headings.map((heading, i) => [heading, row[i] ?? '']) };
}

function widthOf(sections: readonly Section[]): number {
  return Math.max(
    ...sections.map((section) => section.indent * 2 + BORDERS + Math.max(ofRows(section), ofTitle(section))),
  );
}

function ofTitle({ title }: Section): number {
  return columnsOf(title);
}

function ofRows(section: Section): number {
  return cellWidths(section).reduce((sum, width) => sum + width + PADDING, 0);
}

function cellWidths({ headings, rows }: Section): readonly number[] {
  const all = headings.length > 0 ? [headings, ...rows] : rows;
  return (all[0] ?? []).map((_, i) => Math.max(...all.map((row) => columnsOf(row[i] ?? ''))));
}

/** The widths of a section's cells, stretched to a whole width, each with its border. */
function stretched(section: Section, whole: number): readonly number[] {
  const natural = cellWidths(section).map((width) => width + PADDING);
  if (natural.length === 0) return natural;
  const factor = whole / natural.reduce((sum, width) => sum + width, 0);
  const widths = natural.map((width) => rounded(factor * width));
  let off = widths.reduce((sum, width) => sum + width, 0) - whole;
  // Too many are taken from the left, too few are given from the right, one each.
  for (let i = 0; off !== 0; i++) {
    const at = off > 0 ? i % widths.length : widths.length - 1 - (i % widths.length);
    const step = Math.sign(off);
    widths[at] = (widths[at] ?? 0) - step;
    off -= step;
  }
  return widths;
}

/** Python rounds halves to the even number. */
function rounded(number: number): number {
  const below = Math.floor(number);
  if (number - below !== 0.5) return Math.round(number);
  return below % 2 === 0 ? below : below + 1;
}

function written(section: Section, whole: number): string {
  const { title, indent, headings, rows } = section;
  const edge = '|'.repeat(indent);
  const width = whole - indent * 2;
  const lines: string[] = [];
  if (title !== '') {
    lines.push(centred(title, width, '|'));
    if (headings.length === 0 && rows.length === 0) lines.push(`+${'-'.repeat(width - 2)}+`);
  }
  const widths = stretched(section, width);
  const rule = widths.map((each, i) => `${'-'.repeat(Math.max(0, each - (i === 0 ? 2 : 1)))}+`).join('');
  if (headings.length > 0) {
    lines.push(`+${rule}`);
    lines.push(headings.map((heading, i) => centred(heading, widths[i] ?? 0, i === 0 ? '|' : '')).join(''));
  }
  if (rows.length > 0 && widths.length > 0) {
    const cells = (row: readonly string[]) => row.map((cell, i) => left(cell, widths[i] ?? 0, i === 0 ? '|' : ''));
    lines.push(`+${rule}`, ...rows.map((row) => cells(row).join('')), `+${rule}`);
  }
  return lines.map((line) => `${edge}${line}${edge}\n`).join('');
}

function centred(text: string, width: number, leftEdge: string): string {
  const before = Math.floor(width / 2) - Math.floor(columnsOf(text) / 2) - 1;
  const start = `${leftEdge}${' '.repeat(Math.max(0, before))}`;
  const after = width - 1 - (leftEdge.length + before + columnsOf(text));
  return `${start}${text}${' '.repeat(Math.max(0, after))}|`;
}

function left(text: string, width: number, leftEdge: string): string {
  const padding = width - (columnsOf(text) + 2 + leftEdge.length + 1) >= 0 ? 2 : 0;
  const after = width - (leftEdge.length + padding + columnsOf(text)) - 1;
  return `${leftEdge}${' '.repeat(padding)}${text}${' '.repeat(Math.max(0, after))}|`;
}
