/** All providers keep the contract; the checks find providers that do not. */

import type { AesGcmKey, EcdsaKeyPair, EcdsaVerifier, Provider } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { providerContract } from '@securestring/core/testing';
import { counting } from '@securestring/test-support/bytes';
import { providers } from '@securestring/test-support/providers';
import { withUnits } from '@securestring/test-support/units';
import { describe, expect, it } from 'vitest';

describe.each(providers)('The provider $name', (provider) => {
  it.each(providerContract)('$name', ({ check }) => {
    check(provider);
  });
});

const UNITS = withUnits(nodeProvider);
/** The key that {@link providerContract} makes for its checks of frames. */
const nodeUnits = UNITS.provider.aesGcm(counting(32));

describe('the contract', () => {
  /** Providers with one fault each. */
  const FAULTS: Readonly<Record<string, Partial<Provider>>> = {
    'has no name': { name: '' },
    'makes a key twice': { randomKey: (length) => new Uint8Array(length).fill(7) },
    'makes keys that are too short': { randomKey: (length) => nodeProvider.randomKey(length - 1) },
    'fills less than its target': { randomFill: (target) => nodeProvider.randomFill(target.subarray(0, 12)) },
    'fills the buffer of its target': { randomFill: ({ buffer }) => nodeProvider.randomFill(new Uint8Array(buffer)) },
    'opens without a look at the tag': withKey((key) => ({
      gcmOpen: (iv, aad, sealed, output) => key.gcmOpen(iv, aad, sealed, output) || true,
    })),
    'leaves out the additional data': withKey((key) => ({
      gcmSeal: (iv, _, plaintext, output) => key.gcmSeal(iv, new Uint8Array(0), plaintext, output),
      gcmOpen: (iv, _, sealed, output) => key.gcmOpen(iv, new Uint8Array(0), sealed, output),
    })),
    'puts the tag before the ciphertext': withKey((key) => ({
      gcmSeal: (iv, aad, plaintext, output) => {
        key.gcmSeal(iv, aad, plaintext, output);
        output.set([...output.subarray(-16), ...output.subarray(0, -16)]);
      },
    })),
    'seals long plaintexts wrongly': withKey((key) => ({
      gcmSeal: (iv, aad, plaintext, output) => {
        key.gcmSeal(iv, aad, plaintext, output);
        if (plaintext.length > 65_536) output.fill(0, 65_536);
      },
    })),
    'gives pieces of a shared buffer': withKey((key) => ({
      gcmSealApart: (iv, aad, plaintext) => {
        const whole = new Uint8Array(plaintext.length + 16);
        key.gcmSeal(iv, aad, plaintext, whole);
        return [whole.subarray(0, plaintext.length), whole.subarray(plaintext.length)];
      },
    })),
    'gives a wrong tag in pieces': withKey((key) => ({
      gcmOpenApart: (iv, aad, sealed) => key.gcmOpenApart?.(iv, aad, sealed) ?? [],
    })),
    'numbers frames from zero': withUnit({
      sealFrames: (messageId, plaintext, frameLength, body) => {
        nodeUnits.sealFrames?.(messageId, plaintext, frameLength, body);
        body[3] = (body[3] ?? 0) - 1;
      },
    }),
    'opens frames whose start was changed': withUnit({
      openFrames: (messageId, body, frameLength, plaintext) => {
        const own = body.slice();
        own.set(own.subarray(4, 8).every((byte) => byte === 0) ? [0, 0, 0, 1] : [255, 255, 255, 255], 0);
        return nodeUnits.openFrames?.(messageId, own, frameLength, plaintext) ?? false;
      },
    }),
    'leaves plaintext of forged frames': withUnit({
      openFrames: (...of) => {
        const opened = nodeUnits.openFrames?.(...of) ?? false;
        if (!opened) of[3].fill(1);
        return opened;
      },
    }),
    'lets a closed key go on': withUnit({ close: () => undefined }),
    'derives the key of another suite': withUnits(nodeProvider, {
      provider: { deriveMessageKey: (_, ...of) => UNITS.provider.deriveMessageKey?.(0x0578, ...of) ?? nodeUnits },
    }).provider,
    'derives without a commitment': withUnits(nodeProvider, {
      provider: {
        deriveMessageKey: (id, dataKey, messageId, commitment) =>
          UNITS.provider.deriveMessageKey?.(id, dataKey, messageId, commitment.slice()) ?? nodeUnits,
      },
    }).provider,
    'seals under the key itself': withUnits(nodeProvider, {
      provider: { sealDerived: (key, _, ...of) => nodeProvider.aesGcm(key).gcmSeal(...of) },
    }).provider,
    'opens whatever it derives': withUnits(nodeProvider, {
      provider: { openDerived: (...of) => UNITS.provider.openDerived?.(...of) || true },
    }).provider,
    'takes IVs of any length': withKey((key) => ({
      gcmSeal: (iv, ...rest) => key.gcmSeal(iv.length === 12 ? iv : new Uint8Array(12), ...rest),
    })),
    'takes AES keys of any length': {
      aesGcm: (key) => nodeProvider.aesGcm([16, 24, 32].includes(key.length) ? key : new Uint8Array(16)),
    },
    'wraps with padding alone': { aesKwWrap: nodeProvider.aesKwpWrap, aesKwUnwrap: nodeProvider.aesKwpUnwrap },
    'wraps without padding': { aesKwpWrap: nodeProvider.aesKwWrap, aesKwpUnwrap: nodeProvider.aesKwUnwrap },
    'unwraps whatever it gets': {
      aesKwUnwrap: (kek, wrapped) => nodeProvider.aesKwUnwrap(kek, wrapped) ?? wrapped.slice(8),
    },
    'hashes with SHA-256 alone': { hash: (_, data) => nodeProvider.hash('sha256', data) },
    'cuts long keys of HMAC': { hmac: (name, key, data) => nodeProvider.hmac(name, key.subarray(0, 64), data) },
    'swaps salt and key': { hkdfExtract: (name, salt, key) => nodeProvider.hkdfExtract(name, key, salt) },
    'expands one block alone': {
      hkdfExpand: (name, key, info, length) => {
        const output = new Uint8Array(length);
        output.set(nodeProvider.hkdfExpand(name, key, info, Math.min(length, 64)));
        return output;
      },
    },
    'verifies every signature': withVerifier(() => ({ verify: () => true })),
    'verifies low s alone': withVerifier((verifier) => ({
      verify: (signature) => (signature[signature.length / 2] ?? 0) < 0x80 && verifier.verify(signature),
    })),
    'hashes the last piece alone': withVerifier((verifier, remake) => {
      let last = verifier;
      return {
        update: (data) => {
          last = remake();
          last.update(data);
        },
        verify: (signature) => last.verify(signature),
      };
    }),
    'has one key pair': { ecdsaKeyPair: once(nodeProvider.ecdsaKeyPair) },
    'signs the same each time': {
      ecdsaKeyPair: (curve) => {
        const pair = nodeProvider.ecdsaKeyPair(curve);
        let known: Uint8Array | undefined;
        const signer: EcdsaKeyPair['signer'] = (hash) => {
          const inner = pair.signer(hash);
          return { update: (data) => inner.update(data), sign: () => (known ??= inner.sign()) };
        };
        return { ...pair, signer };
      },
    },
    'takes points that are not on the curve': {
      ecdsaVerifier: (...of) => nodeProvider.ecdsaVerifier(...of) ?? { update: () => undefined, verify: () => false },
    },
    'compares the beginning': { equalConstantTime: (a, b) => a.every((byte, i) => byte === b[i]) },
    'returns one array for each hash': { hash: once(nodeProvider.hash) },
    'wipes its input': {
      hmac: (name, key, data) => {
        const result = nodeProvider.hmac(name, key, data);
        key.fill(0);
        return result;
      },
    },
    'ignores the padding': withRsa((rsa) => ({
      rsaEncrypt: (key, _, plaintext) => rsa.rsaEncrypt(key, 'OAEP-SHA-1', plaintext),
      rsaDecrypt: (key, _, ciphertext) => rsa.rsaDecrypt(key, 'OAEP-SHA-1', ciphertext),
    })),
    'throws for a wrong ciphertext': withRsa((rsa) => ({
      rsaDecrypt: (...of) => {
        const opened = rsa.rsaDecrypt(...of);
        if (opened === undefined) throw new Error('wrong padding');
        return opened;
      },
    })),
  };

  it.each(Object.entries(FAULTS))('refuses a provider that %s', (_, fault) => {
    const provider = { ...nodeProvider, ...fault };
    const broken = providerContract.filter(({ check }) => {
      try {
        check(provider);
        return false;
      } catch {
        return true;
      }
    });
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.length).toBeLessThan(providerContract.length);
  });
});

function withUnit(fault: Partial<AesGcmKey>): Provider {
  return withUnits(nodeProvider, { key: fault }).provider;
}

function withKey(fault: (key: AesGcmKey) => Partial<AesGcmKey>): Partial<Provider> {
  return {
    aesGcm: (bytes) => {
      const key = nodeProvider.aesGcm(bytes);
      const own: AesGcmKey = {
        gcmSeal: (...of) => key.gcmSeal(...of),
        gcmOpen: (...of) => key.gcmOpen(...of),
      };
      return { ...own, ...fault(key) };
    },
  };
}

function withVerifier(
  fault: (verifier: EcdsaVerifier, remake: () => EcdsaVerifier) => Partial<EcdsaVerifier>,
): Partial<Provider> {
  return {
    ecdsaVerifier: (...of) => {
      const remake = () => nodeProvider.ecdsaVerifier(...of) as EcdsaVerifier;
      const verifier = nodeProvider.ecdsaVerifier(...of);
      if (verifier === undefined) return undefined;
      const own = { update: (data: Uint8Array) => verifier.update(data), verify: verifier.verify };
      return { ...own, ...fault(verifier, remake) };
    },
  };
}

function withRsa(
  fault: (rsa: NonNullable<Provider['rsa']>) => Partial<NonNullable<Provider['rsa']>>,
): Partial<Provider> {
  const { rsa } = nodeProvider;
  return rsa === undefined ? {} : { rsa: { ...rsa, ...fault(rsa) } };
}

/** Returns the result of the first call to all others. */
function once<Rest extends readonly unknown[], Result>(call: (...of: Rest) => Result): (...of: Rest) => Result {
  const known = new Map<string, Result>();
  return (...of) => {
    const id = String(of[0]) + String(of[1]);
    const result = known.get(id) ?? call(...of);
    known.set(id, result);
    return result;
  };
}
