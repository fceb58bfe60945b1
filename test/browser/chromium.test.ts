/**
 * The engine in a browser: bundled as an application's bundler does it, on the noble provider. Node reads what the page
 * writes, and the page reads what Node writes.
 * @module
 */

import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { decrypt, decryptStream, encrypt, openParameter, type SuiteId, sealParameter } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { passphraseKeyring } from '@securestring/core/passphrase';
import { base64, counting } from '@securestring/test-support/bytes';
import { chunksOf, throughStream } from '@securestring/test-support/streams';
import { policyFor, suiteName } from '@securestring/test-support/suites';
import { describeWithVectors } from '@securestring/test-support/vectors';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWithChromium } from './chromium.ts';
import type { engine as Engine } from './page.ts';
import { ARN, CONTEXT, sharedKeyring, sharedKeyService } from './shared.ts';

/** What the bundle puts into the page. */
declare const bundle: { readonly engine: typeof Engine };

const PLAINTEXT = counting(100);
const SUITES = ([0x0046, 0x0178, 0x0214, 0x0478, 0x0578] as SuiteId[]).map((s) => [suiteName(s), s] as const);
const POLICY = { commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const;

describeWithChromium('in Chromium', (page) => {
  beforeAll(async () => {
    await page().addScriptTag({ content: await bundled() });
  });

  it('takes noble for its provider, by the package alone', async () => {
    expect(await page().evaluate(() => bundle.engine.providerName())).toBe('noble');
  });

  describe.each(SUITES)('messages of suite %s', (_, suite) => {
    it('written in the page are read by Node', async () => {
      const message = await call(page(), 'encrypt', [...PLAINTEXT], suite);
      const { plaintext, header } = decrypt(message, {
        keyring: sharedKeyring(),
        encryptionContext: CONTEXT,
        ...POLICY,
      });
      expect(plaintext).toEqual(PLAINTEXT);
      expect(header.suite).toBe(suite);
    });

    it('written by Node are read in the page', async () => {
      const options = { keyring: sharedKeyring(), encryptionContext: CONTEXT, suite, frameLength: 16 };
      const { message } = encrypt(PLAINTEXT, { ...options, commitmentPolicy: policyFor(suite) });
      expect(await call(page(), 'decrypt', [...message])).toEqual(PLAINTEXT);
    });
  });

  it('messages under a passphrase go both ways', async () => {
    const passphrase = 'gr\u00fcne Tinte';
    const decomposed = passphrase.normalize('NFD');
    const keyring = passphraseKeyring({ passphrase, log2N: 14 });
    const inPage = async (name: 'encryptToPassphrase' | 'decryptByPassphrase', bytes: Uint8Array) =>
      Uint8Array.from(
        await page().evaluate(([of, input, text]) => bundle.engine[of](input, text), [
          name,
          [...bytes],
          decomposed,
        ] as const),
      );
    expect(decrypt(await inPage('encryptToPassphrase', PLAINTEXT), { keyring }).plaintext).toEqual(PLAINTEXT);
    expect(await inPage('decryptByPassphrase', encrypt(PLAINTEXT, { keyring }).message)).toEqual(PLAINTEXT);
  });

  it.each([0x0478, 0x0578] as const)('web streams go both ways (%i)', async (suite) => {
    const content = counting(1000);
    const message = await call(page(), 'encryptStream', [...content], suite);
    const opened = await throughStream(decryptStream({ keyring: sharedKeyring() }), chunksOf(message, 50));
    expect(opened).toEqual({ output: content, error: undefined });
    const { message: ours } = encrypt(content, { keyring: sharedKeyring(), suite, frameLength: 100 });
    expect(await call(page(), 'decryptStream', [...ours])).toEqual(content);
  });

  describe.each(['reader', 'writer'] as const)('a web stream given up by its %s', (by) => {
    const { message } = encrypt(PLAINTEXT, { keyring: sharedKeyring(), frameLength: 16 });
    const giveUp = (direction: 'encrypt' | 'decrypt', bytes: Uint8Array) =>
      page().evaluate((of) => bundle.engine.giveUp(...of), [direction, by, [...bytes]] as const);

    it.each([
      ['encrypt', PLAINTEXT, 1],
      // Header and frames share one.
      ['decrypt', message.subarray(0, -1), 1],
    ] as const)('in mid-message leaves no key behind (%s)', async (direction, bytes, keys) => {
      expect(await giveUp(direction, bytes)).toEqual({ header: 'arrived', keys, wiped: keys });
    });

    it.each(['encrypt', 'decrypt'] as const)('delivers its header before anything came in (%s)', async (direction) => {
      expect(await giveUp(direction, new Uint8Array(0))).toEqual({ header: 'enough', keys: 0, wiped: 0 });
    });
  });

  it.each(['Standard', 'Advanced'] as const)('a parameter of the tier %s goes both ways', async (tier) => {
    const kms = sharedKeyService(nodeProvider);
    const value = 'secret_välue';
    const inPage = await page().evaluate(([text, of]) => bundle.engine.seal(text, of), [value, tier] as const);
    expect(openParameter({ arn: ARN, sealed: inPage, kms })).toBe(value);
    const sealed = sealParameter({ arn: ARN, value, tier, kms }).value;
    expect(await page().evaluate((text) => bundle.engine.open(text), sealed)).toBe(value);
  });

  it('raw RSA, which noble does not have, is refused as unsupported', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await page().evaluate((key) => bundle.engine.rsaRefusal(key), pem)).toBe('UNSUPPORTED');
  });

  describeWithVectors('messages of .NET 4.0.1', 'esdk/net-4.0.1-raw-aes.json', ({ keys, plaintext, tests }) => {
    const found = tests.filter(({ cmm, masterKeys }) => cmm !== 'RequiredEncryptionContext' && masterKeys.length === 1);

    it.each(found.map((test) => [test.name, test] as const))('%s', async (_, { ciphertext, masterKeys }) => {
      const [master] = masterKeys;
      if (master?.type !== 'raw') throw new Error('A raw key is expected.');
      const key = keys[master.key];
      const names = {
        keyNamespace: master['provider-id'],
        keyName: key?.['key-id'] ?? '',
        wrappingKey: [...base64(key?.material ?? '')],
      };
      const opened = await page().evaluate(([message, of]) => bundle.engine.openVector(message, of), [
        [...base64(ciphertext)],
        names,
      ] as const);
      expect(Uint8Array.from(opened)).toEqual(base64(plaintext));
    });
  });
});

/** Calls a function that takes and gives bytes. */
async function call(
  page: Page,
  name: 'encrypt' | 'decrypt' | 'encryptStream' | 'decryptStream',
  bytes: readonly number[],
  suite = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = await page.evaluate(([of, input, id]) => bundle.engine[of](input, id), [name, bytes, suite] as const);
  return Uint8Array.from(output);
}

/** For a browser: without the condition `node`, the package's own imports choose noble. */
async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'bundle',
    conditions: ['@securestring/source', 'browser'],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
