// Sample messages, people and ids for tests of the client's store.

import { toBase64url } from '../../../protocols/kit/bytes.js';
import type { Person, StoredMessage } from '../../../client/engine/core/store.js';

/** A pseudorandom id, the same for the same number. */
export function sampleId(number: number): string {
  const bytes = new Uint8Array(16).map((_, at) => (Math.imul(number + 1, 2654435761 + at * 40503) >>> 13) & 255);
  new DataView(bytes.buffer).setUint32(12, number);
  return toBase64url(bytes);
}

export function sampleKey(letter: string): string {
  return `${letter.repeat(42)}A`;
}

export const MY_DEVICE = sampleKey('m');
export const BOBS_DEVICE = sampleKey('b');
export const BOBS_OTHER_DEVICE = sampleKey('B');

/** A message by Bob, shown and unread. */
export function fromBob(seq: number, changes: Partial<StoredMessage> = {}): StoredMessage {
  const fixed = {
    peer: 'bob',
    mine: false,
    device: BOBS_DEVICE,
    kind: 'chat',
    state: 'delivered',
    shown: true,
  } as const;
  const counted = { seq, lamport: seq, at: 1_000 + seq, after: 0, proof: null };
  return { ...fixed, ...counted, id: sampleId(1_000 + seq), text: `bob ${seq}`, ...changes };
}

/** A message of mine to Bob. */
export function toBob(seq: number, changes: Partial<StoredMessage> = {}): StoredMessage {
  const fixed = { peer: 'bob', mine: true, device: MY_DEVICE, kind: 'chat', state: 'queued', shown: true } as const;
  const counted = { seq, lamport: seq, at: 1_000 + seq, after: 0, proof: null };
  return { ...fixed, ...counted, id: sampleId(2_000 + seq), text: `to bob ${seq}`, ...changes };
}

export function sampleQuick(number: number, changes: Partial<StoredMessage> = {}): StoredMessage {
  return fromBob(number, { kind: 'quick', id: sampleId(3_000 + number), ...changes });
}

export function samplePerson(name: string, changes: Partial<Person> = {}): Person {
  const nothing = { epoch: 1, pinned: null, note: '', blocked: false, verified: false, claimed: null, endpoints: [] };
  return { name, friendship: 'friend', ...nothing, ...changes };
}
