/**
 * Whether every ciphertext opens, and which key states prevent it.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import type { ParameterMetadata, ParameterStore } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { exitCodeOf, messageOf } from '../command/failure.ts';
import { allPages } from '../output/pages.ts';
import type { Finding } from './finding.ts';

/** Opens the current value of every SecureString, or with `all` every version that is kept. */
export async function checkCiphertexts(
  context: Context,
  { parameters, keystore }: { readonly parameters: ParameterStore; readonly keystore: Keystore },
  all: boolean,
): Promise<readonly Finding[]> {
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
        const failure = await open(parameters, target);
        if (failure === undefined) opened += 1;
        else findings.push(failure);
      }
      bar.step();
    }
  } finally {
    bar.stop();
  }
  const what = all ? 'version(s) of SecureStrings' : 'SecureString(s)';
  return [
    { check: 'parameters', ok: true, message: `${found.length}, SecureStrings among them: ${sealed.length}` },
    {
      check: 'ciphertexts',
      ok: findings.length === 0,
      message: `${opened} of ${opened + findings.length} ${what} open`,
    },
    ...findings,
    ...(await checkKeys(keystore, sealed)),
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

async function open(parameters: ParameterStore, name: string): Promise<Finding | undefined> {
  try {
    await parameters.getParameter({ name, withDecryption: true });
    return undefined;
  } catch (error) {
    return {
      check: name,
      ok: false,
      message: messageOf(error),
      exitCode: exitCodeOf(error),
    };
  }
}

/** Each key that parameters name and that is not enabled. */
async function checkKeys(keystore: Keystore, sealed: readonly ParameterMetadata[]): Promise<readonly Finding[]> {
  const names = new Map<string, number>();
  for (const { keyId = '' } of sealed) names.set(keyId, (names.get(keyId) ?? 0) + 1);
  const findings: Finding[] = [];
  for (const [keyId, count] of names) {
    const key = await keystore.describeKey({ keyId }).then(
      ({ keyMetadata }) => keyMetadata,
      () => undefined,
    );
    if (key?.keyState === 'Enabled') continue;
    const message = `${count} parameter(s) name it, and it is ${key === undefined ? 'not there' : STATES[key.keyState]}`;
    const until =
      key?.deletionDate === undefined ? '.' : ` until ${key.deletionDate.toISOString()}, when it is deleted.`;
    findings.push({
      check: keyId,
      ok: false,
      message: `${message}${until}`,
      ...(key !== undefined && { mend: mend(keyId, key.keyState) }),
    });
  }
  return findings;
}

const STATES = {
  Disabled: 'disabled',
  PendingDeletion: 'pending deletion',
  PendingImport: 'without material',
} as const;

function mend(keyId: string, state: keyof typeof STATES): string {
  const commands = {
    Disabled: 'enable',
    PendingDeletion: 'cancel-deletion',
    PendingImport: 'import-material',
  } as const;
  return `Mend that: securestring key ${commands[state]} ${keyId}`;
}
