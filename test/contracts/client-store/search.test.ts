// The contract of a client's store for full-text search.

import assert from 'node:assert/strict';
import type { Author, SearchQuery, TransactionalStore } from '../../../client/engine/core/store.js';
import { contract } from './contract.js';
import { fromBob, MY_DEVICE, sampleId, sampleKey, sampleQuick, toBob } from './samples.js';
import { storedGroup } from '../../../client/engine/core/conversation-id.js';

/** The found texts, in order. */
function found(store: TransactionalStore, words: string, narrowed: Partial<SearchQuery> = {}): string[] {
  const query = { words: words.split(' '), author: null, peer: null, before: null, limit: 50, ...narrowed };
  return store.search(query).map(({ text }) => text);
}

const GROUP = sampleId(7);
const ME: Author = { type: 'me' };
const user = (name: string, key: string | null = null): Author => ({ type: 'user', name, key });

/** Stores a shown message of the group `GROUP`, written at 5 000 ms; the author `me` is I. */
function inGroup(store: TransactionalStore, seq: number, author: string, text: string): void {
  const [by = '', letter = 'k'] = author.split(' ');
  const key = sampleKey(letter);
  const mine = by === 'me';
  const fixed = { visibility: 'shown', state: 'delivered', device: MY_DEVICE, lamport: seq, at: 5_000 } as const;
  const signed = { payload: text, signature: 'A'.repeat(86) };
  store.groupStore(GROUP).addMessage({ ...fixed, id: sampleId(900 + seq), by, key, mine, seq, text, signed });
}

/** Messages by Bob with these texts. */
function said(store: TransactionalStore, ...texts: string[]): void {
  for (const [at, text] of texts.entries()) store.addMessage(fromBob(at + 1, { text }));
}

contract('a search finds the messages with all words, the last stored first', (store) => {
  said(store, 'a boat on the lake', 'the lake', 'a lake, and a BOAT', 'boats and lakes');
  assert.deepEqual(found(store, 'boat lake'), ['a lake, and a BOAT', 'a boat on the lake']);
  assert.deepEqual(found(store, 'lake boat river'), []);
  assert.deepEqual(found(store, 'boat', { limit: 1 }), ['a lake, and a BOAT']);
});

contract('a found message is complete', (store) => {
  const quick = sampleQuick(4, { text: 'look outside' });
  store.addMessage(quick);
  assert.deepEqual(store.search({ words: ['outside'], author: null, peer: null, before: null, limit: 5 }), [quick]);
});

contract('words match as a whole; case, accents and separators do not matter', (store) => {
  said(store, 'Über die BRÜCKE', 'uber-cool', 'größe', 'naïve (café)');
  assert.deepEqual(found(store, 'über'), ['uber-cool', 'Über die BRÜCKE']);
  assert.deepEqual(found(store, 'brucke'), ['Über die BRÜCKE']);
  assert.deepEqual(found(store, 'bru'), []);
  assert.deepEqual(found(store, 'GRÖSSE'), []);
  assert.deepEqual(found(store, 'NAÏVE cafe!'), ['naïve (café)']);
});

contract('a term of several words is a phrase', (store) => {
  said(store, 'see you at eight', 'you see me', 'see: you!');
  assert.deepEqual(found(store, 'see you'), ['see: you!', 'you see me', 'see you at eight']);
  assert.deepEqual(found(store, '', { words: ['see you'] }), ['see: you!', 'see you at eight']);
  assert.deepEqual(found(store, 'see-you'), ['see: you!', 'see you at eight']);
});

contract('no input is an operator', (store) => {
  said(store, 'cats or dogs', 'say "hi" NOT bye', 'x* near y', 'text: mine');
  assert.deepEqual(found(store, 'cats OR birds'), []);
  assert.deepEqual(found(store, 'cats OR dogs'), ['cats or dogs']);
  assert.deepEqual(found(store, '"hi" NOT'), ['say "hi" NOT bye']);
  assert.deepEqual(found(store, 'nea*'), []);
  assert.deepEqual(found(store, 'mine', { words: ['tags : mine'] }), []);
  const strange = ['', '!!!', '🌱', '**', '^z', 'a\u0000b', ') AND (', "'", '\ud800', '\u200b', '\u0301'];
  for (const word of strange) assert.deepEqual(found(store, '', { words: [word] }), [], JSON.stringify(word));
});

/** Texts as people write them, and what is searched: with the place of the text that has it, -1 for none. */
const NATURAL_TEXTS = [
  "don't say it isn't",
  '50 % off',
  'well 👍🏽 done',
  'C++ or C',
  '明日は東京で会いましょう',
  '학교에서 봐요',
  'ไปเที่ยวทะเลกัน',
  '𠮷野家',
  'flag 🇩🇪 :-)',
  'a < b_c',
];
const SEARCHED: readonly (readonly [string, number])[] = [
  ["don't", 0],
  ['don’t', 0],
  ["isn't it", 0],
  ['isnt', -1],
  ['%', 1],
  ['50%', 1],
  ['👍', 2],
  ['👍🏽', 2],
  ['👎', -1],
  ['well👍', 2],
  ['C++', 3],
  ['東京', 4],
  ['京東', -1],
  ['明日', 4],
  ['東京で会い', 4],
  ['학교', 5],
  ['학교'.normalize('NFD'), 5],
  ['ทะเล', 6],
  ['野家', 7],
  ['𠮷', 7],
  ['🇩🇪', 8],
  ['🇫🇷', -1],
  [':-)', 8],
  [':)', -1],
  ['<', 9],
  ['b_c', 9],
];

contract('natural text finds itself: apostrophes, symbols, emoji, and words of scripts without spaces', (store) => {
  said(store, ...NATURAL_TEXTS);
  for (const [typed, at] of SEARCHED) {
    const wanted = at < 0 ? [] : [NATURAL_TEXTS[at]];
    assert.deepEqual(found(store, '', { words: typed.split(' ') }), wanted, typed);
  }
});

contract('a search can be limited by author, peer and time', (store) => {
  store.addMessage(fromBob(1, { text: 'lake', at: 100 }));
  store.addOutgoing(toBob(1, { text: 'lake!', at: 200 }));
  store.addMessage(fromBob(1, { peer: 'eve', id: sampleId(1), text: 'lake?', at: 300 }));
  assert.deepEqual(found(store, 'lake', { author: ME }), ['lake!']);
  assert.deepEqual(found(store, 'lake', { author: user('bob') }), ['lake']);
  assert.deepEqual(found(store, 'lake', { author: user('eve') }), ['lake?']);
  assert.deepEqual(found(store, 'lake', { author: user('eve'), peer: 'bob' }), []);
  assert.deepEqual(found(store, 'lake', { peer: 'bob' }), ['lake!', 'lake']);
  assert.deepEqual(found(store, 'lake', { peer: 'bob', author: user('bob') }), ['lake']);
  assert.deepEqual(found(store, 'lake', { peer: 'nobody' }), []);
  assert.deepEqual(found(store, 'lake', { before: 300 }), ['lake!', 'lake']);
  assert.deepEqual(found(store, 'lake', { before: 300, author: ME, peer: 'eve' }), []);
});

contract('the author counts before the limit, in groups as in conversations of two', (store) => {
  store.addMessage(fromBob(1, { text: 'lake: to me alone' }));
  for (const [seq, by] of ['bob', 'bob-2', 'me'].entries()) inGroup(store, seq + 1, by, `lake: by ${by}`);
  for (let seq = 10; seq < 70; seq += 1) inGroup(store, seq, 'eve', `lake ${seq}`);
  const peer = storedGroup(GROUP);
  assert.deepEqual(found(store, 'lake', { author: user('bob') }), ['lake: by bob', 'lake: to me alone']);
  assert.deepEqual(found(store, 'lake', { author: user('bob'), peer }), ['lake: by bob']);
  inGroup(store, 80, 'bob x', 'lake: by another bob');
  assert.deepEqual(found(store, 'lake', { author: user('bob', sampleKey('k')), peer }), ['lake: by bob']);
  assert.equal(found(store, 'lake', { author: user('bob'), peer }).length, 2);
  assert.deepEqual(found(store, 'lake', { author: user('bob-2') }), ['lake: by bob-2']);
  assert.deepEqual(found(store, 'lake', { author: ME }), ['lake: by me']);
  assert.deepEqual(found(store, 'lake', { author: user('me') }), []);
  assert.equal(found(store, 'lake', { author: user('eve') }).length, 50);
  assert.deepEqual(found(store, 'lake', { author: user('bob'), before: 2_000 }), ['lake: to me alone']);
});

contract('a message that arrived late is found by the day it was written', (store) => {
  const day = 86_400_000;
  for (const [at, written] of [9, 3, 5, 1, 7].entries())
    store.addMessage(fromBob(at + 1, { text: `lake ${written}`, at: written * day + at }));
  assert.deepEqual(found(store, 'lake', { before: 6 * day }), ['lake 1', 'lake 5', 'lake 3']);
  assert.deepEqual(found(store, 'lake', { before: 3 * day + 2 }), ['lake 1', 'lake 3']);
  assert.deepEqual(found(store, 'lake', { before: 3 * day + 1 }), ['lake 1']);
  assert.deepEqual(found(store, 'lake', { before: day }), []);
});

contract('a message is found as soon as it is shown, and not before', (store) => {
  store.addMessage(fromBob(2, { text: 'lake', shown: false }));
  assert.deepEqual(found(store, 'lake'), []);
  store.setShown([fromBob(2).id]);
  assert.deepEqual(found(store, 'lake'), ['lake']);
});

contract('a message that arrives between two searches is found by the second', (store) => {
  said(store, 'lake one');
  assert.deepEqual(found(store, 'lake'), ['lake one']);
  store.addMessage(fromBob(2, { text: 'lake two' }));
  assert.deepEqual(found(store, 'lake'), ['lake two', 'lake one']);
});

contract('a message of a rolled back transaction is not found, even if the transaction searched', (store) => {
  said(store, 'lake one');
  const work = (): never => {
    store.addMessage(fromBob(2, { text: 'lake two' }));
    assert.equal(found(store, 'lake').length, 2);
    throw new Error('crash');
  };
  assert.throws(() => store.transaction(work), /crash/);
  assert.deepEqual(found(store, 'lake'), ['lake one']);
  store.addMessage(fromBob(2, { text: 'lake three' }));
  assert.deepEqual(found(store, 'lake'), ['lake three', 'lake one']);
});

contract('a removed message is not found, and a new one is not taken for it', (store) => {
  for (const seq of [1, 2]) store.addOutgoing(toBob(seq, { text: `lake ${seq}` }));
  assert.equal(found(store, 'lake').length, 2);
  store.dropUnsettled(toBob(2).id);
  assert.deepEqual(found(store, 'lake'), ['lake 1']);
  store.addOutgoing(toBob(2, { text: 'boat', id: sampleId(5) }));
  assert.deepEqual(found(store, 'lake'), ['lake 1']);
  assert.deepEqual(found(store, 'boat'), ['boat']);
});
