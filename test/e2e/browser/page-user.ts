// A user of the page, in a browser profile of their own: what they do, what they see, and the frames of their socket.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openPage } from './chromium.js';

const POLLS_MAX = 200;
const POLL_MS = 50;

/** Console messages to expect: servers that are gone, and a header without effect over plain HTTP. */
const EXPECTED = /^WebSocket connection to .* failed|^Failed to load resource: net::ERR_CONN|^The Cross-Origin-Opener-/;

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
    /** Errors and warnings of the browser, violations of the page's policy included. */
    private readonly problems: string[] = [],
  ) {
    page.on('console', (message) => this.addProblem(message.type(), message.text()));
    page.on('pageerror', (error) => this.addProblem('error', error.message));
    page.on('dialog', (dialog) => {
      this.addProblem('error', `a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => this.checkHost(request.url()));
    page.on('websocket', (socket) => {
      this.checkHost(socket.url());
      socket.on('framesent', ({ payload }) => this.frames.sent.push(String(payload)));
      socket.on('framereceived', ({ payload }) => this.frames.received.push(String(payload)));
    });
  }

  /** Opens the page until the test ends. */
  static async open(
    t: TestContext,
    address: string,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<PageUser> {
    const page = await openPage(options);
    const user = new PageUser(page, address, name);
    t.after(async () => {
      await page.context().close();
      user.assertNoProblems();
    });
    await page.goto(address);
    await page.waitForSelector('main h1'); // on every stage of the page
    return user;
  }

  /** Opens the page, chooses the name, and joins the channels. */
  static async start(
    t: TestContext,
    address: string,
    name: string,
    { channels = [], ...options }: BrowserContextOptions & { channels?: readonly string[] } = {},
  ): Promise<PageUser> {
    const user = await PageUser.open(t, address, name, options);
    await user.begin();
    for (const channel of channels) await user.join(channel);
    return user;
  }

  /** Opens the page in a second window of the same browser. */
  async secondWindow(): Promise<PageUser> {
    const page = await this.page.context().newPage();
    const user = new PageUser(page, this.address, this.name, this.problems);
    await page.goto(this.address);
    return user;
  }

  /** Chooses the name, on the welcome page. */
  async begin(): Promise<void> {
    await this.page.fill('#name', this.name);
    await this.page.press('#name', 'Enter');
    await this.page.waitForSelector('.session');
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

  async send(text: string): Promise<void> {
    await this.page.fill('#message', text);
    await this.page.press('#message', 'Enter');
  }

  /** Waits until the log has a message with exactly this text. */
  async receives(text: string): Promise<void> {
    await this.message(text).waitFor();
  }

  message(text: string): Locator {
    return this.page.locator('.log .text').getByText(text, { exact: true }).first();
  }

  /** The messages in the log, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator('.log .text').allInnerTexts();
  }

  async select(title: string): Promise<void> {
    await this.page.locator('.conversation', { hasText: title }).click();
    await this.page.locator('.conversation[aria-current]', { hasText: title }).waitFor();
  }

  /** Opens the dialog about a person, from the people pane. */
  async openPerson(name: string): Promise<Locator> {
    await this.page.locator('.people .person', { hasText: name }).first().click();
    return this.page.locator('dialog');
  }

  /** Opens the direct messages with a person, from the dialog about them. */
  async openDirect(name: string): Promise<void> {
    await this.page.locator('dialog').getByRole('button', { name: 'Direct message' }).click();
    await this.page.getByPlaceholder(`Direct message to ${name}`).waitFor();
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Waits until an expression is true in the page. It polls, because the page's policy forbids the driver's own way. */
  async until(expression: string): Promise<void> {
    for (let polls = 0; polls < POLLS_MAX; polls += 1) {
      if (await this.page.evaluate(`!!(${expression})`)) return;
      await pause(POLL_MS);
    }
    assert.fail(`${this.name}: this never became true: ${expression}`);
  }

  /** Opens the settings; on a narrow screen, from the pane of conversations. */
  async openSettings(): Promise<Locator> {
    const back = this.page.locator('.conversation-head .narrow');
    if (await back.isVisible()) await back.click();
    await this.page.locator('.conversations header button').click();
    return this.page.locator('dialog');
  }

  /** Deletes the key. */
  async forget(): Promise<void> {
    const settings = await this.openSettings();
    await settings.getByText('Forget me in this browser').click();
    await settings.getByText('Yes, delete the key').click();
  }

  /** Called when the test ends. */
  private assertNoProblems(): void {
    const unexpected = this.problems.filter((one) => !EXPECTED.test(one));
    assert.deepEqual(unexpected, [], this.name);
  }

  /** The page may only send requests to its own server. */
  private checkHost(url: string): void {
    const { host } = new URL(url);
    if (host !== new URL(this.page.url()).host && host !== new URL(this.address).host) {
      this.addProblem('error', `a request to ${host}`);
    }
  }

  private addProblem(kind: string, text: string): void {
    if (kind === 'error' || kind === 'warning') this.problems.push(text);
  }
}

/** The address of the page of a server. */
export function pageOf({ server }: { server: { port: number } }): string {
  return `http://localhost:${server.port}/`;
}
