/**
 * `__complete`: what a store has, for the scripts of completion. It asks for nothing, unlocks nothing that costs time,
 * says nothing of what fails, and prints no word that a shell could obey: names are in clear on the disk, where others
 * may have put them.
 * @module
 */

import { homedir } from 'node:os';
import type { Keystore } from '@securestring/keystore';
import type { LockedParameters } from '@securestring/parameters';
import type { Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { type StorePlace, storePlace } from '../command/store-place.ts';
import { allPages } from '../output/pages.ts';
import { aliasesOf, keysOf } from '../store/listed-keys.ts';
import { type Opener, unlocksOf } from '../store/unlock.ts';
import { withLocked } from '../store/with-names.ts';
import { requireStore, withOpenStore } from '../store/with-store.ts';

/** What may be asked for, and where it is from. `typed` is the beginning of the word, `words` all before it. */
interface Asked {
  readonly context: Context;
  readonly place: StorePlace;
  readonly typed: string;
  readonly words: readonly string[];
}

/** Characters of names, labels, aliases and ids. No shell gives any of them a meaning of its own. */
const PLAIN = /^[\w./:@-]+$/;
/** More are of no use to a person. */
const MOST = 2000;

const KINDS: ReadonlyMap<string, (asked: Asked) => Promise<Iterable<string>>> = new Map([
  ['names', namesOrSelectors],
  ['paths', paths],
  ['labels', labels],
  ['keys', keys],
  ['aliases', async (asked) => [...(await keys(asked))].filter((each) => each.startsWith('alias/'))],
]);

export const registerNames: Register = (program, act) => {
  program
    .command('__complete', { hidden: true })
    .argument('<kind>')
    .argument('[typed]')
    .argument('[words...]')
    .action(
      act(async ([kind = '', typed = '', ...words], _, given) => {
        try {
          const context = quiet(given, words);
          const place = storePlace(context);
          await requireStore(place);
          const found = (await KINDS.get(kind)?.({ context, place, typed, words })) ?? [];
          const fitting = [...new Set(found)].filter((each) => each.startsWith(typed) && PLAIN.test(each));
          const lines = fitting.slice(0, MOST).map((each) => `${each}\n`);
          context.terminal.stdout.write(lines.join(''));
        } catch {
          // No store, or a damaged one: nothing is offered, and a line that is being typed is not disturbed.
        }
        return EXIT.ok;
      }, 'files'),
    );
};

/** Without a word on standard error; with the store that the words name. */
function quiet(context: Context, words: readonly string[]): Context {
  const { store: _, passphraseFile: __, rootKeyFile: ___, ...options } = context.options;
  const store = storeIn(words);
  return {
    ...context,
    options: store === undefined ? options : { ...options, store },
    warn: () => undefined,
    note: () => undefined,
  };
}

/** The value of `--store`, as it is typed: bash makes three words of `--store=FOLDER`. */
function storeIn(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => word === '--store' || word.startsWith('--store='));
  if (at < 0) return undefined;
  const joined = words[at]?.slice('--store='.length) || (words[at + 1] === '=' ? words[at + 2] : words[at + 1]);
  const plain = (joined ?? '').replace(/^(['"])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1');
  return plain === '' ? undefined : plain.replace(/^~(?=\/|$)/, homedir());
}

async function namesOrSelectors(asked: Asked): Promise<Iterable<string>> {
  const [name = '', selector] = asked.typed.split(':');
  if (selector === undefined) return names(asked, asked.typed);
  return withLocked(asked.place, async (parameters) =>
    (await versionsOf(parameters, name)).flatMap(({ version, labels: all }) =>
      [String(version), ...all].map((each) => `${name}:${each}`),
    ),
  );
}

async function names({ place }: Asked, typed: string): Promise<readonly string[]> {
  return withLocked(place, async (parameters) => {
    const found: string[] = [];
    // Only what is below the path that is typed is read.
    const parent = typed.slice(0, typed.lastIndexOf('/'));
    const parameterFilters = [
      ...(typed === '' ? [] : [{ key: 'Name', option: 'BeginsWith', values: [typed] }]),
      ...(parent === '' ? [] : [{ key: 'Path', option: 'Recursive', values: [parent] }]),
    ];
    let nextToken: string | undefined;
    do {
      const page = await parameters.describeParameters({
        maxResults: 50,
        ...(parameterFilters.length > 0 && { parameterFilters }),
        ...(nextToken !== undefined && { nextToken }),
      });
      found.push(...page.parameters.map(({ name }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && found.length < MOST);
    return found;
  });
}

/** All that names are below. */
async function paths(asked: Asked): Promise<Iterable<string>> {
  const typed = asked.typed.replace(/\/$/, '');
  const found = await names(asked, typed);
  return new Set(found.flatMap((name) => [...name.matchAll(/(?<=.)\//g)].map(({ index }) => name.slice(0, index))));
}

/** Those of the parameter that the words name; else of none. */
async function labels({ place, words }: Asked): Promise<Iterable<string>> {
  return withLocked(place, async (parameters) => {
    for (const name of words.filter((word) => PLAIN.test(word)).reverse()) {
      const versions = await versionsOf(parameters, name).catch(() => []);
      if (versions.length > 0) return versions.flatMap((each) => each.labels);
    }
    return [];
  });
}

function versionsOf(parameters: LockedParameters, name: string) {
  return allPages(
    (page) => parameters.getParameterHistory({ ...page, name }),
    (result) => result.parameters,
  );
}

/** Keys are in the sealed keystore. Where it is locked, those that parameters name are offered. */
async function keys({ context, place }: Asked): Promise<Iterable<string>> {
  try {
    const onLocked = () => undefined;
    return await withOpenStore(place, withoutScrypt(unlocksOf(context, place, { onLocked })), keysIn);
  } catch {
    // Locked, for one.
  }
  return withLocked(place, async (parameters) => {
    const found = await allPages(
      (page) => parameters.describeParameters(page),
      (result) => result.parameters,
    );
    return found.flatMap(({ keyId }) => keyId ?? []);
  });
}

async function keysIn({ keystore }: { readonly keystore: Keystore }): Promise<readonly string[]> {
  const [aliases, ids] = await Promise.all([aliasesOf(keystore), keysOf(keystore)]);
  return [...aliases.map(({ aliasName }) => aliasName), ...ids.map(({ keyId }) => keyId)];
}

/** A passphrase in the environment opens the store too, after some tenths of a second for each Tab. */
async function* withoutScrypt(openers: AsyncIterable<Opener>): AsyncGenerator<Opener> {
  for await (const opener of openers) if (!('passphrase' in opener)) yield opener;
}
