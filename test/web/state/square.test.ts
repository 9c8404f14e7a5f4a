// What the page shows follows from what is told and done: unread marks, what becomes of our own words, bounds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VisitorAnswer, VisitorNews } from '../../../protocols/channels/visitor/world.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { announcement, refusedAloud } from '../../../web/state/announcements.js';
import * as deeds from '../../../web/state/deeds.js';
import { afterAnswer, afterNews } from '../../../web/state/news.js';
import { peopleOf, sharedNames } from '../../../web/state/people.js';
import {
  channelsOf,
  hasSomethingSending,
  newSquare,
  placeOf,
  unreadOf,
  withNotice,
  type Square,
} from '../../../web/state/square.js';
import { ALICE, BOB, CAROL, heard } from './people.js';

const ME = ALICE;

function answered(square: Square, ref: number, answer: VisitorAnswer): Square {
  return afterAnswer(square, ref, answer, 1_000);
}

const LIFE = 'my life';

function joined(channel: string): VisitorAnswer {
  return { ok: true, done: 'joined', presence: { channel, here: [ME], count: 1, elsewhere: 0 } };
}

/** In `#lab`, and in `#den`, which is looked at. */
function atDen(): Square {
  let square = deeds.joining(newSquare(ME, LIFE), 1, 'lab');
  square = answered(square, 1, joined('lab'));
  return answered(deeds.joining(square, 2, 'den'), 2, joined('den'));
}

function told(square: Square, ...news: VisitorNews[]): Square {
  return news.reduce((shown, one) => afterNews(shown, one, 1_000), square);
}

function texts(square: Square, place: string): string[] {
  return placeOf(square, place)?.lines.map(({ text }) => text) ?? [];
}

/** The states of our own words in a place. */
function fates(square: Square, place: string): string[] {
  const lines = placeOf(square, place)?.lines ?? [];
  return lines.flatMap((line) => (line.kind === 'text' && line.isMine ? [line.fate.state] : []));
}

test('what is said elsewhere is unread until one goes there; the line stays until one leaves', () => {
  let square = told(atDen(), heard(BOB, 'one'), heard(BOB, 'two'));
  const lab = placeOf(square, '#lab');
  assert.deepEqual([lab?.unread, lab?.newFrom, unreadOf(square)], [2, lab?.lines[0]?.id, 2]);
  square = deeds.wentTo(square, '#lab');
  assert.deepEqual([placeOf(square, '#lab')?.unread, placeOf(square, '#lab')?.newFrom], [0, lab?.newFrom]);
  square = deeds.wentTo(square, '#den');
  assert.equal(placeOf(square, '#lab')?.newFrom, null);
});

test('a page that nobody looks at marks what comes in, also in the place that is open', () => {
  let square = deeds.wentTo(atDen(), '#lab');
  square = told(deeds.watched(square, false), heard(BOB, 'one'));
  assert.equal(unreadOf(square), 1);
  square = deeds.watched(square, true);
  assert.equal(unreadOf(square), 0);
  assert.notEqual(placeOf(square, '#lab')?.newFrom, null);
});

test('our own words are never unread, and make nothing read, wherever they were said', () => {
  const square = told(atDen(), heard(BOB, 'theirs'), heard(ME, 'from another window', { isMine: true }));
  assert.deepEqual([unreadOf(square), texts(square, '#lab')], [1, ['theirs', 'from another window']]);
});

test('while we are not connected nobody is said to be there', () => {
  const presence = { channel: 'lab', here: [ME, BOB], count: 2, elsewhere: 0 };
  const there = told(atDen(), { news: 'presence', presence });
  const membership = (square: Square) => {
    const place = placeOf(square, '#lab');
    return place?.kind === 'channel' ? place.membership.state : null;
  };
  const away = told(there, { news: 'connection', state: 'away', reason: 'gone' });
  const back = told(away, { news: 'connection', state: 'open', reason: null }, { news: 'presence', presence });
  const out = told(back, { news: 'lost', channel: 'lab', refusal: new Refusal('CHANNELS_TOO_MANY', 'lab') });
  assert.deepEqual([there, away, back, out].map(membership), ['in', 'joining', 'in', 'out']);
});

test('how long we were away, and that a server showed what nobody said, is told', () => {
  const square = told(
    atDen(),
    { news: 'missed', channel: 'lab', awayMs: 90_000 },
    { news: 'forgery', what: 'what nobody signed' },
  );
  assert.deepEqual(texts(square, '#lab'), ['You were away for 2 minutes. What was said meanwhile is kept by nobody.']);
  assert.match(square.notice ?? '', /what nobody said .* what nobody signed/);
});

test('the mark of what is new survives a refusal before it, and what gave way', () => {
  let square = deeds.saying(atDen(), 3, { placeId: '#lab', text: 'hi', at: 5 });
  square = answered(square, 3, { ok: false, refusal: new Refusal('CHANNEL_TOO_FAST', '1 s') });
  square = told(square, heard(BOB, 'news'));
  const lab = placeOf(square, '#lab');
  assert.deepEqual([lab?.unread, lab?.newFrom], [2, lab?.lines[0]?.id]);
  let other = atDen();
  for (let at = 0; at < LIMITS.pageLinesPerPlace + 50; at += 1) other = told(other, heard(BOB, `${at}`));
  assert.equal(placeOf(other, '#lab')?.newFrom, placeOf(other, '#lab')?.lines[0]?.id);
});

test('what we say stands there at once, and then where everybody has it, once', () => {
  const spoken = (square: Square): Square => deeds.saying(square, 3, { placeId: '#lab', text: 'hi', at: 5 });
  const mine = heard(ME, 'hi', { life: LIFE, counter: 7, isMine: true });
  const taken: VisitorAnswer = { ok: true, done: 'said', at: 6, counter: 7 };
  const sending = spoken(atDen());
  assert.deepEqual([fates(sending, '#lab'), hasSomethingSending(sending)], [['sending'], true]);
  assert.equal(hasSomethingSending(answered(sending, 3, taken)), false);
  assert.deepEqual(fates(answered(sending, 3, taken), '#lab'), ['sent']);
  const takenFirst = told(answered(told(sending, heard(BOB, 'between')), 3, taken), mine);
  const heardFirst = answered(told(sending, heard(BOB, 'between'), mine), 3, taken);
  for (const square of [takenFirst, heardFirst]) {
    assert.deepEqual(texts(square, '#lab'), ['between', 'hi']);
    assert.deepEqual(fates(square, '#lab'), ['heard']);
  }
});

test('what was refused says why and stays until it is put away', () => {
  let square = deeds.saying(atDen(), 3, { placeId: '#lab', text: 'hi', at: 5 });
  square = answered(square, 3, { ok: false, refusal: new Refusal('CHANNEL_AWAY', 'kith.example') });
  const [line] = placeOf(square, '#lab')?.lines ?? [];
  assert.ok(line?.kind === 'text' && line.isMine && line.fate.state === 'refused');
  assert.match(line.fate.why, /kith\.example/);
  assert.deepEqual(texts(deeds.putAway(square, '#lab', line.id), '#lab'), []);
});

test('a whisper begins a place of its own, and ours say when they were delivered', () => {
  const whisper: VisitorNews = { news: 'whispered', from: BOB, id: 'w', text: 'psst', at: 1 };
  let square = told(atDen(), whisper);
  const place = `@${BOB.key}`;
  assert.deepEqual([texts(square, place), unreadOf(square)], [['psst'], 1]);
  square = deeds.saying(deeds.wentTo(square, place), 4, { placeId: place, text: 'yes?', at: 2 });
  square = answered(square, 4, { ok: true, done: 'whispered', id: 'x', at: 3 });
  assert.deepEqual(fates(square, place), ['delivered']);
  square = deeds.closedWhisper(square, BOB.key);
  assert.equal(placeOf(square, place), null);
  assert.equal(square.current, '#den');
});

test('a server that is not there has not said no: the channel stays, and nothing is said of it', () => {
  const refused = (code: 'CHANNEL_AWAY' | 'CHANNELS_OFF') => ({ ok: false as const, refusal: new Refusal(code, 'x') });
  const away = told(newSquare(ME, LIFE), { news: 'connection', state: 'refused', reason: 'full\u202e' });
  assert.equal(away.connection.reason, 'full\ufffd');
  for (const code of ['CHANNEL_AWAY', 'CHANNELS_OFF'] as const) {
    const square = answered(deeds.joining(away, 9, 'hut'), 9, refused(code));
    assert.deepEqual([channelsOf(square), square.notice, texts(square, '#hut')], [['hut'], null, []]);
  }
  assert.deepEqual(channelsOf(deeds.parted(atDen(), 'den')), ['lab']);
});

test('a channel that does not let us in, or no more, stays with the reason: nobody is moved elsewhere', () => {
  const lost: VisitorNews = { news: 'lost', channel: 'lab', refusal: new Refusal('CHANNELS_TOO_MANY', 'lab') };
  const square = told(atDen(), heard(BOB, 'one'), lost);
  assert.match(texts(square, '#lab').join(), /^one,That is one channel too many/);
  assert.equal(announcement(square, lost), `Out of #lab. ${texts(square, '#lab')[1]}`);
  const open = told(square, { news: 'connection', state: 'open', reason: null });
  const refused = { ok: false as const, refusal: new Refusal('CHANNELS_TOO_MANY', 'hut') };
  const after = answered(deeds.joining(open, 9, 'hut'), 9, refused);
  assert.deepEqual([after.current, texts(after, '#hut').length], ['#hut', 1]);
});

test('what was refused is told aloud, and marked where one does not look', () => {
  const sent = deeds.saying(atDen(), 3, { placeId: '#lab', text: 'hi', at: 5 });
  const no = { ok: false as const, refusal: new Refusal('CHANNEL_TOO_FAST', '1 s') };
  assert.equal(refusedAloud(sent, 3, no), 'What you said in #lab: Too fast. Wait 1 s and say it again.');
  assert.equal(refusedAloud(sent, 3, { ok: true, done: 'said', at: 1, counter: 1 }), null);
  assert.equal(unreadOf(answered(sent, 3, no)), 1);
  assert.equal(unreadOf(answered(deeds.wentTo(sent, '#lab'), 3, no)), 0);
});

test('words of another time are no accusation; a notice stays until it is put away', () => {
  const square = told(atDen(), { news: 'untimely', aheadMs: -600_000 });
  assert.match(square.notice ?? '', /bears a time 10 minutes from now/);
  const later = deeds.saying(square, 3, { placeId: '#lab', text: 'hi', at: 5 });
  assert.equal(later.notice, square.notice);
  assert.equal(withNotice(later, null).notice, null);
});

test('who goes by another name under the same key says so in the conversation', () => {
  const whisper = (name: string, id: string): VisitorNews => ({
    news: 'whispered',
    from: { ...BOB, name },
    id,
    text: id,
    at: 1,
  });
  const square = told(atDen(), whisper('bob', 'one'), whisper('alice', 'two'));
  const note = 'bob goes by the name alice now. The key is the same.';
  assert.deepEqual(texts(square, `@${BOB.key}`), ['one', note, 'two']);
});

test('a log, and how many can begin to whisper, are bounded', () => {
  let square = atDen();
  for (let at = 0; at <= LIMITS.pageLinesPerPlace; at += 1) square = told(square, heard(BOB, `${at}`));
  assert.equal(texts(square, '#lab').length, LIMITS.pageLinesPerPlace);
  assert.equal(texts(square, '#lab')[0], '1');
  const long = 'x'.repeat(16_384);
  for (let at = 0; at < 50; at += 1) square = told(square, heard(BOB, long));
  const letters = texts(square, '#lab').join('').length;
  assert.ok(letters <= LIMITS.pageLettersPerPlace && letters > LIMITS.pageLettersPerPlace - long.length);
  for (let at = 0; at <= LIMITS.pageWhisperersMax; at += 1) {
    const from = { ...BOB, key: `key ${at}` };
    square = told(square, { news: 'whispered', from, id: 'w', text: 'spam', at: 1 });
  }
  const whisperers = square.places.filter(({ kind }) => kind === 'whisper');
  assert.equal(whisperers.length, LIMITS.pageWhisperersMax);
  assert.equal(whisperers.at(-1)?.id, '@key 1'); // who was silent for longest gave way
});

test('strangers crowd out each other, read ones first, and nobody we have spoken with', () => {
  const spam = (square: Square, at: number): Square =>
    told(square, { news: 'whispered', from: { ...BOB, key: `key ${at}` }, id: 'w', text: 'spam', at: 1 });
  const bob = `@${BOB.key}`;
  let square = deeds.saying(deeds.turnedTo(atDen(), BOB, 1), 5, { placeId: bob, text: 'hi', at: 1 });
  square = spam(square, 0);
  square = deeds.turnedTo(deeds.wentTo(square, '@key 0'), CAROL, 1); // one was read, one is looked at
  for (let at = 1; at < LIMITS.pageWhisperersMax - 1; at += 1) square = spam(square, at);
  assert.deepEqual([placeOf(square, '@key 0'), square.notice], [null, null]); // it had been read
  for (let at = 100; at <= 100 + LIMITS.pageWhisperersMax; at += 1) square = spam(square, at);
  assert.match(square.notice ?? '', /^What bob said in private gave way unread/);
  assert.deepEqual([placeOf(square, bob)?.lines.length, square.current], [1, `@${CAROL.key}`]);
  assert.notEqual(placeOf(square, `@${CAROL.key}`), null);
  assert.equal(square.places.filter(({ kind }) => kind === 'whisper').length, LIMITS.pageWhisperersMax);
});

test('a log that forgets says so, and never forgets what of ours is still open', () => {
  let square = deeds.saying(atDen(), 3, { placeId: '#lab', text: 'on its way', at: 1 });
  for (let at = 0; at < LIMITS.pageLinesPerPlace - 1; at += 1) square = told(square, heard(BOB, `${at}`));
  assert.equal(placeOf(square, '#lab')?.hasForgotten, false);
  square = told(square, heard(BOB, 'one more'));
  assert.equal(placeOf(square, '#lab')?.hasForgotten, true);
  assert.deepEqual(texts(square, '#lab').slice(0, 2), ['on its way', '1']);
});

test('people elsewhere are those who were heard and are not listed here; a name of two keys is shared', () => {
  const presence = { channel: 'lab', here: [ME, BOB], count: 2, elsewhere: 1 };
  const namesake = { ...CAROL, name: 'bob' };
  const square = told(
    atDen(),
    { news: 'presence', presence },
    heard(BOB, '1'),
    heard(CAROL, '2'),
    heard(namesake, '3'),
  );
  const lab = placeOf(square, '#lab');
  assert.ok(lab?.kind === 'channel');
  const { here, elsewhere } = peopleOf(lab);
  assert.deepEqual([here, elsewhere], [[ME, BOB], [namesake]]);
  assert.deepEqual([...sharedNames(square)], ['bob']);
});

test('aloud is what comes where one is, and only that something came elsewhere', () => {
  const square = deeds.wentTo(atDen(), '#lab');
  assert.equal(announcement(square, heard(BOB, 'hello\u202e')), 'bob: hello\ufffd');
  assert.equal(announcement(square, heard(BOB, 'hello', { channel: 'den' })), 'New from bob, #den.');
  assert.equal(announcement(square, heard(ME, 'mine', { isMine: true })), null);
  const long = announcement(square, heard(BOB, 'x'.repeat(1_000))) ?? '';
  assert.ok(long.length < 400);
});
