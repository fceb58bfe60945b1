/**
 * Reading of YAML mappings, and of Secrets of Kubernetes as YAML or JSON.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { parseDocument, type YAMLError } from 'yaml';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type Entry, lineRefused } from './format.ts';

/** Reads a mapping of names and texts. A value that YAML 1.1 and 1.2 read differently is refused. */
export function readYaml(text: string, file: string): readonly Entry[] {
  const values = mapping(parse(text, file, '1.2'), `${file} must be a YAML mapping of names and texts.`);
  if (values.has('kind') && values.has('apiVersion')) {
    throw new CliError(
      EXIT.failed,
      `${file} is an object of Kubernetes: give --format kubernetes. Nothing was imported.`,
    );
  }
  const older = mapping(parse(text, file, '1.1'), `${file} must be a YAML mapping of names and texts.`);
  return [...values].map(([name, value]) => [name, textOf(name, value === older.get(name) ? value : undefined)]);
}

/** Reads `data` and `stringData` of a Secret; the latter goes before. */
export function readKubernetes(text: string, file: string): readonly Entry[] {
  const secret = mapping(parse(text, file, '1.2'), `${file} is not a Secret of Kubernetes.`);
  if (secret.get('kind') !== 'Secret') {
    throw new CliError(EXIT.failed, `${file} is not a Secret of Kubernetes. Nothing was imported.`);
  }
  const [data, texts] = ['data', 'stringData'].map((member) =>
    mapping(secret.get(member) ?? new Map(), `${member} of the Secret must be a mapping.`),
  );
  const values = new Map<string, string>();
  for (const [key, value] of data ?? []) values.set(key, decoded(key, value));
  for (const [key, value] of texts ?? []) values.set(key, textOf(key, value));
  return [...values];
}

function parse(text: string, file: string, version: '1.1' | '1.2'): unknown {
  const document = parseDocument(text, { version, merge: false, prettyErrors: true, logLevel: 'error' });
  const problem: YAMLError | undefined = document.errors[0] ?? document.warnings[0];
  // Without its message, which has a piece of the text.
  if (problem !== undefined) throw lineRefused(file, problem.linePos?.[0].line ?? 1, `is not YAML (${problem.code}).`);
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 100 });
  } catch {
    throw new CliError(EXIT.failed, `${file} has an alias that leads nowhere, or too many. Nothing was imported.`);
  }
}

/** A key that is not a text, such as 0x10, would get another name. */
function mapping(value: unknown, refusal: string): ReadonlyMap<string, unknown> {
  if (value instanceof Map && [...value.keys()].every((key) => typeof key === 'string')) return value;
  throw new CliError(EXIT.failed, `${refusal} Nothing was imported.`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CliError(EXIT.failed, `The value of ${excerpt(name)} must be a text, in quotes. Nothing was imported.`);
}

function decoded(key: string, value: unknown): string {
  const text = textOf(key, value ?? '').replaceAll(/[\r\n]/g, '');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw refused(key, 'is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused(key, 'is not UTF-8, and a parameter holds nothing else');
  }
}

function refused(key: string, what: string): CliError {
  return new CliError(EXIT.failed, `The value of ${excerpt(key)} ${what}. Nothing was imported.`);
}
