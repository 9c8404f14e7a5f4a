// Tests the oracle: it must report each planted violation, and none for a correct course of events.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { StoredMessage } from '../../../client/engine/core/store.js';
import { Tally } from '../kernel/tally.js';
import { Checker } from './checker.js';

const AT = '2027-01-15T08:00:00.000Z';
const EMPTY = { messages: [], waiting: [], people: [] };

/** alice and bob are friends; mallory has no friend. `disk`: which user has which message. */
function court() {
  const violations: string[] = [];
  const disk = new Map<string, StoredMessage>();
  const friends = new Map([
    ['alice', new Set(['bob'])],
    ['bob', new Set(['alice'])],
  ]);
  const stores = {
    post: () => null,
    message: (user: string, id: string) => disk.get(`${user} ${id}`) ?? null,
    friends: (user: string) => friends.get(user) ?? new Set<string>(),
    isIncomplete: () => false,
    isByzantine: (user: string) => user === 'mallory',
  };
  const checker = new Checker(stores, new Tally(), (violation) => violations.push(violation));
  const keep = (user: string, id: string, state: StoredMessage['state'] = 'delivered') =>
    disk.set(`${user} ${id}`, message(id, state));
  return { checker, violations, disk, keep, friends };
}

function message(id: string, state: StoredMessage['state']): StoredMessage {
  const numbers = { seq: 1, lamport: 1, at: 0, after: 0, proof: null };
  return { id, peer: 'x', mine: true, device: 'd', kind: 'chat', text: id, state, shown: true, ...numbers };
}

/** alice sends a text, gets the confirmation, and stores it. */
function say({ checker, keep }: ReturnType<typeof court>, text: string): void {
  const command = { type: 'say', user: 'bob', text } as const;
  checker.commanded('alice', command);
  keep('alice', text, 'queued');
  checker.answered('alice', command, { ok: true, data: { id: text, state: 'queued' } });
}

function chat(text: string, from = 'alice'): ClientEvent {
  return { event: 'chat', id: text, from, text, at: AT };
}

function state(id: string, to: 'held' | 'delivered' | 'read'): ClientEvent {
  return { event: 'state', id, to: 'bob', state: to, at: AT };
}

function says(violations: readonly string[], rule: string): void {
  assert.equal(violations.length, 1, violations.join('\n'));
  assert.match(violations[0] ?? '', new RegExp(`^\\[${rule}\\]`));
}

test('a correct conversation has no violation', () => {
  const scene = court();
  const { checker, violations, keep } = scene;
  for (const text of ['one', 'two']) {
    say(scene, text);
    keep('bob', text);
    checker.hasAcknowledged('bob', [text]);
    checker.observed('bob', chat(text));
    checker.observed('alice', state(text, 'held'));
    checker.observed('alice', state(text, 'delivered'));
    keep('bob', text, 'read');
    checker.observed('alice', state(text, 'read'));
  }
  checker.crashed('alice');
  checker.crashed('bob');
  assert.deepEqual(violations, []);
});

test('[G1] a confirmed message that is not on disk is a violation', () => {
  const { checker, violations } = court();
  const command = { type: 'say', user: 'bob', text: 'one' } as const;
  checker.commanded('alice', command);
  checker.answered('alice', command, { ok: true, data: { id: 'one', state: 'queued' } });
  says(violations, 'G1');
});

test('[G1] a confirmed message that does not survive a crash is a violation', () => {
  const scene = court();
  say(scene, 'one');
  scene.disk.delete('alice one');
  scene.checker.crashed('alice');
  says(scene.violations, 'G1');
});

test('[G1] an acknowledged message that does not survive a crash is a violation', () => {
  const { checker, violations, disk, keep } = court();
  keep('bob', 'one');
  checker.hasAcknowledged('bob', ['one']);
  disk.delete('bob one');
  checker.crashed('bob');
  says(violations, 'G1');
});

test('[G1] the state delivered without the message at the receiver is a violation', () => {
  const scene = court();
  say(scene, 'one');
  scene.checker.observed('alice', state('one', 'delivered'));
  says(scene.violations, 'G1');
});

test('[G2] a message shown twice is a violation', () => {
  const scene = court();
  say(scene, 'one');
  scene.keep('bob', 'one');
  scene.checker.observed('bob', chat('one'));
  scene.checker.observed('bob', chat('one'));
  says(scene.violations, 'G2');
});

test('[G2] messages shown out of order are a violation, unless the earlier one was cancelled', () => {
  const scene = court();
  const { checker, violations, keep } = scene;
  for (const text of ['one', 'two', 'three']) {
    say(scene, text);
    keep('bob', text);
  }
  checker.observed('bob', chat('three'));
  checker.commanded('alice', { type: 'cancel', id: 'two' });
  checker.observed('bob', chat('two'));
  assert.deepEqual(violations, []);
  checker.observed('bob', chat('one'));
  says(violations, 'G2');
});

test('[CHAT-18] a renewed device without a stale copy is a violation, unless a friend is byzantine', () => {
  const { checker, violations, friends } = court();
  friends.set('bob', new Set(['mallory']));
  checker.renewed('bob', []);
  assert.deepEqual(violations, []);
  checker.renewed('alice', []);
  says(violations, 'CHAT-18');
});

test('[G3] a message state that goes back is a violation', () => {
  const scene = court();
  say(scene, 'one');
  scene.keep('bob', 'one');
  scene.checker.observed('alice', state('one', 'delivered'));
  scene.checker.observed('alice', state('one', 'held'));
  says(scene.violations, 'G3');
});

test('[G3] the state read for an unread message is a violation', () => {
  const scene = court();
  say(scene, 'one');
  scene.keep('bob', 'one');
  scene.checker.observed('alice', state('one', 'read'));
  says(scene.violations, 'G3');
});

test('[G4] a message under another name is a violation', () => {
  const scene = court();
  scene.friends.set('bob', new Set(['alice', 'carol']));
  say(scene, 'one');
  scene.keep('bob', 'one');
  scene.checker.observed('bob', chat('one', 'carol'));
  says(scene.violations, 'G4');
});

test('[G4] a message shown to another user than its recipient is a violation', () => {
  const scene = court();
  scene.friends.set('carol', new Set(['alice']));
  say(scene, 'one');
  scene.keep('carol', 'one');
  scene.checker.observed('carol', chat('one'));
  says(scene.violations, 'G4');
});

test('[G4] a message of a stranger is a violation', () => {
  const scene = court();
  scene.friends.set('bob', new Set());
  say(scene, 'one');
  scene.keep('bob', 'one');
  scene.checker.observed('bob', chat('one'));
  says(scene.violations, 'G4');
});

test('[G4] a byzantine user may send anything, but only under its own name', () => {
  const { checker, violations, keep, friends } = court();
  friends.set('bob', new Set(['alice', 'mallory']));
  keep('bob', 'one');
  checker.observed('bob', chat('one', 'mallory'));
  checker.observed('bob', chat('one', 'mallory'));
  assert.deepEqual(violations, []);
  checker.observed('bob', chat('one', 'alice'));
  says(violations, 'G4');
});

test('[G4] a text that no user wrote is a violation', () => {
  const scene = court();
  scene.keep('bob', 'one');
  scene.checker.observed('bob', chat('one'));
  says(scene.violations, 'G4');
});

/** bob's disk is lost and restored from a copy without the message of alice. */
function putBack({ checker, disk }: ReturnType<typeof court>, text: string): void {
  const lost = { ...message(text, 'delivered'), peer: 'alice', mine: false };
  disk.delete(`bob ${text}`);
  checker.copyRestored('bob', { ...EMPTY, messages: [lost] }, { ...EMPTY, isOtherDevice: false });
}

test('[G1] a message lost with a disk is no violation, and may be shown again', () => {
  const scene = court();
  const { checker, violations, keep } = scene;
  say(scene, 'one');
  keep('bob', 'one');
  checker.hasAcknowledged('bob', ['one']);
  checker.observed('bob', chat('one'));
  putBack(scene, 'one');
  checker.observed('alice', state('one', 'delivered'));
  checker.crashed('bob');
  keep('bob', 'one');
  checker.observed('bob', chat('one'));
  assert.deepEqual(violations, []);
  checker.observed('bob', chat('one'));
  says(violations, 'G2');
});

test('[CHAT-18] a stale copy becomes a new device once, not twice', () => {
  const scene = court();
  putBack(scene, 'one');
  scene.checker.renewed('bob', []);
  assert.deepEqual(scene.violations, []);
  scene.checker.renewed('bob', []);
  says(scene.violations, 'CHAT-18');
});

test('[G2] messages queued at a renewal may be sent again, unless the recipient has them', () => {
  const scene = court();
  const { checker, violations, keep } = scene;
  for (const text of ['one', 'two']) {
    say(scene, text);
    keep('bob', text);
    checker.observed('bob', chat(text));
  }
  scene.disk.delete('bob one');
  const waiting = ['one', 'two'].map((text) => ({ ...message(text, 'queued'), peer: 'bob' }));
  scene.checker.copyRestored('alice', EMPTY, { ...EMPTY, messages: waiting, waiting, isOtherDevice: false });
  keep('bob', 'one');
  checker.observed('bob', chat('one'));
  assert.deepEqual(violations, []);
  checker.observed('bob', chat('two'));
  says(violations, 'G2');
});
