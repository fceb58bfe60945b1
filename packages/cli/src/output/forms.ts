/**
 * Values of JSON in the forms of the aws command line's `--output`.
 * @module
 */

import { tableForm } from './table-form.ts';
import { textForm } from './text-form.ts';
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
export const DEFAULT_COLUMNS = 80;

/** Writes a value. An answer without members prints nothing. */
export function inForm(value: unknown, form: Form, { title, columns }: TablePlace): string {
  const isNothing = typeof value === 'object' && value !== null && !Array.isArray(value) && isWithoutMembers(value);
  if (isNothing) return '';
  if (form === 'json') return `${JSON.stringify(value, undefined, 4)}\n`;
  if (form === 'yaml') return yamlForm(value);
  return form === 'text' ? textForm(value) : tableForm(value, title, columns);
}

function isWithoutMembers(value: object): boolean {
  return Object.keys(value).length === 0;
}
