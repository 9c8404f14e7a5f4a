// The session manager: runs each client session from challenge to close, and dispatches its frames to the handshake,
// presence and the mailboxes (protocols/session/SPEC.md).

import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';
import { FairPlaces } from '../../protocols/kit/bounds/fair-places.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assert, earlier, assertNever, type Instant } from '../../protocols/kit/machine.js';
import type { RandomSource, Primitives, SecretKey } from '../../protocols/kit/primitives.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { objectId, type Signed } from '../../protocols/kit/signed.js';
import type { UserRecord } from '../../protocols/directory/record.js';
import type { PresenceTracker, PresenceEffect } from '../../protocols/presence/presence-tracker.js';
import { verifyProof } from '../../protocols/session/handshake.js';
import { signOffer } from '../../protocols/kit/server-proof/server-proof.js';
import { readHello } from '../../protocols/session/hello.js';
import {
  clientFrameShape,
  type ClientFrame,
  type ServerFrame,
  type SessionProof,
} from '../../protocols/session/messages.js';
import type { Budgets } from '../budgets.js';
import { refuse, reject } from './refusal-effects.js';
import { proofContext } from './proof-context.js';
import { keyEffects } from './key-effects.js';
import { PendingHandshakes } from './pending-handshakes.js';
import { WatchAdmission } from './watch-admission.js';
import type { HandshakingSession, OpenSession } from './session-states.js';
import { deliveryFrame } from '../letters/delivery-frame.js';
import { DeliveryWindow } from '../letters/delivery-window.js';
import type { LetterKeys } from '../letters/letter-keys.js';
import type { DoneFrame, LetterFrame, Mailboxes } from '../letters/mailboxes.js';
import type { Sender } from '../letters/letter-rate.js';
import type { Mailbox, RegistryStore } from '../store/registry-store.js';
import type { ClientSocket, ServerEffect } from '../io.js';

export interface SessionsOptions {
  readonly store: RegistryStore;
  readonly presence: PresenceTracker;
  readonly mailboxes: Mailboxes;
  readonly letterKeys: LetterKeys;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  readonly serverKey: SecretKey;
  readonly budgets: Pick<Budgets, 'watchesOfName' | 'watchesOfNetwork'>;
  /** True iff this server speaks for the origin. */
  readonly isOwnOrigin: (origin: string) => boolean;
  /** False: no limit of sessions per network. */
  readonly areNetworksLimited: boolean;
  /** Sent in `welcome`, so that clients know when a held letter expires. */
  readonly heldMs: number;
}

type ProofFrame = Extract<ClientFrame, { type: 'session' }>;

export class Sessions {
  private readonly sessions = new Map<number, HandshakingSession | OpenSession>();
  private readonly handshakes = new PendingHandshakes();
  private readonly places: FairPlaces;
  private readonly watchAdmission: WatchAdmission;

  constructor(private readonly options: SessionsOptions) {
    const perOwnerMax = options.areNetworksLimited ? LIMITS.sessionsPerNetwork : Infinity;
    this.places = new FairPlaces({ placesMax: LIMITS.sessionsMax, perOwnerMax });
    this.watchAdmission = new WatchAdmission(options);
  }

  open(session: number, socket: ClientSocket, now: Instant): ServerEffect[] {
    const hello = readHello(socket.hello, this.options.isOwnOrigin);
    if (hello instanceof Refusal) return refuse(session, hello);
    const { address, exporter } = socket;
    const network = networkPrefixOf(address);
    const place = this.places.take(session, network);
    if (place.type === 'refused') return refuse(session, new Refusal('SERVER_BUSY'));
    // Only a session with a place costs a signature, so the budgets of sessions bound the signatures [SESS-31].
    const { frame, offer } = signOffer(hello, { ...this.options, type: 'session_offer', exporter });
    this.sessions.set(session, { type: 'handshaking', address, network, offer });
    const late = [place.evicted, this.handshakes.start(session, network, now)].filter((each) => each !== null);
    const ended = late.flatMap((evicted) => this.end(evicted, new Refusal('SERVER_BUSY'), now));
    return [...ended, { type: 'send', session, frame }];
  }

  receive(session: number, frame: unknown, now: Instant): ServerEffect[] {
    const known = this.sessions.get(session);
    if (known === undefined) return [];
    if (!clientFrameShape.accepts(frame)) return this.end(session, new Refusal('MALFORMED', 'the frame'), now);
    if (known.type === 'open') return this.receiveOpen({ session, ...known }, frame, now);
    if (frame.type === 'session') return this.checkProof({ session, ...known }, frame, now);
    return this.end(session, new Refusal('MALFORMED', 'a frame out of order'), now);
  }

  close(session: number, now: Instant): ServerEffect[] {
    this.forget(session);
    return this.perform(this.options.presence.handle({ type: 'closed', session }, now));
  }

  wake(now: Instant): ServerEffect[] {
    this.options.mailboxes.wake();
    const late = this.handshakes
      .due(now)
      .flatMap((session) => this.end(session, new Refusal('TIMEOUT', 'the proof'), now));
    return [...late, ...this.perform(this.options.presence.handle({ type: 'wake' }, now))];
  }

  wakeAt(): Instant | null {
    const { presence, mailboxes } = this.options;
    return earlier(this.handshakes.next(), earlier(presence.wakeAt(), mailboxes.wakeAt()));
  }

  /** After a record change: ends sessions of devices that it no longer lists, and reads mailboxes again. */
  recordChanged(record: UserRecord, now: Instant): ServerEffect[] {
    const listed = new Set(record.devices.map(({ device }) => device));
    return this.options.presence.sessionsOf(record.name).flatMap((session): ServerEffect[] => {
      const known = this.sessions.get(session);
      if (known?.type !== 'open') return [];
      if (!listed.has(known.mailbox.device)) return this.end(session, new Refusal('SESSION_REFUSED', record.name), now);
      known.window.rewind();
      return this.deliver(session, known);
    });
  }

  private checkProof(
    handshake: HandshakingSession & { session: number },
    frame: ProofFrame,
    now: Instant,
  ): ServerEffect[] {
    const proof = verifyProof(frame.proof, proofContext(handshake.offer, this.options));
    if (!(proof instanceof Refusal)) return this.welcome(handshake, { proof, signed: frame.proof }, now);
    return this.end(handshake.session, proof, now, proof.code === 'RESTORED' ? this.lastProof(frame) : null);
  }

  /** What shows a client that its data is an old copy [SESS-24]. The frame was verified. */
  private lastProof({ proof }: ProofFrame): Signed | null {
    const { name, device } = parseJson(proof.payload) as SessionProof;
    return this.options.store.devices(name).find((known) => known.device === device)?.proof ?? null;
  }

  private welcome(
    handshake: HandshakingSession & { session: number },
    { proof, signed }: { proof: SessionProof; signed: Signed },
    now: Instant,
  ): ServerEffect[] {
    const { session, address, network } = handshake;
    const { name, device, boot } = proof;
    this.options.store.putDevice(name, { device, boot, retiredAt: null, proof: signed });
    const mailbox = { name, device };
    const open: OpenSession = { type: 'open', mailbox, network, watched: { count: 0 }, window: new DeliveryWindow() };
    this.handshakes.stop(session);
    this.sessions.set(session, open);
    return [
      { type: 'send', session, frame: this.welcomeFrame(mailbox, address, now) },
      ...this.perform(this.options.presence.handle({ type: 'opened', session, name, device }, now)),
      ...this.deliver(session, open),
    ];
  }

  private welcomeFrame(mailbox: Mailbox, address: string, at: Instant): ServerFrame {
    const { store, letterKeys, primitives, heldMs } = this.options;
    const user = store.user(mailbox.name);
    assert(user !== null, 'a device that has proven itself belongs to a registered user');
    const record = objectId('record', user.signed.payload, primitives);
    const { number: letterKey, oneTimeKeys } = letterKeys.held(mailbox);
    const held = { record, letterKey, oneTimeKeys };
    return { type: 'welcome', address, pingMs: LIMITS.sessionPingMs, heldMs, ...held, at };
  }

  private receiveOpen(open: OpenSession & { session: number }, frame: ClientFrame, now: Instant): ServerEffect[] {
    const { session } = open;
    this.options.presence.handle({ type: 'frame_received', session }, now);
    switch (frame.type) {
      case 'pong':
        return [];
      case 'watch':
        return this.watch(open, frame.names, now);
      case 'done':
        return this.acknowledge(open, frame, now);
      case 'letter':
        return this.takeLetter(open, frame, now);
      case 'offer_key':
      case 'offer_one_time_keys':
      case 'key_wanted':
        return keyEffects(session, this.options.letterKeys.answer(frame, open, now), this.options.presence);
      case 'session':
        return this.end(session, new Refusal('MALFORMED', 'a second proof'), now);
      default:
        return assertNever(frame);
    }
  }

  private acknowledge(open: OpenSession & { session: number }, done: DoneFrame, now: Instant): ServerEffect[] {
    const noticed = this.options.mailboxes.acknowledge(open, done, now);
    const target = noticed && this.options.presence.sessionOf(noticed.name, noticed.device);
    return [...this.deliver(open.session, open), ...(target === null ? [] : this.deliverTo(target))];
  }

  private watch(open: OpenSession & { session: number }, names: readonly string[], now: Instant): ServerEffect[] {
    const { session } = open;
    const refusal = this.watchAdmission.refusalFor(open, names.length, now);
    if (refusal !== null) return this.end(session, refusal, now);
    return this.perform(this.options.presence.handle({ type: 'watch', session, names }, now));
  }

  private takeLetter(open: OpenSession & { session: number }, letter: LetterFrame, now: Instant): ServerEffect[] {
    const { mailboxes, presence } = this.options;
    const from = open.mailbox.name;
    const sender = { name: from, network: open.network };
    const use = letter.fleeting ? 'signal' : presence.sessionOf(letter.to, letter.device) === null ? 'hold' : 'forward';
    const mailbox = mailboxes.admit(letter, { ...sender, use }, now);
    if (mailbox instanceof Refusal) return [reject(open.session, letter, mailbox)];
    const target = presence.sessionOf(mailbox.name, mailbox.device);
    if (letter.fleeting && target === null) {
      return [reject(open.session, letter, new Refusal('RECIPIENT_AWAY', letter.to))];
    }
    if (!letter.fleeting && !mailboxes.mayStore(letter, sender, now)) {
      return [reject(open.session, letter, new Refusal('LETTERS_TOO_FAST'))];
    }
    mailboxes.addCorrespondent(from, letter.to);
    if (!letter.fleeting) this.store(letter, { sender, mailbox, target }, now);
    const how = target === null ? 'held' : 'forwarded';
    const { session } = open;
    const accepted: ServerEffect = { type: 'send', session, frame: { type: 'accepted', id: letter.id, how } };
    if (target === null) return [accepted];
    if (!letter.fleeting) return [accepted, ...this.deliverTo(target)];
    const frame = { type: 'deliver', ...mailboxes.fleetingDelivery(letter, from, now) } as const;
    return [accepted, { type: 'send', session: target, frame }];
  }

  /** A letter that the target takes at once costs its sender nothing in the end. */
  private store(
    letter: LetterFrame,
    { sender, mailbox, target }: { sender: Sender; mailbox: Mailbox; target: number | null },
    now: Instant,
  ): void {
    const window = this.windowWithRoom(target);
    const id = this.options.mailboxes.add(letter, sender.name, mailbox, now);
    window?.expect(id, sender);
  }

  /** The window of a session that can take another letter at once, or null. */
  private windowWithRoom(session: number | null): DeliveryWindow | null {
    const known = session === null ? undefined : this.sessions.get(session);
    return known?.type === 'open' && known.window.hasRoom() ? known.window : null;
  }

  private deliverTo(session: number): ServerEffect[] {
    const known = this.sessions.get(session);
    return known?.type === 'open' ? this.deliver(session, known) : [];
  }

  private deliver(session: number, { mailbox, window }: OpenSession): ServerEffect[] {
    const letters = this.options.mailboxes.nextDeliveries(window, mailbox);
    return letters.map((letter) => ({ type: 'send', session, frame: deliveryFrame(letter) }));
  }

  private perform(effects: PresenceEffect[]): ServerEffect[] {
    return effects.flatMap((effect): ServerEffect[] => {
      switch (effect.type) {
        case 'record_last_seen':
          this.options.store.putLastSeen(effect.name, effect.at);
          return [{ type: 'user_changed', name: effect.name }];
        case 'notify':
          return this.notify(effect);
        case 'ping':
          return [{ type: 'send', session: effect.session, frame: { type: 'ping' } }];
        case 'ended':
          return this.presenceEnded(effect);
        default:
          return assertNever(effect);
      }
    });
  }

  private notify({ sessions, name, online }: Extract<PresenceEffect, { type: 'notify' }>): ServerEffect[] {
    const lastSeen = this.options.store.user(name)?.lastSeen ?? null;
    const frame = { type: 'presence', name, online, lastSeen } as const;
    return sessions.map((session) => ({ type: 'send', session, frame }));
  }

  private presenceEnded({ session, why }: Extract<PresenceEffect, { type: 'ended' }>): ServerEffect[] {
    const known = this.sessions.get(session);
    this.forget(session);
    if (why === 'expired') return [{ type: 'close', session }];
    return refuse(session, new Refusal('REPLACED', known?.type === 'open' ? known.mailbox.name : ''));
  }

  private end(session: number, why: Refusal, now: Instant, proof: Signed | null = null): ServerEffect[] {
    return [...refuse(session, why, proof), ...this.close(session, now)];
  }

  private forget(session: number): void {
    const known = this.sessions.get(session);
    if (known?.type === 'open') this.watchAdmission.release(known);
    this.sessions.delete(session);
    this.places.leave(session);
    this.handshakes.stop(session);
  }
}
