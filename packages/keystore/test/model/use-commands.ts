/**
 * Keys in use, imported material, envelopes, unlock slots and reopenings, on both sides.
 * @module
 */

import * as fc from 'fast-check';
import { expect } from 'vitest';
import { type KeystoreStorage, openKeystore } from '../../src/index.ts';
import {
  type Actor,
  actorOf,
  type Command,
  changes,
  command,
  compares,
  isEncrypting,
  isExternal,
  isMac,
  keyIdName,
  keyName,
  rarely,
  seldom,
} from './commands.ts';
import { change, changeUnlocks, look, type ModelHandle, openHandle, type Scene, use } from './handles.ts';
import { makeToken, wrapMaterial } from './importing.ts';
import { DAY, LENGTHS, type ModelKey, refuse } from './state.ts';
import * as uses from './uses.ts';
import { agree, openReal, STORAGE_OF, unlockOf } from './worlds.ts';

const CONTEXTS: readonly uses.Context[] = [{}, { a: 'bc' }, { ab: 'c' }, { a: 'bc', ab: '' }];
const PLAINTEXT = '736563726574';

const context = fc.nat(CONTEXTS.length - 1);
const place = fc.nat(30);
/** Mostly one of the last. */
function lately<Entry>(entries: readonly Entry[], back: number): number {
  return entries.length - 1 - (back % Math.max(1, entries.length));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** A synchronous operation on both sides. */
function usesKeys<Found>(
  { handle, model, ids }: Actor,
  work: () => Found,
  view: (scene: Scene) => unknown,
): Promise<boolean> {
  return agree(ids, work, () => use(handle, model.clock, view));
}

const encrypt = command('encrypt', fc.tuple(keyName, context, rarely), async (actor, [name, which, dryRun]) => {
  const { keystore, model, real } = actor;
  const keyId = actor.named(name, isEncrypting);
  const encryptionContext = CONTEXTS[which] ?? {};
  await usesKeys(
    actor,
    () => {
      const { ciphertextBlob, ...rest } = keystore.encrypt({
        keyId,
        plaintext: bytesOf(PLAINTEXT),
        encryptionContext,
        dryRun,
      });
      real.sealed.push(ciphertextBlob);
      return rest;
    },
    (scene) => {
      const key = uses.findEncrypting(scene, keyId);
      const sealed = { name: uses.nameOf(key), arn: key.arn, context: encryptionContext, plaintext: PLAINTEXT };
      if (dryRun) refuse('DryRunOperationException');
      model.sealed.push(sealed);
      return { keyId: key.arn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
  );
});

const generateDataKey = command(
  'generateDataKey',
  fc.tuple(keyName, context, fc.boolean()),
  async (actor, [name, which, withPlaintext]) => {
    const { keystore, model, real } = actor;
    const encryptionContext = CONTEXTS[which] ?? {};
    const request = { keyId: actor.named(name, isEncrypting), numberOfBytes: 20, encryptionContext };
    let plaintext = '';
    await usesKeys(
      actor,
      () => {
        // Without the plaintext in the answer, decrypting gives it.
        const result = withPlaintext
          ? keystore.generateDataKey(request)
          : keystore.generateDataKeyWithoutPlaintext(request);
        const { ciphertextBlob, keyId, keyMaterialId } = result;
        expect('plaintext' in result).toBe(withPlaintext);
        const opened = keystore.decrypt({ ciphertextBlob, encryptionContext }).plaintext;
        plaintext = hexOf('plaintext' in result ? (result.plaintext as Uint8Array) : opened);
        real.sealed.push(ciphertextBlob);
        return { keyId, keyMaterialId, length: opened.length };
      },
      (scene) => {
        const key = uses.findEncrypting(scene, request.keyId);
        const material = uses.nameOf(key);
        model.sealed.push({ name: material, arn: key.arn, context: encryptionContext, plaintext });
        return { keyId: key.arn, keyMaterialId: material, length: 20 };
      },
    );
  },
);

/** What opens a remembered ciphertext: mostly what does, at times another context, another key, or a changed byte. */
const opening = fc.record({
  back: place,
  asked: seldom(keyName),
  withOwnKey: fc.boolean(),
  context: seldom(context),
  damaged: rarely,
});
type Opening = typeof opening extends fc.Arbitrary<infer Value> ? Value : never;

interface Opened {
  readonly sealed: uses.Sealed;
  readonly blob: Uint8Array;
  readonly keyId: string | undefined;
  readonly sent: uses.Context;
  /** The blob for the model: nothing fits a changed byte. */
  readonly context: uses.Context | undefined;
}

function openingOf({ model, real, named }: Actor, { back, asked, withOwnKey, context: which, damaged }: Opening) {
  const at = lately(model.sealed, back);
  const [sealed, blob] = [model.sealed[at], real.sealed[at]?.slice()];
  if (sealed === undefined || blob === undefined) return undefined;
  if (damaged) blob[blob.length - 1] = (blob.at(-1) ?? 0) ^ 1;
  const sent = which === undefined ? sealed.context : (CONTEXTS[which] ?? {});
  const keyId = asked && (withOwnKey ? sealed.arn : named(asked));
  const opened: Opened = { sealed, blob, keyId, sent, context: damaged ? undefined : sent };
  return opened;
}

const decrypt = command('decrypt', fc.tuple(opening, rarely), async (actor, [given, dryRun]) => {
  const opened = openingOf(actor, given);
  if (opened === undefined) return;
  const { sealed, blob, keyId, sent } = opened;
  await usesKeys(
    actor,
    () => {
      const { plaintext, ...rest } = actor.keystore.decrypt({
        ciphertextBlob: blob,
        encryptionContext: sent,
        dryRun,
        ...(keyId !== undefined && { keyId }),
      });
      return { ...rest, plaintext: hexOf(plaintext) };
    },
    (scene) => {
      const { arn } = uses.open(scene, sealed, keyId, opened.context);
      const result = { keyId: arn, encryptionAlgorithm: 'SYMMETRIC_DEFAULT', keyMaterialId: sealed.name };
      return dryRun ? refuse('DryRunOperationException') : { ...result, plaintext: sealed.plaintext };
    },
  );
});

const reEncrypt = command('reEncrypt', fc.tuple(opening, keyName, context), async (actor, [given, name, which]) => {
  const opened = openingOf(actor, given);
  if (opened === undefined) return;
  const { sealed, blob, keyId, sent } = opened;
  const destinationKeyId = actor.named(name, isEncrypting);
  const destinationEncryptionContext = CONTEXTS[which] ?? {};
  await usesKeys(
    actor,
    () => {
      const { ciphertextBlob, ...rest } = actor.keystore.reEncrypt({
        ciphertextBlob: blob,
        sourceEncryptionContext: sent,
        destinationKeyId,
        destinationEncryptionContext,
        ...(keyId !== undefined && { sourceKeyId: keyId }),
      });
      actor.real.sealed.push(ciphertextBlob);
      return rest;
    },
    (scene) => {
      const [source, target] = uses.reopen(scene, sealed, keyId, opened.context, destinationKeyId);
      const material = uses.nameOf(target);
      const made = { name: material, arn: target.arn, context: destinationEncryptionContext };
      actor.model.sealed.push({ ...made, plaintext: sealed.plaintext });
      return {
        sourceKeyId: source.arn,
        sourceKeyMaterialId: sealed.name,
        sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        keyId: target.arn,
        destinationKeyMaterialId: material,
        destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
  );
});

const macAlgorithm = fc.constantFrom('HMAC_SHA_256', 'HMAC_SHA_256', 'HMAC_SHA_224', 'HMAC_SHA_512');
const message = fc.constantFrom('6d', '6e');

/** Mostly by the algorithm of the key. */
function algorithmFor({ handle }: Actor, keyId: string, otherwise: 'HMAC_SHA_256' | 'HMAC_SHA_224' | 'HMAC_SHA_512') {
  const spec = handle.seen.keys.get(keyId.replace(/^.*\//, ''))?.spec ?? 'SYMMETRIC_DEFAULT';
  const fitting = { HMAC_224: 'HMAC_SHA_224', HMAC_256: 'HMAC_SHA_256', HMAC_512: 'HMAC_SHA_512' } as const;
  return spec === 'SYMMETRIC_DEFAULT' || spec === 'HMAC_384' ? otherwise : fitting[spec];
}

const generateMac = command(
  'generateMac',
  fc.tuple(keyName, message, macAlgorithm, rarely),
  async (actor, [name, text, algorithm, keepsAlgorithm]) => {
    const { keystore, model, real } = actor;
    const keyId = actor.named(name, isMac);
    const chosen = keepsAlgorithm ? algorithm : algorithmFor(actor, keyId, algorithm);
    await usesKeys(
      actor,
      () => {
        const { mac, ...rest } = keystore.generateMac({ keyId, message: bytesOf(text), macAlgorithm: chosen });
        real.macs.push(mac);
        return rest;
      },
      (scene) => {
        const key = uses.findMacKey(scene, keyId, chosen);
        model.macs.push({ name: uses.nameOf(key), arn: key.arn, message: text });
        return { keyId: key.arn, macAlgorithm: chosen };
      },
    );
  },
);

const verifyMac = command(
  'verifyMac',
  fc.record({ back: place, other: seldom(keyName), text: message, algorithm: macAlgorithm }),
  async (actor, { back, other, text, algorithm }) => {
    const at = lately(actor.model.macs, back);
    const [known, mac] = [actor.model.macs[at], actor.real.macs[at]];
    if (known === undefined || mac === undefined) return;
    const keyId = other === undefined ? known.arn : actor.named(other);
    const chosen = algorithmFor(actor, keyId, algorithm);
    await usesKeys(
      actor,
      () => actor.keystore.verifyMac({ keyId, message: bytesOf(text), mac, macAlgorithm: chosen }),
      (scene) => {
        const key = uses.findMacKey(scene, keyId, chosen);
        if (known.name !== uses.nameOf(key) || known.message !== text) refuse('KMSInvalidMacException');
        return { keyId: key.arn, macValid: true, macAlgorithm: chosen };
      },
    );
  },
);

function specOf({ seen }: ModelHandle, keyId: string): ModelKey['spec'] {
  return seen.keys.get(keyId.replace(/^.*\//, ''))?.spec ?? 'SYMMETRIC_DEFAULT';
}

/** The storage with its root key: what a token is for. */
function originOf({ at, handle }: Actor): string {
  return `${STORAGE_OF[at]} ${handle.store.root}`;
}

async function addToken(actor: Actor, keyId: string): Promise<void> {
  const { model, real, at, handle } = actor;
  const arn = [...handle.seen.keys.values()].find((key) => [key.id, key.arn].includes(keyId))?.arn ?? keyId;
  const until = Math.max(model.clock, handle.latest, handle.seen.clock) + DAY;
  const storage = real.storages[STORAGE_OF[at] as number] as KeystoreStorage;
  real.tokens.push(await makeToken(storage, handle.store.unlocks[0] ?? 0, arn, until));
  model.tokens.push({ arn, until, origin: originOf(actor) });
}

const NO_OPTIONS = { type: undefined, namesFill: undefined, text: undefined } as const;

const importKeyMaterial = command(
  'importKeyMaterial',
  fc.record({
    name: keyIdName,
    fill: fc.constantFrom(0, 0, 1, 1, 2),
    days: fc.constantFrom(undefined, undefined, undefined, 1, 1, 7, 30, 365, 366, 0),
    type: fc.constantFrom(undefined, undefined, 'NEW_KEY_MATERIAL', 'NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'),
    namesFill: seldom(fc.constantFrom(0, 1)),
    text: fc.constantFrom(undefined, undefined, '', 'a text'),
    isOdd: rarely,
    isShort: rarely,
    withOldToken: rarely,
  }),
  async (actor, { name, fill, days, isOdd, isShort, withOldToken, ...options }) => {
    const { keystore, model, real, ids, handle } = actor;
    const keyId = actor.named(name, isExternal);
    if (!withOldToken || model.tokens.length === 0) await addToken(actor, keyId);
    const at = withOldToken ? 0 : model.tokens.length - 1;
    const spec = specOf(handle, keyId);
    // HMAC keys take none of them.
    const { type, namesFill, text } = spec === 'SYMMETRIC_DEFAULT' || isOdd ? options : NO_OPTIONS;
    const length = LENGTHS[spec] - (isShort ? 1 : 0);
    const until = days === undefined ? Number.POSITIVE_INFINITY : model.clock + days * DAY;
    const named = namesFill === undefined ? undefined : uses.importedName(keyId, LENGTHS[spec], namesFill);
    const keyMaterialId = named && ids.idOf.get(named);
    const isMisshapen = keyMaterialId !== undefined && type === 'NEW_KEY_MATERIAL';
    await agree(
      ids,
      () =>
        keystore.importKeyMaterial({
          keyId,
          importToken: real.tokens[at] as Uint8Array,
          encryptedKeyMaterial: wrapMaterial(new Uint8Array(length).fill(fill + 1)),
          ...(days === undefined ? { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } : { validTo: new Date(until) }),
          ...(type !== undefined && { importType: type }),
          ...(keyMaterialId !== undefined && { keyMaterialId }),
          ...(text !== undefined && { keyMaterialDescription: text }),
        }),
      () => {
        if (isMisshapen) refuse('ValidationException');
        const token = model.tokens[at] as uses.Token;
        const asked = { token, origin: originOf(actor), fill, length, until, type, text };
        return change(handle, model.clock, (scene) =>
          uses.importMaterial(scene, keyId, { ...asked, named: keyMaterialId === undefined ? undefined : named }),
        );
      },
    );
  },
);

const deleteImportedKeyMaterial = command(
  'deleteImportedKeyMaterial',
  fc.tuple(keyIdName, fc.constantFrom(undefined, 0, 1, 2)),
  (actor, [name, fill]) => {
    const keyId = actor.named(name, isExternal);
    const wanted = fill === undefined ? undefined : uses.importedName(keyId, 32, fill);
    const keyMaterialId = wanted && (actor.ids.idOf.get(wanted) ?? 'f'.repeat(64));
    const known = keyMaterialId && (actor.ids.nameOf.get(keyMaterialId) ?? 'none');
    return changes(
      actor,
      () => actor.keystore.deleteImportedKeyMaterial({ keyId, ...(keyMaterialId !== undefined && { keyMaterialId }) }),
      (scene) => uses.deleteMaterial(scene, keyId, known),
    );
  },
);

/** Only where it is refused: else it would make an RSA key. */
const getParametersForImport = command('getParametersForImport', keyIdName, (actor, name) => {
  const keyId = actor.named(name);
  if (/alias/.test(keyId) || specIsImportable(actor.handle, keyId)) return Promise.resolve();
  return compares(
    actor,
    () =>
      actor.keystore.getParametersForImport({
        keyId,
        wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        wrappingKeySpec: 'RSA_2048',
      }),
    (scene) => uses.findImportable(scene, keyId),
  );
});

function specIsImportable({ store }: ModelHandle, keyId: string): boolean {
  const key = store.state.keys.get(keyId.replace(/^.*\//, ''));
  return key?.origin === 'EXTERNAL';
}

const exportKeys = command(
  'exportKeys',
  fc.tuple(fc.array(keyIdName, { minLength: 1, maxLength: 3 }), fc.nat(1)),
  (actor, [names, unlock]) => {
    const { keystore, model, real, handle } = actor;
    const keyIds = names.map((name) => actor.named(name));
    return compares(
      actor,
      async () => {
        real.envelopes.push(await keystore.exportKeys({ keyIds, unlock: unlockOf(unlock) }));
      },
      (scene) => {
        model.envelopes.push({ keys: uses.exportKeys(scene, handle.seen, keyIds), unlock });
      },
    );
  },
);

/** Mostly into the keystore that has another storage. */
const importKeys = command('importKeys', fc.tuple(place, rarely, rarely), async (given, [back, isWrong, isAny]) => {
  const { keystore, model, real, handle, ids } = isAny ? given : actorOf(given.model, given.real, 2);
  const at = lately(model.envelopes, back);
  const [known, envelope] = [model.envelopes[at], real.envelopes[at]];
  if (known === undefined || envelope === undefined) return;
  await agree(
    ids,
    () => keystore.importKeys({ envelope, unlock: unlockOf(isWrong ? 7 : known.unlock) }),
    () => {
      // The keystore has looked at the clock before it opens the envelope.
      if (isWrong) return use(handle, model.clock, () => refuse('UNLOCK_FAILED'));
      return change(handle, model.clock, (scene) => uses.importKeys(scene, known.keys));
    },
  );
});

const someUnlock = fc.nat(3);

const changeSlots = command(
  'unlock slots',
  fc.tuple(fc.constantFrom('add', 'remove', 'change'), someUnlock, someUnlock),
  async ({ keystore, handle, model, ids }, [what, one, other]) => {
    const [unlock, to] = [unlockOf(one), unlockOf(other)];
    const without = (unlocks: readonly number[]) =>
      unlocks.includes(one) ? unlocks.filter((each) => each !== one) : refuse('UNLOCK_FAILED');
    const withOne = (unlocks: readonly number[], more: number) =>
      unlocks.includes(more) ? unlocks : [...unlocks, more];
    const edits = {
      add: (unlocks: readonly number[]) => withOne(unlocks, one),
      remove: (unlocks: readonly number[]) => (without(unlocks).length > 0 ? without(unlocks) : refuse('UNLOCK_SLOTS')),
      change: (unlocks: readonly number[]) => withOne(without(unlocks), other),
    };
    const work = {
      add: () => keystore.addUnlockSlot({ unlock }).then(() => undefined),
      remove: () => keystore.removeUnlockSlot({ unlock }),
      change: () => keystore.changeUnlock({ from: unlock, to }),
    };
    await agree(ids, work[what], () => changeUnlocks(handle, model.clock, edits[what]));
  },
);

const rotateRootKey = command(
  'rotateRootKey',
  fc.uniqueArray(someUnlock, { minLength: 1, maxLength: 2 }),
  ({ keystore, handle, model, ids }, unlocks) =>
    agree(
      ids,
      () => keystore.rotateRootKey({ unlocks: unlocks.map(unlockOf) }),
      () =>
        changeUnlocks(handle, model.clock, () => {
          handle.store.root++;
          handle.root = handle.store.root;
          return unlocks;
        }),
    ),
);

/** Closed, and opened again with something that may or may not open it. */
const reopenKeystore = command(
  'reopen',
  fc.tuple(place, seldom(someUnlock), rarely),
  async (actor, [which, other, isOlder]) => {
    const { keystore, model, real, at, handle, ids } = actor;
    const { store } = handle;
    await keystore.close();
    await agree(
      ids,
      () => keystore.generateRandom({ numberOfBytes: 1 }),
      () => refuse('KEYSTORE_CLOSED'),
    );
    const good = store.unlocks[which % store.unlocks.length] as number;
    const storage = real.storages[STORAGE_OF[at] as number] as KeystoreStorage;
    if (isOlder) {
      const minimumGeneration = store.generation + 1;
      const open = () => openKeystore({ storage, unlock: unlockOf(good), minimumGeneration });
      await agree(ids, open, () => refuse('KEYSTORE_ROLLED_BACK'));
    }
    if (other !== undefined && !store.unlocks.includes(other)) {
      const open = () => openReal(real, STORAGE_OF[at] as number, other);
      await agree(ids, open, () => refuse('UNLOCK_FAILED'));
    }
    const opened = await openReal(real, STORAGE_OF[at] as number, good);
    const again = openHandle(store);
    [real.keystores[at], model.handles[at]] = [opened, again];
    await agree(
      ids,
      async () => (await opened.listUnlockSlots()).map(({ kind }) => kind),
      () => look(again, model.clock, () => store.unlocks.map(() => 'rootKey')),
    );
  },
);

const refresh = command('refresh', fc.constant(undefined), (actor) =>
  compares(
    actor,
    () => actor.keystore.refresh(),
    () => undefined,
  ),
);

/** What uses keys, brings and takes material, and opens keystores. */
export const useCommands: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 9, arbitrary: encrypt },
  { weight: 4, arbitrary: generateDataKey },
  { weight: 12, arbitrary: decrypt },
  { weight: 4, arbitrary: reEncrypt },
  { weight: 4, arbitrary: generateMac },
  { weight: 4, arbitrary: verifyMac },
  { weight: 10, arbitrary: importKeyMaterial },
  { weight: 3, arbitrary: deleteImportedKeyMaterial },
  { weight: 1, arbitrary: getParametersForImport },
  { weight: 3, arbitrary: exportKeys },
  { weight: 4, arbitrary: importKeys },
  { weight: 2, arbitrary: changeSlots },
  { weight: 1, arbitrary: rotateRootKey },
  { weight: 4, arbitrary: reopenKeystore },
  { weight: 2, arbitrary: refresh },
];
