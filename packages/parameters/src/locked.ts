/**
 * What a storage shows without its keystore: names, types, versions, labels, tags, descriptions. They are in clear.
 * Nothing of it is verified: it may be of anyone who may write to the storage.
 * @module
 */

import { clock, type Members, members, optional, takeOptions, withMethods } from '@securestring/core/options';
import type { EntryStorage, StoredEntry } from '@securestring/storage';
import { decodeSealed } from './entries/seal.ts';
import { openParameterStore } from './open.ts';
import type { ParameterStore } from './parameter-store.ts';
import type {
  DescribeParametersRequest,
  GetParameterHistoryRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  ParameterHistory,
  ParameterMetadata,
} from './requests.ts';
import type { ParameterKeystore } from './sealing.ts';
import { HEADS, SEAL_KEY } from './state/keys.ts';

/** Options of {@link openLockedParameters}. */
export interface LockedParametersOptions {
  /** The storage of the parameters, which is closed with what it gives. Nothing is written to it. */
  readonly storage: EntryStorage;
  /** Milliseconds since 1970: what has expired is not shown. Default `Date.now`. */
  readonly clock?: () => number;
}

/** What a person may have put there. The Region and the account, which ARNs are of, are in the sealed keystore. */
type Unverified<Shape> = Omit<Shape, 'arn' | 'lastModifiedUser' | 'value'> & {
  readonly arn?: string;
  readonly lastModifiedUser?: string;
  readonly value?: string;
};

/** The operations that need no key. A {@link ParameterStore} has them too, and verifies what they return. */
export interface LockedParameters {
  /** Does what {@link ParameterStore.describeParameters} does, without ARNs. */
  describeParameters(
    request?: DescribeParametersRequest,
  ): Promise<{ readonly parameters: readonly Unverified<ParameterMetadata>[]; readonly nextToken?: string }>;
  /** Does what {@link ParameterStore.getParameterHistory} does, without values. */
  getParameterHistory(
    request: GetParameterHistoryRequest,
  ): Promise<{ readonly parameters: readonly Unverified<ParameterHistory>[]; readonly nextToken?: string }>;
  /** Does what {@link ParameterStore.listTagsForResource} does. */
  listTagsForResource(request: ListTagsForResourceRequest): Promise<ListTagsForResourceResult>;
  /** Closes the storage. */
  close(): Promise<void>;
}

const OPTIONS: Members<LockedParametersOptions> = members<LockedParametersOptions>({
  storage: withMethods<EntryStorage>(['get', 'list', 'commit'], 'a storage of parameters'),
  clock: optional(clock),
});

/**
 * Reads a parameter store without its keystore: no passphrase, no key, no value. The seals of its entries are not
 * checked.
 *
 * @throws `TypeError` if an option is not of its type.
 * @example
 * const locked = await openLockedParameters({ storage: lmdbStorage('parameters') });
 * const { parameters } = await locked.describeParameters();
 */
export async function openLockedParameters(options: LockedParametersOptions): Promise<LockedParameters> {
  const { storage, ...own } = takeOptions('openLockedParameters', options, OPTIONS);
  const store: ParameterStore = await openParameterStore({ keystore: NO_KEYS, storage: withoutSeals(storage), ...own });
  return Object.freeze<LockedParameters>({
    describeParameters: async (request) => {
      const { parameters, ...page } = await store.describeParameters(request);
      return { ...page, parameters: parameters.map(({ arn: _, lastModifiedUser: __, ...shown }) => shown) };
    },
    getParameterHistory: async (request) => {
      const { parameters, ...page } = await store.getParameterHistory({ ...request, withDecryption: false });
      return { ...page, parameters: parameters.map(({ value: _, lastModifiedUser: __, ...shown }) => shown) };
    },
    listTagsForResource: (request) => store.listTagsForResource(request),
    close: () => store.close(),
  });
}

const refuse = (): never => {
  throw new TypeError('There is no key here: open the store with its keystore.');
};
/** The place is of no answer. */
const NO_KEYS: ParameterKeystore = {
  region: 'us-east-1',
  accountId: '000000000000',
  generateDataKey: refuse,
  encrypt: refuse,
  decrypt: refuse,
};

/** Whether the store may have written it: a name that no parameter can have was put there by others. */
function isPossible(key: string): boolean {
  return !key.startsWith(HEADS) || /^p(?:\/[\w.-]+)+$/.test(key);
}

/** Takes the seals off, and refuses changes as a disk that is read-only does: policies that are due are obeyed only. */
function withoutSeals(storage: EntryStorage): EntryStorage {
  const bare = (entry: StoredEntry): StoredEntry => ({
    ...entry,
    value: decodeSealed(entry.value)?.record.slice() ?? entry.value,
  });
  return {
    get: async (key) => {
      // The name of a storage that is sealed.
      if (key === SEAL_KEY) return undefined;
      const entry = await storage.get(key);
      return entry && bare(entry);
    },
    list: async (request) => {
      const { limit = Number.POSITIVE_INFINITY } = request;
      const found: StoredEntry[] = [];
      for (let { after } = request; ; ) {
        const page = await storage.list({ ...request, ...(after !== undefined && { after }) });
        found.push(...page.filter(({ key }) => isPossible(key)).map(bare));
        after = page.at(-1)?.key;
        if (page.length < limit || found.length >= limit) return found.slice(0, limit);
      }
    },
    commit: async () => {
      throw Object.assign(new Error('without its keystore, a parameter store is not changed'), { code: 'EROFS' });
    },
    close: () => storage.close(),
  };
}
