/**
 * The plain model of the operations on keys: AWS's rules, one function each. A scene's state is the model's to change.
 * @module
 */

import type { Scene } from './handles.ts';
import {
  aliasArnOf,
  current,
  DAY,
  describe,
  dueAfter,
  expirationOf,
  freshName,
  type ModelAccessKey,
  type ModelKey,
  type ModelMaterial,
  makeKey,
  refuse,
  rotate,
  stateOf,
  usageOf,
} from './state.ts';

export function isAlias(name: string): boolean {
  return name.startsWith('alias/') || name.includes(':alias/');
}

/** The key that a name of any form names. */
export function find({ state }: Scene, name: string): ModelKey {
  const last = name.slice(name.lastIndexOf(':') + 1);
  const id = isAlias(name) ? state.aliases.get(last)?.target : last.replace('key/', '');
  return state.keys.get(id ?? '') ?? refuse('NotFoundException');
}

/** Where AWS takes no alias. */
export function findById(scene: Scene, name: string): ModelKey {
  return isAlias(name) ? refuse('NotFoundException') : find(scene, name);
}

export function findOwn(scene: Scene, name: string): ModelKey {
  const key = findById(scene, name);
  return key.manager === 'AWS' ? refuse('AccessDeniedException') : key;
}

export function findKept(scene: Scene, name: string): ModelKey {
  const key = findOwn(scene, name);
  return key.ends === undefined ? key : refuse('KMSInvalidStateException');
}

export function requireUsable(key: ModelKey): void {
  const state = stateOf(key);
  if (state === 'Disabled') refuse('DisabledException');
  if (state !== 'Enabled') refuse('KMSInvalidStateException');
}

export function createKey(
  { state, now }: Scene,
  facts: Omit<Parameters<typeof makeKey>[0], 'manager'>,
): { readonly keyMetadata: object } {
  const key = makeKey({ ...facts, manager: 'CUSTOMER' }, now);
  state.keys.set(key.id, key);
  return { keyMetadata: describe(key) };
}

export function listKeys({ state }: Scene): object[] {
  const sorted = [...state.keys.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.map(({ id, arn }) => ({ keyId: id, keyArn: arn }));
}

export function switchKey(scene: Scene, name: string, disabled: boolean): void {
  const key = findKept(scene, name);
  if (stateOf(key) === 'PendingImport') refuse('KMSInvalidStateException');
  key.disabled = disabled;
  if (!disabled && key.schedule?.on && key.schedule.due <= scene.now) rotate(key, scene.now, scene.now);
}

export function scheduleDeletion(scene: Scene, name: string, days: number): object {
  const key = findKept(scene, name);
  key.ends = scene.now + days * DAY;
  return {
    keyId: key.arn,
    deletionDate: new Date(key.ends),
    keyState: 'PendingDeletion',
    pendingWindowInDays: days,
  };
}

export function cancelDeletion(scene: Scene, name: string): object {
  const key = findOwn(scene, name);
  if (key.ends === undefined) refuse('KMSInvalidStateException');
  key.ends = undefined;
  key.disabled = true;
  return { keyId: key.arn };
}

export function tag(scene: Scene, name: string, tagKey: string, tagValue: string | undefined): void {
  const { tags } = findKept(scene, name);
  if (tagValue === undefined) tags.delete(tagKey);
  else tags.set(tagKey, tagValue);
}

export function listTags(scene: Scene, name: string): object[] {
  const sorted = [...findById(scene, name).tags].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
}

/** What an alias may name. */
function findTarget(scene: Scene, name: string): ModelKey {
  if (isAlias(name)) refuse('ValidationException');
  const key = find(scene, name);
  if (key.ends !== undefined) refuse('KMSInvalidStateException');
  return key.manager === 'AWS' ? refuse('NotAuthorizedException') : key;
}

export function createAlias(scene: Scene, alias: string, name: string): void {
  const { state, now } = scene;
  const target = findTarget(scene, name).id;
  if (state.aliases.has(alias)) refuse('AlreadyExistsException');
  state.aliases.set(alias, { target, made: now, changed: now });
}

export function updateAlias(scene: Scene, alias: string, name: string): void {
  const found = scene.state.aliases.get(alias) ?? refuse('NotFoundException');
  const { id, spec } = findTarget(scene, name);
  const before = scene.state.keys.get(found.target);
  if (before && usageOf(before.spec) !== usageOf(spec)) refuse('ValidationException');
  found.target = id;
  found.changed = scene.now;
}

export function deleteAlias({ state }: Scene, alias: string): void {
  if (!state.aliases.delete(alias)) refuse('NotFoundException');
}

export function listAliases(scene: Scene, name: string | undefined): object[] {
  const owner = name === undefined ? undefined : findById(scene, name).id;
  const sorted = [...scene.state.aliases].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([aliasName, { target, made, changed }]) =>
    owner !== undefined && owner !== target
      ? []
      : {
          aliasName,
          aliasArn: aliasArnOf(aliasName),
          targetKeyId: target,
          creationDate: new Date(made),
          lastUpdatedDate: new Date(changed),
        },
  );
}

function findRotating(scene: Scene, name: string): ModelKey {
  const key = findOwn(scene, name);
  if (stateOf(key) !== 'PendingImport') requireUsable(key);
  requireRotatable(key);
  return key;
}

function requireRotatable({ spec, origin }: ModelKey): void {
  if (spec !== 'SYMMETRIC_DEFAULT' || origin !== 'AWS_KMS') refuse('UnsupportedOperationException');
}

export function enableRotation(scene: Scene, name: string, days: number): void {
  const key = findRotating(scene, name);
  if (key.schedule?.on && key.schedule.days === days) return;
  key.schedule = { on: true, days, due: scene.now + days * DAY, next: key.schedule?.next ?? freshName() };
}

export function disableRotation(scene: Scene, name: string): void {
  const { schedule } = findRotating(scene, name);
  if (schedule) schedule.on = false;
}

export function rotationStatus(scene: Scene, name: string): object {
  const key = findById(scene, name);
  if (key.origin !== 'AWS_KMS') refuse('UnsupportedOperationException');
  const { arn, schedule, ends } = key;
  if (!schedule?.on || ends !== undefined) return { keyId: arn, keyRotationEnabled: false };
  const nextRotationDate = new Date(dueAfter(schedule, scene.now));
  return { keyId: arn, keyRotationEnabled: true, rotationPeriodInDays: schedule.days, nextRotationDate };
}

export function rotateOnDemand(scene: Scene, name: string): object {
  const key = findOwn(scene, name);
  requireUsable(key);
  if (key.spec !== 'SYMMETRIC_DEFAULT') refuse('UnsupportedOperationException');
  if (key.materials.filter(({ role }) => role === 'ON_DEMAND').length >= 25) refuse('LimitExceededException');
  if (key.schedule?.on && key.schedule.due - scene.now <= 20 * 60_000) refuse('ConflictException');
  const role = { role: 'ON_DEMAND', since: scene.now } as const;
  if (key.origin === 'AWS_KMS') {
    key.materials.push({ name: freshName(), ...role });
  } else {
    const awaiting = key.materials.find((material) => material.role === 'AWAITING');
    if (!awaiting?.imported?.isThere) return refuse('KMSInvalidStateException');
    Object.assign(awaiting, role);
  }
  return { keyId: key.arn };
}

export function listRotations(scene: Scene, name: string, all: boolean): object[] {
  const key = findById(scene, name);
  if (key.spec !== 'SYMMETRIC_DEFAULT') refuse('UnsupportedOperationException');
  const listed = key.materials.filter(({ role }) => all || role === 'AUTOMATIC' || role === 'ON_DEMAND');
  return listed.map((material) => rotationEntry(key, material));
}

function rotationEntry(key: ModelKey, material: ModelMaterial): object {
  const { name, role, since, imported } = material;
  const inUse = material === current(key) ? 'CURRENT' : 'NON_CURRENT';
  return {
    keyId: key.arn,
    keyMaterialId: name,
    keyMaterialState: role === 'AWAITING' ? 'PENDING_ROTATION' : inUse,
    ...((role === 'AUTOMATIC' || role === 'ON_DEMAND') && { rotationDate: new Date(since), rotationType: role }),
    ...(imported && {
      importState: imported.isThere ? 'IMPORTED' : 'PENDING_IMPORT',
      ...(imported.isThere && expirationOf(imported.until)),
      ...(imported.text !== '' && { keyMaterialDescription: imported.text }),
    }),
  };
}

export function createAccessKey({ state, now }: Scene, facts: Omit<ModelAccessKey, 'made'>): object {
  const key = { ...facts, made: now };
  state.accessKeys.set(key.id, key);
  return { ...listed(key), secretAccessKey: key.secret };
}

export function deleteAccessKey({ state }: Scene, id: string): void {
  if (!state.accessKeys.delete(id)) refuse('NotFoundException');
}

export function listAccessKeys({ state }: Scene): readonly object[] {
  return [...state.accessKeys.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(listed);
}

/** What a caller's signature is checked with. */
export function findAccessKey({ state }: Scene, id: string): object {
  const { secret, accountId } = state.accessKeys.get(id) ?? refuse('NotFoundException');
  return { secretAccessKey: secret, accountId };
}

function listed({ id, accountId, description, made }: ModelAccessKey): object {
  return { accessKeyId: id, accountId, description, createDate: new Date(made) };
}
