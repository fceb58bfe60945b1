/**
 * The provider of WebAssembly in a browser: bundled without a file beside the code, with noble for what the crate
 * lacks, and noble alone where a policy forbids WebAssembly.
 * @module
 */

import { join } from 'node:path';
import { decrypt, encrypt } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { describeWithChromium } from './chromium.ts';
import { CONTEXT, sharedKeyring } from './shared.ts';
import type { engine as Engine } from './wasm-page.ts';

/** What the bundle puts into the page. */
declare const bundle: { readonly engine: typeof Engine };

const ORIGIN = 'http://page.test';
const SEALED = { keyring: sharedKeyring(), encryptionContext: CONTEXT };

describe('a bundle of the provider for a browser', () => {
  it('is one file, with nothing of Node in it', async () => {
    const text = await bundled();
    expect(text).not.toMatch(/["']node:|__require\(|import\.meta/);
  });
});

describeWithChromium('WebAssembly in Chromium', (page) => {
  /** Opens an empty page under a policy, with the bundle in it. */
  const open = async (policy: string) => {
    const code = await bundled();
    await page().unroute('**/*');
    await page().route('**/*', (route) =>
      route.request().url().endsWith('/code.js')
        ? route.fulfill({ contentType: 'text/javascript', body: code })
        : route.fulfill({
            contentType: 'text/html',
            headers: { 'content-security-policy': policy },
            body: '<!doctype html><script src="/code.js"></script>',
          }),
    );
    await page().goto(`${ORIGIN}/`);
  };

  it.each([
    ["script-src 'self' 'wasm-unsafe-eval'", 'wasm (noble)'],
    ["script-src 'self'", 'noble (no WebAssembly: CompileError)'],
  ])('under the policy %s the provider is %s, and messages go both ways', async (policy, name) => {
    await open(policy);
    expect(await page().evaluate(() => bundle.engine.providerName())).toBe(name);
    for (const length of [0, 64, 5000]) {
      const plaintext = counting(length);
      const written = await page().evaluate((bytes) => bundle.engine.encrypt(bytes), [...plaintext]);
      expect(decrypt(Uint8Array.from(written), SEALED).plaintext).toEqual(plaintext);
      const { message } = encrypt(plaintext, { ...SEALED, frameLength: 4096 });
      const opened = await page().evaluate((bytes) => bundle.engine.decrypt(bytes), [...message]);
      expect(Uint8Array.from(opened)).toEqual(plaintext);
    }
  });

  it('keeps the contract', async () => {
    await open("script-src 'self' 'wasm-unsafe-eval'");
    expect(await page().evaluate(() => bundle.engine.broken())).toEqual([]);
  });
});

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'wasm-page.ts')],
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
