// Actions of the user and events of the channel client change the session state: unread marks, statuses, bounds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelClientAnswer, ChannelClientEvent } from '../../../protocols/channels/client/io.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, refusalText } from '../../../protocols/kit/refusals.js';
import { announcement, refusalAnnouncement } from '../../../web/state/announcements.js';
import * as actions from '../../../web/state/actions.js';
import { afterAnswer, afterEvent } from '../../../web/state/events.js';
import { peopleOf, sharedNames } from '../../../web/state/people.js';
import {
  channelsOf,
  hasSendingMessages,
  initialState,
  findConversation,
  totalUnread,
  withNotice,
  type SessionState,
} from '../../../web/state/session-state.js';
import { ALICE, BOB, CAROL, heard } from './people.js';

const ME = ALICE;

function answered(state: SessionState, ref: number, answer: ChannelClientAnswer): SessionState {
  return afterAnswer(state, ref, answer, 1_000);
}

const CLIENT_SESSION = 'my session';

function joined(channel: string): ChannelClientAnswer {
  return { ok: true, type: 'joined', presence: { channel, here: [ME], count: 1, elsewhere: 0 } };
}

/** In `#lab` and `#den`; `#den` is selected. */
function atDen(): SessionState {
  let state = actions.joinChannel(initialState(ME, CLIENT_SESSION), 1, 'lab');
  state = answered(state, 1, joined('lab'));
  return answered(actions.joinChannel(state, 2, 'den'), 2, joined('den'));
}

function told(state: SessionState, ...event: ChannelClientEvent[]): SessionState {
  return event.reduce((shown, one) => afterEvent(shown, one, 1_000), state);
}

function texts(state: SessionState, conversation: string): string[] {
  return findConversation(state, conversation)?.lines.map(({ text }) => text) ?? [];
}

/** The statuses of our own messages in a conversation. */
function statuses(state: SessionState, conversation: string): string[] {
  const lines = findConversation(state, conversation)?.lines ?? [];
  return lines.flatMap((line) => (line.type === 'message' && line.isMine ? [line.status.type] : []));
}

test('a message in another conversation is unread until selected; the mark stays until the user leaves', () => {
  let state = told(atDen(), heard(BOB, 'one'), heard(BOB, 'two'));
  const lab = findConversation(state, '#lab');
  assert.deepEqual([lab?.unread, lab?.firstNewId, totalUnread(state)], [2, lab?.lines[0]?.id, 2]);
  state = actions.select(state, '#lab');
  assert.deepEqual(
    [findConversation(state, '#lab')?.unread, findConversation(state, '#lab')?.firstNewId],
    [0, lab?.firstNewId],
  );
  state = actions.select(state, '#den');
  assert.equal(findConversation(state, '#lab')?.firstNewId, null);
});

test('on a hidden page a message is unread in the selected conversation too', () => {
  let state = actions.select(atDen(), '#lab');
  state = told(actions.setVisible(state, false), heard(BOB, 'one'));
  assert.equal(totalUnread(state), 1);
  state = actions.setVisible(state, true);
  assert.equal(totalUnread(state), 0);
  assert.notEqual(findConversation(state, '#lab')?.firstNewId, null);
});

test('our own messages never count as unread, and mark nothing as read, even if another window sent them', () => {
  const state = told(atDen(), heard(BOB, 'theirs'), heard(ME, 'from another window', { isMine: true }));
  assert.deepEqual([totalUnread(state), texts(state, '#lab')], [1, ['theirs', 'from another window']]);
});

test('without a connection no channel lists people', () => {
  const presence = { channel: 'lab', here: [ME, BOB], count: 2, elsewhere: 0 };
  const there = told(atDen(), { type: 'presence', presence });
  const membership = (state: SessionState) => {
    const conversation = findConversation(state, '#lab');
    return conversation?.type === 'channel' ? conversation.membership.type : null;
  };
  const away = told(there, { type: 'connection', state: 'away', reason: 'gone' });
  const back = told(away, { type: 'connection', state: 'open', reason: null }, { type: 'presence', presence });
  const out = told(back, { type: 'removed', channel: 'lab', refusal: new Refusal('CHANNELS_TOO_MANY', 'lab') });
  assert.deepEqual([there, away, back, out].map(membership), ['in', 'joining', 'in', 'out']);
});

test('a gap is noted in the channel; a forgery by the server is shown as a notice', () => {
  const state = told(
    atDen(),
    { type: 'missed', channel: 'lab', awayMs: 90_000 },
    { type: 'forgery', what: 'an unsigned statement' },
  );
  assert.deepEqual(texts(state, '#lab'), [
    'You were disconnected for 2 minutes and missed the messages of that time: channels do not store them.',
  ]);
  assert.equal(state.notice, refusalText(new Refusal('CHANNEL_FORGERY', 'an unsigned statement')));
});

test('the "New" mark survives a refused message above it and the removal of old lines', () => {
  let state = actions.sendMessage(atDen(), 3, { conversationId: '#lab', text: 'hi', at: 5 });
  state = answered(state, 3, { ok: false, refusal: new Refusal('CHANNEL_TOO_FAST', '1 s') });
  state = told(state, heard(BOB, 'news'));
  const lab = findConversation(state, '#lab');
  assert.deepEqual([lab?.unread, lab?.firstNewId], [2, lab?.lines[0]?.id]);
  let other = atDen();
  for (let at = 0; at < LIMITS.pageLinesPerConversation + 50; at += 1) other = told(other, heard(BOB, `${at}`));
  assert.equal(findConversation(other, '#lab')?.firstNewId, findConversation(other, '#lab')?.lines[0]?.id);
});

test('our message is shown at once, and then once at its place in the common order', () => {
  const sent = (state: SessionState): SessionState =>
    actions.sendMessage(state, 3, { conversationId: '#lab', text: 'hi', at: 5 });
  const mine = heard(ME, 'hi', { clientSession: CLIENT_SESSION, counter: 7, isMine: true });
  const taken: ChannelClientAnswer = { ok: true, type: 'sent', at: 6, counter: 7 };
  const sending = sent(atDen());
  assert.deepEqual([statuses(sending, '#lab'), hasSendingMessages(sending)], [['sending'], true]);
  assert.equal(hasSendingMessages(answered(sending, 3, taken)), false);
  assert.deepEqual(statuses(answered(sending, 3, taken), '#lab'), ['sent']);
  const takenFirst = told(answered(told(sending, heard(BOB, 'between')), 3, taken), mine);
  const heardFirst = answered(told(sending, heard(BOB, 'between'), mine), 3, taken);
  for (const state of [takenFirst, heardFirst]) {
    assert.deepEqual(texts(state, '#lab'), ['between', 'hi']);
    assert.deepEqual(statuses(state, '#lab'), ['confirmed']);
  }
});

test('a refused message says why and stays until it is dismissed', () => {
  let state = actions.sendMessage(atDen(), 3, { conversationId: '#lab', text: 'hi', at: 5 });
  state = answered(state, 3, { ok: false, refusal: new Refusal('CHANNEL_AWAY', 'kith.example') });
  const [line] = findConversation(state, '#lab')?.lines ?? [];
  assert.ok(line?.type === 'message' && line.isMine && line.status.type === 'refused');
  assert.match(line.status.why, /kith\.example/);
  assert.deepEqual(texts(actions.dismissLine(state, '#lab', line.id), '#lab'), []);
});

test('a direct message starts a conversation; ours show when they were delivered', () => {
  const message: ChannelClientEvent = { type: 'direct_message', from: BOB, id: 'w', text: 'psst', at: 1 };
  let state = told(atDen(), message);
  const conversation = `@${BOB.key}`;
  assert.deepEqual([texts(state, conversation), totalUnread(state)], [['psst'], 1]);
  state = actions.sendMessage(actions.select(state, conversation), 4, {
    conversationId: conversation,
    text: 'yes?',
    at: 2,
  });
  state = answered(state, 4, { ok: true, type: 'direct_delivered', id: 'x', at: 3 });
  assert.deepEqual(statuses(state, conversation), ['delivered']);
  state = actions.closeDirect(state, BOB.key);
  assert.equal(findConversation(state, conversation), null);
  assert.equal(state.current, '#den');
});

test('without a connection a join request stays open: the channel stays, without a note', () => {
  const refused = (code: 'CHANNEL_AWAY' | 'CHANNELS_OFF') => ({ ok: false as const, refusal: new Refusal(code, 'x') });
  const away = told(initialState(ME, CLIENT_SESSION), { type: 'connection', state: 'refused', reason: 'full\u202e' });
  assert.equal(away.connection.reason, 'full\ufffd');
  for (const code of ['CHANNEL_AWAY', 'CHANNELS_OFF'] as const) {
    const state = answered(actions.joinChannel(away, 9, 'hut'), 9, refused(code));
    assert.deepEqual([channelsOf(state), state.notice, texts(state, '#hut')], [['hut'], null, []]);
  }
  assert.deepEqual(channelsOf(actions.leaveChannel(atDen(), 'den')), ['lab']);
});

test('a channel that refuses us stays selected, with the reason as a note', () => {
  const lost: ChannelClientEvent = {
    type: 'removed',
    channel: 'lab',
    refusal: new Refusal('CHANNELS_TOO_MANY', 'lab'),
  } as const;
  const state = told(atDen(), heard(BOB, 'one'), lost);
  assert.deepEqual(texts(state, '#lab'), ['one', refusalText(lost.refusal)]);
  assert.equal(announcement(state, lost), `You are no longer in #lab. ${refusalText(lost.refusal)}`);
  const open = told(state, { type: 'connection', state: 'open', reason: null });
  const refused = { ok: false as const, refusal: new Refusal('CHANNELS_TOO_MANY', 'hut') };
  const after = answered(actions.joinChannel(open, 9, 'hut'), 9, refused);
  assert.deepEqual([after.current, texts(after, '#hut').length], ['#hut', 1]);
});

test('a refused message is announced, and counts as unread in another conversation', () => {
  const sent = actions.sendMessage(atDen(), 3, { conversationId: '#lab', text: 'hi', at: 5 });
  const no = { ok: false as const, refusal: new Refusal('CHANNEL_TOO_FAST', '1 s') };
  assert.equal(refusalAnnouncement(sent, 3, no), `Your message in #lab was not sent: ${refusalText(no.refusal)}`);
  assert.equal(refusalAnnouncement(sent, 3, { ok: true, type: 'sent', at: 1, counter: 1 }), null);
  assert.equal(totalUnread(answered(sent, 3, no)), 1);
  assert.equal(totalUnread(answered(actions.select(sent, '#lab'), 3, no)), 0);
});

test('a message with a wrong time gives a notice, which stays until it is dismissed', () => {
  const state = told(atDen(), { type: 'clock_mismatch', aheadMs: -600_000 });
  assert.equal(state.notice, refusalText(new Refusal('CHANNEL_UNTIMELY', '10 minutes')));
  const later = actions.sendMessage(state, 3, { conversationId: '#lab', text: 'hi', at: 5 });
  assert.equal(later.notice, state.notice);
  assert.equal(withNotice(later, null).notice, null);
});

test('a change of name under the same key is noted in the conversation', () => {
  const message = (name: string, id: string): ChannelClientEvent => ({
    type: 'direct_message',
    from: { ...BOB, name },
    id,
    text: id,
    at: 1,
  });
  const state = told(atDen(), message('bob', 'one'), message('alice', 'two'));
  const note = 'bob is now called alice. The key is the same.';
  assert.deepEqual(texts(state, `@${BOB.key}`), ['one', note, 'two']);
});

test('the lines and characters of a log, and the number of direct conversations, are bounded', () => {
  let state = atDen();
  for (let at = 0; at <= LIMITS.pageLinesPerConversation; at += 1) state = told(state, heard(BOB, `${at}`));
  assert.equal(texts(state, '#lab').length, LIMITS.pageLinesPerConversation);
  assert.equal(texts(state, '#lab')[0], '1');
  const long = 'x'.repeat(16_384);
  for (let at = 0; at < 50; at += 1) state = told(state, heard(BOB, long));
  const characters = texts(state, '#lab').join('').length;
  assert.ok(
    characters <= LIMITS.pageCharactersPerConversation &&
      characters > LIMITS.pageCharactersPerConversation - long.length,
  );
  for (let at = 0; at <= LIMITS.pageDirectConversationsMax; at += 1) {
    const from = { ...BOB, key: `key ${at}` };
    state = told(state, { type: 'direct_message', from, id: 'w', text: 'spam', at: 1 });
  }
  const directs = state.conversations.filter(({ type }) => type === 'direct');
  assert.equal(directs.length, LIMITS.pageDirectConversationsMax);
  assert.equal(directs.at(-1)?.id, '@key 1'); // the one that was silent for longest is gone
});

test('strangers only replace strangers, read ones first; conversations in which we wrote stay', () => {
  const spam = (state: SessionState, at: number): SessionState =>
    told(state, { type: 'direct_message', from: { ...BOB, key: `key ${at}` }, id: 'w', text: 'spam', at: 1 });
  const bob = `@${BOB.key}`;
  let state = actions.sendMessage(actions.openDirect(atDen(), BOB, 1), 5, { conversationId: bob, text: 'hi', at: 1 });
  state = spam(state, 0);
  state = actions.openDirect(actions.select(state, '@key 0'), CAROL, 1); // one was read, one is looked at
  for (let at = 1; at < LIMITS.pageDirectConversationsMax - 1; at += 1) state = spam(state, at);
  assert.deepEqual([findConversation(state, '@key 0'), state.notice], [null, null]); // it had been read
  for (let at = 100; at <= 100 + LIMITS.pageDirectConversationsMax; at += 1) state = spam(state, at);
  assert.match(state.notice ?? '', /^Unread direct messages from bob were removed/);
  assert.deepEqual([findConversation(state, bob)?.lines.length, state.current], [1, `@${CAROL.key}`]);
  assert.notEqual(findConversation(state, `@${CAROL.key}`), null);
  assert.equal(state.conversations.filter(({ type }) => type === 'direct').length, LIMITS.pageDirectConversationsMax);
});

test('a truncated log says so, and keeps messages of ours that are being sent', () => {
  let state = actions.sendMessage(atDen(), 3, { conversationId: '#lab', text: 'on its way', at: 1 });
  for (let at = 0; at < LIMITS.pageLinesPerConversation - 1; at += 1) state = told(state, heard(BOB, `${at}`));
  assert.equal(findConversation(state, '#lab')?.isTruncated, false);
  state = told(state, heard(BOB, 'one more'));
  assert.equal(findConversation(state, '#lab')?.isTruncated, true);
  assert.deepEqual(texts(state, '#lab').slice(0, 2), ['on its way', '1']);
});

test('people elsewhere wrote a message but are not listed here; a name of two keys is shared', () => {
  const presence = { channel: 'lab', here: [ME, BOB], count: 2, elsewhere: 1 };
  const namesake = { ...CAROL, name: 'bob' };
  const state = told(atDen(), { type: 'presence', presence }, heard(BOB, '1'), heard(CAROL, '2'), heard(namesake, '3'));
  const lab = findConversation(state, '#lab');
  assert.ok(lab?.type === 'channel');
  const { here, elsewhere } = peopleOf(lab);
  assert.deepEqual([here, elsewhere], [[ME, BOB], [namesake]]);
  assert.deepEqual([...sharedNames(state)], [['bob', []]]);
  const imitator = { ...CAROL, name: 'b0b' };
  const alike = sharedNames(told(atDen(), heard(BOB, '1'), heard(imitator, '2')));
  assert.deepEqual(
    [...alike],
    [
      ['bob', ['b0b']],
      ['b0b', ['bob']],
    ],
  );
});

test('a message in the selected conversation is announced in full, one elsewhere only by its author', () => {
  const state = actions.select(atDen(), '#lab');
  assert.equal(announcement(state, heard(BOB, 'hello\u202e')), 'bob: hello\ufffd');
  assert.equal(announcement(state, heard(BOB, 'hello', { channel: 'den' })), 'New message from bob in #den.');
  assert.equal(announcement(state, heard(ME, 'mine', { isMine: true })), null);
  const long = announcement(state, heard(BOB, 'x'.repeat(1_000))) ?? '';
  assert.ok(long.length < 400);
});
