/**
 * Everything that a seed decides, computed once: what `fixtures/deterministic.json` holds. `children/print-answers.ts`
 * prints it.
 * @module
 */

import { encrypt, kmsKeyring, parameterArn, rawAesKeyring, sealParameter } from '@securestring/core';
import { DAY } from '../src/limits.ts';
import {
  DETERMINISTIC_TIME,
  type DeterministicKeystore,
  insecureDeterministicKeystore,
  insecureDeterministicProvider,
} from '../src/testing.ts';
import { utf8 } from './support.ts';

export const seed = 'fixtures of İstanbul';
export const fixturePlace = { region: 'eu-central-1', accountId: '123456789012' };

/** Contexts whose order by locale, by UTF-16 and by UTF-8 are three. */
const encryptionContext = { z: '', ä: 'umlaut', I: 'dotless', '😀': 'astral', '\uffee': 'wide' };
const plaintext = utf8('secret_value');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export async function computeAnswers(): Promise<Readonly<Record<string, unknown>>> {
  let now = DETERMINISTIC_TIME;
  const keystore = await insecureDeterministicKeystore({ seed, clock: () => now, ...fixturePlace });
  const keys = await makeKeys(keystore);
  const inUse = useKeys(keystore, keys.symmetric.keyId, keys.hmac.keyId);
  const parameters = sealParameters(keystore);
  await keystore.enableKeyRotation({ keyId: keys.symmetric.keyId });
  now += 365 * DAY;
  return {
    seed,
    ...fixturePlace,
    keys,
    ...inUse,
    ...parameters,
    rotated: await rotated(keystore, keys.symmetric.keyId),
  };
}

async function makeKeys(keystore: DeterministicKeystore) {
  const ssm = await keystore.describeKey({ keyId: 'alias/aws/ssm' });
  const symmetric = await keystore.createKey();
  const chosen = await keystore.createKey({
    keyId: '00000000-0000-4000-8000-000000000001',
    keyMaterial: new Uint8Array(32).fill(1),
  });
  const hmac = await keystore.createKey({ keySpec: 'HMAC_512', keyUsage: 'GENERATE_VERIFY_MAC' });
  const multiRegion = await keystore.createKey({ multiRegion: true });
  const facts = ({ keyMetadata: { keyId, arn, currentKeyMaterialId } }: typeof ssm) => ({
    keyId,
    arn,
    ...(currentKeyMaterialId && { currentKeyMaterialId }),
  });
  return {
    ssm: facts(ssm),
    symmetric: facts(symmetric),
    chosen: facts(chosen),
    hmac: facts(hmac),
    multiRegion: facts(multiRegion),
  };
}

function useKeys(keystore: DeterministicKeystore, keyId: string, hmacKeyId: string) {
  const seal = (request: { keyId: string; encryptionContext?: Record<string, string> }) =>
    hex(keystore.encrypt({ plaintext, ...request }).ciphertextBlob);
  const dataKey = keystore.generateDataKey({ keyId, keySpec: 'AES_256', encryptionContext });
  return {
    blobs: [
      seal({ keyId, encryptionContext }),
      seal({ keyId, encryptionContext }),
      seal({ keyId }),
      seal({ keyId: 'alias/aws/ssm' }),
      seal({ keyId: '00000000-0000-4000-8000-000000000001' }),
    ],
    dataKey: { plaintext: hex(dataKey.plaintext), ciphertextBlob: hex(dataKey.ciphertextBlob) },
    longDataKey: hex(keystore.generateDataKey({ keyId, numberOfBytes: 65 }).plaintext),
    randomBytes: [33, 33, 16].map((numberOfBytes) => hex(keystore.generateRandom({ numberOfBytes }).plaintext)),
    mac: hex(keystore.generateMac({ keyId: hmacKeyId, macAlgorithm: 'HMAC_SHA_512', message: plaintext }).mac),
  };
}

function sealParameters(kms: DeterministicKeystore) {
  const provider = insecureDeterministicProvider(seed);
  const arn = parameterArn({ name: '/app/password', ...fixturePlace });
  const seal = (tier: 'Standard' | 'Advanced') =>
    sealParameter({ arn, value: 'secret_value', tier, kms, provider }).value;
  const rawAes = rawAesKeyring({ keyNamespace: 'app', keyName: 'one', wrappingKey: new Uint8Array(32).fill(7) });
  const message = (keyring: Parameters<typeof encrypt>[1]['keyring']) =>
    hex(encrypt(plaintext, { keyring, encryptionContext, provider }).message);
  return {
    standardParameter: seal('Standard'),
    advancedParameter: seal('Advanced'),
    kmsMessage: message(kmsKeyring({ kms, generatorKeyId: 'alias/aws/ssm' })),
    rawAesMessage: message(rawAes),
  };
}

async function rotated(keystore: DeterministicKeystore, keyId: string) {
  const due = hex(keystore.encrypt({ keyId, plaintext }).ciphertextBlob);
  await keystore.tagResource({ keyId, tags: [{ tagKey: 'settled', tagValue: 'yes' }] });
  const { keyMetadata } = await keystore.describeKey({ keyId });
  await keystore.rotateKeyOnDemand({ keyId });
  const { rotations } = await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' });
  return {
    blobOnceDue: due,
    currentKeyMaterialId: keyMetadata.currentKeyMaterialId,
    blobSettled: hex(keystore.encrypt({ keyId, plaintext }).ciphertextBlob),
    keyMaterialIds: rotations.map(({ keyMaterialId }) => keyMaterialId),
  };
}
