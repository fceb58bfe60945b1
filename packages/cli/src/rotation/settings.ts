/**
 * What `rotation set` keeps: parameters under a path of their own, so that backups have them.
 *
 * A setting is code that will run. Its value is a ciphertext under the store's own key, for an encryption context that
 * Parameter Store never uses: a caller who may only put parameters, as over `serve`, can make none.
 * @module
 */

import type { Parameter } from '@securestring/parameters';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { withSlash } from '../formats/names.ts';
import { allPages } from '../output/pages.ts';
import { ROTATION_PATH } from '../parameters/own-names.ts';
import type { OpenStore } from '../store/with-store.ts';

/** How a parameter gets its next value. */
export interface Rotation {
  readonly name: string;
  readonly command: string;
  readonly test?: string;
}

export interface Setting extends Rotation {
  /** As it was typed, such as `30d`. */
  readonly every: string;
}

const ROOT = ROTATION_PATH;
const KEY_ID = 'alias/aws/ssm';
/** Longest value of a standard parameter. */
const MOST = 4096;
const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24 };

/** Where the value of a parameter is until it is tested. */
export function pendingName(name: string): string {
  return `${ROOT}/pending${withSlash(name)}`;
}

function settingName(name: string): string {
  return `${ROOT}/settings${withSlash(name)}`;
}

/** @returns milliseconds; `undefined` for a text that is not an interval. */
export function intervalOf(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (HOURS[unit] ?? 0) * 3_600_000;
}

export async function putSetting({ keystore, parameters }: OpenStore, setting: Setting): Promise<void> {
  const name = withSlash(setting.name);
  const plaintext = Buffer.from(JSON.stringify({ ...setting, name }));
  const { ciphertextBlob } = keystore.encrypt({
    keyId: KEY_ID,
    plaintext: Uint8Array.from(plaintext),
    encryptionContext: contextOf(name),
  });
  const value = Buffer.from(ciphertextBlob).toString('base64');
  if (value.length > MOST) throw new CliError(EXIT.failed, 'The commands are too long. Put them into a script.');
  const description = `How securestring rotates ${name}`;
  await parameters.putParameter({ name: settingName(name), value, type: 'String', overwrite: true, description });
}

/** The setting of a parameter; `undefined` if it has none. */
export async function settingOf(store: OpenStore, name: string): Promise<Setting | undefined> {
  const found = await store.parameters.getParameters({ names: [settingName(name)] });
  const [parameter] = found.parameters;
  return parameter && opened(store, parameter);
}

/** Names of parameters that have a setting. */
export async function settingNames({ parameters }: OpenStore): Promise<readonly string[]> {
  const found = await allPages(
    (page) => parameters.getParametersByPath({ path: `${ROOT}/settings`, recursive: true, ...page }),
    (result) => result.parameters,
  );
  return found.map(({ name }) => rotatedName(name));
}

function rotatedName(place: string): string {
  return place.slice(`${ROOT}/settings`.length);
}

/** @returns whether there was one. */
export async function removeSetting({ parameters }: OpenStore, name: string): Promise<boolean> {
  const { deletedParameters } = await parameters.deleteParameters({ names: [settingName(name)] });
  return deletedParameters.length > 0;
}

function contextOf(name: string): Record<string, string> {
  return { 'securestring:rotation': name };
}

function opened({ keystore }: OpenStore, { name: place, value }: Parameter): Setting {
  const name = rotatedName(place);
  try {
    const ciphertextBlob = Uint8Array.from(Buffer.from(value, 'base64'));
    const { plaintext } = keystore.decrypt({ ciphertextBlob, encryptionContext: contextOf(name) });
    return JSON.parse(Buffer.from(plaintext).toString());
  } catch (error) {
    if (isCode(error, 'KMS_DISABLED')) throw error;
    throw new CliError(
      EXIT.notAuthentic,
      `${place} was not made by "rotation set" in this store, and nothing of it was run. Remove it: securestring rotation remove ${name}`,
      { cause: error },
    );
  }
}
