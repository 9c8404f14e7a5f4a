// A hostile leader or member of a group: it has keys and a record like any user, and signs entries, statements and
// messages that no honest client would.

import assert from 'node:assert/strict';
import type { EntryOp, GroupPolicy, LogEntry } from '../../../protocols/groups/entry.js';
import { groupLetterShape, type GroupFrameBody, type GroupLetter } from '../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../protocols/groups/group-message.js';
import { DeviceRoster } from '../../../protocols/groups/log/device-roster.js';
import { MembershipLog } from '../../../protocols/groups/log/membership-log.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { objectId, signObject, type Signed, type SignedType } from '../../../protocols/kit/signed.js';
import { letterShape } from '../../../protocols/letters/messages.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import type { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';

const DEPENDENCIES = {
  primitives: fakePrimitives,
  readRecord: (signed: Signed) => readRecord(signed, fakePrimitives),
};
const POLICY: GroupPolicy = { deputies: [], history: 'all', join: 'ask' };
const NONCE = 'A'.repeat(22);

/** The keys that sign: of the leader itself, of a stolen device, or of a person that the leader made up. */
export type Signer = Pick<FakePeer, 'name' | 'identity' | 'deviceKey' | 'device'>;

export class HostileLeader extends FakePeer {
  /** Its copy of the log, checked like every copy. */
  log: MembershipLog;
  private readonly last = new Map<string, { seq: number; id: string }>();

  /** Registers, and founds a private group of this name. */
  constructor(name: string, testbed: Testbed, group = 'lake') {
    super(name, testbed);
    this.register();
    const record = this.record();
    const op: EntryOp = { do: 'create', name: group, public: false, nonce: NONCE, record, policy: POLICY, cites: null };
    const first = { group: null, index: 0, previous: null, term: 0, op, at: 1, by: name, device: this.device };
    this.log = this.begin(this.signed('group', first));
  }

  get group(): string {
    return this.log.group;
  }

  /** Takes the log of an honest group over, to act as a member of it. */
  follow(entries: readonly Signed[]): void {
    const [first, ...others] = entries;
    assert.ok(first);
    this.log = this.begin(first);
    for (const signed of others) assert.equal(this.log.append(signed), null);
  }

  /** An honest client becomes a member: it is invited, and accepts. */
  admit(client: Client): void {
    const head = { index: this.log.position.index, hash: this.log.position.hash };
    const { name } = this.log;
    const key = client.me.identity.publicKey;
    this.write(client, 'group', {
      group: this.group,
      body: { type: 'invite', key, name, public: false, head, policy: POLICY, members: 1 },
    });
    client.do({ type: 'accept', user: name, nameKind: 'group' });
    this.testbed.settle();
    const request = this.lettersFrom(client).findLast(({ body }) => body.type === 'join_request')?.body;
    assert.ok(request?.type === 'join_request');
    this.append({ do: 'add', user: client.name, key, record: request.record, consent: request.consent });
    this.sendLog(client);
    assert.ok(client.told('group_joined').some(({ group }) => group === name));
  }

  /** Adds a person that it made up: the consent is signed by that person's own device. */
  add(person: FakePeer): void {
    const consent = this.consentOf(person);
    const key = person.identity.publicKey;
    this.append({ do: 'add', user: person.name, key, record: person.record(), consent });
  }

  consentOf(person: Signer, device: Signer = person): Signed {
    const { index, hash } = this.log.position;
    const author = { group: this.group, by: person.name, device: device.device, key: person.identity.publicKey };
    return this.signed('consent', { ...author, head: { index, hash }, nonce: NONCE, at: 1 }, device);
  }

  /** Signs an entry on top of its log and appends it. */
  append(op: EntryOp, signer: Signer = this): Signed {
    const entry = this.entry(op, signer);
    assert.equal(this.log.append(entry), null);
    return entry;
  }

  entry(op: EntryOp, signer: Signer = this, term = this.log.term): Signed {
    const { index, hash: previous } = this.log.position;
    const position = { group: this.group, index: index + 1, previous, term };
    const entry: LogEntry = { ...position, op, at: 1, by: signer.name, device: signer.device };
    return this.signed('group', entry, signer);
  }

  /** The next message of a device. */
  groupMessage(signer: Signer, text: string): Signed {
    const last = this.last.get(signer.device);
    const seq = (last?.seq ?? 0) + 1;
    const message: GroupMessage = {
      group: this.group,
      epoch: this.log.position,
      by: signer.name,
      device: signer.device,
      seq,
      previous: last?.id ?? null,
      before: 0,
      after: [],
      lamport: seq,
      at: this.testbed.now,
      text,
    };
    const signed = this.signed('group_message', message, signer);
    this.last.set(signer.device, { seq, id: objectId('group_message', signed.payload, fakePrimitives) });
    return signed;
  }

  statement(type: SignedType, fields: object, signer: Signer = this): Signed {
    return this.signed(type, { group: this.group, by: signer.name, device: signer.device, ...fields }, signer);
  }

  /** Frame bodies by letter: without a link, and signed by the device of the leader. */
  sendBodies(to: Client, ...bodies: GroupFrameBody[]): void {
    this.write(to, 'group', { group: this.group, body: { type: 'bundle', bodies } });
  }

  sendMessages(to: Client, ...messages: Signed[]): void {
    this.sendBodies(to, { type: 'messages', messages, more: false });
  }

  /** The whole log. */
  sendLog(to: Client, records: Signed[] = []): void {
    this.sendBodies(to, { type: 'entries', from: 0, entries: this.log.signedFrom(0, 100), proofs: [], records });
  }

  /** The letters about groups that a client sent to this user. */
  lettersFrom(client: Client): GroupLetter[] {
    return lettersTo(this, client);
  }

  private begin(first: Signed): MembershipLog {
    const log = MembershipLog.begin(first, new DeviceRoster(DEPENDENCIES), DEPENDENCIES);
    assert.ok(log);
    return log;
  }

  private signed(type: SignedType, value: object, signer: Signer = this): Signed {
    return signObject(type, value, signer.deviceKey, fakePrimitives);
  }
}

/** The letters about groups that a client sent to a user, as that user reads them. */
export function lettersTo(peer: FakePeer, client: Client): GroupLetter[] {
  return peer.testbed.server.seen.flatMap(({ from, letter: { to, body } }) => {
    const plain = from === client.name && to === peer.name ? peer.unseal(client, body) : null;
    const letter = plain === null ? null : parseJson((parseJson(plain) as Signed).payload);
    return letterShape.accepts(letter) && groupLetterShape.accepts(letter.body) ? [letter.body] : [];
  });
}
