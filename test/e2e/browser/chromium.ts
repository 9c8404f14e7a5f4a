// A headless Chromium for tests of the page: one process for each test file, one profile for each user.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--host-resolver-rules=MAP kith.test 127.0.0.1',
];

/** A name for this machine that a browser treats as another machine. */
export const FAR_HOST = 'kith.test';

const SCREENSHOTS = join('dist', 'screenshots');

let running: Browser | null = null;

/** Starts before the tests of a file and ends after them. */
export function withBrowser(): void {
  before(async () => {
    const executablePath = process.env['KITH_BROWSER'];
    assert.ok(executablePath, 'run it with npm test, which finds a browser');
    running = await chromium.launch({ executablePath, args: FLAGS });
  });
  after(() => running?.close());
}

/** A fresh profile with one page. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  assert.ok(running, 'call withBrowser() at the top of the file');
  const context = await running.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

/** Saved for a person to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
