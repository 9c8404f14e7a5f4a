// A tiny name server for tests: takes every record, tells presence, forwards and holds letters; checks nothing.

import type { Effect, ListedUser, Question, QuestionAnswer } from '../../../../client/engine/core/io.js';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import type { Publication } from '../../../../protocols/groups/frames.js';
import {
  judgePublication,
  openGroup,
  type ListedGroup,
  type Listing,
} from '../../../../protocols/groups/log/listing.js';
import { parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal, type RefusalCode } from '../../../../protocols/kit/refusals.js';
import { objectId, signObject, type Signed } from '../../../../protocols/kit/signed.js';
import type { SessionHello } from '../../../../protocols/session/hello.js';
import type { ClientFrame, ServerFrame } from '../../../../protocols/session/messages.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client, ClientGroup } from './test-client.js';

type Letter = Extract<ClientFrame, { type: 'letter' }>;
type SessionEffect = Extract<Effect, { type: `session_${string}` }>;

/** A letter that waits for its recipient. */
export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly letter: Letter;
  /** Says that a letter did not open, instead of one. */
  readonly notice?: Signed;
}

interface Seat {
  readonly client: Client;
  readonly session: number;
  readonly watched: Set<string>;
  /** Ids of letters that were delivered in this session. */
  readonly delivered: Set<string>;
}

export class FakeNameServer {
  key = fakeKey('server');
  readonly records = new Map<string, Signed>();
  /** The letter keys of devices, signed. */
  readonly letterKeys = new Map<string, Signed>();
  /** The one-time keys of devices. */
  readonly oneTimeKeys = new Map<string, Signed[]>();
  readonly groups = new Map<string, Listing>();
  private readonly heldGroups = new Map<string, ListedGroup>();
  /** Letters without a `done`, in order of arrival. */
  mail: Mail[] = [];
  /** Every letter that ever came, taken or not. */
  readonly seen: Mail[] = [];
  /** False: every request fails, and no session opens. */
  isUp = true;
  /** Refuses letters for which it gives a code. */
  rejects: (letter: Letter) => RefusalCode | null = () => null;
  private readonly seats = new Map<string, Seat>();
  private challenges = 0;
  private readonly proofs = new Map<string, { boot: number; proof: Signed }>();
  private lastId = 0;
  private pingedAt = 0;

  constructor(private readonly group: ClientGroup) {}

  isOnline(name: string): boolean {
    return this.seats.has(name);
  }

  answer(question: Question): QuestionAnswer {
    if (!this.isUp) return { type: 'away', reason: 'no route' };
    switch (question.type) {
      case 'register':
        this.records.set(question.name, question.record);
        return { type: 'registered', isNew: false };
      case 'users':
        return { type: 'users', users: question.names.flatMap((name) => this.listed(name)) };
      case 'online':
        return { type: 'online', names: [...this.seats.keys()].sort(), next: null };
      case 'groups':
        return { type: 'groups', groups: [...this.groups.values()], next: null };
      case 'group':
        return this.listedGroup(question.name);
      case 'publish':
        return this.publish(question.name, question.publication);
    }
  }

  private listedGroup(name: string): QuestionAnswer {
    const group = this.groups.get(name);
    return group ? { type: 'group', group } : { type: 'refused', refusal: new Refusal('GROUP_UNKNOWN', name) };
  }

  private publish(name: string, publication: Publication): QuestionAnswer {
    const tools = { primitives: fakePrimitives, readRecord: (signed: Signed) => readRecord(signed, fakePrimitives) };
    const held = this.heldGroups.get(name);
    const published = judgePublication(name, held ? openGroup(held, tools) : null, publication, tools);
    if (published instanceof Refusal) return { type: 'refused', refusal: published };
    this.groups.set(name, published.listing);
    this.heldGroups.set(name, published.group);
    return { type: 'published', head: published.listing.head };
  }

  hear(client: Client, effect: SessionEffect): void {
    const { session } = effect;
    if (effect.type === 'session_open') return this.open(client, session, effect.hello);
    const seat = this.seats.get(client.name);
    if (effect.type === 'session_close') return seat?.session === session ? this.leave(seat) : undefined;
    const { frame } = effect;
    if (frame.type === 'session')
      return this.judge({ client, session, watched: new Set(), delivered: new Set() }, frame.proof);
    if (seat?.session !== session) return;
    if (frame.type === 'watch') for (const name of frame.names) this.watch(seat, name);
    if (frame.type === 'letter') this.take(seat, frame);
    if (frame.type === 'offer_key') this.keep(seat, frame.key);
    if (frame.type === 'offer_one_time_keys') this.refill(seat, frame.keys);
    if (frame.type === 'key_wanted') this.give(seat, frame);
    if (frame.type === 'done') this.done(seat, frame);
  }

  /** When it pings everybody next. */
  wakeAt(): number {
    return this.pingedAt + LIMITS.sessionPingMs;
  }

  ping(): void {
    this.pingedAt = this.group.now;
    for (const seat of this.seats.values()) this.send(seat, { type: 'ping' });
  }

  /** Breaks a client's session off. */
  drop(client: Client, reason: string): void {
    const seat = this.seats.get(client.name);
    if (!seat) return;
    this.leave(seat);
    client.give({ type: 'session_closed', session: seat.session, reason });
  }

  /** Says something to a client in its session. */
  say(client: Client, frame: ServerFrame): void {
    const seat = this.seats.get(client.name);
    if (seat) this.send(seat, frame);
  }

  private open(client: Client, session: number, hello: SessionHello): void {
    if (!this.isUp) return void client.give({ type: 'session_closed', session, reason: 'no route' });
    client.give({ type: 'session_opened', session, exporter: null });
    this.greet(client, session, hello);
  }

  /** No two are equal. */
  private nextChallenge(): string {
    this.challenges += 1;
    return `${String(this.challenges).padStart(42, 'C')}A`;
  }

  private greet(client: Client, session: number, { nonce, origin }: SessionHello): void {
    const offer = { server: this.key.publicKey, origin, nonce, challenge: this.nextChallenge(), exporter: null };
    const proof = signObject('session_offer', offer, this.key, fakePrimitives);
    const frame: ServerFrame = { type: 'challenge', server: this.key.publicKey, proof };
    client.give({ type: 'session_frame', session, frame });
  }

  /** Every proof of a device has a higher start counter than the one before, or it is by an old copy (SESS-4). */
  private judge(seat: Seat, proof: Signed): void {
    const { client, session } = seat;
    const { boot, device } = parseJson(proof.payload) as { boot: number; device: string };
    const last = this.proofs.get(device);
    if (last && boot <= last.boot) {
      const frame: ServerFrame = { type: 'refused', code: 'RESTORED', about: client.name, proof: last.proof };
      return void client.give({ type: 'session_frame', session, frame });
    }
    this.proofs.set(device, { boot, proof });
    this.seat(seat);
  }

  private seat(seat: Seat): void {
    this.seats.set(seat.client.name, seat);
    const { name, device } = seat.client;
    const record = objectId('record', this.records.get(name)?.payload ?? '', fakePrimitives);
    const { number: letterKey, oneTimeKeys } = this.held(device);
    const general = { address: '198.51.100.7', pingMs: 15_000, heldMs: LIMITS.heldMs, at: this.group.now };
    this.send(seat, { type: 'welcome', ...general, record, letterKey, oneTimeKeys });
    this.announce(seat.client.name);
    this.deliverHeld(seat);
  }

  private done(seat: Seat, { id: done, unopened }: Extract<ClientFrame, { type: 'done' }>): void {
    const opened = this.mail.find(({ id }) => id === done);
    this.mail = this.mail.filter(({ id }) => id !== done);
    this.deliverHeld(seat);
    if (opened && unopened) this.notice(seat.client.name, opened, unopened);
  }

  private notice(from: string, { from: writer, letter }: Mail, notice: Signed): void {
    const mail = { id: this.nextId(), from, letter: { ...letter, to: writer }, notice };
    this.mail.push(mail);
    const seat = this.seats.get(writer);
    if (seat) this.deliver(seat, mail);
  }

  /** Held letters, as many as may be without a `done`. */
  private deliverHeld(seat: Seat): void {
    const held = this.mail.filter(({ letter }) => letter.to === seat.client.name);
    let room = LIMITS.lettersInFlightPerSession - held.filter(({ id }) => seat.delivered.has(id)).length;
    for (const one of held) {
      if (room <= 0) return;
      if (seat.delivered.has(one.id)) continue;
      this.deliver(seat, one);
      room -= 1;
    }
  }

  private leave({ client }: Seat): void {
    this.seats.delete(client.name);
    this.announce(client.name);
  }

  private announce(name: string): void {
    for (const seat of this.seats.values()) if (seat.watched.has(name)) this.tell(seat, name);
  }

  private watch(seat: Seat, name: string): void {
    seat.watched.add(name);
    this.tell(seat, name);
  }

  private tell(seat: Seat, name: string): void {
    this.send(seat, { type: 'presence', name, online: this.isOnline(name), lastSeen: this.group.now });
  }

  private take(seat: Seat, letter: Letter): void {
    const id = this.nextId();
    const mail = { id, from: seat.client.name, letter };
    this.seen.push(mail);
    const to = this.seats.get(letter.to);
    const code = this.rejects(letter) ?? (letter.fleeting && !to ? 'RECIPIENT_AWAY' : null);
    if (code) return this.send(seat, { type: 'rejected', id: letter.id, code, about: letter.to });
    if (!letter.fleeting) this.mail.push(mail);
    this.send(seat, { type: 'accepted', id: letter.id, how: to ? 'forwarded' : 'held' });
    if (to) this.deliver(to, mail);
  }

  private nextId(): string {
    this.lastId += 1;
    return Buffer.alloc(16, this.lastId.toString().padStart(16, '0')).toString('base64url');
  }

  private keep(seat: Seat, key: Signed): void {
    const { device } = seat.client;
    if (this.letterKeys.get(device)?.payload !== key.payload) this.oneTimeKeys.delete(device);
    this.letterKeys.set(device, key);
    this.offered(seat);
  }

  private refill(seat: Seat, keys: readonly Signed[]): void {
    const { device } = seat.client;
    this.oneTimeKeys.set(device, [...(this.oneTimeKeys.get(device) ?? []), ...keys]);
    this.offered(seat);
  }

  /** Tells a client which of its keys the server has. */
  private offered(seat: Seat): void {
    this.send(seat, { type: 'key_offered', ...this.held(seat.client.device) });
  }

  private held(device: string): { number: number; oneTimeKeys: number } {
    const key = parseJson(this.letterKeys.get(device)?.payload ?? '') as { number: number } | undefined;
    return { number: key?.number ?? 0, oneTimeKeys: this.oneTimeKeys.get(device)?.length ?? 0 };
  }

  private give(seat: Seat, { id, to, device, oneTime }: Extract<ClientFrame, { type: 'key_wanted' }>): void {
    const key = this.letterKeys.get(device);
    const isListed = this.records.get(to)?.payload.includes(device);
    const code = isListed ? 'LETTER_KEY_MISSING' : 'RECIPIENT_UNKNOWN';
    const single = oneTime ? this.oneTimeKeys.get(device)?.shift() : undefined;
    if (key && isListed) this.send(seat, { type: 'key', id, key, ...(single && { oneTime: single }) });
    else this.send(seat, { type: 'no_key', id, code, about: to });
  }

  private deliver(seat: Seat, { id, from, letter, notice }: Mail): void {
    seat.delivered.add(id);
    if (notice) return this.send(seat, { type: 'unopened', id, from, notice });
    this.send(seat, { type: 'deliver', id, from, at: this.group.now, body: letter.body });
  }

  private send({ client, session }: Seat, frame: ServerFrame): void {
    this.group.later(() => {
      if (this.seats.get(client.name)?.session !== session) return;
      client.give({ type: 'session_frame', session, frame: parseJson(JSON.stringify(frame)) });
    });
  }

  private listed(name: string): ListedUser[] {
    const record = this.records.get(name);
    return record ? [{ name, online: this.isOnline(name), lastSeen: null, record }] : [];
  }
}
