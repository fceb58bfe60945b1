/**
 * Values that open, beside those that do not: a key that cannot be used withholds its own values alone.
 * @module
 */

import type { Parameter } from '@securestring/parameters';
import { type NamedValue, WHOLE_PATHS } from '@securestring/parameters/whole-paths';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isFromKms } from '../command/failure.ts';
import type { Colours } from '../output/colour.ts';
import { allPages, type Page, type PageResult } from '../output/pages.ts';
import type { Cell } from '../output/table.ts';
import type { KeyTrouble } from '../store/key-trouble.ts';
import type { OpenStore } from '../store/with-store.ts';

/** What a page of values has of each. */
interface Sealed {
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly value: string;
}

/** A value that does not open, and why. */
export interface Unread {
  readonly name: string;
  readonly version: number;
  readonly trouble: KeyTrouble;
}

/** What was listed: `unread` has those whose `value` is still the ciphertext. */
export interface Readable<Entry> {
  readonly all: readonly Entry[];
  readonly unread: ReadonlyMap<Entry, Unread>;
}

/** Reads all pages of values in clear. Where a page is refused for a key, its values are opened one by one. */
export async function allReadable<Result extends PageResult, Entry extends Sealed>(
  store: OpenStore,
  read: (page: Page & { readonly withDecryption: boolean }) => Promise<Result>,
  entries: (result: Result) => readonly Entry[],
): Promise<Readable<Entry>> {
  const unread = new Map<Entry, Unread>();
  const open = async (page: Page) => {
    try {
      const result = await read({ ...page, withDecryption: true });
      return { result, opened: entries(result) };
    } catch (error) {
      if (!isFromKms(error)) throw error;
    }
    const result = await read({ ...page, withDecryption: false });
    const opened: Entry[] = [];
    for (const entry of entries(result)) opened.push(await openOne(store, entry, unread));
    return { result, opened };
  };
  const all = await allPages(
    async (page) => {
      const { result, opened } = await open(page);
      return { ...pageOf(result), opened };
    },
    ({ opened }) => opened,
  );
  return { all, unread };
}

/**
 * Reads all values under a path: at once where all of them open, and nothing else is to be done; else page by page.
 * What does not open is there with its ciphertext.
 */
export async function valuesUnder(store: OpenStore, path: string, recursive: boolean): Promise<Readable<NamedValue>> {
  const whole = recursive ? await store.parameters[WHOLE_PATHS].values(path) : undefined;
  return whole === undefined ? inPages(store, path, recursive) : { all: whole, unread: new Map() };
}

/** The same with all else that is known of each parameter. */
export async function parametersUnder(
  store: OpenStore,
  path: string,
  recursive: boolean,
): Promise<Readable<Parameter>> {
  const whole = recursive ? await store.parameters[WHOLE_PATHS].parameters(path) : undefined;
  return whole === undefined ? inPages(store, path, recursive) : { all: whole, unread: new Map() };
}

function inPages(store: OpenStore, path: string, recursive: boolean): Promise<Readable<Parameter>> {
  return allReadable(
    store,
    (page) => store.parameters.getParametersByPath({ ...page, path, recursive }),
    (result) => result.parameters,
  );
}

async function openOne<Entry extends Sealed>(
  { parameters, keystore, place }: OpenStore,
  entry: Entry,
  unread: Map<Entry, Unread>,
): Promise<Entry> {
  if (entry.type !== 'SecureString') return entry;
  const { name, version } = entry;
  try {
    const { parameter } = await parameters.getParameter({ name: `${name}:${version}`, withDecryption: true });
    return { ...entry, value: parameter.value };
  } catch (error) {
    if (!isFromKms(error)) throw error;
    const { troubleOf } = await import('../store/key-trouble.ts');
    unread.set(entry, { name, version, trouble: await troubleOf(error, keystore, place.options) });
    return entry;
  }
}

function pageOf({ nextToken, nextMarker }: PageResult): PageResult {
  return { ...(nextToken !== undefined && { nextToken }), ...(nextMarker !== undefined && { nextMarker }) };
}

/** Most names of one reason in a message. */
const MOST_NAMED = 5;

/** What cannot be read, why, and what mends it: a text for each reason. */
function whyUnread(unread: Iterable<Unread>, nameOf: (one: Unread) => string = ({ name }) => name): string {
  const byReason = new Map<string, Unread[]>();
  for (const one of unread) byReason.set(one.trouble.reason, [...(byReason.get(one.trouble.reason) ?? []), one]);
  const texts = [...byReason.values()].map((those) => {
    const names = those.slice(0, MOST_NAMED).map(nameOf).join(', ');
    const more = those.length > MOST_NAMED ? ` and ${those.length - MOST_NAMED} more` : '';
    const { reason, mend } = (those[0] as Unread).trouble;
    return `${names}${more} cannot be read: ${reason}${mend === undefined ? '' : ` ${mend}`}`;
  });
  return texts.join(' ');
}

/** A table's cell of a value. */
export function valueCell<Entry extends Sealed>(
  entry: Entry,
  unread: Readable<Entry>['unread'],
  colour: Colours,
): Cell {
  const why = unread.get(entry);
  return why === undefined ? entry.value : { text: `(${why.trouble.brief})`, paint: colour.red };
}

/** Says what a list does not show. The exit code of the command. */
export function warnUnread(context: Context, unread: Iterable<Unread>, nameOf?: (one: Unread) => string): number {
  const text = whyUnread(unread, nameOf);
  if (text === '') return EXIT.ok;
  context.warn(text);
  return EXIT.failed;
}

/** @throws `CliError` that names what cannot be read, why, and what mends it. */
export function requireRead(unread: ReadonlyMap<unknown, Unread>): void {
  const [first] = unread.values();
  if (first !== undefined) throw new CliError(first.trouble.exitCode, whyUnread(unread.values()));
}
