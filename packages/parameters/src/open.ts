/**
 * Opens a parameter store: binds its operations to a keystore and a storage.
 * @module
 */

import type { Provider } from '@securestring/core';
import {
  callback,
  clock,
  flag,
  type Members,
  members,
  optional,
  takeOptions,
  withMethods,
} from '@securestring/core/options';
import { asProvider } from '@securestring/core/provider';
import { AUTHORIZATION } from '@securestring/keystore/authorization';
import { ENTRY_SEALS } from '@securestring/keystore/entry-seals';
import { type Auditor, audienceOf, type BindOne, bindOperation, type Desk, viewMaker } from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';
import type { EntryStorage } from '@securestring/storage';
import { authorize } from './authorization/authorize.ts';
import { type SealedStorage, sealedStorage } from './entries/sealed-storage.ts';
import { EntryStore, fromStorage } from './entry-store.ts';
import { SsmError } from './errors.ts';
import { type ParameterStoreEvent, recordersOf } from './events.ts';
import { importParameters } from './import-parameters.ts';
import type { Context } from './operations/parameter.ts';
import { runPolicies } from './operations/policies.ts';
import { readParameters, readValues } from './operations/whole-path.ts';
import { type AnyRow, OPERATIONS, type Operations } from './operations.ts';
import type { ParameterStore, ParameterStoreView } from './parameter-store.ts';
import { authorizationOf, keystoreAs, type ParameterKeystore, type SealingKeystore, sealingWith } from './sealing.ts';
import { WHOLE_PATHS, type WholePaths } from './whole-paths.ts';

/** Options of {@link openParameterStore}. */
export interface ParameterStoreOptions {
  /** The keystore, whose Region and account id are the parameters'. It stays open when the store is closed. */
  readonly keystore: ParameterKeystore;
  /**
   * The storage of the parameters: `memoryStorage()`, `lmdbStorage(path)` of `@securestring/storage-lmdb`, or your own.
   * The store closes it.
   */
  readonly storage: EntryStorage;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * Whether to accept entries without a seal, and to seal them with the first write. It is needed once, if a keystore
   * that seals already gets another storage of a release that made no seals. The store then trusts all that is in the
   * storage, whatever program wrote it. A storage that is sealed is not affected. Default false.
   */
  readonly acceptUnsealed?: boolean;
  /** The cryptography of advanced values. Default the platform's. */
  readonly provider?: Provider;
  /**
   * Receives an event of every operation, and of every policy that did something, once it is done. What it throws is
   * dropped.
   */
  readonly onEvent?: (event: ParameterStoreEvent) => void;
  /**
   * Keeps the same events, each before the caller gets the answer. If it throws, the call fails with `AuditError`, and
   * may have taken effect. It must not return a promise. Default none.
   */
  readonly onAudit?: Auditor<ParameterStoreEvent>;
}

/**
 * Opens a parameter store. It reads and writes nothing yet.
 *
 * @throws `TypeError` if an option is not of its type.
 * @example
 * const store = await openParameterStore({ keystore, storage: lmdbStorage('parameters') });
 */
export async function openParameterStore(options: ParameterStoreOptions): Promise<ParameterStore> {
  const own = takeOptions('openParameterStore', options, OPTIONS);
  const { keystore, storage, clock: now, provider, onEvent, onAudit, acceptUnsealed = false } = own;
  const { partition = 'aws', region, accountId } = keystore;
  const place = { partition, region, accountId };
  const sealed = sealedStorage(storage, keystore[ENTRY_SEALS], { acceptUnsealed });
  const store = new EntryStore(sealed, now ?? Date.now);
  const subscriber = audienceOf<ParameterStoreEvent>(onEvent, onAudit);
  const contextOf = (kms: SealingKeystore, by?: CallerFacts): Context => {
    const recorders = subscriber && recordersOf(subscriber, place, () => store.now(), by);
    const sealing = sealingWith(kms, provider);
    return { store, place, sealing, record: recorders?.record, recordPolicy: recorders?.recordPolicy };
  };
  const viewOf = viewMaker<CallerFacts, ParameterStoreView>(Object.keys(OPERATIONS), (by) =>
    operationBinder(contextOf(keystoreAs(keystore, by), by), { by, keystore }),
  );
  const authorization = { isRecorded: subscriber !== undefined, as: (by: CallerFacts) => viewOf(by, place) };
  return storeOver(contextOf(keystore), sealed, { keystore, authorization });
}

const OPTIONS: Members<ParameterStoreOptions> = members<ParameterStoreOptions>({
  keystore: withMethods<ParameterKeystore>(
    ['generateDataKey', 'encrypt', 'decrypt'],
    'an open keystore, such as `await openKeystore(…)` gives',
  ),
  storage: withMethods<EntryStorage>(
    ['get', 'list', 'commit'],
    'a storage of parameters, such as memoryStorage() of this package, or lmdbStorage(path) of @securestring/storage-lmdb',
  ),
  clock: optional(clock),
  provider: optional(asProvider),
  onEvent: optional(callback<(event: ParameterStoreEvent) => void>),
  onAudit: optional(callback<Auditor<ParameterStoreEvent>>),
  acceptUnsealed: optional(flag),
});

/** What makes the views of callers. */
interface Callers {
  readonly keystore: ParameterKeystore;
  readonly authorization: ParameterStore[typeof AUTHORIZATION];
}

/** Builds the store as functions over a closure, so that the object has nothing secret to show or to serialise. */
function storeOver(context: Context, sealed: SealedStorage, { keystore, authorization }: Callers): ParameterStore {
  const { store, place } = context;
  const close = (): Promise<void> => store.close();
  return Object.freeze<ParameterStore>({
    ...place,
    ...bindOperations(context),
    [AUTHORIZATION]: Object.freeze(authorization),
    [WHOLE_PATHS]: Object.freeze<WholePaths>({
      values: (path) => store.run(() => readValues(context, path)),
      parameters: (path) => store.run(() => readParameters(context, path)),
    }),
    as: (caller) => authorization.as(authorizationOf(keystore).caller(caller)),
    importParameters: (requests, options) => store.run(() => importParameters(context, requests, options)),
    runPolicies: () => store.run(() => runPolicies(context)),
    checkEntries: () => store.run(() => fromStorage(() => sealed.check())),
    close,
    [Symbol.asyncDispose]: close,
  });
}

/** Binds all operations, for the account's root. */
function bindOperations(context: Context): Operations {
  const bindOne = operationBinder(context);
  return Object.fromEntries(Object.keys(OPERATIONS).map((name) => [name, bindOne(name)])) as unknown as Operations;
}

const ROWS: Readonly<Record<string, AnyRow>> = OPERATIONS;

/** Who calls, and the keystore that knows the caller's policies. */
interface Calling {
  readonly by: CallerFacts;
  readonly keystore: ParameterKeystore;
}

/** Makes the function that binds an operation. With a caller, each call is authorized first. */
function operationBinder(context: Context, calling?: Calling): BindOne {
  const refuse: Desk['refuse'] = (name, message) => new SsmError(name, message);
  const desk = { refuse, record: context.record };
  return (name) => {
    const row = ROWS[name] as AnyRow;
    const work = (request: never) => row.work(context, request);
    const authorized = async (request: never) => {
      if (calling !== undefined) {
        // Another process may have changed the caller's policies, or ended the caller.
        await calling.keystore.refresh?.();
        await authorize(context, row, { name, request }, calling.by);
      }
      return work(request);
    };
    const binding = {
      name,
      operation: row,
      isAwaited: true,
      work: calling === undefined || calling.by.isUnlimited === true ? work : authorized,
    };
    const call = bindOperation(desk, binding) as (sent: unknown) => Promise<unknown>;
    return (sent: unknown) => context.store.run(() => call(sent));
  };
}
