// The page by keyboard alone: every control can be reached, and shows that it has the focus.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelServer } from './setup.js';
import { withBrowser } from './chromium.js';
import { PageUser, pageOf } from './page-user.js';

withBrowser();

test('a user joins channels, sends messages and changes conversations by keyboard alone', async (t) => {
  const stage = await channelServer(t);
  const bob = await PageUser.start(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PageUser.open(t, pageOf(stage), 'alice');
  const { keyboard } = alice.page;
  await alice.until('document.activeElement?.id === "name"');
  await keyboard.type('alice');
  await keyboard.press('Enter');
  await alice.page.waitForSelector('.session');
  for (const channel of ['den', 'lab']) {
    await keyboard.press('Alt+j');
    await alice.until('document.activeElement?.id === "join"');
    await keyboard.type(channel);
    await keyboard.press('Enter');
    await alice.isIn(channel);
  }
  await alice.until(`document.activeElement.id === 'message'`);
  await keyboard.type('one');
  await keyboard.press('Shift+Enter');
  await keyboard.type('two');
  await keyboard.press('Enter');
  await bob.receives('one\ntwo');
  await keyboard.press('Alt+ArrowUp');
  await alice.sees('Message in #den');
  await bob.send('over here');
  await alice.until('document.title.startsWith("(1)")');
  await keyboard.press('Alt+Shift+ArrowDown');
  await alice.receives('over here');
});

test('a user finds a person and sends a direct message by keyboard alone', async (t) => {
  const stage = await channelServer(t);
  await PageUser.start(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const { keyboard } = alice.page;
  await tabTo(alice, 'bob');
  await keyboard.press('Enter');
  await alice.page.locator('dialog[open]').waitFor();
  await tabTo(alice, 'Direct message');
  await keyboard.press('Enter');
  await alice.sees('Direct message to bob');
  await alice.until(`document.activeElement.id === 'message'`);
  await keyboard.type('psst');
  await keyboard.press('Enter');
  await alice.sees('delivered');
  await tabTo(alice, 'Close');
  await keyboard.press('Enter');
  await alice.sees('Message in #lab');
});

test('every control is a tab stop, and every tab stop shows the focus', async (t) => {
  const stage = await channelServer(t);
  const bob = await PageUser.start(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  await bob.send('see https://kith.example/');
  await alice.receives('see https://kith.example/');
  await alice.page.focus('#message');
  const stops: string[] = [];
  for (let stop = await nextStop(alice); !stops.includes(stop); stop = await nextStop(alice)) stops.push(stop);
  const wanted = ['Skip to the message field', 'alice', '#channel', 'Join', '#lab', 'Leave', 'https://kith.example/'];
  for (const stop of wanted.concat('Messages: #lab', 'Send', 'Message in #lab', 'bob', 'alice (you)')) {
    assert.ok(stops.includes(stop), `${stop} is not among ${stops.join(', ')}`);
  }
});

const TABS_MAX = 40;
/** The label of the focused element, and whether its outline shows. After the last stop the body has the focus. */
const FOCUS = `((stop, { outlineStyle }) => {
  const isPage = stop.nodeName === 'BODY';
  const label = stop.getAttribute('aria-label') || stop.placeholder || stop.textContent;
  return { label: isPage ? 'the browser' : label, isShown: isPage || outlineStyle !== 'none' };
})(document.activeElement, getComputedStyle(document.activeElement))`;

/** Presses Tab. Gives the label of the focused element, whose outline must show. */
async function nextStop({ page }: PageUser): Promise<string> {
  await page.keyboard.press('Tab');
  const { label, isShown } = await page.evaluate<{ label: string; isShown: boolean }>(FOCUS);
  assert.ok(isShown, `no outline on ${label}`);
  return label;
}

/** Presses Tab until the element with this label has the focus. */
async function tabTo(person: PageUser, text: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) if ((await nextStop(person)) === text) return;
  assert.fail(`"${text}" is not reached by ${TABS_MAX} tabs`);
}
