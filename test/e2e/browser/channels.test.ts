// Two pages and a terminal in channels: what a user does, and what happens when the server goes away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal, refusalText } from '../../../protocols/kit/refusals.js';
import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { primitives } from '../../../runtime/crypto.js';
import { TestClient } from '../../channels/test-client.js';
import { channelTextsOf, PHONE, channelServer } from './setup.js';
import { withBrowser } from './chromium.js';
import { PageUser, pageOf } from './page-user.js';

withBrowser();

test('two pages and a terminal receive each message once, in the same order', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const [alice, bob, carol] = await Promise.all([
    PageUser.start(t, address, 'alice', { channels: ['lab'] }),
    PageUser.start(t, address, 'bob', { channels: ['lab'], ...PHONE }),
    stage.online('carol'),
  ]);
  await carol.does('join lab');
  await alice.sees('3 here');
  const sent: string[] = [];
  for (const nth of [1, 2, 3]) {
    for (const person of [alice, bob]) {
      const text = `${person.name} ${nth}`;
      await person.send(text);
      sent.push(text);
      await Promise.all([
        alice.receives(text),
        bob.receives(text),
        carol.hears('channel', { text, from: person.name }),
      ]);
    }
    await carol.does(`#lab carol ${nth}`);
    sent.push(`carol ${nth}`);
    await Promise.all([alice.receives(`carol ${nth}`), bob.receives(`carol ${nth}`)]);
  }
  for (const person of [alice, bob]) assert.deepEqual(await person.texts(), sent);
  assert.deepEqual(
    channelTextsOf(carol),
    sent.filter((text) => !text.startsWith('carol')),
  );
});

test('a message in another channel is counted as unread, below a mark, and in the title', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const alice = await PageUser.start(t, address, 'alice', { channels: ['lab', 'den'] });
  const bob = await PageUser.start(t, address, 'bob', { channels: ['lab'] });
  await bob.send('first');
  await bob.send('second');
  await alice.page.locator('.conversation', { hasText: '#lab' }).locator('.unread', { hasText: '2' }).waitFor();
  await alice.until('document.title === "(2) #den · Kith"');
  await alice.select('#lab');
  await alice.receives('second');
  assert.deepEqual(await alice.texts(), ['first', 'second']);
  assert.deepEqual(await alice.page.locator('.log li').allInnerTexts().then(separators), ['Today', 'New']);
  await alice.until('document.title === "#lab · Kith"');
  const aloud = await alice.page.locator('#announcements p').allInnerTexts();
  assert.deepEqual(aloud, ['Connecting …', 'Connected.', MESSAGE_FROM_BOB, MESSAGE_FROM_BOB]);
});

const MESSAGE_FROM_BOB = 'New message from bob in #lab.';

function separators(rows: string[]): string[] {
  return rows.filter((row) => row === 'Today' || row === 'New');
}

test('a page reconnects with the same key into the same channels, and says what it missed', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const carol = await stage.online('carol');
  await carol.does('join lab');
  await alice.send('before');
  const { key } = await carol.hears('channel', { text: 'before' });

  await stage.server.kill();
  await alice.sees(/^Not connected: .* Retrying automatically/);
  await alice.sees('Waiting to join …'); // the page does not know who is there
  assert.equal(await alice.page.locator('.people .person').count(), 0);
  await alice.send('said while away');
  await alice.sees('sending …');
  await stage.server.restart();
  await carol.hears('warning', { code: 'CHANNEL_MISSED' }); // whichever of the two reconnected first
  await alice.sees(/You were disconnected for .* and missed the messages of that time/);
  await alice.page.locator('.status').waitFor({ state: 'detached' }); // the server sent it to everyone
  assert.deepEqual(await alice.texts(), ['before', 'said while away']);

  await alice.page.reload();
  await alice.isIn('lab');
  await alice.send('after');
  assert.equal((await carol.hears('channel', { text: 'after' })).key, key);
  await alice.receives('after');
  assert.deepEqual(await alice.texts(), ['after']);
});

test('[CHAN-2] a name that is registered on the server is refused, and the user can choose another', async (t) => {
  const stage = await channelServer(t);
  await stage.online('alice');
  const mallory = await PageUser.open(t, pageOf(stage), 'alice');
  await mallory.page.fill('#name', 'alice');
  await mallory.page.press('#name', 'Enter');
  await mallory.sees(refusalText(new Refusal('CHANNEL_NAME_TAKEN', 'alice')));
  await mallory.page.fill('#name', 'mallory');
  await mallory.page.press('#name', 'Enter');
  await mallory.join('lab');
});

test('a refusal is shown until it is dismissed, on a phone too', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'], ...PHONE });
  await alice.page.locator('.conversation-head .narrow').click();
  await alice.page.fill('#join', '!');
  await alice.page.press('#join', 'Enter');
  const invalid = refusalText(new Refusal('CHANNEL_INVALID', '!'));
  await alice.sees(invalid);
  await alice.page.getByText('Dismiss').click();
  await alice.page.getByText(invalid).waitFor({ state: 'detached' });
});

test('an address can name a channel: the button names it, and a session asks before joining it', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.open(t, `${pageOf(stage)}#lab`, 'alice');
  await alice.sees('Join #lab');
  await alice.begin();
  await alice.isIn('lab');
  await alice.page.goto(`${pageOf(stage)}#den`);
  await alice.until(`document.getElementById('join')?.value === '#den'`);
  await alice.page.press('#join', 'Enter');
  await alice.isIn('den');
  await alice.page.goto(`${pageOf(stage)}#lab`);
  await alice.isIn('lab');
});

test('all windows of a browser share the muted people, and the deletion of the key', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const [bob, eve] = await Promise.all([
    PageUser.start(t, pageOf(stage), 'bob'),
    PageUser.start(t, pageOf(stage), 'eve'),
  ]);
  for (const person of [bob, eve]) await person.join('lab');
  const second = await alice.secondWindow();
  await second.isIn('lab');
  await (await alice.openPerson('bob')).getByText('Mute', { exact: true }).click();
  await (await second.openPerson('eve')).getByText('Mute', { exact: true }).click();
  await second.until(`JSON.parse(localStorage.getItem('kith')).muted.length === 2`);
  await second.page.keyboard.press('Escape');
  await second.page.locator('.people .person', { hasText: 'bob (muted)' }).waitFor();

  await second.forget();
  await alice.sees('You deleted your key in another window of this browser.');
  assert.equal(await alice.page.evaluate("localStorage.getItem('kith')"), null);
});

test('two people with one name are told apart by fingerprints, in direct messages too', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const guests = [1, 2].map(() => TestClient.bySocket('bob', stage.server.port).enter('lab'));
  const [bob, impostor] = await Promise.all(guests);
  assert.ok(bob && impostor);
  for (const guest of [bob, impostor]) guest.say('lab', `I am ${fingerprintWords(guest.key.publicKey, primitives)}`);
  for (const guest of [bob, impostor]) {
    const words = fingerprintWords(guest.key.publicKey, primitives);
    await alice.receives(`I am ${words}`);
    await alice.page.locator('.log .head', { hasText: `bob · ${words}` }).waitFor();
    await alice.openPerson(words);
    await alice.openDirect(`bob (${words})`);
    await alice.page.locator('.conversation-head', { hasText: `Encrypted for: ${words}` }).waitFor();
    await alice.select('#lab');
    guest.leave();
  }
});

test('the last message of every member of a crowd is shown, and the log stays within its bound', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const names = Array.from({ length: 40 }, (_, at) => `guest-${at}`);
  const guests = await Promise.all(names.map((name) => TestClient.bySocket(name, stage.server.port).enter('lab')));
  for (let nth = 1; nth <= 20; nth += 1) for (const guest of guests) guest.say('lab', `${guest.name} ${nth}`);
  for (const guest of guests) await guest.hears(`${guest.name} 20`);
  await alice.send('the end');
  await alice.receives('the end');
  const texts = await alice.texts();
  assert.equal(texts.length, LIMITS.pageLinesPerConversation);
  for (const { name } of guests) {
    const shown = texts.filter((text) => text.startsWith(`${name} `));
    const last = Array.from({ length: 20 }, (_, at) => `${name} ${at + 1}`).slice(20 - shown.length);
    assert.deepEqual(shown, last);
  }
  for (const guest of guests) guest.leave();
});

test('messages of a muted person are not shown until the user unmutes them', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const bob = await PageUser.start(t, pageOf(stage), 'bob', { channels: ['lab'] });
  await (await alice.openPerson('bob')).getByText('Mute', { exact: true }).click();
  await alice.page.keyboard.press('Escape');
  await bob.send('muted');
  await bob.receives('muted');
  await alice.send('later'); // returns after everything before it
  await alice.receives('later');
  await (await alice.openPerson('bob')).getByText('Unmute').click();
  await alice.page.keyboard.press('Escape');
  await bob.send('unmuted');
  await alice.receives('unmuted');
  assert.deepEqual(await alice.texts(), ['later', 'unmuted']);
});

test('forgetting deletes the key, the name and the channels', async (t) => {
  const stage = await channelServer(t);
  const alice = await PageUser.start(t, pageOf(stage), 'alice', { channels: ['lab'] });
  const words = alice.page.locator('dialog .words', { hasText: /^\w+( \w+){5}$/ });
  await alice.openSettings();
  const before = await words.innerText();
  await alice.page.keyboard.press('Escape');
  await alice.forget();
  assert.equal(await alice.page.inputValue('#name'), '');
  await alice.begin();
  await alice.sees('You are in no channel.');
  await alice.openSettings();
  assert.notEqual(await words.innerText(), before);
});

test('each button copies its own text, and only that button says so', async (t) => {
  const stage = await channelServer(t);
  const address = pageOf(stage);
  const alice = await PageUser.start(t, address, 'alice', { channels: ['lab'], permissions: CLIPBOARD });
  const guests = await Promise.all(
    ['bob', 'carol'].map((name) => TestClient.bySocket(name, stage.server.port).enter('lab')),
  );
  for (const guest of guests) {
    const { publicKey } = guest.key;
    await alice.openPerson(guest.name);
    await alice.openDirect(guest.name);
    assert.equal(
      await alice.page
        .locator('.people button')
        .getByText(/^Copied/)
        .count(),
      0,
    );
    await alice.page.locator('.people .fingerprint').first().getByText('Copy the key').click();
    await alice.page.locator('.people button').getByText('Copied the key').waitFor();
    assert.equal(await alice.page.evaluate('navigator.clipboard.readText()'), publicKey);
    await alice.page.locator('.people .fingerprint').first().getByText('Copy the fingerprint').click();
    await alice.page.locator('.people button').getByText('Copied the fingerprint').waitFor();
    assert.equal(await alice.page.evaluate('navigator.clipboard.readText()'), fingerprintWords(publicKey, primitives));
    await alice.select('#lab');
  }
});

const CLIPBOARD = ['clipboard-read', 'clipboard-write'];
