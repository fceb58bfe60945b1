/**
 * A provider with whole units of work gives the bytes and the errors of one without, and closes its keys.
 * @module
 */

import {
  decrypt,
  decryptStream,
  encrypt,
  encryptStream,
  type Provider,
  rawAesKeyring,
  type SuiteId,
  unwrapKey,
  wrapKey,
} from '@securestring/core';
import { blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { providerContract } from '@securestring/core/testing';
import { bitFlips, counting, toHex, truncations } from '@securestring/test-support/bytes';
import { fixedKeyring, testKeyring, WRAPPING_KEY } from '@securestring/test-support/keyrings';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { chunksOf, throughStream } from '@securestring/test-support/streams';
import { policyFor } from '@securestring/test-support/suites';
import { withUnits } from '@securestring/test-support/units';
import { describe, expect, it } from 'vitest';

/** The same "random" bytes for everyone who begins. */
function steady(): Provider {
  let count = 0;
  const next = (length: number) => {
    count += 7;
    return counting(length, count);
  };
  return { ...nodeProvider, randomKey: next, randomFill: (target) => target.set(next(target.length)) };
}

const context = { purpose: 'test' };
const SUITES: readonly SuiteId[] = [0x0014, 0x0178, 0x0478];

describe('a provider in units', () => {
  it.each(providerContract)('$name', ({ check }) => check(withUnits(nodeProvider).provider));

  it.each(SUITES)('writes the message of the primitives, byte for byte (%i)', (suite) => {
    const commitmentPolicy = policyFor(suite);
    for (const [length, frameLength] of [
      [0, 16],
      [20, 4096],
      [48, 16],
      [50, 16],
    ] as const) {
      const write = (provider: Provider) =>
        encrypt(counting(length), {
          ...{ keyring: testKeyring(), suite, commitmentPolicy, frameLength, provider },
          ...{ encryptionContext: context, requiredContextKeys: ['purpose'] },
        }).message;
      const { provider, calls } = withUnits(steady());
      const message = write(provider);
      expect(toHex(message)).toBe(toHex(write(steady())));
      expect(calls).toEqual(suite === 0x0478 ? ['deriveMessageKey', 'sealFrames'] : ['sealFrames']);
    }
  });

  it('writes the stream of the primitives, byte for byte', async () => {
    const write = async (provider: Provider) =>
      (
        await throughStream(
          encryptStream({ keyring: testKeyring(), frameLength: 16, provider }),
          chunksOf(counting(50), 7),
        )
      ).output;
    expect(toHex(await write(withUnits(steady()).provider))).toBe(toHex(await write(steady())));
  });

  it('writes the key blob of the primitives, byte for byte, and opens it', () => {
    const write = (provider: Provider) =>
      wrapKeyBlob(provider, blobKey(provider, counting(32), 'arn'), 0x53, counting(64), counting(30));
    const { provider, calls } = withUnits(steady());
    const blob = write(provider);
    expect(toHex(blob)).toBe(toHex(write(steady())));
    const key = blobKey(provider, counting(32), 'arn');
    expect(unwrapKeyBlob(provider, key, decodeKeyBlob(blob), counting(30))).toEqual(counting(64));
    expect(calls).toEqual(['sealDerived', 'openDerived']);
    refusal(() => unwrapKeyBlob(provider, key, decodeKeyBlob(blob), counting(31)), 'AUTHENTICATION_FAILED');
  });

  it.each(SUITES)('opens what the primitives wrote, and calls what is left to do (%i)', (suite) => {
    const options = { keyring: testKeyring(), commitmentPolicy: policyFor(suite) };
    const { message } = encrypt(counting(50), { ...options, suite, frameLength: 16 });
    const { provider, calls } = withUnits(nodeProvider);
    const policy = 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' as const;
    expect(decrypt(message, { ...options, commitmentPolicy: policy, provider }).plaintext).toEqual(counting(50));
    expect(calls).toEqual(suite === 0x0478 ? ['deriveMessageKey', 'openFrames'] : []);
  });

  it('refuses every changed and every missing byte with the error of the primitives', () => {
    const keyring = testKeyring();
    const { message } = encrypt(counting(11), { keyring, frameLength: 8 });
    const { provider } = withUnits(nodeProvider);
    for (const { bytes, name } of [...bitFlips(message), ...truncations(message)]) {
      const [own, wanted] = [provider, nodeProvider].map((by) =>
        thrownBy(() => decrypt(bytes, { keyring, provider: by })),
      );
      expect(own, name).toEqual(wanted);
    }
  });
});

describe('the keys of a provider that closes them', () => {
  it('are closed when the message is done, whatever its end; the keyring keeps its own', async () => {
    const { provider, open } = withUnits(nodeProvider);
    const keyring = rawAesKeyring({ keyNamespace: 'ns', keyName: 'name', wrappingKey: WRAPPING_KEY });
    const options = { keyring, provider, frameLength: 8 };
    const { message } = encrypt(counting(20), options);
    expect(open()).toBe(1);
    expect(decrypt(message, { keyring, provider }).plaintext).toEqual(counting(20));
    for (const at of [message.length - 1, message.length - 150, message.length - 1 - 148 - 1]) {
      const changed = message.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      thrownBy(() => decrypt(changed, { keyring, provider }));
      await throughStream(decryptStream({ keyring, provider }), chunksOf(changed, 9));
    }
    await throughStream(encryptStream(options), chunksOf(counting(50), 7));
    expect((await throughStream(decryptStream({ keyring, provider }), chunksOf(message, 9))).output).toEqual(
      counting(20),
    );
    expect(
      unwrapKey(counting(32), wrapKey(counting(32), counting(9), { algorithm: 'AES-GCM', provider }), {
        algorithm: 'AES-GCM',
        provider,
      }),
    ).toEqual(counting(9));
    expect(open()).toBe(1);
  });

  it('of a keyring are those of the last provider', () => {
    const keyring = testKeyring();
    const [first, second] = [withUnits(nodeProvider), withUnits(nodeProvider)];
    for (const { provider } of [first, second, first, second]) {
      const { message } = encrypt(counting(20), { keyring, provider });
      expect(decrypt(message, { keyring, provider }).plaintext).toEqual(counting(20));
    }
    expect([first.open(), second.open()]).toEqual([0, 1]);
  });
});

describe('a unit that lies', () => {
  const keyring = fixedKeyring(counting(32));
  const { message } = encrypt(counting(50), { keyring, frameLength: 16 });
  const open = (provider: Provider) => decrypt(message, { keyring, provider }).plaintext;

  it('and refuses right frames ends in AUTHENTICATION_FAILED, all wiped', () => {
    const outputs: Uint8Array[] = [];
    const { provider, open: left } = withUnits(nodeProvider, {
      key: {
        openFrames: (...of) => {
          outputs.push(of[3]);
          return false;
        },
      },
    });
    refusal(() => open(provider), 'AUTHENTICATION_FAILED');
    expect(outputs.map(toHex)).toEqual(['00'.repeat(50)]);
    expect(left()).toBe(0);
  });

  it('and derives another commitment ends in AUTHENTICATION_FAILED', () => {
    const { provider } = withUnits(nodeProvider, {
      provider: { deriveMessageKey: (_, dataKey) => nodeProvider.aesGcm(Uint8Array.from(dataKey)) },
    });
    refusal(() => open(provider), 'AUTHENTICATION_FAILED');
  });

  it.each(['openFrames', 'deriveMessageKey'] as const)('and throws ends in its error, all wiped (%s)', (name) => {
    const outputs: Uint8Array[] = [];
    const fault = (...of: unknown[]): never => {
      const last = of.at(-1) as Uint8Array;
      outputs.push(last);
      if (name === 'openFrames') last.fill(1);
      throw new RangeError('a fault');
    };
    const own = fixedKeyring(counting(32));
    const { provider, open: left } = withUnits(nodeProvider, {
      [name === 'openFrames' ? 'key' : 'provider']: { [name]: fault },
    });
    expect(() => decrypt(message, { keyring: own, provider })).toThrow('a fault');
    expect([...outputs, ...own.handedOut].map((bytes) => bytes.every((byte) => byte === 0))).toEqual([true, true]);
    expect(left()).toBe(0);
  });

  it.each(['sealFrames', 'deriveMessageKey'] as const)('and throws leaves no data key (%s)', (name) => {
    const own = fixedKeyring(counting(32));
    const fault = (): never => {
      throw new RangeError('a fault');
    };
    const { provider, open: left } = withUnits(nodeProvider, {
      [name === 'sealFrames' ? 'key' : 'provider']: { [name]: fault },
    });
    expect(() => encrypt(counting(50), { keyring: own, provider })).toThrow('a fault');
    expect(own.handedOut.map(toHex)).toEqual(['00'.repeat(32)]);
    expect(left()).toBe(0);
  });

  it('and refuses a right key blob ends in AUTHENTICATION_FAILED', () => {
    const { provider } = withUnits(nodeProvider, { provider: { openDerived: () => false } });
    const key = blobKey(provider, counting(32), 'arn');
    const blob = decodeKeyBlob(wrapKeyBlob(provider, key, 0x53, counting(64), counting(30)));
    refusal(() => unwrapKeyBlob(provider, key, blob, counting(30)), 'AUTHENTICATION_FAILED');
  });
});
