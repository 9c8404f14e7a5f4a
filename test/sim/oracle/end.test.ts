// The last judgement, tested with planted violations: each must be named, and a world that came right must pass.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import { judgeEnd, type Exemptions, type UserView } from './end.js';
import { SentMessages } from './sent-messages.js';

const AT = '2027-01-15T08:00:00.000Z';

/** alice said `one` and `two` to bob, and was promised both. */
function sent(): SentMessages {
  const said = new SentMessages();
  for (const text of ['one', 'two']) {
    said.add({ text, kind: 'chat', author: 'alice', to: 'bob' });
    const entry = said.withText(text);
    if (entry) entry.isPromised = true;
  }
  return said;
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

/** bob's computer was lost, and an old copy put back and found out. */
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

test('two equal histories are right', () => {
  assert.equal(judge(BOTH, BOTH), '');
});

test('[G1] a promised message that its author lost is seen', () => {
  assert.match(judge([line('two')], BOTH), /\[G1\] alice has 0 of "one"/);
});

test('[G2] a message that did not arrive is seen', () => {
  assert.match(judge(BOTH, [line('one')]), /\[G2\] bob has 0 of "two"/);
});

test('[G2] a cancelled message need not arrive', () => {
  assert.equal(judge([line('one', 'cancelled'), line('two')], [line('two')]), '');
});

test('[G2] a message that arrived twice is seen', () => {
  assert.match(judge(BOTH, [...BOTH, line('two')]), /\[G2\] bob has 2 of "two"/);
});

test('[G2] another order is seen', () => {
  assert.match(judge(BOTH, [line('two'), line('one')]), /differ in order[^]*bob has number 1 of alice after 2/);
});

test('[G3] a message that still waits is seen', () => {
  assert.match(judge([line('one'), line('two', 'held')], BOTH), /\[G3\] "two" is held at alice/);
});

test('[G4] a line under another name is seen', () => {
  assert.match(judge(BOTH, [line('one'), line('two', 'delivered', 'bob')]), /\[G4\] bob has "two" of alice as by bob/);
});

test('[G4] a friendship of one side only is seen', () => {
  const views = [view('alice', 'bob', BOTH), view('bob', 'alice', BOTH, [])];
  assert.match(judgeEnd(views, sent()).join('\n'), /\[G4\] alice counts bob as a friend/);
});

test('[G3] a request that did not arrive is seen', () => {
  const asking: FriendSummary = { ...friend('bob'), state: 'asked' };
  const views = [view('alice', 'bob', BOTH, [asking]), view('bob', 'alice', BOTH, [])];
  assert.match(judgeEnd(views, sent()).join('\n'), /\[G3\] alice has asked bob, who does not know/);
});

test('a friend who is there and not seen is noticed', () => {
  const views = [view('alice', 'bob', BOTH, [friend('bob', false)]), view('bob', 'alice', BOTH)];
  assert.match(judgeEnd(views, sent()).join('\n'), /does not see that bob is online/);
});

test('[CHAT-19] what a friend has of what was lost, and did not come back, is seen', () => {
  assert.equal(judgeMended(BOTH, BOTH), '');
  assert.match(judgeMended(BOTH, [line('one')]), /\[CHAT-19\] bob has not got back "two", which alice has/);
  assert.doesNotMatch(judgeMended([line('one'), line('two', 'cancelled')], [line('one')]), /CHAT-19/);
});

test('[CHAT-19] who parted need not give anything back', () => {
  assert.equal(judgeMended(BOTH, [line('one')], { ...BOB_WAS_MENDED, haveParted: () => true }), '');
});

test('[G2] only what may have been said again may stand twice', () => {
  const said = sent();
  const two = said.withText('two');
  if (two) two.isRepeatable = true;
  const views = (lines: HistoryMessage[]) => [view('alice', 'bob', lines), view('bob', 'alice', lines)];
  assert.deepEqual(judgeEnd(views([...BOTH, line('two')]), said), []);
  assert.match(judgeEnd(views([...BOTH, line('one')]), said).join('\n'), /has 2 of "one"/);
});

test('[G4] a friendship of one side only is excused where letters about it were lost for good', () => {
  const views = [view('alice', 'bob', BOTH), view('bob', 'alice', BOTH, [])];
  assert.deepEqual(judgeEnd(views, sent(), { ...BOB_WAS_MENDED, mayDisagree: () => true }), []);
});
