/**
 * The plain model of keys in use, of imported material, and of keys on their way between keystores.
 * @module
 */

import type { Scene } from './handles.ts';
import { find, findKept, findOwn, requireUsable } from './rules.ts';
import { current, DAY, LENGTHS, type ModelKey, type ModelMaterial, refuse, usageOf } from './state.ts';

export type Context = Readonly<Record<string, string>>;

/** A ciphertext, as the model knows it. */
export interface Sealed {
  /** Which material. */
  readonly name: string;
  readonly arn: string;
  readonly context: Context;
  /** In hex. */
  readonly plaintext: string;
}

export interface Token {
  readonly arn: string;
  readonly until: number;
  /** Of which storage, under which root key. */
  readonly origin: string;
}

export function findEncrypting(scene: Scene, name: string): ModelKey {
  const key = find(scene, name);
  requireUsable(key);
  return usageOf(key.spec) === 'ENCRYPT_DECRYPT' ? key : refuse('InvalidKeyUsageException');
}

export function nameOf(key: ModelKey): string {
  return current(key)?.name ?? refuse('KMSInvalidStateException');
}

/** The key whose material a ciphertext is under, whether that is in use or stored ahead. */
function findSource(scene: Scene, { name }: Sealed, asked: string | undefined): ModelKey {
  const named = asked === undefined ? undefined : find(scene, asked);
  if (named !== undefined) requireUsable(named);
  const source =
    [...scene.state.keys.values()].find(
      ({ materials, schedule }) => schedule?.next === name || materials.some((material) => material.name === name),
    ) ??
    refuse(named && usageOf(named.spec) !== 'ENCRYPT_DECRYPT' ? 'InvalidKeyUsageException' : 'AccessDeniedException');
  if (named === undefined) requireUsable(source);
  else if (named !== source) refuse('IncorrectKeyException');
  return source;
}

/** The key that opens a ciphertext. */
export function open(scene: Scene, sealed: Sealed, asked: string | undefined, context: Context | undefined): ModelKey {
  const key = findSource(scene, sealed, asked);
  return sameContext(sealed.context, context) ? key : refuse('InvalidCiphertextException');
}

/** ReEncrypt: source and destination. Both keys are judged before the bytes are. */
export function reopen(
  scene: Scene,
  sealed: Sealed,
  asked: string | undefined,
  context: Context | undefined,
  destination: string,
): readonly [ModelKey, ModelKey] {
  const source = findSource(scene, sealed, asked);
  const target = findEncrypting(scene, destination);
  return sameContext(sealed.context, context) ? [source, target] : refuse('InvalidCiphertextException');
}

/** `undefined` stands for a context that nothing was sealed under. */
function sameContext(one: Context, other: Context | undefined): boolean {
  const shown = (context: Context) => JSON.stringify(Object.entries(context).sort());
  return other !== undefined && shown(one) === shown(other);
}

export function findMacKey(scene: Scene, name: string, algorithm: string): ModelKey {
  const key = find(scene, name);
  requireUsable(key);
  if (usageOf(key.spec) !== 'GENERATE_VERIFY_MAC') refuse('InvalidKeyUsageException');
  return key.spec.replace('HMAC_', 'HMAC_SHA_') === algorithm ? key : refuse('InvalidKeyUsageException');
}

export interface ImportAsked {
  readonly token: Token;
  /** Of the storage that it is asked of. */
  readonly origin: string;
  readonly fill: number;
  readonly length: number;
  readonly until: number;
  readonly type: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL' | undefined;
  readonly named: string | undefined;
  readonly text: string | undefined;
}

export function importedName(arn: string, length: number, fill: number): string {
  return `#${arn} ${length} of ${fill}`;
}

export function importMaterial(scene: Scene, name: string, asked: ImportAsked): object {
  const { now } = scene;
  const { fill, length, until, text } = asked;
  if (until <= now || (until !== Number.POSITIVE_INFINITY && until > now + 365 * DAY)) refuse('ValidationException');
  const key = findImportable(scene, name);
  if (asked.token.arn !== key.arn || asked.token.origin !== asked.origin) refuse('InvalidImportTokenException');
  if (asked.token.until <= now) refuse('ExpiredImportTokenException');
  requireFitting(scene, key, asked);
  const imported = { bytes: `${length} of ${fill}`, text: text ?? '', until, isThere: true };
  const id = importedName(key.arn, length, fill);
  const known = key.materials.find((material) => material.name === id);
  requireType(key, asked, id, known);
  if (known) known.imported = { ...imported, text: text ?? known.imported?.text ?? '' };
  else addMaterial(key, { name: id, role: 'FIRST', since: now, imported });
  return { keyId: key.arn, ...(key.spec === 'SYMMETRIC_DEFAULT' && { keyMaterialId: id }) };
}

export function findImportable(scene: Scene, name: string): ModelKey {
  const key = findOwn(scene, name);
  if (key.origin !== 'EXTERNAL') refuse('UnsupportedOperationException');
  return key.ends === undefined ? key : refuse('KMSInvalidStateException');
}

function requireFitting({ state }: Scene, key: ModelKey, { fill, length, type, named, text }: ImportAsked): void {
  const { spec, multiRegion, materials } = key;
  if (spec !== 'SYMMETRIC_DEFAULT' && [type, named, text].some((given) => given !== undefined)) {
    refuse('ValidationException');
  }
  if (multiRegion && materials.length > 0 && type === 'NEW_KEY_MATERIAL') refuse('UnsupportedOperationException');
  const isLonger = spec !== 'SYMMETRIC_DEFAULT' && length > LENGTHS[spec] && length <= 128;
  if (length !== LENGTHS[spec] && !isLonger) refuse('IncorrectKeyMaterialException');
  const hasBytes = ({ imported }: ModelMaterial) => imported?.bytes === `${length} of ${fill}`;
  for (const other of state.keys.values()) {
    if (usageOf(other.spec) !== usageOf(spec) && other.materials.some(hasBytes)) {
      refuse('IncorrectKeyMaterialException');
    }
  }
}

function requireType(
  { materials }: ModelKey,
  { type, named }: ImportAsked,
  id: string,
  known: ModelMaterial | undefined,
): void {
  const isNew = type === undefined ? materials.length === 0 && named === undefined : type === 'NEW_KEY_MATERIAL';
  if ((named !== undefined && named !== id) || isNew === (known !== undefined)) {
    refuse('IncorrectKeyMaterialException');
  }
}

/** What was awaiting a rotation and is gone makes room. */
function addMaterial(key: ModelKey, material: ModelMaterial): void {
  const awaiting = key.materials.find(({ role }) => role === 'AWAITING');
  if (awaiting?.imported?.isThere) refuse('KMSInvalidStateException');
  key.materials = key.materials.filter((other) => other !== awaiting);
  key.materials.push(key.materials.length === 0 ? material : { ...material, role: 'AWAITING' });
}

export function deleteMaterial(scene: Scene, name: string, id: string | undefined): object {
  const key = findOwn(scene, name);
  if (key.origin !== 'EXTERNAL') refuse('UnsupportedOperationException');
  const erased = id === undefined ? current(key) : key.materials.find((material) => material.name === id);
  if (erased === undefined) return id === undefined ? { keyId: key.arn } : refuse('NotFoundException');
  if (erased.imported) erased.imported.isThere = false;
  return { keyId: key.arn, ...(key.spec === 'SYMMETRIC_DEFAULT' && { keyMaterialId: erased.name }) };
}

/** The keys as they are stored, with what has expired by now left behind. */
export function exportKeys(scene: Scene, stored: Scene['state'], names: readonly string[]): readonly ModelKey[] {
  const ids = new Set(names.map((name) => findKept(scene, name).id));
  const keys = structuredClone([...ids].map((id) => stored.keys.get(id) ?? refuse('NotFoundException')));
  for (const { materials } of keys) {
    for (const { imported } of materials) if (imported && imported.until <= scene.now) imported.isThere = false;
  }
  return keys;
}

export function importKeys({ state }: Scene, keys: readonly ModelKey[]): object {
  if (keys.some(({ id }) => state.keys.has(id))) refuse('AlreadyExistsException');
  for (const key of keys) state.keys.set(key.id, structuredClone(key));
  return { keys: keys.map(({ id, arn }) => ({ keyId: id, keyArn: arn })) };
}
