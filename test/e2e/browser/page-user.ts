// Somebody at the page, in a browser of their own: what they do with it, what they see, and what goes over the wire.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openPage } from './chromium.js';

const LOOKS_MAX = 200;
const LOOK_MS = 50;

/** What a browser complains about by itself: servers that are gone, and a header that means nothing over plain HTTP. */
const OF_ITSELF =
  /^WebSocket connection to .* failed|^Failed to load resource: net::ERR_CONN|^The Cross-Origin-Opener-/;

export interface Frames {
  readonly sent: string[];
  readonly received: string[];
}

export class PageUser {
  readonly frames: Frames = { sent: [], received: [] };
  private constructor(
    readonly page: Page,
    private readonly address: string,
    readonly name: string,
    /** What the browser complained about: errors, and what the page's policy did not allow. */
    private readonly complaints: string[] = [],
  ) {
    page.on('console', (message) => this.complain(message.type(), message.text()));
    page.on('pageerror', (error) => this.complain('error', error.message));
    page.on('dialog', (dialog) => {
      this.complain('error', `a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => this.asks(request.url()));
    page.on('websocket', (socket) => {
      this.asks(socket.url());
      socket.on('framesent', ({ payload }) => this.frames.sent.push(String(payload)));
      socket.on('framereceived', ({ payload }) => this.frames.received.push(String(payload)));
    });
  }

  /** Opens the page; gone when the test is over. */
  static async open(
    t: TestContext,
    address: string,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<PageUser> {
    const page = await openPage(options);
    const person = new PageUser(page, address, name);
    t.after(async () => {
      await page.context().close();
      person.assertNoComplaints();
    });
    await page.goto(address);
    await page.waitForSelector('main h1'); // whatever it has to say first
    return person;
  }

  /** Opens it and comes in; into channels, where some are named. */
  static async enter(
    t: TestContext,
    address: string,
    name: string,
    { channels = [], ...options }: BrowserContextOptions & { channels?: readonly string[] } = {},
  ): Promise<PageUser> {
    const person = await PageUser.open(t, address, name, options);
    await person.comeIn();
    for (const channel of channels) await person.join(channel);
    return person;
  }

  /** The same page once more, in the same browser. */
  async secondWindow(): Promise<PageUser> {
    const page = await this.page.context().newPage();
    const person = new PageUser(page, this.address, this.name, this.complaints);
    await page.goto(this.address);
    return person;
  }

  async comeIn(): Promise<void> {
    await this.page.fill('#name', this.name);
    await this.page.press('#name', 'Enter');
    await this.page.waitForSelector('.square');
  }

  async join(channel: string): Promise<void> {
    await this.page.fill('#join', channel);
    await this.page.press('#join', 'Enter');
    await this.isIn(channel);
  }

  async isIn(channel: string): Promise<void> {
    await this.page
      .locator('.conversation-head', { hasText: `#${channel}` })
      .getByText(/\d+ here/)
      .waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.fill('#say', text);
    await this.page.press('#say', 'Enter');
  }

  /** Until exactly this stands in the log. */
  async hears(text: string): Promise<void> {
    await this.said(text).waitFor();
  }

  said(text: string): Locator {
    return this.page.locator('.log .text').getByText(text, { exact: true }).first();
  }

  /** What stands in the log, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator('.log .text').allInnerTexts();
  }

  async select(conversation: string): Promise<void> {
    await this.page.locator('.place', { hasText: conversation }).click();
    await this.page.locator('.conversation[aria-current]', { hasText: conversation }).waitFor();
  }

  /** The dialog about somebody, from the pane of people. */
  async lookAt(name: string): Promise<Locator> {
    await this.page.locator('.people .person', { hasText: name }).first().click();
    return this.page.locator('dialog');
  }

  /** From the dialog about somebody to the conversation with them, once what is typed goes there. */
  async speakInPrivate(name: string): Promise<void> {
    await this.page.locator('dialog').getByText('Speak in private').click();
    await this.page.getByPlaceholder(`Say to ${name} in private`).waitFor();
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Until an expression is true in the page. Its policy forbids what the browser's driver would wait with. */
  async until(expression: string): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      if (await this.page.evaluate(`!!(${expression})`)) return;
      await pause(LOOK_MS);
    }
    assert.fail(`${this.name}: it never came to ${expression}`);
  }

  /** Settings, openDialog; where panes come one at a time, from the one of conversations. */
  async openSettings(): Promise<Locator> {
    const back = this.page.locator('.conversation-head .narrow');
    if (await back.isVisible()) await back.click();
    await this.page.locator('.conversations header button').click();
    return this.page.locator('dialog');
  }

  /** Destroys the key. */
  async forget(): Promise<void> {
    const settings = await this.openSettings();
    await settings.getByText('Forget me in this browser').click();
    await settings.getByText('Yes, destroy the key').click();
  }

  /** Looked at when the test is over. */
  private assertNoComplaints(): void {
    const grave = this.complaints.filter((one) => !OF_ITSELF.test(one));
    assert.deepEqual(grave, [], this.name);
  }

  /** Everything the page asks for is its own server's. */
  private asks(url: string): void {
    const { host } = new URL(url);
    if (host !== new URL(this.page.url()).host && host !== new URL(this.address).host) {
      this.complain('error', `asks ${host} for something`);
    }
  }

  private complain(kind: string, text: string): void {
    if (kind === 'error' || kind === 'warning') this.complaints.push(text);
  }
}

/** Where its server serves it. */
export function pageOf({ server }: { server: { port: number } }): string {
  return `http://localhost:${server.port}/`;
}
