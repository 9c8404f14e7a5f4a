// Two pages and a terminal talk; what each has to do for it, and what becomes of it when the server goes away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { primitives } from '../../../runtime/crypto.js';
import { TestClient } from '../../channels/test-client.js';
import { heardBy, PHONE, channelServer } from './setup.js';
import { withBrowser } from './chromium.js';
import { PageUser, pageOf } from './page-user.js';

withBrowser();

test('two pages and a terminal hear each other, each word once and in order', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const [alice, bob, carol] = await Promise.all([
    PageUser.enter(t, address, 'alice', { channels: ['lab'] }),
    PageUser.enter(t, address, 'bob', { channels: ['lab'], ...PHONE }),
    stage.online('carol'),
  ]);
  await carol.does('join lab');
  await alice.sees('3 here');
  const spoken: string[] = [];
  for (const nth of [1, 2, 3]) {
    for (const person of [alice, bob]) {
      const text = `${person.name} ${nth}`;
      await person.say(text);
      spoken.push(text);
      await Promise.all([alice.hears(text), bob.hears(text), carol.hears('channel', { text, from: person.name })]);
    }
    await carol.does(`#lab carol ${nth}`);
    spoken.push(`carol ${nth}`);
    await Promise.all([alice.hears(`carol ${nth}`), bob.hears(`carol ${nth}`)]);
  }
  for (const person of [alice, bob]) assert.deepEqual(await person.texts(), spoken);
  assert.deepEqual(
    heardBy(carol),
    spoken.filter((text) => !text.startsWith('carol')),
  );
});

test('what is said elsewhere is marked as unread, above a line, and in the title', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const alice = await PageUser.enter(t, address, 'alice', { channels: ['lab', 'den'] });
  const bob = await PageUser.enter(t, address, 'bob', { channels: ['lab'] });
  await bob.say('first');
  await bob.say('second');
  await alice.page.locator('.place', { hasText: '#lab' }).locator('.unread', { hasText: '2' }).waitFor();
  await alice.until('document.title === "(2) #den · Kith"');
  await alice.select('#lab');
  await alice.hears('second');
  assert.deepEqual(await alice.texts(), ['first', 'second']);
  assert.deepEqual(await alice.page.locator('.log li').allInnerTexts().then(linesOnly), ['Today', 'New']);
  await alice.until('document.title === "#lab · Kith"');
  const aloud = await alice.page.locator('#announcements p').allInnerTexts();
  assert.deepEqual(aloud, ['Connecting …', 'Connected.', 'New from bob, #lab.', 'New from bob, #lab.']);
});

function linesOnly(rows: string[]): string[] {
  return rows.filter((row) => row === 'Today' || row === 'New');
}

test('a page comes back by itself: as the same, into the same channels, and says what it missed', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const carol = await stage.online('carol');
  await carol.does('join lab');
  await alice.say('before');
  const { key } = await carol.hears('channel', { text: 'before' });

  await stage.server.kill();
  await alice.sees('Not connected. Trying again by itself.');
  await alice.sees('Not in it at the moment'); // nobody knows who is there now
  assert.equal(await alice.page.locator('.people .person').count(), 0);
  await alice.say('said while away');
  await alice.sees('sending …');
  await stage.server.restart();
  await carol.hears('warning', { code: 'CHANNEL_MISSED' }); // whoever was back first, hers is not what counts here
  await alice.sees(/You were away for .* What was said meanwhile is kept by nobody/);
  await alice.page.locator('.fate').waitFor({ state: 'detached' }); // it came back: everybody has it
  assert.deepEqual(await alice.texts(), ['before', 'said while away']);

  await alice.page.reload();
  await alice.isIn('lab');
  await alice.say('after');
  assert.equal((await carol.hears('channel', { text: 'after' })).key, key);
  await alice.hears('after');
  assert.deepEqual(await alice.texts(), ['after']);
});

test('[CHAN-2] a name that is registered here is somebody else’s, and one can choose another', async (t) => {
  const stage = await channelServer(t);
  await stage.online('alice');
  const mallory = await PageUser.open(t, pageOf(stage), 'alice');
  await mallory.page.fill('#name', 'alice');
  await mallory.page.press('#name', 'Enter');
  await mallory.sees('On this server the name alice belongs to somebody else. Choose another one.');
  await mallory.page.fill('#name', 'mallory');
  await mallory.page.press('#name', 'Enter');
  await mallory.join('lab');
});

test('what cannot be done is said where one can see it, on a phone too, until it is put away', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'], ...PHONE });
  await alice.page.locator('.conversation-head .narrow').click();
  await alice.page.fill('#join', '!');
  await alice.page.press('#join', 'Enter');
  await alice.sees('"!" cannot be a channel.');
  await alice.page.getByText('Put away').click();
  await alice.page.getByText('cannot be a channel').waitFor({ state: 'detached' });
});

test('an address can name a channel: who comes in by it is told where to, who is in already is asked', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.open(t, `${pageOf(stage)}#lab`, 'alice');
  await alice.sees('Come in to #lab');
  await alice.comeIn();
  await alice.isIn('lab');
  await alice.page.goto(`${pageOf(stage)}#den`);
  await alice.until(`document.getElementById('join')?.value === '#den'`);
  await alice.page.press('#join', 'Enter');
  await alice.isIn('den');
  await alice.page.goto(`${pageOf(stage)}#lab`);
  await alice.isIn('lab');
});

test('windows of one browser are one person: whom one mutes all mute, and forgotten in one is forgotten', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const [bob, eve] = await Promise.all(['bob', 'eve'].map((name) => PageUser.enter(t, pageOf(stage), name)));
  assert.ok(bob && eve);
  for (const person of [bob, eve]) await person.join('lab');
  const second = await alice.secondWindow();
  await second.isIn('lab');
  await (await alice.lookAt('bob')).getByText('Mute', { exact: true }).click();
  await (await second.lookAt('eve')).getByText('Mute', { exact: true }).click();
  await second.until(`JSON.parse(localStorage.getItem('kith')).muted.length === 2`);
  await second.page.keyboard.press('Escape');
  await second.page.locator('.people .person', { hasText: 'bob (muted)' }).waitFor();

  await second.forget();
  await alice.sees('You were forgotten in this browser.');
  assert.equal(await alice.page.evaluate("localStorage.getItem('kith')"), null);
});

test('two who bear one name are told apart by all the words of their keys, also in private', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const guests = [1, 2].map(() => TestClient.bySocket('bob', stage.server.port).enter('lab'));
  const [bob, impostor] = await Promise.all(guests);
  assert.ok(bob && impostor);
  for (const guest of [bob, impostor]) guest.say('lab', `I am ${fingerprintWords(guest.key.publicKey, primitives)}`);
  for (const guest of [bob, impostor]) {
    const words = fingerprintWords(guest.key.publicKey, primitives);
    await alice.hears(`I am ${words}`);
    await alice.page.locator('.log .head', { hasText: `bob · ${words}` }).waitFor();
    await alice.lookAt(words);
    await alice.speakInPrivate(`bob (${words})`);
    await alice.page.locator('.conversation-head', { hasText: `Sealed for: ${words}` }).waitFor();
    await alice.select('#lab');
    guest.leave();
  }
});

test('a crowd that talks at once is heard to the last word, and the log stays as long as it may be', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const names = Array.from({ length: 40 }, (_, at) => `guest-${at}`);
  const guests = await Promise.all(names.map((name) => TestClient.bySocket(name, stage.server.port).enter('lab')));
  for (let nth = 1; nth <= 20; nth += 1) for (const guest of guests) guest.say('lab', `${guest.name} ${nth}`);
  for (const guest of guests) await guest.hears(`${guest.name} 20`);
  await alice.say('the end');
  await alice.hears('the end');
  const texts = await alice.texts();
  assert.equal(texts.length, LIMITS.pageLinesPerConversation);
  for (const { name } of guests) {
    const shown = texts.filter((text) => text.startsWith(`${name} `));
    const last = Array.from({ length: 20 }, (_, at) => `${name} ${at + 1}`).slice(20 - shown.length);
    assert.deepEqual(shown, last);
  }
  for (const guest of guests) guest.leave();
});

test('who is muted is not heard, and can be heard again', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const bob = await PageUser.enter(t, pageOf(stage), 'bob', { channels: ['lab'] });
  await (await alice.lookAt('bob')).getByText('Mute', { exact: true }).click();
  await alice.page.keyboard.press('Escape');
  await bob.say('unheard');
  await bob.hears('unheard');
  await alice.say('later'); // comes back after all that came before
  await alice.hears('later');
  await (await alice.lookAt('bob')).getByText('Hear again').click();
  await alice.page.keyboard.press('Escape');
  await bob.say('heard');
  await alice.hears('heard');
  assert.deepEqual(await alice.texts(), ['later', 'heard']);
});

test('who wants to be forgotten is: another key, no name, no channels', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.enter(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const words = alice.page.locator('dialog .words', { hasText: /^\w+( \w+){5}$/ });
  await alice.openSettings();
  const before = await words.innerText();
  await alice.page.keyboard.press('Escape');
  await alice.forget();
  assert.equal(await alice.page.inputValue('#name'), '');
  await alice.comeIn();
  await alice.sees('You are in none.');
  await alice.openSettings();
  assert.notEqual(await words.innerText(), before);
});

test('the words and the key of each are copied, and only what was copied is called so', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const alice = await PageUser.enter(t, address, 'alice', { channels: ['lab'], permissions: CLIPBOARD });
  const guests = await Promise.all(
    ['bob', 'carol'].map((name) => TestClient.bySocket(name, stage.server.port).enter('lab')),
  );
  for (const guest of guests) {
    const { publicKey } = guest.key;
    await alice.lookAt(guest.name);
    await alice.speakInPrivate(guest.name);
    assert.equal(
      await alice.page
        .locator('.people button')
        .getByText(/^CopyButton/)
        .count(),
      0,
    );
    await alice.page.locator('.people .key-words').first().getByText('Copy the key').click();
    await alice.page.locator('.people button').getByText('CopyButton the key').waitFor();
    assert.equal(await alice.page.evaluate('navigator.clipboard.readText()'), publicKey);
    await alice.page.locator('.people .key-words').first().getByText('Copy the words').click();
    await alice.page.locator('.people button').getByText('CopyButton the words').waitFor();
    assert.equal(await alice.page.evaluate('navigator.clipboard.readText()'), fingerprintWords(publicKey, primitives));
    await alice.select('#lab');
  }
});

const CLIPBOARD = ['clipboard-read', 'clipboard-write'];
