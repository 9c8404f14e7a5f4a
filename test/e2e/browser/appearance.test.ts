// How the page looks and reads: nothing for axe to find, on desktop and phone, and with whatever people send.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { BrowserContextOptions } from 'playwright-core';
import { DESKTOP, PHONE, channelServer, TABLET } from './setup.js';
import { FAR_HOST, screenshot, withBrowser } from './chromium.js';
import { PageUser, pageOf } from './page-user.js';

withBrowser();

const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['desktop-light', DESKTOP],
  ['desktop-dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['tablet-light', TABLET],
  ['phone-light', PHONE],
];

const SPOKEN = [
  'Has anybody seen the good screwdriver?',
  'It is where it always is: https://kith.example/shed?shelf=2',
  '<img src=x onerror=alert(1)> is only text',
];

/** What axe finds on the page as it is now, a line each. */
async function findings({ page }: PageUser): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function isAccessible(person: PageUser, what: string): Promise<void> {
  assert.deepEqual(await findings(person), [], what);
}

test('axe finds nothing, on desktop in light and dark, on tablet and phone, in every pane and dialog', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const bob = await PageUser.enter(t, address, 'bob', { channels: ['lab'] });
  for (const [look, options] of LOOKS) {
    const person = await PageUser.open(t, address, `a-${look}`, options);
    await isAccessible(person, `${look}: welcome`);
    await screenshot(person.page, `${look}-welcome`);
    await person.comeIn();
    await isAccessible(person, `${look}: no conversation yet`);
    await person.join('lab');
    for (const text of SPOKEN) {
      await bob.say(`${text} ${look}`);
      await person.hears(`${text} ${look}`);
    }
    await person.say('Thank you!');
    await bob.hears('Thank you!');
    await isAccessible(person, `${look}: a channel`);
    await screenshot(person.page, `${look}-channel`);
    await panesAndDialogs(person, look);
  }
});

async function panesAndDialogs(person: PageUser, look: string): Promise<void> {
  const { page } = person;
  const people = page.locator('.conversation-head').getByText('People');
  if (await people.isVisible()) await people.click();
  await isAccessible(person, `${look}: people`);
  await person.lookAt('bob');
  await isAccessible(person, `${look}: a person`);
  await screenshot(page, `${look}-person`);
  await person.speakInPrivate('bob');
  await person.say('psst');
  await person.sees('delivered');
  await isAccessible(person, `${look}: in private`);
  await person.openSettings();
  await page.getByText('Keyboard', { exact: true }).click();
  await isAccessible(person, `${look}: settings`);
  await screenshot(page, `${look}-settings`);
}

test('axe finds nothing either where things go wrong, in light and dark as chosen', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab', 'den'], ...DESKTOP });
  const bob = await PageUser.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  await bob.say('unread');
  await alice.page.locator('.conversation .unread', { hasText: '1' }).waitFor();
  await alice.page.fill('#join', '!');
  await alice.page.press('#join', 'Enter');
  await stage.server.kill();
  await alice.sees('Not connected. Trying again by itself.');
  for (let nth = 0; nth <= LIMITS.channelClientWaitingMax; nth += 1) await alice.say(`too many ${nth}`);
  await alice.sees('Say it again');
  for (const [theme, ground] of THEMES) {
    await (await alice.openSettings()).getByText(theme).click();
    await alice.page.keyboard.press('Escape');
    await alice.until(`getComputedStyle(document.body).backgroundColor === '${ground}'`);
    await isAccessible(alice, `trouble: ${theme}`);
    await screenshot(alice.page, `trouble-${theme.toLowerCase()}`);
  }
});

const THEMES = [
  ['Light', 'rgb(255, 255, 255)'],
  ['Dark', 'rgb(22, 25, 29)'],
] as const;

test('the live region is there from the first byte, and is the only one of its kind', async (t) => {
  const stage = await channelServer(t);
  const html = await (await fetch(`http://${stage.server.address}/`)).text();
  assert.match(html, /<div id="announcements"[^>]* role="log" aria-live="polite"/);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  assert.equal(await alice.page.locator('[role=log]').count(), 1);
});

const MARKS = 'Z\u0301\u0302\u0303\u0304\u0305'.repeat(40);
const HOSTILE: readonly (readonly [said: string, shown: string])[] = [
  ['<img src=x onerror=alert(1)><script>alert(2)</script>', '<img src=x onerror=alert(1)><script>alert(2)</script>'],
  ['&lt;b&gt; {{7*7}} ${7*7}', '&lt;b&gt; {{7*7}} ${7*7}'],
  ['photo\u202egpj.exe \u2066x\u2069 \u0007', 'photo\ufffdgpj.exe \ufffdx\ufffd \ufffd'],
  ['👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301', '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301'],
  [MARKS, MARKS],
  ['javascript:alert(1) data:text/html,x', 'javascript:alert(1) data:text/html,x'],
  [
    'https://bank.example@evil.example/ http://b\u0430nk.example/',
    'https://bank.example@evil.example/ http://b\u0430nk.example/',
  ],
];

test('whatever people send is shown as text, and moves nothing', async (t) => {
  const stage = await channelServer(t);
  const carol = await stage.online('carol');
  await carol.does('join lab');
  const [desk, phone] = [
    await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'], ...DESKTOP }),
    await PageUser.enter(t, pageOf(stage), 'bob', { channels: ['lab'], ...PHONE }),
  ];
  for (const [said, shown] of HOSTILE) {
    await desk.say(said);
    await Promise.all([desk.hears(shown), phone.hears(shown)]);
  }
  await carol.does('#lab see https://kith.example/a_(b), and https://kith.example/c.');
  for (const person of [desk, phone]) await screenshot(person.page, `hostile-${person.name}`);
  const long = 'W'.repeat(16_384);
  await desk.say(long);
  await phone.sees('Show all 16,384 letters');
  for (const person of [desk, phone]) {
    const { page } = person;
    assert.equal(await page.locator('.log img, .log script, .log iframe, .log b').count(), 0);
    const links = page.locator('.log a');
    assert.deepEqual(await links.allInnerTexts(), ['https://kith.example/a_(b)', 'https://kith.example/c']);
    assert.equal(await links.first().getAttribute('rel'), 'noopener noreferrer nofollow ugc');
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  }
  await phone.page.getByText('Show all 16,384 letters').click();
  await phone.said(long).waitFor();
  assert.equal(await phone.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
});

test('a text that is too long is not said, and says by how much', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  await alice.say('é'.repeat(8_193));
  await alice.sees('That is 2 bytes too long. Say it in parts.');
  await alice.say('é'.repeat(8_192));
  await alice.sees('Show all 8,192 letters');
});

test('over plain HTTP from elsewhere the page says why it cannot work, and what helps', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.open(t, `http://${FAR_HOST}:${stage.server.port}/`, 'alice');
  await alice.sees('Kith cannot work in this page');
  await alice.sees('http://localhost');
  await isAccessible(alice, 'unable');
  await screenshot(alice.page, 'unable');
});
