import { convertToAdvanced, inspect, openParameter, type SecureStringError, sealParameter } from '@securestring/core';
import { arnOf, testKeystore } from '@securestring/test-support/keystores';
import { providers } from '@securestring/test-support/providers';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const kms = await testKeystore();
const arn = arnOf('MyParameter');
const TIERS = ['Standard', 'Advanced'] as const;

describe('a sealed value', () => {
  it.each(TIERS)('opens to the text it was made of (%s)', (tier) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }), (value) => {
        const sealed = sealParameter({ arn, value, tier, kms });
        expect(openParameter({ arn, sealed: sealed.value, kms })).toBe(value);
      }),
      { numRuns: 100 },
    );
  });

  it.each(providers)('of the advanced tier opens on every provider (sealed on $name)', (provider) => {
    const sealed = sealParameter({ arn, value: 'secret_value', tier: 'Advanced', kms, provider }).value;
    for (const other of providers) expect(openParameter({ arn, sealed, kms, provider: other })).toBe('secret_value');
  });

  it('of the standard tier is base64 of a key blob, of the advanced tier of a message of suite 0x0478', () => {
    const standard = inspect(sealParameter({ arn, value: 'secret_value', tier: 'Standard', kms }).value);
    expect(standard).toMatchObject({ kind: 'key-blob', encoding: 'base64', problems: [] });
    const advanced = inspect(sealParameter({ arn, value: 'secret_value', tier: 'Advanced', kms }).value);
    expect(advanced).toMatchObject({
      kind: 'message',
      suite: '0x0478',
      encryptionContext: { PARAMETER_ARN: arn },
      encryptedDataKeys: [{ form: 'aws-kms', blob: { kind: 'key-blob', length: 173 } }],
      problems: [],
    });
  });

  it('never shows its value: not as UTF-8, not as base64', () => {
    const value = 'a very secret value that is long enough to be found';
    for (const tier of TIERS) {
      const sealed = sealParameter({ arn, value, tier, kms }).value;
      expect(sealed).not.toContain(Buffer.from(value).toString('base64').slice(4, -4));
      expect(Buffer.from(sealed, 'base64').includes(value)).toBe(false);
    }
  });

  it('is another one each time', () => {
    for (const tier of TIERS) {
      const seal = () => sealParameter({ arn, value: 'secret_value', tier, kms }).value;
      expect(seal()).not.toBe(seal());
    }
  });

  it.each(TIERS)('returns the tier that it is stored in, and the key as the caller named it (%s)', async (tier) => {
    const { keyMetadata } = await kms.createKey({});
    expect(sealParameter({ arn, value: 'x', tier, kms })).toMatchObject({ tier, keyId: 'alias/aws/ssm' });
    const { keyId } = keyMetadata;
    expect(sealParameter({ arn, value: 'x', tier, kms, keyId })).toMatchObject({ tier, keyId });
  });
});

describe('sizes are bytes of UTF-8', () => {
  // '€' has three bytes, '😀' four.
  const text = (bytes: number) => {
    const value = '€'.repeat(3) + '😀'.repeat(2);
    return value + 'a'.repeat(bytes - Buffer.byteLength(value));
  };
  const LIMITS = [
    { tier: 'Standard', most: 4096, words: 'maximum parameter value of 4096 characters' },
    { tier: 'Advanced', most: 8192, words: 'maximum parameter value of 8192 characters' },
  ] as const;

  it.each(LIMITS)('$tier takes up to $most', ({ tier, most }) => {
    for (const bytes of [most - 1, most]) {
      const sealed = sealParameter({ arn, value: text(bytes), tier, kms }).value;
      expect(Buffer.byteLength(openParameter({ arn, sealed, kms }))).toBe(bytes);
    }
  });

  it.each(LIMITS)("$tier refuses one more with AWS's words", ({ tier, most, words }) => {
    const error = refusal(() => sealParameter({ arn, value: text(most + 1), tier, kms }), 'PARAMETER_VALUE');
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain(words);
  });

  it('Intelligent-Tiering is Standard up to 4096 and Advanced beyond, up to 8192', () => {
    const tierAt = (bytes: number) => sealParameter({ arn, value: text(bytes), tier: 'Intelligent-Tiering', kms }).tier;
    expect([4095, 4096, 4097, 8191, 8192].map(tierAt)).toEqual([
      'Standard',
      'Standard',
      'Advanced',
      'Advanced',
      'Advanced',
    ]);
    refusal(() => tierAt(8193), 'PARAMETER_VALUE');
  });

  it('an empty value and a lone surrogate are refused', () => {
    for (const value of ['', 'a\ud800', '\udc00b']) {
      for (const tier of TIERS) refusal(() => sealParameter({ arn, value, tier, kms }), 'PARAMETER_VALUE');
    }
  });

  it('a value that is not text is misuse', () => {
    const value = 7 as unknown as string;
    expect(thrownBy(() => sealParameter({ arn, value, tier: 'Standard', kms }))).toBeInstanceOf(TypeError);
  });
});

describe('conversion', () => {
  it('keeps the value and may change the key', async () => {
    const { keyMetadata } = await kms.createKey({});
    const standard = sealParameter({ arn, value: 'secret_value', tier: 'Standard', kms });
    const advanced = convertToAdvanced({ arn, sealed: standard.value, kms, keyId: keyMetadata.arn });
    expect(advanced).toMatchObject({ tier: 'Advanced', keyId: keyMetadata.arn });
    expect(openParameter({ arn, sealed: advanced.value, kms })).toBe('secret_value');
    expect(inspect(advanced.value)).toMatchObject({ encryptedDataKeys: [{ keyArn: keyMetadata.arn }] });
  });

  it('of an advanced value seals it again', () => {
    const first = sealParameter({ arn, value: 'secret_value', tier: 'Advanced', kms });
    const second = convertToAdvanced({ arn, sealed: first.value, kms });
    expect(second.value).not.toBe(first.value);
    expect(openParameter({ arn, sealed: second.value, kms })).toBe('secret_value');
  });
});

describe('the way down', () => {
  it("is refused with AWS's words", () => {
    const { value: replacing } = sealParameter({ arn, value: 'secret_value', tier: 'Advanced', kms });
    const error: SecureStringError = refusal(
      () => sealParameter({ arn, value: 'x', tier: 'Standard', kms, replacing }),
      'TIER_DOWNGRADE',
    );
    expect(error.name).toBe('ValidationException');
    expect(error.message).toBe(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.",
    );
  });

  it('is found by no sequence of calls that replace', () => {
    const step = fc.record({
      tier: fc.constantFrom('Standard', 'Advanced', 'Intelligent-Tiering', 'convert'),
      bytes: fc.constantFrom(1, 12, 4096, 4097),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        let current = sealParameter({ arn, value: 'first', tier: 'Standard', kms });
        let wasAdvanced = false;
        for (const { tier, bytes } of steps) {
          try {
            const replacing = current.value;
            const value = 'v'.repeat(bytes);
            current =
              tier === 'convert'
                ? convertToAdvanced({ arn, sealed: replacing, kms })
                : sealParameter({ arn, value, tier, kms, replacing });
          } catch (error) {
            // Refusals leave the stored value as it is.
            expect(error).toMatchObject({ name: 'ValidationException' });
          }
          if (wasAdvanced) expect(current.tier).toBe('Advanced');
          wasAdvanced ||= current.tier === 'Advanced';
          expect(inspect(current.value).kind).toBe(current.tier === 'Advanced' ? 'message' : 'key-blob');
        }
      }),
      { numRuns: 60 },
    );
  });
});
