// Tests the final check: it must report each planted violation, and none for a converged world.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import { judgeEnd, type Exemptions, type UserView } from './end.js';
import { SentMessages } from './sent-messages.js';

const AT = '2027-01-15T08:00:00.000Z';

/** alice sent `one` and `two` to bob, and both were confirmed. */
function sent(): SentMessages {
  const sent = new SentMessages();
  for (const text of ['one', 'two']) {
    sent.add({ text, kind: 'chat', author: 'alice', to: 'bob' });
    const entry = sent.withText(text);
    if (entry) entry.isPromised = true;
  }
  return sent;
}

function line(text: string, state: HistoryMessage['state'] = 'delivered', from = 'alice'): HistoryMessage {
  return { id: text, from, text, at: AT, kind: 'chat', state };
}

function friend(user: string, online = true): FriendSummary {
  return { user, online, lastSeen: null, unread: 0, verified: false, state: 'friend' };
}

function view(user: string, other: string, lines: readonly HistoryMessage[], friends = [friend(other)]): UserView {
  return { user, friends, histories: new Map([[other, lines]]), outbox: [], requests: [] };
}

const BOTH = [line('one'), line('two')];

function judge(alices: readonly HistoryMessage[], bobs: readonly HistoryMessage[]): string {
  return judgeEnd([view('alice', 'bob', alices), view('bob', 'alice', bobs)], sent()).join('\n');
}

/** bob's disk was replaced by an old copy, which was detected. */
const BOB_WAS_MENDED: Exemptions = {
  isByzantine: () => false,
  mayDisagree: () => false,
  haveParted: () => false,
  wasRecovered: (user) => user === 'bob',
};

function judgeMended(
  alices: readonly HistoryMessage[],
  bobs: readonly HistoryMessage[],
  circumstances = BOB_WAS_MENDED,
): string {
  return judgeEnd([view('alice', 'bob', alices), view('bob', 'alice', bobs)], sent(), circumstances).join('\n');
}

test('two equal histories have no violation', () => {
  assert.equal(judge(BOTH, BOTH), '');
});

test('[G1] a confirmed message that its author lost is a violation', () => {
  assert.match(judge([line('two')], BOTH), /\[G1\] alice has 0 of "one"/);
});

test('[G2] a message that did not arrive is a violation', () => {
  assert.match(judge(BOTH, [line('one')]), /\[G2\] bob has 0 of "two"/);
});

test('[G2] a cancelled message need not arrive', () => {
  assert.equal(judge([line('one', 'cancelled'), line('two')], [line('two')]), '');
});

test('[G2] a message that arrived twice is a violation', () => {
  assert.match(judge(BOTH, [...BOTH, line('two')]), /\[G2\] bob has 2 of "two"/);
});

test('[G2] a different order is a violation', () => {
  assert.match(judge(BOTH, [line('two'), line('one')]), /differ in order[^]*bob has number 1 of alice after 2/);
});

test('[G3] a message that is still queued is a violation', () => {
  assert.match(judge([line('one'), line('two', 'held')], BOTH), /\[G3\] "two" is held at alice/);
});

test('[G4] a line under another name is a violation', () => {
  assert.match(judge(BOTH, [line('one'), line('two', 'delivered', 'bob')]), /\[G4\] bob has "two" of alice as by bob/);
});

test('[G4] a one-sided friendship is a violation', () => {
  const views = [view('alice', 'bob', BOTH), view('bob', 'alice', BOTH, [])];
  assert.match(judgeEnd(views, sent()).join('\n'), /\[G4\] alice counts bob as a friend/);
});

test('[G3] a request that did not arrive is a violation', () => {
  const asking: FriendSummary = { ...friend('bob'), state: 'asked' };
  const views = [view('alice', 'bob', BOTH, [asking]), view('bob', 'alice', BOTH, [])];
  assert.match(judgeEnd(views, sent()).join('\n'), /\[G3\] alice has asked bob, who does not know/);
});

test('a friend who is online but shown as offline is a violation', () => {
  const views = [view('alice', 'bob', BOTH, [friend('bob', false)]), view('bob', 'alice', BOTH)];
  assert.match(judgeEnd(views, sent()).join('\n'), /does not see that bob is online/);
});

test('[CHAT-19] a lost message that a friend has and that was not recovered is a violation', () => {
  assert.equal(judgeMended(BOTH, BOTH), '');
  assert.match(judgeMended(BOTH, [line('one')]), /\[CHAT-19\] bob has not got back "two", which alice has/);
  assert.doesNotMatch(judgeMended([line('one'), line('two', 'cancelled')], [line('one')]), /CHAT-19/);
});

test('[CHAT-19] former friends need not recover messages from each other', () => {
  assert.equal(judgeMended(BOTH, [line('one')], { ...BOB_WAS_MENDED, haveParted: () => true }), '');
});

test('[G2] only a message that may have been sent again may appear twice', () => {
  const known = sent();
  const two = known.withText('two');
  if (two) two.isRepeatable = true;
  const views = (lines: HistoryMessage[]) => [view('alice', 'bob', lines), view('bob', 'alice', lines)];
  assert.deepEqual(judgeEnd(views([...BOTH, line('two')]), known), []);
  assert.match(judgeEnd(views([...BOTH, line('one')]), known).join('\n'), /has 2 of "one"/);
});

test('[G4] a one-sided friendship is allowed if letters about it were lost permanently', () => {
  const views = [view('alice', 'bob', BOTH), view('bob', 'alice', BOTH, [])];
  assert.deepEqual(judgeEnd(views, sent(), { ...BOB_WAS_MENDED, mayDisagree: () => true }), []);
});
