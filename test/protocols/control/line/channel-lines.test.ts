// How typed lines about channels are parsed, as tables.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isComment, parseLine } from '../../../../protocols/control/line/parse-line.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';

/** What a line comes to: what it tells, nothing, or `CODE: about`. */
function parsed(line: string, conversation: string | null = null): unknown {
  const told = parseLine(line, conversation);
  return told instanceof Refusal ? `${told.code}: ${told.about}` : told;
}

function expectEach(table: readonly (readonly [line: string, told: unknown])[], conversation: string | null = null) {
  for (const [line, told] of table) assert.deepEqual(parsed(line, conversation), told, line);
}

test('[CTRL-25] a line that begins with # and a channel name is a message to that channel', () => {
  const channel = 'lab';
  const inChannel = (text: string) => ({ type: 'channel', channel, text });
  expectEach([
    ['join #Lab', { type: 'join', channel }],
    ['part lab', { type: 'part', channel }],
    ['channels', { type: 'channels' }],
    ['#lab hello', inChannel('hello')],
    ['/#LAB  two  words ', inChannel(' two  words ')],
    ['  #lab hello', inChannel('hello')],
    ['#channel hello', { type: 'channel', channel: 'channel', text: 'hello' }],
    ['#lab', 'USAGE: #lab <text>'],
    ['#lab  ', 'USAGE: #lab <text>'],
    ['#l hello', 'CHANNEL_INVALID: #l'],
    ['##lab hello', 'CHANNEL_INVALID: ##lab'],
    ['join l', 'CHANNEL_INVALID: l'],
    [`#lab ${'x'.repeat(16_385)}`, 'TEXT_TOO_LONG: it has 16385 bytes of at most 16 KiB'],
  ]);
  expectEach(
    [
      ['#lab hello', { type: 'say', user: 'bob', text: '#lab hello' }],
      ['/#lab hello', inChannel('hello')],
    ],
    'bob',
  );
  assert.equal(isComment('#lab hello'), false);
});

test('[CTRL-26] the receiver of a direct message is one word, or several in quotes', () => {
  const toWhom = (to: string, text = 'see you') => ({ type: 'private', to, text });
  expectEach([
    ['private bob see you', toWhom('bob')],
    ['private olive-river see you', toWhom('olive-river')],
    ['private "olive river" see you', toWhom('olive river')],
    ['private user:bob see you', toWhom('user:bob')],
    ['private bob "see" you', toWhom('bob', '"see" you')],
    ['private "olive river', toWhom('"olive', 'river')],
    ['private bob', 'USAGE: private <fingerprint-or-user> <text>'],
  ]);
});
