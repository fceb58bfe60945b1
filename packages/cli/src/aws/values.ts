/**
 * The values of options: from the texts of a command line to the JSON of a request, as the member's row says.
 * @module
 */

import { homedir } from 'node:os';
import type { Member, Members } from '@securestring/service';
import { wireName } from '@securestring/service';
import { readInput } from '../io/device.ts';
import { AWS_EXIT, AwsFault, wrongValue } from './fault.ts';
import { parseShorthand, type Short, ShorthandError } from './shorthand.ts';

/** How a blob is typed: in base64, as version 2 has it by default, or as it is. */
export type BinaryFormat = 'base64' | 'raw-in-base64-out';

/** What a value is read with. */
export interface Reading {
  /** With its dashes. */
  readonly option: string;
  readonly binary: BinaryFormat;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** More than any request may have. */
const MOST = 1024 * 1024;

/** Makes the JSON of a member from the texts of its option. */
export async function memberValue(member: Member, texts: readonly string[], reading: Reading): Promise<unknown> {
  const [only = ''] = texts;
  const file = texts.length === 1 ? await fileOf(only, reading) : undefined;
  if (member.wire === 'blob') return blobOf(file ?? only, reading);
  if (file instanceof Uint8Array) {
    throw wrongValue(reading.option, 'fileb:// is for binary values. Give text with file://.');
  }
  return typed(member, file === undefined ? texts : [file], reading);
}

function typed(member: Member, texts: readonly string[], reading: Reading): unknown {
  const { wire } = member;
  const [text = ''] = texts;
  if (typeof wire === 'object' && 'list' in wire) return listOf(wire.list, texts, reading);
  if (typeof wire === 'object' || wire === 'verbatim') return recordOf(member, text, reading);
  if (wire === 'time') return timeOf(text);
  return member.json === 'number' ? wholeNumber(text) : text;
}

function listOf(item: Member, texts: readonly string[], reading: Reading): unknown {
  const [text = ''] = texts;
  if (/^\s*\[/.test(text)) return parsed(text, reading);
  return texts.map((each) =>
    typeof item.wire === 'object' ? recordOf(item, each, reading) : typed(item, [each], reading),
  );
}

/** In JSON or in the short form. */
function recordOf(member: Member, text: string, reading: Reading): unknown {
  if (/^\s*[[{]/.test(text)) return parsed(text, reading);
  try {
    return shortOf(member, parseShorthand(text));
  } catch (error) {
    if (error instanceof ShorthandError) throw wrongValue(reading.option, error.message, error);
    throw error;
  }
}

/** Gives the texts of the short form their types. One value of a list may be without its brackets. */
function shortOf(member: Member, value: Short): unknown {
  const { wire } = member;
  if (typeof wire === 'object' && 'list' in wire) {
    return (Array.isArray(value) ? value : [value]).map((each: Short) => shortOf(wire.list, each));
  }
  if (typeof value !== 'string')
    return Array.isArray(value) || typeof wire !== 'object' ? value : membersOf(wire.record, value);
  if (member.json === 'number') return wholeNumber(value);
  return member.json === 'flag' && /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
}

function membersOf(members: Members, value: object): unknown {
  const known = new Map(Object.entries(members).map(([name, member]) => [wireName(name, member), member]));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, Short]) => {
      const member = known.get(name);
      return [name, member === undefined ? each : shortOf(member, each)];
    }),
  );
}

function parsed(text: string, { option }: Reading): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text, which may hold a secret.
    throw wrongValue(option, 'Invalid JSON.', error);
  }
}

/** As Python's `int` reads it. */
function wholeNumber(text: string): number {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return Number(text);
  throw new AwsFault(AWS_EXIT.failed, `invalid literal for int() with base 10: '${text}'`);
}

/** Seconds since 1970: a number as it is, and a time, which without a zone is in UTC. */
function timeOf(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const isZoned = /(?:Z|[-+]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isZoned || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(time)) return time / 1000;
  throw new AwsFault(AWS_EXIT.usage, `Parameter validation failed:\nInvalid timestamp: "${text}"`);
}

/** What a blob is on the wire: base64. */
function blobOf(value: string | Uint8Array, { option, binary }: Reading): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (binary === 'raw-in-base64-out') return Buffer.from(value).toString('base64');
  const text = value.replaceAll(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return text;
  throw new AwsFault(
    AWS_EXIT.usage,
    `Invalid base64 in ${option}. Give bytes with fileb://FILE, or text with --cli-binary-format raw-in-base64-out.`,
  );
}

const FILE = /^(file|fileb):\/\/(.*)$/s;

/** The content of `file://PATH` as text, of `fileb://PATH` as bytes; `undefined` for any other text. */
async function fileOf(text: string, { option, env }: Reading): Promise<string | Uint8Array | undefined> {
  const [, scheme, typedPath] = FILE.exec(text) ?? [];
  if (scheme === undefined || typedPath === undefined) return undefined;
  const path = expanded(typedPath, env);
  const bytes = await readInput(path, MOST).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? `[Errno 2] No such file or directory: '${path}'` : error.message;
    throw wrongValue(option, `Unable to load paramfile ${text}: ${why}`, error);
  });
  if (bytes.length > MOST) throw wrongValue(option, `${path} is longer than any request.`);
  if (scheme === 'fileb') return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const advice = 'if this is a binary file please use the fileb:// prefix';
    throw wrongValue(
      option,
      `Unable to load paramfile (${path}), text contents could not be decoded, ${advice}.`,
      error,
    );
  }
}

/** `~`, `$NAME` and `${NAME}`; a variable that is not set stays as it is. */
function expanded(path: string, env: Reading['env']): string {
  const atHome = /^~(?=\/|$)/.test(path) ? `${env['HOME'] ?? homedir()}${path.slice(1)}` : path;
  return atHome.replaceAll(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare, braced) => env[bare ?? braced] ?? whole);
}
