/**
 * Whether every ciphertext opens, and which key states prevent it.
 * @module
 */

import { counted } from '@securestring/core/quoted';
import type { ParameterMetadata, ParameterStore } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { underKeys } from '../keys/under-keys.ts';
import { allPages } from '../output/pages.ts';
import { KEY_STATES, mendOf, troubleOf } from '../store/key-trouble.ts';
import type { OpenStore } from '../store/with-store.ts';
import type { Finding } from './finding.ts';

/** Opens the current value of every SecureString, or with `all` every version that is kept. */
export async function checkCiphertexts(
  context: Context,
  store: Pick<OpenStore, 'parameters' | 'keystore' | 'place'>,
  all: boolean,
): Promise<readonly Finding[]> {
  const { parameters } = store;
  const found = await allPages(
    (page) => parameters.describeParameters(page),
    (result) => result.parameters,
  );
  const sealed = found.filter(({ type }) => type === 'SecureString');
  const findings: Finding[] = [];
  const { startCount } = await import('../io/bar.ts');
  const bar = startCount(context, found.length);
  let opened = 0;
  try {
    for (const { name, type } of found) {
      // A version before may have been of another type.
      for (const target of all ? await versionsOf(parameters, name) : type === 'SecureString' ? [name] : []) {
        const failure = await open(store, target);
        if (failure === undefined) opened += 1;
        else findings.push(failure);
      }
      bar.step();
    }
  } finally {
    bar.stop();
  }
  const tried = counted(opened + findings.length, all ? 'encrypted version' : 'SecureString');
  return [
    { check: 'parameters', ok: true, message: `${found.length}, SecureStrings among them: ${sealed.length}` },
    {
      check: 'ciphertexts',
      ok: findings.length === 0,
      message: `opened ${opened} of ${tried}`,
    },
    ...findings,
    ...(await checkKeys(store, sealed)),
    ...(await checkOlderVersions(store)),
  ];
}

/** `name:version` of each version that is encrypted. */
async function versionsOf(parameters: ParameterStore, name: string): Promise<readonly string[]> {
  const versions = await allPages(
    (page) => parameters.getParameterHistory({ ...page, name }),
    (result) => result.parameters,
  );
  return versions.filter(({ type }) => type === 'SecureString').map(({ version }) => `${name}:${version}`);
}

async function open(
  { parameters, keystore, place }: Pick<OpenStore, 'parameters' | 'keystore' | 'place'>,
  name: string,
): Promise<Finding | undefined> {
  try {
    await parameters.getParameter({ name, withDecryption: true });
    return undefined;
  } catch (error) {
    const { reason, exitCode } = await troubleOf(error, keystore, place.options);
    return { check: name, ok: false, message: reason, exitCode };
  }
}

/** Each key that parameters name and that is not enabled. */
async function checkKeys(
  { keystore, place }: Pick<OpenStore, 'keystore' | 'place'>,
  sealed: readonly ParameterMetadata[],
): Promise<readonly Finding[]> {
  const names = new Map<string, number>();
  for (const { keyId = '' } of sealed) names.set(keyId, (names.get(keyId) ?? 0) + 1);
  const findings: Finding[] = [];
  for (const [keyId, count] of names) {
    const key = await keystore.describeKey({ keyId }).then(
      ({ keyMetadata }) => keyMetadata,
      () => undefined,
    );
    if (key?.keyState === 'Enabled') continue;
    const message = `the key of ${counted(count, 'parameter')}, and it is ${key === undefined ? 'not there' : KEY_STATES[key.keyState]}`;
    const mend = key && mendOf(place.options, keyId, key.keyState);
    const until =
      key?.deletionDate === undefined ? '.' : ` until ${key.deletionDate.toISOString()}, when it is deleted.`;
    findings.push({
      check: keyId,
      ok: false,
      message: `${message}${until}`,
      ...(mend !== undefined && { mend: `Mend that: ${mend.command}` }),
    });
  }
  return findings;
}

/** Each key that is not enabled, and that older versions are under: their parameters may name another key by now. */
async function checkOlderVersions(
  store: Pick<OpenStore, 'parameters' | 'keystore' | 'place'>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [keyId, { older }] of await underKeys(store)) {
    const { keyState, deletionDate } = (await store.keystore.describeKey({ keyId })).keyMetadata;
    const mend = mendOf(store.place.options, keyId, keyState);
    if (older === 0 || mend === undefined) continue;
    const until = deletionDate === undefined ? '' : ` until ${deletionDate.toISOString()}, when it is deleted`;
    findings.push({
      check: keyId,
      ok: false,
      message: `the key of ${counted(older, 'older version')}, and it is ${KEY_STATES[keyState]}${until}.`,
      mend: `Mend that: ${mend.command}`,
    });
  }
  return findings;
}
