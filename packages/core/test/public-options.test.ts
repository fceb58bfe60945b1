/**
 * Every public function of core, in one table. The test fails for a function without a row, and for one that ignores a
 * misspelled member, a missing one, or one of a wrong type.
 * @module
 */

import * as core from '@securestring/core';
import * as coreOnNode from '@securestring/core/node';
import { nodeProvider } from '@securestring/core/node';
import * as passphrase from '@securestring/core/passphrase';
import { counting } from '@securestring/test-support/bytes';
import { testKeyring } from '@securestring/test-support/keyrings';
import { rejectionOf } from '@securestring/test-support/rejection';
import { rsaKeys } from '@securestring/test-support/rsa-keys';
import { describe, expect, it } from 'vitest';

interface Row {
  /** Options with every member. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly call: (options: never) => unknown;
}

const keyring = testKeyring();
const keyId = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
const kms: core.KeyService = {
  generateDataKey: () => ({ keyId, plaintext: counting(32), ciphertextBlob: counting(3) }),
  encrypt: ({ plaintext }) => ({ keyId, ciphertextBlob: Uint8Array.of(1, 2, ...plaintext) }),
  decrypt: ({ ciphertextBlob }) => ({ keyId, plaintext: ciphertextBlob.slice(2) }),
};
const arn = core.parameterArn({ name: 'P', region: 'us-east-1', accountId: '000000000000' });
const { message } = core.encrypt(counting(9), { keyring, encryptionContext: { a: 'b' } });
const sealed = core.sealParameter({ arn, value: 'value', tier: 'Standard', kms }).value;
const wrapped = core.wrapKey(counting(32), counting(16), { algorithm: 'AES-GCM', aad: counting(1) });
const { publicKey, privateKey } = rsaKeys();

const ENCRYPT: Omit<Row, 'call'> = {
  options: {
    keyring,
    encryptionContext: { a: 'b' },
    requiredContextKeys: ['a'],
    suite: 0x0478,
    frameLength: 16,
    commitmentPolicy: 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT',
    maxEncryptedDataKeys: 3,
    provider: nodeProvider,
  },
  required: ['keyring'],
};
const DECRYPT: Omit<Row, 'call'> = {
  options: {
    keyring,
    encryptionContext: { a: 'b' },
    commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
    maxEncryptedDataKeys: 3,
    maxFrameLength: 65536,
    legacy: { net400: true, localeSortedContext: true },
    diagnostics: core.diagnostics,
    provider: nodeProvider,
  },
  required: ['keyring'],
};
const DECRYPT_STREAM = { ...DECRYPT, options: { ...DECRYPT.options, unsignedOnly: true } };
const DATA_KEY: Omit<Row, 'call'> = {
  options: { kms, keyId, encryptionContext: { a: 'b' }, numberOfBytes: 32 },
  required: ['kms', 'keyId', 'numberOfBytes'],
};
const OPEN: Omit<Row, 'call'> = {
  options: { arn, sealed, kms, provider: nodeProvider },
  required: ['arn', 'sealed', 'kms'],
};
const SEAL: Omit<Row, 'call'> = {
  options: { arn, value: 'v', tier: 'Standard', kms, keyId, replacing: sealed, provider: nodeProvider },
  required: ['arn', 'value', 'tier', 'kms'],
};
const WRAP: Omit<Row, 'call'> = {
  options: { algorithm: 'AES-GCM', aad: counting(1), provider: nodeProvider },
  required: ['algorithm'],
};
const NAMES = { keyNamespace: 'n', keyName: 'k' };

const ROWS: Readonly<Record<string, Row>> = {
  encrypt: { ...ENCRYPT, call: (options) => core.encrypt(counting(9), options) },
  encryptAsync: { ...ENCRYPT, call: (options) => core.encryptAsync(counting(9), options) },
  estimateMessageSize: { ...ENCRYPT, call: (options) => core.estimateMessageSize(options, 9) },
  encryptStream: { ...ENCRYPT, call: core.encryptStream },
  encryptNodeStream: { ...ENCRYPT, call: coreOnNode.encryptNodeStream },
  decrypt: { ...DECRYPT, call: (options) => core.decrypt(message, options) },
  decryptAsync: { ...DECRYPT, call: (options) => core.decryptAsync(message, options) },
  decryptStream: { ...DECRYPT_STREAM, call: core.decryptStream },
  decryptNodeStream: { ...DECRYPT_STREAM, call: coreOnNode.decryptNodeStream },
  generateDataKey: { ...DATA_KEY, call: core.generateDataKey },
  generateDataKeyWithoutPlaintext: { ...DATA_KEY, call: core.generateDataKeyWithoutPlaintext },
  kmsKeyring: {
    options: { kms, generatorKeyId: keyId, keyIds: [keyId] },
    required: ['kms'],
    call: core.kmsKeyring,
  },
  kmsKeyringAsync: {
    options: { kms, generatorKeyId: keyId, keyIds: [keyId] },
    required: ['kms'],
    call: core.kmsKeyringAsync,
  },
  multiKeyring: { options: { generator: keyring, children: [keyring] }, required: [], call: core.multiKeyring },
  rawAesKeyring: {
    options: { ...NAMES, wrappingKey: counting(32) },
    required: ['keyNamespace', 'keyName', 'wrappingKey'],
    call: core.rawAesKeyring,
  },
  rawRsaKeyring: {
    options: { ...NAMES, padding: 'OAEP-SHA-256', publicKey, privateKey },
    required: ['keyNamespace', 'keyName', 'padding'],
    call: core.rawRsaKeyring,
  },
  passphraseKeyring: {
    options: { passphrase: 'p', log2N: 14 },
    required: ['passphrase'],
    call: passphrase.passphraseKeyring,
  },
  cachingKeyring: {
    options: { keyring, clock: Date.now, maxAge: 1, capacity: 1, maxMessages: 1, maxBytes: 1 },
    required: ['keyring', 'clock', 'maxAge'],
    call: core.cachingKeyring,
  },
  parameterArn: {
    options: { name: 'P', region: 'us-east-1', accountId: '000000000000', partition: 'aws' },
    required: ['name', 'region', 'accountId'],
    call: core.parameterArn,
  },
  sealParameter: { ...SEAL, call: core.sealParameter },
  sealParameterAsync: { ...SEAL, call: core.sealParameterAsync },
  openParameterAsync: { ...OPEN, call: core.openParameterAsync },
  openParameter: { ...OPEN, call: core.openParameter },
  convertToAdvanced: { ...OPEN, options: { ...OPEN.options, keyId }, call: core.convertToAdvanced },
  wrapKey: { ...WRAP, call: (options) => core.wrapKey(counting(32), counting(16), options) },
  unwrapKey: { ...WRAP, call: (options) => core.unwrapKey(counting(32), wrapped, options) },
};
/** Functions without a record of options, each with calls that are wrong. */
const WITHOUT_OPTIONS: Readonly<Record<string, readonly (() => unknown)[]>> = {
  inspect: [() => core.inspect(undefined as never), () => core.inspect(new Date() as never)],
  encodeEncryptionContext: [
    () => core.encodeEncryptionContext(undefined as never),
    () => core.encodeEncryptionContext(new Date() as never),
  ],
  decodeEncryptionContext: [
    () => core.decodeEncryptionContext(undefined as never),
    () => core.decodeEncryptionContext('text' as never),
  ],
};
/** A value that is wrong for every member. */
class Wrong {}

async function typeErrorOf(work: () => unknown): Promise<string> {
  const error = await rejectionOf(Promise.resolve().then(work));
  expect(error).toBeInstanceOf(TypeError);
  return String(error);
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof Error;
}

it('every public function has a row', () => {
  const exported = Object.entries({ ...core, ...coreOnNode, ...passphrase }).filter(
    ([, value]) => typeof value === 'function' && !isClass(value),
  );
  const known = [...Object.keys(ROWS), ...Object.keys(WITHOUT_OPTIONS)];
  expect(exported.map(([name]) => name).sort()).toEqual(known.sort());
});

it.each(Object.entries(WITHOUT_OPTIONS))('%s refuses arguments of a wrong type', async (_, calls) => {
  for (const call of calls) expect(await typeErrorOf(call)).toMatch(/must be .*, not (undefined|Date|string)\./);
});

describe.each(Object.entries(ROWS))('%s', (name, { options, required, call }) => {
  const use = call as (options: unknown) => unknown;
  const takes = `It takes ${Object.keys(options).join(', ')}`;

  it('works with all of its options', async () => {
    await use(options);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a list', []],
    ['Wrong', new Wrong()],
  ])('takes an object, not %s', async (kind, wrong) => {
    expect(await typeErrorOf(() => use(wrong))).toBe(`TypeError: ${name} takes an object, not ${kind}.`);
  });

  it.each([
    'misspelled',
    ...Object.keys(options).map((member) => `${member.charAt(0).toUpperCase()}${member.slice(1)}`),
  ])('refuses the unknown member %s, and names those that it takes', async (member) => {
    const told = await typeErrorOf(() => use({ ...options, [member]: undefined }));
    expect(told).toContain(`${name} knows no "${member}". ${takes}`);
  });

  it.each(required)('refuses options without %s', async (member) => {
    const { [member]: _, ...rest } = options;
    expect(await typeErrorOf(() => use(rest))).toMatch(new RegExp(`${member} must be `));
  });

  it.each(Object.keys(options))('refuses %s of a wrong type', async (member) => {
    for (const [wrong, kind] of [
      [new Wrong(), 'Wrong'],
      [null, 'null'],
    ] as const) {
      const told = await typeErrorOf(() => use({ ...options, [member]: wrong }));
      expect(told).toMatch(new RegExp(`(${member}|encryption context) (must be|takes) .*(not ${kind}|PEM)`));
    }
  });

  it('reads each member once, and none of a polluted Object.prototype', async () => {
    const reads = new Map<PropertyKey, number>();
    const get = (target: object, member: PropertyKey) => {
      reads.set(member, (reads.get(member) ?? 0) + 1);
      return Reflect.get(target, member);
    };
    await use(new Proxy({ ...options }, { get }));
    expect(Object.fromEntries(reads)).toEqual(Object.fromEntries(Object.keys(options).map((member) => [member, 1])));
    const least = Object.fromEntries(Object.entries(options).filter(([member]) => required.includes(member)));
    const others = Object.keys(options).filter((member) => !required.includes(member));
    if (required.length === 0 || name.startsWith('kmsKeyring') || name === 'rawRsaKeyring') return;
    const given = name === 'unwrapKey' ? options : least;
    try {
      for (const member of others)
        Object.defineProperty(Object.prototype, member, { value: new Wrong(), configurable: true, writable: true });
      await use(given);
    } finally {
      for (const member of others) Reflect.deleteProperty(Object.prototype, member);
    }
  });
});

it('a keyring over KMS refuses what is wrong in its filter', async () => {
  const filter = (discovery: unknown) => () => core.kmsKeyring({ kms, discovery: discovery as true });
  expect(await typeErrorOf(filter({ accountIds: [], partitions: 'aws' }))).toContain(
    'discovery knows no "partitions". It takes accountIds, partition.',
  );
  expect(await typeErrorOf(filter({ partition: 'aws' }))).toContain(
    'discovery.accountIds must be a list, not undefined.',
  );
  expect(await typeErrorOf(filter({ accountIds: '000000000000', partition: 'aws' }))).toContain(
    'accountIds must be a list',
  );
  expect(await typeErrorOf(filter(false))).toContain('discovery takes an object, not boolean.');
});

it('a legacy option that is misspelled is refused', async () => {
  const legacy = { NET400: true } as object;
  expect(await typeErrorOf(() => core.decrypt(message, { keyring, legacy }))).toContain(
    'legacy knows no "NET400". It takes net400, localeSortedContext.',
  );
});

it('a text is not a list of names', async () => {
  const texts = { requiredContextKeys: 'ab' as unknown as string[], encryptionContext: { a: '1', b: '2' } };
  expect(await typeErrorOf(() => core.encrypt(counting(1), { keyring, ...texts }))).toContain(
    'requiredContextKeys must be a list, not string.',
  );
});

describe('an encryption context', () => {
  const dictionary = Object.assign(Object.create(null), { tenant: 'blue' });
  const hidden = Object.defineProperty({}, 'tenant', { value: 'blue', enumerable: false });
  it.each<[string, object]>([
    ['inherits its pairs', Object.create({ tenant: 'blue' })],
    ['inherits its pairs from an object without a prototype', Object.create(dictionary)],
    ['hides a pair from loops', hidden],
    ['has a symbol for a name', { [Symbol('tenant')]: 'blue' }],
    ['is of a class', new Wrong()],
  ])('that %s is refused, since it would bind nothing', async (_, context) => {
    const encryptionContext = context as core.EncryptionContext;
    expect(await typeErrorOf(() => core.encrypt(counting(1), { keyring, encryptionContext }))).toContain(
      'encryption context',
    );
    expect(await typeErrorOf(() => core.decrypt(message, { keyring, encryptionContext }))).toContain(
      'encryption context',
    );
    expect(await typeErrorOf(() => core.encodeEncryptionContext(encryptionContext))).toContain('encryption context');
  });

  it('is read once', () => {
    let reads = 0;
    const encryptionContext = Object.defineProperty({}, 'tenant', { enumerable: true, get: () => `${reads++}` });
    const { header } = core.encrypt(counting(1), { keyring, encryptionContext });
    expect([reads, header.encryptionContext['tenant']]).toEqual([1, '0']);
  });
});
