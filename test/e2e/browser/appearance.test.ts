// How the page looks: axe finds nothing on any screen, and no received text can change the layout.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { sanitize } from '../../../protocols/kit/sanitize.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { BrowserContextOptions } from 'playwright-core';
import { DESKTOP, PHONE, channelServer, TABLET } from './setup.js';
import { Testbed } from '../testbed/testbed.js';
import { FAR_HOST, screenshot, withBrowser } from './chromium.js';
import { PageUser, pageOf } from './page-user.js';

withBrowser();

const SCREENS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['desktop-light', DESKTOP],
  ['desktop-dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['tablet-light', TABLET],
  ['phone-light', PHONE],
];

const SAMPLE_TEXTS = [
  'Has anyone seen the good screwdriver?',
  'It is where it always is: https://kith.example/shed?shelf=2',
  '<img src=x onerror=alert(1)> is only text',
];

/** The findings of axe on the page in its current state, one line each. */
async function findings({ page }: PageUser): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function isAccessible(user: PageUser, what: string): Promise<void> {
  assert.deepEqual(await findings(user), [], what);
}

test('axe finds nothing in any pane or dialog, on desktop (light and dark), tablet and phone', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const bob = await PageUser.start(t, address, 'bob', { channels: ['lab'] });
  for (const [screen, options] of SCREENS) {
    const user = await PageUser.open(t, address, `a-${screen}`, options);
    await isAccessible(user, `${screen}: welcome`);
    await screenshot(user.page, `${screen}-welcome`);
    await user.begin();
    await isAccessible(user, `${screen}: no conversation yet`);
    await user.join('lab');
    for (const text of SAMPLE_TEXTS) {
      await bob.send(`${text} ${screen}`);
      await user.receives(`${text} ${screen}`);
    }
    await user.send('Thank you!');
    await bob.receives('Thank you!');
    await isAccessible(user, `${screen}: a channel`);
    await screenshot(user.page, `${screen}-channel`);
    await panesAndDialogs(user, screen);
  }
});

async function panesAndDialogs(user: PageUser, screen: string): Promise<void> {
  const { page } = user;
  const people = page.locator('.conversation-head').getByText('People');
  if (await people.isVisible()) await people.click();
  await isAccessible(user, `${screen}: people`);
  await user.openPerson('bob');
  await isAccessible(user, `${screen}: a person`);
  await screenshot(page, `${screen}-person`);
  await user.openDirect('bob');
  await user.send('psst');
  await user.sees('delivered');
  await isAccessible(user, `${screen}: in private`);
  await user.openSettings();
  await page.getByText('Keyboard', { exact: true }).click();
  await isAccessible(user, `${screen}: settings`);
  await screenshot(page, `${screen}-settings`);
}

test('axe finds nothing while things go wrong, in the chosen colours', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab', 'den'], ...DESKTOP });
  const bob = await PageUser.start(t, pageOf(stage), 'bob', { channels: ['lab'] });
  await bob.send('unread');
  await alice.page.locator('.conversation .unread', { hasText: '1' }).waitFor();
  await alice.page.fill('#join', '!');
  await alice.page.press('#join', 'Enter');
  await stage.server.kill();
  await alice.sees(/^Not connected: .* Retrying automatically/);
  for (let nth = 0; nth <= LIMITS.channelClientWaitingMax; nth += 1) await alice.send(`too many ${nth}`);
  await alice.sees('Send again');
  for (const [theme, ground] of THEMES) {
    await (await alice.openSettings()).getByText(theme, { exact: true }).click();
    await alice.page.keyboard.press('Escape');
    await alice.until(`getComputedStyle(document.body).backgroundColor === '${ground}'`);
    await isAccessible(alice, `disconnected: ${theme}`);
    await screenshot(alice.page, `disconnected-${theme.toLowerCase()}`);
  }
});

const THEMES = [
  ['Light', 'rgb(255, 255, 255)'],
  ['Dark', 'rgb(22, 25, 29)'],
] as const;

test('the HTML has exactly one live region, from the first byte on', async (t) => {
  const stage = await channelServer(t);
  const html = await (await fetch(`http://${stage.server.address}/`)).text();
  assert.match(html, /<div id="announcements"[^>]* role="log" aria-live="polite"/);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  assert.equal(await alice.page.locator('[role=log]').count(), 1);
});

const MARKS = 'Z\u0301\u0302\u0303\u0304\u0305'.repeat(40);
const HOSTILE: readonly (readonly [said: string, shown: string])[] = [
  ['<img src=x onerror=alert(1)><script>alert(2)</script>', '<img src=x onerror=alert(1)><script>alert(2)</script>'],
  ['&lt;b&gt; {{7*7}} ${7*7}', '&lt;b&gt; {{7*7}} ${7*7}'],
  ['photo\u202egpj.exe \u2066x\u2069 \u0007', 'photo\ufffdgpj.exe \ufffdx\ufffd \ufffd'],
  ['👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301', '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301'],
  [MARKS, sanitize(MARKS)],
  ['javascript:alert(1) data:text/html,x', 'javascript:alert(1) data:text/html,x'],
  [
    'https://bank.example@evil.example/ http://b\u0430nk.example/',
    'https://bank.example@evil.example/ http://b\u0430nk.example/',
  ],
];

test('every received text is shown as text, and cannot move its surroundings', async (t) => {
  const stage = await channelServer(t);
  const carol = await stage.online('carol');
  await carol.does('join lab');
  const [desk, phone] = [
    await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'], ...DESKTOP }),
    await PageUser.start(t, pageOf(stage), 'bob', { channels: ['lab'], ...PHONE }),
  ];
  for (const [said, shown] of HOSTILE) {
    await desk.send(said);
    await Promise.all([desk.receives(shown), phone.receives(shown)]);
  }
  await carol.does('#lab see https://kith.example/a_(b), and https://kith.example/c.');
  for (const user of [desk, phone]) await screenshot(user.page, `hostile-${user.name}`);
  const long = 'W'.repeat(16_384);
  await desk.send(long);
  await phone.sees('Show all 16,384 characters');
  for (const user of [desk, phone]) {
    const { page } = user;
    assert.equal(await page.locator('.log img, .log script, .log iframe, .log b').count(), 0);
    const links = page.locator('.log a');
    assert.deepEqual(await links.allInnerTexts(), ['https://kith.example/a_(b)', 'https://kith.example/c']);
    assert.equal(await links.first().getAttribute('rel'), 'noopener noreferrer nofollow ugc');
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  }
  await phone.page.getByText('Show all 16,384 characters').click();
  await phone.message(long).waitFor();
  assert.equal(await phone.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
});

test('a message that is too long is not sent, and the page says by how much', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  await alice.send('é'.repeat(8_193));
  await alice.sees('The message is 2 bytes too long. Send it in parts.');
  await alice.send('é'.repeat(8_192));
  await alice.sees('Show all 8,192 characters');
});

test('over plain HTTP from another machine the page says why it cannot run, and what to do', async (t) => {
  const serverFlags = ['--no-discovery', '--public-origin', `http://${FAR_HOST}`];
  const stage = await Testbed.during(t, { serverFlags });
  const alice = await PageUser.open(t, `http://${FAR_HOST}:${stage.server.port}/`, 'alice');
  await alice.sees('Kith cannot run in this page');
  await alice.sees('http://localhost');
  await isAccessible(alice, 'unsupported');
  await screenshot(alice.page, 'unsupported');
});
