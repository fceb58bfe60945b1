/**
 * A kind of principal, as the commands about it need it.
 * @module
 */

import type { Readable } from 'node:stream';
import type { IamTag, Keystore } from '@securestring/keystore';
import type { Command } from 'commander';
import type { Colours } from '../output/colour.ts';
import { facts } from '../output/table.ts';

/** The account of a user or role, if it is not the store's own. */
export interface AccountOption {
  readonly accountId?: string;
}

/** The options of `create`. Some are a role's alone. */
export interface CreateOptions extends AccountOption {
  readonly path?: string;
  readonly tags?: readonly IamTag[];
  readonly trustPolicy?: string;
  readonly description?: string;
  readonly maxSessionDuration?: number;
}

/** A user or role, as it is shown to people. */
export interface Shown {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly createDate: Date;
  readonly description?: string;
  readonly maxSessionDuration?: number;
  readonly tags: readonly IamTag[];
}

/** An answer with what people see of it. */
export interface Answer {
  readonly shape: object;
  readonly shown: Shown;
}

/** The operations of a kind by the words of its commands. */
export interface Kind {
  readonly word: 'user' | 'role';
  readonly description: string;
  readonly examples: readonly string[];
  /** Adds the options of `create` that the other kind has not. */
  readonly addOptions: (create: Command) => Command;
  readonly create: (keystore: Keystore, name: string, options: CreateOptions, stdin: Readable) => Promise<Answer>;
  readonly find: (keystore: Keystore, name: string, where: AccountOption) => Promise<Answer>;
  /** Lists all pages. */
  readonly list: (keystore: Keystore, request: AccountOption & { readonly pathPrefix?: string }) => Promise<Listed>;
  readonly remove: (keystore: Keystore, name: string, where: AccountOption) => Promise<void>;
  readonly tag: (keystore: Keystore, name: string, tags: readonly IamTag[], where: AccountOption) => Promise<void>;
  readonly untag: (keystore: Keystore, name: string, keys: readonly string[], where: AccountOption) => Promise<void>;
}

/** A whole list, with what people see of its entries. */
export interface Listed {
  readonly shape: object;
  readonly shown: readonly Omit<Shown, 'tags'>[];
}

/** Everything about a user or role but its policies. */
export function factsOf(word: Kind['word'], shown: Shown, colour: Colours): string {
  const { name, id, arn, createDate, description, maxSessionDuration, tags } = shown;
  return facts(
    [
      [word === 'user' ? 'User' : 'Role', name],
      ['ID', id],
      ['ARN', arn],
      ['Created', createDate.toISOString()],
      ['Description', description],
      ['Longest session', maxSessionDuration === undefined ? undefined : `${maxSessionDuration} seconds`],
      ...tags.map(({ key, value }) => ['Tag', `${key}=${value}`] as const),
    ],
    colour,
  );
}

/** Collects all pages of a list of IAM. */
export async function allIamPages<Result extends { readonly marker?: string }, Entry>(
  read: (page: { readonly marker?: string }) => Promise<Result>,
  entries: (result: Result) => readonly Entry[],
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  let marker: string | undefined;
  do {
    const result: Result = await read(marker === undefined ? {} : { marker });
    all.push(...entries(result));
    marker = result.marker;
  } while (marker !== undefined);
  return all;
}
