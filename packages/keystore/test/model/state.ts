/**
 * The plain model of a keystore: what it holds, and what time alone does to that. Written from AWS's rules; it knows
 * nothing of how the keystore does it.
 * @module
 */

export const DAY = 86_400_000;
export const ACCOUNT = '000000000000';
const PREFIX = `arn:aws:kms:us-east-1:${ACCOUNT}:`;

export const LENGTHS = { SYMMETRIC_DEFAULT: 32, HMAC_224: 28, HMAC_256: 32, HMAC_384: 48, HMAC_512: 64 } as const;
export type Spec = keyof typeof LENGTHS;

export interface ModelMaterial {
  /** Stands for a material id that only the keystore knows. */
  readonly name: string;
  /** What made it encrypt; `AWAITING`: nothing yet. */
  role: 'FIRST' | 'AUTOMATIC' | 'ON_DEMAND' | 'AWAITING';
  /** When it got its role. */
  since: number;
  imported?: Imported;
}

export interface Imported {
  /** Which bytes: the same text is the same bytes. */
  readonly bytes: string;
  text: string;
  until: number;
  isThere: boolean;
}

export interface ModelKey {
  readonly id: string;
  readonly arn: string;
  readonly spec: Spec;
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  readonly multiRegion: boolean;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly created: number;
  description: string;
  disabled: boolean;
  /** When it is deleted. */
  ends: number | undefined;
  readonly tags: Map<string, string>;
  materials: ModelMaterial[];
  schedule: { on: boolean; days: number; due: number; next: string } | undefined;
}

export interface ModelAlias {
  target: string;
  readonly made: number;
  changed: number;
}

export interface ModelAccessKey {
  readonly id: string;
  readonly secret: string;
  readonly accountId: string;
  readonly description: string;
  readonly made: number;
}

export interface ModelGrant {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly operations: readonly string[];
  /** `undefined` if any encryption context will do. */
  readonly subset: Readonly<Record<string, string>> | undefined;
  readonly made: number;
}

export interface ModelState {
  /** The latest time at which anything was committed. */
  clock: number;
  readonly keys: Map<string, ModelKey>;
  readonly aliases: Map<string, ModelAlias>;
  readonly accessKeys: Map<string, ModelAccessKey>;
  readonly grants: Map<string, ModelGrant>;
}

export class Refusal extends Error {
  override readonly name: string;

  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

export function refuse(name: string): never {
  throw new Refusal(name);
}

let made = 0;

/** A name for a material that was made by chance, so that no other is the same. */
export function freshName(): string {
  return `#${++made}`;
}

export function arnOf(id: string): string {
  return `${PREFIX}key/${id}`;
}

export function aliasArnOf(name: string): string {
  return `${PREFIX}${name}`;
}

export function makeKey(
  facts: Pick<ModelKey, 'id' | 'spec' | 'origin' | 'multiRegion' | 'manager' | 'description' | 'tags'>,
  now: number,
): ModelKey {
  const first: ModelMaterial = { name: freshName(), role: 'FIRST', since: now };
  return {
    ...facts,
    arn: arnOf(facts.id),
    created: now,
    disabled: false,
    ends: undefined,
    materials: facts.origin === 'EXTERNAL' ? [] : [first],
    schedule: undefined,
  };
}

/**
 * Puts a key's next material to use, as of `date`; the one after that is for the first boundary that is still to come.
 */
export function rotate(key: ModelKey, date: number, now: number): void {
  const { schedule } = key;
  if (schedule === undefined) return;
  key.materials.push({ name: schedule.next, role: 'AUTOMATIC', since: date });
  schedule.next = freshName();
  schedule.due = dueAfter(schedule, now);
}

/** Period by period. */
export function dueAfter({ due, days }: { readonly due: number; readonly days: number }, now: number): number {
  let next = due;
  while (next <= now) next += days * DAY;
  return next;
}

/** A copy at a time: what is due has happened. */
export function livedUntil(state: ModelState, now: number): ModelState {
  const lived = structuredClone(state);
  for (const key of lived.keys.values()) {
    if (key.ends !== undefined && key.ends <= now) {
      lived.keys.delete(key.id);
      for (const [name, { target }] of lived.aliases) if (target === key.id) lived.aliases.delete(name);
      for (const grant of lived.grants.values()) if (grant.key === key.id) lived.grants.delete(grant.id);
    }
    for (const { imported } of key.materials) if (imported && imported.until <= now) imported.isThere = false;
    const { schedule } = key;
    if (schedule?.on && schedule.due <= now && !key.disabled && key.ends === undefined) rotate(key, schedule.due, now);
  }
  return lived;
}

/** What is or was in use. */
export function used(key: ModelKey): ModelMaterial[] {
  return key.materials.filter(({ role }) => role !== 'AWAITING');
}

export function current(key: ModelKey): ModelMaterial | undefined {
  return used(key).at(-1);
}

export function isWhole(key: ModelKey): boolean {
  return used(key).length > 0 && used(key).every(({ imported }) => imported?.isThere ?? true);
}

export function stateOf(key: ModelKey): 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' {
  if (key.ends !== undefined) return 'PendingDeletion';
  if (!isWhole(key)) return 'PendingImport';
  return key.disabled ? 'Disabled' : 'Enabled';
}

export function usageOf(spec: Spec): 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC' {
  return spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
}

export function expirationOf(until: number): object {
  return until === Number.POSITIVE_INFINITY
    ? { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: new Date(until) };
}

/** KeyMetadata. */
export function describe(key: ModelKey): object {
  const { id, arn, spec, origin, multiRegion, manager, created, description, ends } = key;
  const material = current(key);
  const encrypts = spec === 'SYMMETRIC_DEFAULT';
  const earliestEnd = Math.min(...used(key).map(({ imported }) => imported?.until ?? Number.POSITIVE_INFINITY));
  return {
    keyId: id,
    arn,
    awsAccountId: ACCOUNT,
    creationDate: new Date(created),
    enabled: stateOf(key) === 'Enabled',
    description,
    keyUsage: usageOf(spec),
    keyState: stateOf(key),
    origin,
    keyManager: manager,
    keySpec: spec,
    customerMasterKeySpec: spec,
    ...(encrypts
      ? { encryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }
      : { macAlgorithms: [spec.replace('HMAC_', 'HMAC_SHA_')] }),
    multiRegion,
    ...(multiRegion && {
      multiRegionConfiguration: {
        multiRegionKeyType: 'PRIMARY',
        primaryKey: { arn, region: 'us-east-1' },
        replicaKeys: [],
      },
    }),
    ...(ends !== undefined && { deletionDate: new Date(ends) }),
    ...(encrypts && material && { currentKeyMaterialId: material.name }),
    ...(origin === 'EXTERNAL' && isWhole(key) && expirationOf(earliestEnd)),
  };
}
