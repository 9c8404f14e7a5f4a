// A peer whose every frame the test chooses: it has keys and a record like any user, and follows no rule by itself.

import assert from 'node:assert/strict';
import type { Endpoint } from '../../../../client/engine/core/endpoint.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { messageId, pairConversation, type WireMessage } from '../../../../protocols/chat/messages.js';
import { signRecord } from '../../../../protocols/directory/record-signing.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { LINK_VERSION } from '../../../../protocols/links/messages.js';
import type { QuickContent } from '../../../../protocols/quick/content.js';
import { QuickSession } from '../../../../protocols/quick/quick-session.js';
import type { HeardMark, MessageMark } from '../../../../protocols/kit/own-proofs/marks.js';
import { ownProofsKey, OwnProofs } from '../../../../protocols/kit/own-proofs/own-proofs.js';
import { signLetterKey } from '../../../../protocols/letters/letter-key.js';
import { letterInfo, readSealedLetter, sealedLetterText } from '../../../../protocols/letters/sealed-letter.js';
import type { Letter, LetterKind } from '../../../../protocols/letters/messages.js';
import { fakeKey, fakePrimitives, fakeSeal, fakeUnseal } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from './test-client.js';
import type { Testbed } from './testbed.js';

/** Only its author could check it, and a fake peer does not. */
export const NO_PROOF = 'A'.repeat(22);

export class FakePeer {
  readonly at: Endpoint = { host: '203.0.113.9', port: 6_000 };
  readonly identity;
  readonly deviceKey;
  readonly exchange: string;
  private lastLetter = 0;

  /** `life`: another one has other keys under the same name. */
  constructor(
    readonly name: string,
    readonly testbed: Testbed,
    life = 'puppet',
  ) {
    this.identity = fakeKey(`${name} ${life} identity`);
    this.deviceKey = fakeKey(`${name} ${life} device`);
    this.exchange = fakeKey(`${name} ${life} exchange`).publicKey;
    const letterKey = { device: this.device, number: 1, key: this.exchange, at: 0 };
    testbed.server.letterKeys.set(this.device, signLetterKey(letterKey, this.deviceKey, fakePrimitives));
  }

  /** A friend of the client, with a link of this number. */
  static linked(testbed: Testbed, client: Client, link: number, name = 'bob'): FakePeer {
    const peer = new FakePeer(name, testbed);
    peer.befriend(client);
    peer.link(client, link);
    return peer;
  }

  get device(): string {
    return this.deviceKey.publicKey;
  }

  record(version = 1, device = this.device, name = this.name): Signed {
    const devices = [{ device: { publicKey: device }, exchange: this.exchange, since: 0 }];
    const fields = { name, version, identity: this.identity, devices, previous: null, at: 0 };
    return signRecord(fields, fakePrimitives);
  }

  /** The name server lists us. */
  register(record = this.record()): void {
    this.testbed.server.records.set(this.name, record);
  }

  /** A letter to a client, sealed to its newest letter key unless said. `changes` to what is signed inside. */
  letter(to: Client, kind: LetterKind, body: unknown, changes: Partial<Letter> & { sealedTo?: string } = {}): string {
    const { sealedTo, ...changed } = changes;
    const letter: Letter = {
      from: this.name,
      device: this.device,
      to: to.name,
      toDevice: to.device,
      kind,
      at: this.testbed.now,
      body,
      ...changed,
    };
    return this.seal(
      to,
      JSON.stringify(signObject('letter', letter, this.deviceKey, fakePrimitives)),
      this.device,
      sealedTo,
    );
  }

  /** Any text, sealed for a client as a letter of ours. `from`: the device that it names in clear. */
  seal(to: Client, plain: string, from = this.device, key = to.letterKey.key): string {
    const { device } = to.letterKey;
    const writer = { device: from, identity: this.identity.publicKey };
    const info = letterInfo(key, writer, { device, identity: to.me.identity.publicKey });
    return sealedLetterText({ key, writer, sealed: fakeSeal(key, plain, info) });
  }

  /** The text of a letter that a client sealed for us, null if it does not open. */
  unseal(from: Client, body: string): string | null {
    const { key, writer, sealed } = readSealedLetter(body) ?? {};
    if (key !== this.exchange || !writer || sealed === undefined || writer.device !== from.device) return null;
    const info = letterInfo(key, writer, { device: this.device, identity: this.identity.publicKey });
    return fakeUnseal(key, sealed, info);
  }

  /** Has a sealed letter delivered; gives the id it was delivered under. */
  deliver(to: Client, body: string): string {
    this.lastLetter += 1;
    const id = Buffer.from(`${this.name}-${this.lastLetter}`.padEnd(16, '.').slice(-16)).toString('base64url');
    this.testbed.server.say(to, { type: 'deliver', id, from: this.name, at: this.testbed.now, body });
    this.testbed.settle();
    return id;
  }

  write(to: Client, kind: LetterKind, body: unknown, changes: Partial<Letter> = {}): string {
    return this.deliver(to, this.letter(to, kind, body, changes));
  }

  /** Becomes a friend of a client, as far as the client knows. */
  befriend(client: Client): void {
    this.register();
    client.command({ type: 'add', user: this.name, note: '' });
    this.testbed.settle();
    this.write(client, 'friend_answer', { record: this.record(), epoch: 1, accepted: true });
    assert.equal(client.told('friend_added').at(-1)?.user, this.name);
  }

  hello(changes: object = {}): object {
    const record = this.record();
    return {
      type: 'hello',
      versions: [LINK_VERSION],
      user: this.name,
      device: this.device,
      record,
      port: 6_000,
      seen: null,
      heard: null,
      features: [],
      ...changes,
    };
  }

  /** Proves a device to a client; gives true if the client answers with a proof of its own. */
  knock(client: Client, purpose: 'link' | 'posts', { device = this.device, record = this.record() } = {}): boolean {
    const effects = client.give({ type: 'knocked', knock: 1, purpose, device, record });
    assert.equal(effects.filter(({ type }) => type.startsWith('knock_')).length, 1, 'a knock has one answer');
    return effects.some(({ type }) => type === 'knock_admit');
  }

  /** A connection to a client that admitted our knock; `peerKey`: the device that we proved. */
  dial(client: Client, link: number, peerKey = this.device): Effect[] {
    return client.give({ type: 'link_opened', link, dial: null, peerKey, from: this.at, exported: exportedBy(link) });
  }

  say(client: Client, link: number, frame: unknown): Effect[] {
    return client.give({ type: 'link_frame', link, frame });
  }

  /** A link that stands and was greeted. */
  link(client: Client, link: number): Effect[] {
    this.dial(client, link);
    return this.say(client, link, this.hello());
  }

  /** Our end of the quick messages of a link that we dialled. */
  quick(link: number): QuickSession {
    return new QuickSession(exportedBy(link), true, this.testbed.now, fakePrimitives);
  }

  /** A quick text under an id of its own. */
  words(text: string): QuickContent {
    this.lastLetter += 1;
    const id = Buffer.alloc(16, `${this.name} ${this.lastLetter} `).toString('base64url');
    return { type: 'text', id, at: this.testbed.now, lamport: 1, endsMs: 86_400_000, text };
  }

  message(to: Client, changes: Partial<WireMessage> = {}): WireMessage {
    const conversation = pairConversation(this.identity.publicKey, to.me.identity.publicKey, fakePrimitives);
    return {
      conversation,
      device: this.device,
      seq: 1,
      lamport: 1,
      at: this.testbed.now,
      text: 'hi',
      after: 0,
      proof: NO_PROOF,
      ...changes,
    };
  }

  /** The mark of a message that the client wrote, and that its data lacks. */
  lostMessage(to: Client, seq: number): MessageMark {
    const { conversation } = this.message(to);
    const lost = { conversation, device: to.device, seq, lamport: seq, at: this.testbed.now, text: 'lost' };
    const id = messageId(to.name, lost, fakePrimitives);
    return { seq, id, proof: proofsOf(to).ofMessage(lost, { seq, id }) };
  }

  /** The mark of an acknowledgement that the client gave, whether its data has the messages or not. */
  acknowledgedBy(to: Client, seq: number): HeardMark {
    const { conversation } = this.message(to);
    return { seq, proof: proofsOf(to).ofHeard({ conversation, device: this.device }, { seq }) };
  }

  idOf(message: WireMessage): string {
    return messageId(this.name, message, fakePrimitives);
  }
}

/** The proofs that only this client can make. */
export function proofsOf({ me }: Client): OwnProofs {
  return new OwnProofs(ownProofsKey(me.identity, fakePrimitives), fakePrimitives);
}

/** The key material of a link's TLS. */
function exportedBy(link: number): Uint8Array {
  return new Uint8Array(LIMITS.linkKeyingBytes).map((_, k) => (link + k) & 255);
}

/** The frames a client sent over one link, in order. */
export function framesOn(effects: readonly Effect[], link: number): { type: string; code?: string }[] {
  return effects.flatMap((effect) =>
    effect.type === 'link_send' && effect.link === link ? [effect.frame as { type: string }] : [],
  );
}

export function isClosed(effects: readonly Effect[], link: number): boolean {
  return effects.some((effect) => effect.type === 'link_close' && effect.link === link);
}
