/**
 * Values of JSON in the forms of the aws command line's `--output`.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import { tableForm } from './table-form.ts';
import type { Terminal } from './terminal.ts';
import { textForm } from './text-form.ts';
import { visibleOn } from './visible.ts';
import { yamlForm } from './yaml-form.ts';

/** The forms that any value has. */
export const FORMS = ['json', 'text', 'table', 'yaml'] as const;
export type Form = (typeof FORMS)[number];

/** What a table needs to know. */
export interface TablePlace {
  /** Above the table. */
  readonly title: string;
  /** Of the terminal. */
  readonly columns: number;
}

/** Columns where there is no terminal. */
const DEFAULT_COLUMNS = 80;

/** Writes a value. An answer without members prints nothing. */
export function inForm(value: unknown, form: Form, { title, columns }: TablePlace): string {
  const isNothing = typeof value === 'object' && value !== null && !Array.isArray(value) && isWithoutMembers(value);
  if (isNothing) return '';
  if (form === 'json') return `${JSON.stringify(value, undefined, 4)}\n`;
  if (form === 'yaml') return yamlForm(value);
  return form === 'text' ? textForm(value) : tableForm(value, title, columns);
}

/** Writes a value for a stream: of a terminal its width counts, and it gets nothing that it would obey. */
export function formOn(stdout: Terminal['stdout'], value: unknown, form: Form, title: string): string {
  const place = { title, columns: stdout.columns ?? DEFAULT_COLUMNS };
  // Cells are as wide as what is shown.
  const isInCells = form === 'table' && stdout.isTTY === true;
  return visibleOn(stdout, inForm(isInCells ? withShownTexts(value) : value, form, place));
}

function withShownTexts(value: unknown): unknown {
  if (typeof value === 'string') return shown(value);
  if (Array.isArray(value)) return value.map(withShownTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [shown(name), withShownTexts(each)]));
}

function isWithoutMembers(value: object): boolean {
  return Object.keys(value).length === 0;
}
