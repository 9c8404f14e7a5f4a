// A testbed for the core of the name server: feeds inputs inside transactions, and records the frames of each session.

import assert from 'node:assert/strict';
import type { Instant } from '../../protocols/kit/machine.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { toBase64url } from '../../protocols/kit/bytes.js';
import { invitationProof } from '../../protocols/directory/invitation.js';
import type { Primitives } from '../../protocols/kit/primitives.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import type { ServerFrame } from '../../protocols/session/messages.js';
import type { ServerProof } from '../../protocols/kit/server-proof/messages.js';
import { NameServerCore } from '../../nameserver/core.js';
import { MemoryRegistryStore } from '../../nameserver/store/memory-registry-store.js';
import type { RegistryStore } from '../../nameserver/store/registry-store.js';
import type { ServerEffect, ServerInput } from '../../nameserver/io.js';
import { makeSigningKey, primitives } from '../../runtime/crypto.js';
import type { Person } from './person.js';
import { claimOf, hello, offerIn, ORIGIN } from './session-offer.js';

export interface CoreTestbedOptions {
  readonly store?: RegistryStore;
  readonly inviteCode?: string | null;
  readonly heldMs?: number;
  readonly heldBytes?: number;
  readonly areNetworksLimited?: boolean;
  /** Absent: those of the platform. */
  readonly primitives?: Primitives;
}

/** Production derives it slowly. */
function inviteKeyOf(code: string): Uint8Array {
  return primitives.sha256(new TextEncoder().encode(code));
}

export class CoreTestbed {
  now: Instant = 1_000_000;
  readonly serverKey = makeSigningKey();
  readonly store: RegistryStore;
  core: NameServerCore;
  /** The frames of each session; `closed` marks its end. */
  private readonly frames = new Map<number, (ServerFrame | { type: 'closed' })[]>();
  private numbers = 0;
  private boots = 0;

  constructor(private readonly options: CoreTestbedOptions = {}) {
    this.store = options.store ?? new MemoryRegistryStore();
    this.core = this.newCore();
  }

  /** Restarts the process with the same store. */
  restart(): void {
    this.core = this.newCore();
  }

  put(input: ServerInput): ServerEffect[] {
    const effects = this.store.transaction(() => this.core.handle(input, this.now));
    for (const effect of effects) {
      if (effect.type === 'send') this.framesOf(effect.session).push(effect.frame);
      if (effect.type === 'close') this.framesOf(effect.session).push({ type: 'closed' });
    }
    return effects;
  }

  /** Advances the time, and wakes the core at its wake times. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let at = this.core.wakeAt(); at !== null && at <= end; at = this.core.wakeAt()) {
      this.now = Math.max(this.now, at);
      this.put({ type: 'wake' });
    }
    this.now = end;
  }

  /** Registers a record. Returns `new`, `newer`, `same`, or the code of the refusal. */
  register(
    person: Person,
    record: unknown = person.record(),
    { invite = null, network = '192.0.2.0/24' }: { invite?: string | null; network?: string } = {},
  ): string {
    const proof = invite === null ? null : invitationProof(inviteKeyOf(invite), record as Signed, primitives);
    const [answer] = this.put({ type: 'register', ref: 1, name: person.name, record, invite: proof, network });
    assert.ok(answer?.type === 'register_result');
    return answer.outcome instanceof Refusal ? answer.outcome.code : answer.outcome.change;
  }

  /** Opens a session. The frame that answers the hello remains to be taken. */
  request(parameters: unknown = hello(), address = '192.0.2.1'): number {
    this.numbers += 1;
    const session = this.numbers; // random bytes take numbers too
    this.put({ type: 'opened', session, address, exporter: null, hello: parameters });
    return session;
  }

  /** Opens a session up to the challenge; `offer`: what the server has signed. */
  open(address = '192.0.2.1'): { session: number; offer: ServerProof } {
    const session = this.request(hello(), address);
    const [frame] = this.take(session);
    return { session, offer: offerIn(frame) };
  }

  /** Opens a session and proves the device. The frames from `welcome` on remain to be taken. */
  connect(person: Person, address?: string): number {
    const { session, offer } = this.open(address);
    this.boots += 1;
    const proof = person.proof({ ...claimOf(offer), boot: this.boots });
    this.put({ type: 'frame', session, frame: { type: 'session', proof } });
    return session;
  }

  /** Sends a frame. Returns all frames of this session that were not taken yet. */
  send(session: number, frame: unknown): (ServerFrame | { type: 'closed' })[] {
    this.put({ type: 'frame', session, frame });
    return this.take(session);
  }

  /** Sends a letter. Returns `held`, `forwarded`, or the code of the rejection. */
  sendLetter(session: number, to: Person, { body = 'Ym9keQ', fleeting = false, device = to.device } = {}): string {
    this.numbers += 1;
    const id = toBase64url(primitives.sha256(new Uint8Array([this.numbers & 255, this.numbers >> 8])).subarray(0, 16));
    const answers = this.put({
      type: 'frame',
      session,
      frame: { type: 'letter', id, to: to.name, device, fleeting, body },
    });
    for (const effect of answers) {
      if (effect.type !== 'send' || !('id' in effect.frame) || effect.frame.id !== id) continue;
      if (effect.frame.type === 'accepted') return effect.frame.how;
      if (effect.frame.type === 'rejected') return effect.frame.code;
    }
    return 'no answer';
  }

  /** The frames since the last call. */
  take(session: number): (ServerFrame | { type: 'closed' })[] {
    const frames = this.framesOf(session);
    this.frames.set(session, []);
    return frames;
  }

  /** The letters among the frames since the last call. */
  takeLetters(session: number): { id: string; from: string; body: string }[] {
    return this.take(session).flatMap((frame) => (frame.type === 'deliver' ? [frame] : []));
  }

  private framesOf(session: number): (ServerFrame | { type: 'closed' })[] {
    const frames = this.frames.get(session) ?? [];
    this.frames.set(session, frames);
    return frames;
  }

  private newCore(): NameServerCore {
    const { inviteCode = null } = this.options;
    return new NameServerCore({
      store: this.store,
      primitives: this.options.primitives ?? primitives,
      random: { fraction: () => 0.5, bytes: (length) => this.someBytes(length) },
      serverKey: this.serverKey,
      isOwnOrigin: (origin) => origin === ORIGIN,
      inviteKey: inviteCode === null ? null : inviteKeyOf(inviteCode),
      heldMs: this.options.heldMs ?? LIMITS.heldMs,
      heldBytes: this.options.heldBytes ?? LIMITS.heldBytesPerRecipient,
      areNetworksLimited: this.options.areNetworksLimited ?? true,
    });
  }

  private someBytes(length: number): Uint8Array {
    this.numbers += 1;
    return primitives.sha512(new TextEncoder().encode(`bytes ${this.numbers}`)).subarray(0, length);
  }
}
