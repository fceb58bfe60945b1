/**
 * `--output text` of the aws command line: a line a record, its members in the order of their names, tabs between them.
 * @module
 */

import { isRecord, isScalar, pythonText } from './python-text.ts';

type Record = Readonly<globalThis.Record<string, unknown>>;

/** What a line is about: the member that its value is in, and the columns that all entries of a list share. */
interface Heading {
  readonly name?: string;
  readonly columns?: readonly string[];
}

/** Writes a value. */
export function textForm(value: unknown, heading: Heading = {}): string {
  if (Array.isArray(value)) return ofList(value, heading);
  return isRecord(value) ? ofRecord(value, heading) : `${pythonText(value)}\n`;
}

function ofList(list: readonly unknown[], { name }: Heading): string {
  const named = name === undefined ? {} : { name };
  if (list.some(isRecord)) {
    const columns = columnsOf(list.filter(isRecord));
    return list.map((each) => textForm(each, { ...named, columns })).join('');
  }
  const scalars = list.filter(isScalar);
  const lists = list.filter((each) => !isScalar(each));
  return ofScalars(scalars, name) + lists.map((each) => textForm(each, named)).join('');
}

function ofScalars(scalars: readonly unknown[], name: string | undefined): string {
  if (scalars.length === 0) return '';
  if (name === undefined) return `${scalars.map(pythonText).join('\t')}\n`;
  return scalars.map((each) => `${name.toUpperCase()}\t${pythonText(each)}\n`).join('');
}

function ofRecord(record: Record, { name, columns }: Heading): string {
  const names = Object.keys(record).sort();
  const shown = columns ?? names.filter((each) => isScalar(record[each]));
  const inner = names.filter((each) => (columns === undefined ? !isScalar(record[each]) : !columns.includes(each)));
  const cells = shown.map((each) => (each in record ? pythonText(record[each]) : ''));
  const line =
    cells.length === 0 ? '' : `${[...(name === undefined ? [] : [name.toUpperCase()]), ...cells].join('\t')}\n`;
  return line + inner.map((each) => textForm(record[each], { name: each })).join('');
}

/** The members that are scalars in any of the records. */
function columnsOf(records: readonly Record[]): readonly string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record).filter((name) => isScalar(record[name]))))].sort();
}
