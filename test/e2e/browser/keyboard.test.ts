// The page by keyboard alone: every stop shows that it has the focus, and everything can be reached.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Stage } from '../stage/stage.js';
import { withBrowser } from './chromium.js';
import { PagePerson, pageOf } from './page-person.js';

withBrowser();

const square = (t: TestContext): Promise<Stage> => Stage.during(t, { serverFlags: ['--no-discovery'] });

function focused({ page }: PagePerson): Promise<string> {
  return page.evaluate('document.activeElement.id');
}

test('one comes in, joins, says and goes about by keyboard alone', async (t) => {
  const stage = await square(t);
  const bob = await PagePerson.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PagePerson.open(t, pageOf(stage), 'alice');
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
  assert.equal(await focused(alice), 'say');
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
  alice.isContent();
});

test('one finds somebody and speaks with them in private by keyboard alone', async (t) => {
  const stage = await square(t);
  await PagePerson.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  const alice = await PagePerson.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const { keyboard } = alice.page;
  await tabTo(alice, 'bob');
  await keyboard.press('Enter');
  await alice.page.locator('dialog[open]').waitFor();
  await tabTo(alice, 'Speak in private');
  await keyboard.press('Enter');
  await alice.sees('Say to bob in private');
  assert.equal(await focused(alice), 'say');
  await keyboard.type('psst');
  await keyboard.press('Enter');
  await alice.sees('delivered');
  await tabTo(alice, 'Close');
  await keyboard.press('Enter');
  await alice.sees('Say in #lab');
  alice.isContent();
});

const TABS_MAX = 40;
/** After the last stop comes the browser itself; then the page has the focus, and nothing in it. */
const FOCUS = `(({ textContent, nodeName }, { outlineStyle }) =>
  ({ label: textContent, outline: outlineStyle, isPage: nodeName === 'BODY' }))
  (document.activeElement, getComputedStyle(document.activeElement))`;

/** Presses Tab until what has the focus bears this text; each stop on the way shows that it has it. */
async function tabTo({ page }: PagePerson, text: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate<{ label: string; outline: string; isPage: boolean }>(FOCUS);
    if (focus.label === text) return;
    assert.ok(focus.isPage || focus.outline !== 'none', `no outline on ${focus.label}`);
  }
  assert.fail(`"${text}" is not reached by ${TABS_MAX} tabs`);
}
