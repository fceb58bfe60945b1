/**
 * The words of a command line: the options of every command, the service, the operation and its options. Only the form
 * is judged here, as Python's `argparse` does it for the aws command line.
 * @module
 */

import type { Member, Members } from '@securestring/service';
import { wireName } from '@securestring/service';
import { AWS_EXIT, AwsFault, misused, USAGE } from './fault.ts';
import { type AwsOperation, type AwsService, optionName, SERVICES } from './services.ts';

/** Options of every command, by name. Those that are `ignored` say how to reach AWS, and nothing is reached here. */
const GLOBALS: Readonly<Record<string, { readonly takesValue: boolean; readonly isIgnored?: boolean }>> = {
  output: { takesValue: true },
  query: { takesValue: true },
  region: { takesValue: true },
  profile: { takesValue: true },
  'endpoint-url': { takesValue: true },
  'cli-binary-format': { takesValue: true },
  'no-paginate': { takesValue: false },
  debug: { takesValue: false, isIgnored: true },
  color: { takesValue: true, isIgnored: true },
  'ca-bundle': { takesValue: true, isIgnored: true },
  'cli-read-timeout': { takesValue: true, isIgnored: true },
  'cli-connect-timeout': { takesValue: true, isIgnored: true },
  'no-verify-ssl': { takesValue: false, isIgnored: true },
  'no-sign-request': { takesValue: false, isIgnored: true },
  'no-cli-pager': { takesValue: false, isIgnored: true },
  'no-cli-auto-prompt': { takesValue: false, isIgnored: true },
};

/** Options of every operation. */
const OF_OPERATIONS = ['cli-input-json', 'generate-cli-skeleton'] as const;
const OF_PAGES = ['max-items', 'page-size', 'starting-token'] as const;

/** The texts of options by name; a flag has none. */
export type Given = ReadonlyMap<string, readonly string[]>;

/** A command line. */
export interface Words {
  readonly globals: Given;
  readonly service: AwsService | undefined;
  readonly operation: AwsOperation | undefined;
  readonly options: Given;
  readonly wantsHelp: boolean;
}

/** @throws `AwsFault`. */
export function parseWords(words: readonly string[]): Words {
  const { globals, rest } = globalsIn(words);
  const [serviceWord, operationWord, ...own] = rest;
  const wantsHelp = rest.some((word) => word === '--help' || word === '-h') || rest.at(-1) === 'help';
  const none = { globals, operation: undefined, options: new Map(), wantsHelp };
  if (wantsHelp && isHelp(serviceWord)) return { ...none, service: undefined };
  const service = chosen('command', serviceWord, SERVICES);
  if (wantsHelp && isHelp(operationWord)) return { ...none, service };
  const operation = chosen('operation', operationWord, service.operations);
  if (wantsHelp && own.length === 1) return { ...none, service, operation };
  if (own.includes('--help')) return { ...none, service, operation };
  return { globals, service, operation, options: optionsIn(own, operation), wantsHelp: false };
}

function isHelp(word: string | undefined): boolean {
  return word === 'help' || word === '--help' || word === '-h';
}

function globalsIn(words: readonly string[]): { readonly globals: Given; readonly rest: readonly string[] } {
  const globals = new Map<string, readonly string[]>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const { name, value } = optionIn(word);
    const known = name === undefined ? undefined : Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined;
    if (name === undefined || known === undefined) {
      rest.push(word);
      continue;
    }
    if (!known.takesValue) {
      if (value !== undefined) throw misused(`argument --${name}: ignored explicit argument ${quoted(value)}`);
      globals.set(name, []);
      continue;
    }
    const next = value ?? words[++at];
    if (next === undefined || (value === undefined && looksLikeOption(next))) throw missingValue(name);
    globals.set(name, [next]);
  }
  return { globals, rest };
}

function chosen<Value>(what: string, word: string | undefined, choices: ReadonlyMap<string, Value>): Value {
  if (word === undefined || word.startsWith('-')) throw misused(`the following arguments are required: ${what}`);
  const found = choices.get(word);
  if (found !== undefined) return found;
  const names = [...choices.keys()].map((name) => name.padEnd(40));
  const lines = names.flatMap((name, i) => (i % 2 === 0 ? [[name, ...names.slice(i + 1, i + 2)].join(' | ')] : []));
  throw misused(`argument ${what}: Invalid choice, valid choices are:\n\n${lines.join('\n')}`);
}

/** The members of a request by the names of their options. */
export function optionMembers({ request, refused }: AwsOperation): ReadonlyMap<string, readonly [string, Member]> {
  const all = Object.entries({ ...request, ...refused } satisfies Members);
  return new Map(
    all
      .filter(([, { wire }]) => wire !== 'none')
      .map(([name, member]) => [optionName(wireName(name, member)), [wireName(name, member), member]]),
  );
}

function optionsIn(words: readonly string[], operation: AwsOperation): Given {
  const members = optionMembers(operation);
  const options = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const { name = '', value } = optionIn(word);
    const kind = kindOf(name, operation, members);
    if (kind === undefined) {
      unknown.push(word);
      continue;
    }
    if (kind === 'flag') {
      if (value !== undefined) throw misused(`argument --${name}: ignored explicit argument ${quoted(value)}`);
      setFlag(options, name, members);
      continue;
    }
    const values = value === undefined ? [] : [value];
    const most = kind === 'list' ? Number.POSITIVE_INFINITY : 1;
    while (value === undefined && values.length < most && at + 1 < words.length) {
      const next = words[at + 1] as string;
      if (looksLikeOption(next)) break;
      values.push(next);
      at++;
    }
    if (values.length === 0 && kind === 'optional') values.push('input');
    if (values.length === 0 && kind !== 'list') throw missingValue(name);
    options.set(name, values);
  }
  requireAll(options, operation);
  if (unknown.length > 0) throw unknownOptions(unknown);
  return options;
}

/** How many values an option takes; `undefined` for one that is not here. */
function kindOf(
  name: string,
  { pages }: AwsOperation,
  members: ReadonlyMap<string, readonly [string, Member]>,
): 'flag' | 'one' | 'list' | 'optional' | undefined {
  if (pages !== undefined && OF_PAGES.some((each) => each === name)) return 'one';
  if (name === 'generate-cli-skeleton') return 'optional';
  if (name === 'cli-input-json') return 'one';
  const [, member] = members.get(name) ?? members.get(name.replace(/^no-/, '')) ?? [];
  if (member === undefined) return undefined;
  if (member.json === 'flag') return 'flag';
  if (!members.has(name)) return undefined;
  return typeof member.wire === 'object' && 'list' in member.wire ? 'list' : 'one';
}

/** `--no-x` takes back an `--x` before it, and the other way round. */
function setFlag(
  options: Map<string, readonly string[]>,
  name: string,
  members: ReadonlyMap<string, readonly [string, Member]>,
): void {
  const isOn = members.has(name);
  const own = isOn ? name : name.replace(/^no-/, '');
  options.delete(`no-${own}`);
  options.delete(own);
  options.set(name, []);
}

function requireAll(options: Given, { request }: AwsOperation): void {
  if (OF_OPERATIONS.some((name) => options.has(name))) return;
  const missing = Object.entries(request)
    .filter(([, { isOptional, wire }]) => !isOptional && wire !== 'none')
    .map(([name, member]) => optionName(wireName(name, member)))
    .filter((name) => !options.has(name) && !options.has(`no-${name}`));
  if (missing.length === 0) return;
  throw misused(`the following arguments are required: ${missing.map((name) => `--${name}`).join(', ')}`);
}

function optionIn(word: string): { readonly name?: string; readonly value?: string } {
  if (!word.startsWith('--')) return {};
  const at = word.indexOf('=');
  return at < 0 ? { name: word.slice(2) } : { name: word.slice(2, at), value: word.slice(at + 1) };
}

/** As `argparse` has it: a text with a space is a value, and so is a number. */
function looksLikeOption(word: string): boolean {
  return word.startsWith('-') && word !== '-' && !word.includes(' ') && !/^-(?:\d+|\d*\.\d+)$/.test(word);
}

/** As `argparse` lists them: the first word without dashes was taken for the word `help`, and comes last. */
function unknownOptions(words: readonly string[]): AwsFault {
  const first = words.findIndex((word) => !looksLikeOption(word));
  const listed = first < 0 ? words : [...words.filter((_, i) => i !== first), words[first]];
  return new AwsFault(AWS_EXIT.usage, `${USAGE}\nUnknown options: ${listed.join(', ')}`);
}

function missingValue(name: string): AwsFault {
  return misused(`argument --${name}: expected one argument`);
}

function quoted(text: string): string {
  return `'${text}'`;
}
