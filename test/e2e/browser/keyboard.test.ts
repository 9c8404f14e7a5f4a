// The page by keyboard alone: every stop shows that it has the focus, and everything can be reached.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelServer } from './setup.js';
import { withBrowser } from './chromium.js';
import { PageUser, pageOf } from './page-user.js';

withBrowser();

test('one comes in, joins, says and goes about by keyboard alone', async (t) => {
  const stage = await channelServer(t);
  const bob = await PageUser.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PageUser.open(t, pageOf(stage), 'alice');
  const { keyboard } = alice.page;
  await alice.until('document.activeElement?.id === "name"');
  await keyboard.type('alice');
  await keyboard.press('Enter');
  await alice.page.waitForSelector('.square');
  for (const channel of ['den', 'lab']) {
    await keyboard.press('Alt+j');
    await alice.until('document.activeElement?.id === "join"');
    await keyboard.type(channel);
    await keyboard.press('Enter');
    await alice.isIn(channel);
  }
  await alice.until(`document.activeElement.id === 'say'`);
  await keyboard.type('one');
  await keyboard.press('Shift+Enter');
  await keyboard.type('two');
  await keyboard.press('Enter');
  await bob.hears('one\ntwo');
  await keyboard.press('Alt+ArrowUp');
  await alice.sees('Say in #den');
  await bob.say('over here');
  await alice.until('document.title.startsWith("(1)")');
  await keyboard.press('Alt+Shift+ArrowDown');
  await alice.hears('over here');
});

test('one finds somebody and speaks with them in private by keyboard alone', async (t) => {
  const stage = await channelServer(t);
  await PageUser.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const { keyboard } = alice.page;
  await tabTo(alice, 'bob');
  await keyboard.press('Enter');
  await alice.page.locator('dialog[open]').waitFor();
  await tabTo(alice, 'Speak in private');
  await keyboard.press('Enter');
  await alice.sees('Say to bob in private');
  await alice.until(`document.activeElement.id === 'say'`);
  await keyboard.type('psst');
  await keyboard.press('Enter');
  await alice.sees('delivered');
  await tabTo(alice, 'Close');
  await keyboard.press('Enter');
  await alice.sees('Say in #lab');
});

test('every stop shows that it has the focus, and all there is to do is a stop', async (t) => {
  const stage = await channelServer(t);
  const bob = await PageUser.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  await bob.say('see https://kith.example/');
  await alice.hears('see https://kith.example/');
  await alice.page.focus('#say');
  const stops: string[] = [];
  for (let stop = await nextStop(alice); !stops.includes(stop); stop = await nextStop(alice)) stops.push(stop);
  const wanted = ['Skip to what you say', 'alice', '#channel', 'Join', '#lab', 'Leave', 'https://kith.example/'];
  for (const stop of wanted.concat('Said in #lab', 'Say', 'Say in #lab', 'bob', 'alice (you)')) {
    assert.ok(stops.includes(stop), `${stop} is not among ${stops.join(', ')}`);
  }
});

const TABS_MAX = 40;
/** What a stop is called, and whether it shows. After the last comes the browser itself: then the page has the focus. */
const FOCUS = `((stop, { outlineStyle }) => {
  const isPage = stop.nodeName === 'BODY';
  const label = stop.getAttribute('aria-label') || stop.placeholder || stop.textContent;
  return { label: isPage ? 'the browser' : label, isShown: isPage || outlineStyle !== 'none' };
})(document.activeElement, getComputedStyle(document.activeElement))`;

/** Presses Tab; what has the focus then, which must show. */
async function nextStop({ page }: PageUser): Promise<string> {
  await page.keyboard.press('Tab');
  const { label, isShown } = await page.evaluate<{ label: string; isShown: boolean }>(FOCUS);
  assert.ok(isShown, `no outline on ${label}`);
  return label;
}

/** Presses Tab until what has the focus bears this text. */
async function tabTo(person: PageUser, text: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) if ((await nextStop(person)) === text) return;
  assert.fail(`"${text}" is not reached by ${TABS_MAX} tabs`);
}
