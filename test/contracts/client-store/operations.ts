// Random operations on a client's store, as values that run on every implementation.

import fc from 'fast-check';
import type { StoredMessage, TransactionalStore } from '../../../client/engine/core/store.js';
import { everyPost, postOperations, type Operation } from './post-operations.js';
import { sampleId, sampleKey, samplePerson } from './samples.js';

const peers = fc.constantFrom('al', 'bob');
const devices = fc.constantFrom('a', 'b', 'B', '-').map(sampleKey);
const seqs = fc.integer({ min: 1, max: 6 });
const limits = fc.integer({ min: 1, max: 5 });
const times = fc.integer({ min: 0, max: 9 });
const ids = fc.integer({ min: 0, max: 40 }).map(sampleId);
const someIds = fc.array(ids, { maxLength: 6 });
const kinds = fc.constantFrom('chat', 'quick');
const texts = fc
  .array(fc.constantFrom('a', 'B', 'é', 'a-b', '!', 'É b'), { maxLength: 3 })
  .map((some) => some.join(' '));
const user = fc.record({
  type: fc.constant('user' as const),
  name: fc.constantFrom('al', 'bob'),
  key: fc.option(fc.constant('k')),
});
const queries = fc.record({
  words: fc.array(fc.constantFrom('a', 'b', 'e', 'A b', '!', 'b-e'), { minLength: 1, maxLength: 2 }),
  author: fc.option(fc.oneof(fc.constant({ type: 'me' } as const), user)),
  peer: fc.option(fc.constantFrom('al', 'bob')),
  before: fc.option(fc.integer({ min: 0, max: 9 })),
  limit: fc.integer({ min: 1, max: 5 }),
});
const letterKinds = fc.constantFrom('receipt', 'read', 'bye');
const states = fc.constantFrom('queued', 'held', 'delivered', 'read', 'cancelled', 'unconfirmed', 'remembered');

const messageFields = {
  id: ids,
  peer: peers,
  mine: fc.boolean(),
  device: devices,
  kind: kinds,
  seq: seqs,
  lamport: seqs,
  at: times,
  text: fc.oneof(fc.string({ maxLength: 5 }), texts),
  state: states,
  shown: fc.boolean(),
  after: times,
  proof: fc.option(ids),
};
const messages: fc.Arbitrary<StoredMessage> = fc.record(messageFields, { noNullPrototype: true });

/** The engine never writes with an id or a seq that is in use. */
function isFree(store: TransactionalStore, { id, peer, device, seq }: StoredMessage): boolean {
  return store.message(id) === null && store.messageAt(peer, device, seq) === null;
}

function operation<T>(name: string, given: fc.Arbitrary<T>, run: (store: TransactionalStore, given: T) => unknown) {
  return given.map((value): Operation => {
    return { text: `${name} ${JSON.stringify(value)}`, run: (store) => run(store, value) };
  });
}

const changes = [
  operation('addMessage', messages, (store, message) => store.addMessage(message)),
  operation('addOutgoing', messages, (store, message) => {
    const mine: StoredMessage = { ...message, mine: true, kind: 'chat', state: 'queued', shown: true };
    if (isFree(store, mine)) store.addOutgoing(mine);
  }),
  operation('setShown', someIds, (store, some) => store.setShown(some)),
  operation('setState', fc.tuple(ids, states), (store, [id, state]) => store.setState(id, state)),
  operation('settle', fc.tuple(ids, fc.constantFrom('delivered', 'cancelled')), (store, [id, state]) =>
    store.settle(id, state),
  ),
  operation('markHeld', fc.tuple(someIds, times), (store, [some, at]) => store.markHeld(some, at)),
  operation('requeueHeld', fc.tuple(times, fc.option(peers)), (store, given) => store.requeueHeld(...given)),
  operation('markRead', peers, (store, peer) => byName(store.markRead(peer))),
  operation('markReadByPeer', fc.tuple(peers, devices, seqs), (store, given) => store.markReadByPeer(...given)),
  operation('addLetter', fc.tuple(peers, letterKinds, times), (store, [to, kind, at]) =>
    store.addLetter({ to, kind, at, body: '{}' }),
  ),
  operation('dropLetter', seqs, (store, ref) => store.dropLetter(ref)),
  operation('seeLetter', fc.tuple(ids, times), (store, given) => store.seeLetter(...given)),
  operation('forgetLettersSeenBefore', times, (store, at) => store.forgetLettersSeenBefore(at)),
  operation('putPerson', peers, (store, name) => store.putPerson(samplePerson(name, { note: name }))),
  operation('dropPerson', peers, (store, name) => store.dropPerson(name)),
  operation('putSetting', fc.tuple(peers, peers), (store, given) => store.putSetting(...given)),
  operation('putLetterKey', fc.tuple(peers, seqs, times), (store, [key, number, daysOld]) =>
    store.putLetterKey({ key, secret: 's', device: 'd', number, at: 1, replacedAt: daysOld || null, daysOld }),
  ),
  operation('dropLetterKey', peers, (store, key) => store.dropLetterKey(key)),
  operation('put a one-time key', fc.tuple(peers, seqs), (store, [key, number]) =>
    store.oneTimeKeys.put({ key, secret: 's', device: 'd', number, usedBy: null }),
  ),
  operation('use a one-time key', fc.tuple(peers, ids), (store, given) => store.oneTimeKeys.use(...given)),
  operation('drop one-time keys', seqs, (store, number) => store.oneTimeKeys.dropOf('d', number)),
  operation('raiseBoot', fc.constant(null), (store) => store.raiseBoot()),
];

const questions = [
  operation('message', ids, (store, id) => store.message(id)),
  operation('messageAt', fc.tuple(peers, devices, seqs), (store, given) => store.messageAt(...given)),
  operation('lastShownSeq', fc.tuple(peers, devices), (store, given) => store.lastShownSeq(...given)),
  operation('heldBack', fc.tuple(peers, devices, limits), (store, given) => store.heldBack(...given)),
  operation('lastDelivered', fc.tuple(peers, devices), (store, given) => store.lastDelivered(...given)),
  operation('lastSeq', fc.tuple(peers, devices, kinds), (store, given) => store.lastSeq(...given)),
  operation('lastWaitingBefore', fc.tuple(peers, seqs), (store, given) => store.lastWaitingBefore(...given)),
  operation('waitingFor', fc.tuple(peers, times, limits, fc.boolean()), (store, given) => store.waitingFor(...given)),
  operation('history', fc.tuple(peers, limits, fc.option(ids)), (store, given) => store.history(...given)),
  operation('search', queries, (store, query) => store.search(query)),
  operation('a one-time key', peers, (store, key) => store.oneTimeKeys.get(key)),
  operation('one-time keys', seqs, (store, number) => store.oneTimeKeys.count('d', number)),
  operation('lettersTo', fc.tuple(peers, letterKinds), (store, given) => store.lettersTo(...given)),
  operation('letters', fc.tuple(times, limits), (store, given) => store.letters(...given)),
];

/** Weighted towards adding, because the other operations need messages. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 20, arbitrary: changes[0] as fc.Arbitrary<Operation> },
  { weight: 10, arbitrary: changes[1] as fc.Arbitrary<Operation> },
  { weight: 15, arbitrary: postOperations },
  ...changes.slice(2).map((arbitrary) => ({ weight: 2, arbitrary })),
  ...questions.map((arbitrary) => ({ weight: 1, arbitrary })),
);

/** All queries without a random argument. */
export function everything(store: TransactionalStore): unknown {
  const about = (peer: string): unknown => [store.history(peer, 99, null), store.lastLamport(peer)];
  const counts = [byName(store.waitingCounts()), byName(store.unreadCounts())];
  return [
    about('al'),
    about('bob'),
    store.search({ words: ['a'], author: null, peer: null, before: null, limit: 99 }),
    counts,
    store.waiting(99),
    store.people(),
    store.letters(0, 99),
    store.setting('al'),
    store.letterKey('al'),
    store.letterKey('bob'),
    everyPost(store),
  ];
}

function byName<V>(map: Map<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
