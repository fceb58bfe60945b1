/**
 * `--output yaml` of the aws command line, version 2: blocks, members in the order of their names, lines of 80 columns,
 * text as YAML 1.2 needs it quoted.
 * @module
 */

import { isRecord, isScalar } from './python-text.ts';
import { yamlScalar } from './yaml-scalar.ts';

/** Characters of a name that its colon follows. */
const LONGEST_NAME = 126;

/** Writes a document. */
export function yamlForm(value: unknown): string {
  if (!isScalar(value) && !isEmpty(value)) return inBlock(value, 0, 0);
  const text = isScalar(value) ? yamlScalar(value, { column: 0, indent: 0 }) : flow(value);
  // After a plain text the document's end is marked.
  return /^['"[{]/.test(text) ? `${text}\n` : `${text}\n...\n`;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

function flow(value: unknown): string {
  return Array.isArray(value) ? '[]' : '{}';
}

/** Writes a list or record that is not empty. Its first line begins where the writer is; the others have the indent. */
function inBlock(value: unknown, indent: number, column: number): string {
  const margin = ' '.repeat(indent);
  const entries = Array.isArray(value)
    ? value.map((each, i) => `-${inList(each, indent, i === 0 ? column : indent)}`)
    : Object.entries(value as Readonly<Record<string, unknown>>)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, each], i) => inRecord(name, each, indent, i === 0 ? column : indent));
  return entries.map((entry, i) => (i === 0 ? entry : margin + entry)).join('');
}

function inList(value: unknown, indent: number, column: number): string {
  if (isScalar(value)) return ` ${yamlScalar(value, { column: column + 2, indent: indent + 2 })}\n`;
  if (isEmpty(value)) return ` ${flow(value)}\n`;
  return ` ${inBlock(value, indent + 2, column + 2)}`;
}

function inRecord(name: string, value: unknown, indent: number, column: number): string {
  // YAML reads no longer name, and none of several lines, before a colon.
  if (name.includes('\n') || [...name].length > LONGEST_NAME) {
    const place = { column: column + 2, indent: indent + 2 };
    const shown = isScalar(value) ? yamlScalar(value, place) : flow(value);
    return `? ${yamlScalar(name, place)}\n${' '.repeat(indent)}: ${shown}\n`;
  }
  const key = yamlScalar(name, { column, indent, isKey: true });
  const after = column + [...key].length + 2;
  if (isScalar(value)) return `${key}: ${yamlScalar(value, { column: after, indent: indent + 2 })}\n`;
  if (isEmpty(value)) return `${key}: ${flow(value)}\n`;
  // A list begins under its name, a record two columns further in.
  const inner = Array.isArray(value) ? indent : indent + 2;
  return `${key}:\n${' '.repeat(inner)}${inBlock(value, inner, inner)}`;
}
