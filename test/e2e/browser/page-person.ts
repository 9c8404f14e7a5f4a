// Somebody at the page, in a browser of their own: what they do with it, what they see, and what goes over the wire.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openPage } from './chromium.js';

const LOOKS_MAX = 200;
const LOOK_MS = 50;

export interface Frames {
  readonly sent: string[];
  readonly received: string[];
}

export class PagePerson {
  readonly frames: Frames = { sent: [], received: [] };
  /** What the browser complained about: errors, and what the page's policy did not allow. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly address: string,
    readonly name: string,
  ) {
    page.on('console', (message) => this.complain(message.type(), message.text()));
    page.on('pageerror', (error) => this.complain('error', error.message));
    page.on('dialog', (dialog) => {
      this.complain('error', `a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const { host } = new URL(request.url());
      if (host !== new URL(this.address).host) this.complain('error', `asks ${host} for something`);
    });
    page.on('websocket', (socket) => {
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
  ): Promise<PagePerson> {
    const page = await openPage(options);
    t.after(() => page.context().close());
    const person = new PagePerson(page, address, name);
    await page.goto(address);
    return person;
  }

  /** Opens it and comes in; into channels, where some are named. */
  static async enter(
    t: TestContext,
    address: string,
    name: string,
    { channels = [], ...options }: BrowserContextOptions & { channels?: readonly string[] } = {},
  ): Promise<PagePerson> {
    const person = await PagePerson.open(t, address, name, options);
    await person.comeIn();
    for (const channel of channels) await person.join(channel);
    return person;
  }

  /** The same page once more, in the same browser. */
  async secondWindow(): Promise<PagePerson> {
    const page = await this.page.context().newPage();
    const person = new PagePerson(page, this.address, this.name);
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
      .locator('.place-head', { hasText: `#${channel}` })
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

  async goTo(place: string): Promise<void> {
    await this.page.locator('.place', { hasText: place }).click();
    await this.page.locator('.place[aria-current]', { hasText: place }).waitFor();
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

  /** Nothing went wrong in the browser; `expected`: what may have. */
  isContent(expected = /^$/): void {
    assert.deepEqual(
      this.complaints.filter((one) => !expected.test(one)),
      [],
      this.name,
    );
  }

  private complain(kind: string, text: string): void {
    if (kind === 'error' || kind === 'warning') this.complaints.push(text);
  }
}

/** Where its server serves it. */
export function pageOf({ server }: { server: { port: number } }): string {
  return `http://localhost:${server.port}/`;
}

/** A connection that breaks is something a browser complains about by itself. */
export const BROKEN_CONNECTION = /WebSocket connection to .* failed/;
