/**
 * The endpoint over a store on the disk or in memory, as a server.
 * @module
 */

import { randomBytes } from 'node:crypto';
import type { AuditLog } from '@securestring/audit';
import {
  type AccountRegion,
  accessKeysOf,
  anyAccessKey,
  awsEndpoint,
  type EndpointCall,
  type FindAccessKey,
} from '@securestring/endpoint';
import { type EndpointServer, serve } from '@securestring/endpoint/node';
import { environmentOf, startTestEndpoint } from '@securestring/endpoint/testing';
import { isDefaultKeyPolicy, type Keystore } from '@securestring/keystore';
import { wasmProvider } from '@securestring/provider-wasm';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { auditingOf } from './auditing.ts';
import type { Settings } from './options.ts';
import { refreshing, storesUnder } from './places.ts';

/** A store that is served. */
export interface Served {
  readonly url: string;
  /** The environment that points AWS's clients here, with an access key that is known here. */
  readonly env: Readonly<Record<string, string>>;
}

/** What signs requests. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access key of stores in memory, as clients of emulators are used to it. */
const TEST: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Serves until `use` has ended, and finishes what is under way then. */
export function serving(
  context: Context,
  settings: Settings,
  use: (served: Served) => Promise<number>,
): Promise<number> {
  const onCall = policyWarner(context);
  return settings.memory === undefined
    ? servingStore(context, { ...settings, onCall }, use)
    : servingMemory(context, { ...settings, onCall }, use);
}

/** Warns once where a caller gives a key a policy other than the default one: it does not limit the root. */
function policyWarner(context: Context): (call: EndpointCall) => void {
  let isDone = false;
  return ({ request: { policy }, error, place }) => {
    if (isDone || error !== undefined || typeof policy !== 'string' || isDefaultKeyPolicy(policy, place)) return;
    isDone = true;
    context.warn(
      "a key policy was put. It limits users and sessions of roles, and no access key of the account's root.",
    );
  };
}

/** Warns once of each account and Region that has no store, as far as that is of use. */
function missingWarner(context: Context): (place: AccountRegion) => void {
  const warned = new Set<string>();
  return ({ accountId, region }) => {
    const name = `${region} of account ${accountId}`;
    if (warned.has(name) || warned.size >= MOST_WARNINGS) return;
    warned.add(name);
    context.warn(`a client asked for ${name}, which has no store here. Serve with --auto-create to make one.`);
  };
}

const MOST_WARNINGS = 20;

/** Settings, and what hears of calls. */
interface Watched extends Settings {
  readonly onCall: (call: EndpointCall) => void;
}

function servingStore(context: Context, settings: Watched, use: (served: Served) => Promise<number>): Promise<number> {
  const auditing = auditingOf(settings.audit, context);
  const audited = { provider: wasmProvider, ...(auditing && { onAudit: auditing.onAudit }) };
  const work = async (store: OpenStore): Promise<number> => {
    const { keystore } = store;
    const { host, port, names, tls, onCall, isAuthenticated, autoCreate } = settings;
    const own = sessionKey();
    const known = isAuthenticated ? accessKeysOf(keystore) : anyAccessKey(keystore.accountId);
    const accessKey: FindAccessKey = (id, token) =>
      id === own.accessKeyId ? { ...own, accountId: keystore.accountId } : known(id, token);
    // The last of all to be closed.
    await using _log = (await auditing?.open(() => keystore)) ?? null;
    await using stores = storesUnder(store, { autoCreate, onMissing: missingWarner(context), ...audited });
    const endpoint = awsEndpoint({ services: stores.find, onCall, accessKey });
    const stopRefreshing = refreshing(keystore);
    await using server = await listening(settings, () => serve({ endpoint, host, port, names, ...(tls && { tls }) }));
    try {
      return await use(servedAt(server, keystore, own));
    } finally {
      stopRefreshing();
    }
  };
  // The passphrase opens the stores of other accounts and Regions, too.
  return withStore(context, work, { ...audited, withAgent: false });
}

async function servingMemory(
  context: Context,
  settings: Watched,
  use: (served: Served) => Promise<number>,
): Promise<number> {
  const auditing = auditingOf(settings.audit, context);
  const audited = auditing === undefined ? {} : { onAudit: auditing.onClientAudit };
  const { memory, host, port, names, tls, isAuthenticated, autoCreate, onCall } = settings;
  const { startsAt, seed = randomBytes(32), fixtures: file } = memory ?? {};
  const { fixtures } = file ?? {};
  const hasSeveral = autoCreate || (fixtures?.stores.length ?? 0) > 1;
  const accessKey: FindAccessKey = (id, token) => {
    const { accountId: own } = aws.keystore;
    const { accountId } = hasSeveral ? anyAccessKey(own)(id) : { accountId: own };
    if (!isAuthenticated) return { secretAccessKey: undefined, accountId };
    const isOfTest = id === TEST.accessKeyId || id === accountId;
    return isOfTest ? { ...TEST, accountId } : accessKeysOf(aws.keystore)(id, token);
  };
  const clock = () => startsAt ?? Date.now();
  const options = { seed, host, port, names, accessKey, autoCreate, onCall, clock, ...audited, ...(tls && { tls }) };
  const start = () => startTestEndpoint({ ...options, ...(fixtures && { fixtures }) });
  const aws = await listening(settings, () => (file === undefined ? start() : file.explaining(start)));
  let log: AuditLog | undefined;
  try {
    log = await auditing?.open(() => aws.keystore);
    return await use(servedAt(aws, aws.keystore, TEST));
  } finally {
    // Calls that are under way still write to the log.
    await aws.close();
    await log?.close();
  }
}

/** Makes an access key of this run alone, in the form of AWS's. */
function sessionKey(): Credentials {
  const accessKeyId = `AKIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`;
  return { accessKeyId, secretAccessKey: randomBytes(30).toString('base64') };
}

function servedAt(
  { url }: Pick<EndpointServer, 'url'>,
  { region }: Pick<Keystore, 'region'>,
  { accessKeyId, secretAccessKey }: Credentials,
): Served {
  const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return { url, env: { ...environmentOf(url, { region }), ...own } };
}

/** Says what to do where an address cannot be listened on. */
async function listening<Server>({ host, port }: Settings, start: () => Promise<Server>): Promise<Server> {
  try {
    return await start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const advice = ADVICE[String(code)];
    if (advice === undefined) throw error;
    throw new CliError(EXIT.failed, advice(host, port), { cause: error });
  }
}

type Advice = (host: string, port: number) => string;

const notHere: Advice = (host) => `${host} is not an address of this machine. Give another with --host.`;
const ADVICE: Readonly<Record<string, Advice>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} of ${host} is taken by another program. Give another with --port, or --port 0 for a free one.`,
  EACCES: (host, port) => `Port ${port} of ${host} is for root alone. Give one from 1024 with --port.`,
  EADDRNOTAVAIL: notHere,
  ENOTFOUND: notHere,
};
