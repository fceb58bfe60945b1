/**
 * A page of a headless Chromium. Without Chromium, the tests that need it are skipped by name. With
 * `SECURESTRING_REQUIRE=chromium` they fail instead.
 * @module
 */

import { existsSync } from 'node:fs';
import { isRequired } from '@securestring/test-support/required';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Defines a suite over one page, which is open when a test runs. */
export function describeWithChromium(name: string, define: (page: () => Page) => void): void {
  const executablePath = chromiumPath();
  if (executablePath !== undefined) {
    describe(name, () => define(openPage(executablePath)));
  } else if (isRequired('chromium')) {
    describe(name, () => it('finds Chromium', () => expect.fail('no Chromium: set CHROMIUM_PATH, or install one')));
  } else {
    describe.skip(`${name} (no Chromium)`, () => it('needs Chromium', () => undefined));
  }
}

function openPage(executablePath: string): () => Page {
  let browser: Browser | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: FLAGS });
    page = await browser.newPage();
  });
  afterAll(() => browser?.close());
  return () => {
    if (page === undefined) throw new Error('The page opens before the first test.');
    return page;
  };
}

function chromiumPath(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  return [...(named ? [named] : []), '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
}
