// The switchboard: sessions from challenge to close; their frames go to greeting, presence and post office (SPEC.md).

import { toBase64url } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { earlier, never, type Instant } from '../protocols/kit/machine.js';
import type { Dice, Primitives } from '../protocols/kit/primitives.js';
import { Refusal } from '../protocols/kit/refusals.js';
import type { Record } from '../protocols/directory/record.js';
import type { Presence, PresenceEffect } from '../protocols/presence/presence.js';
import { judgeProof } from '../protocols/session/greeting.js';
import { clientFrameShape, type ClientFrame, type SessionProof } from '../protocols/session/messages.js';
import { Greetings } from './greetings.js';
import { InFlight } from './letters/in-flight.js';
import type { LetterFrame, PostOffice } from './letters/post-office.js';
import type { Mailbox, RegistryStore } from './store/registry-store.js';
import type { ServerEffect } from './world.js';

export interface SwitchboardOptions {
  readonly store: RegistryStore;
  readonly presence: Presence;
  readonly postOffice: PostOffice;
  readonly primitives: Primitives;
  readonly dice: Dice;
  readonly serverKey: string;
  /** Told to clients, so that they know when a letter is gone. */
  readonly heldMs: number;
}

type ProofFrame = Extract<ClientFrame, { type: 'session' }>;

/** A session that is over is simply not here. */
interface Greeting {
  readonly state: 'greeting';
  readonly challenge: string;
  readonly address: string;
}
interface Open {
  readonly state: 'open';
  readonly mailbox: Mailbox;
  readonly inFlight: InFlight;
}

export class Switchboard {
  private readonly sessions = new Map<number, Greeting | Open>();
  private readonly greetings = new Greetings();

  constructor(private readonly options: SwitchboardOptions) {}

  open(session: number, address: string, now: Instant): ServerEffect[] {
    if (this.sessions.size >= LIMITS.sessionsMax) return refuse(session, new Refusal('SERVER_BUSY'));
    const crowded = this.greetings.isFull ? this.greetings.leastWelcome() : null;
    const shed = crowded === null ? [] : this.end(crowded, new Refusal('SERVER_BUSY'), now);
    const challenge = toBase64url(this.options.dice.bytes(32));
    this.sessions.set(session, { state: 'greeting', challenge, address });
    this.greetings.start(session, address, now);
    const frame = { type: 'challenge', challenge, server: this.options.serverKey } as const;
    return [...shed, { kind: 'send', session, frame }];
  }

  hear(session: number, frame: unknown, now: Instant): ServerEffect[] {
    const known = this.sessions.get(session);
    if (known === undefined) return [];
    if (!clientFrameShape.accepts(frame)) return this.end(session, new Refusal('MALFORMED', 'the frame'), now);
    if (known.state === 'open') return this.hearOpen({ session, ...known }, frame, now);
    if (frame.type === 'session') return this.greet({ session, ...known }, frame, now);
    return this.end(session, new Refusal('MALFORMED', 'the first frame is the proof'), now);
  }

  close(session: number, now: Instant): ServerEffect[] {
    this.forget(session);
    return this.carryOut(this.options.presence.handle({ kind: 'left', session }, now));
  }

  wake(now: Instant): ServerEffect[] {
    this.options.postOffice.wake(now);
    const late = this.greetings
      .due(now)
      .flatMap((session) => this.end(session, new Refusal('TIMEOUT', 'the proof'), now));
    return [...late, ...this.carryOut(this.options.presence.handle({ kind: 'wake' }, now))];
  }

  wakeAt(): Instant | null {
    const { presence, postOffice } = this.options;
    return earlier(this.greetings.next(), earlier(presence.wakeAt(), postOffice.wakeAt()));
  }

  /** A user's record changed: who is not in it any more has to go, and mailboxes may have been moved. */
  recordChanged(record: Record, now: Instant): ServerEffect[] {
    const stay = new Set(record.devices.map(({ device }) => device));
    return this.options.presence.sessionsOf(record.name).flatMap((session): ServerEffect[] => {
      const known = this.sessions.get(session);
      if (known?.state !== 'open') return [];
      if (!stay.has(known.mailbox.device)) return this.end(session, new Refusal('SESSION_REFUSED', record.name), now);
      known.inFlight.rewind();
      return this.deliver(session, known);
    });
  }

  private greet(greeting: Greeting & { session: number }, frame: ProofFrame, now: Instant): ServerEffect[] {
    const { store, serverKey: server, primitives } = this.options;
    const devicesOf = (name: string) => store.devices(name).filter(({ retiredAt }) => retiredAt === null);
    // A record that is in force lists devices: whoever has none is not registered.
    const listed = (name: string) => devicesOf(name).map(({ device }) => device);
    const proof = judgeProof(frame.proof, {
      server,
      challenge: greeting.challenge,
      primitives,
      devicesOf: (name) => (listed(name).length === 0 ? null : listed(name)),
      bootOf: (name, device) => devicesOf(name).find((known) => known.device === device)?.boot ?? 0,
    });
    return proof instanceof Refusal ? this.end(greeting.session, proof, now) : this.welcome(greeting, proof, now);
  }

  private welcome(greeting: Greeting & { session: number }, proof: SessionProof, now: Instant): ServerEffect[] {
    const { session, address } = greeting;
    const { name, device, boot } = proof;
    this.options.store.putDevice(name, { device, boot, retiredAt: null });
    const open: Open = { state: 'open', mailbox: { name, device }, inFlight: new InFlight() };
    this.greetings.stop(session);
    this.sessions.set(session, open);
    return [
      {
        kind: 'send',
        session,
        frame: { type: 'welcome', address, pingMs: LIMITS.sessionPingMs, heldMs: this.options.heldMs },
      },
      ...this.carryOut(this.options.presence.handle({ kind: 'arrived', session, name, device }, now)),
      ...this.deliver(session, open),
    ];
  }

  private hearOpen(open: Open & { session: number }, frame: ClientFrame, now: Instant): ServerEffect[] {
    const { session } = open;
    this.options.presence.handle({ kind: 'heard', session }, now);
    switch (frame.type) {
      case 'pong':
        return [];
      case 'watch':
        return this.carryOut(this.options.presence.handle({ kind: 'watched', session, names: frame.names }, now));
      case 'done':
        this.options.postOffice.done(open.inFlight, frame.id);
        return this.deliver(session, open);
      case 'letter':
        return this.takeLetter(open, frame, now);
      case 'session':
        return this.end(session, new Refusal('MALFORMED', 'a second proof'), now);
      default:
        return never(frame);
    }
  }

  private takeLetter(open: Open & { session: number }, letter: LetterFrame, now: Instant): ServerEffect[] {
    const { postOffice, presence } = this.options;
    const from = open.mailbox.name;
    const mailbox = postOffice.admit(letter, from, now);
    if (mailbox instanceof Refusal) return [reject(open.session, letter, mailbox)];
    const target = presence.sessionOf(mailbox.name, mailbox.device);
    if (letter.fleeting && target === null) {
      return [reject(open.session, letter, new Refusal('RECIPIENT_AWAY', letter.to))];
    }
    postOffice.rememberWrote(from, letter.to);
    if (!letter.fleeting) postOffice.hold(letter, from, mailbox, now);
    const how = target === null ? 'held' : 'forwarded';
    const accepted: ServerEffect = {
      kind: 'send',
      session: open.session,
      frame: { type: 'accepted', id: letter.id, how },
    };
    if (target === null) return [accepted];
    if (!letter.fleeting) return [accepted, ...this.deliverTo(target)];
    const frame = { type: 'deliver', ...postOffice.fleeting(letter, from, now) } as const;
    return [accepted, { kind: 'send', session: target, frame }];
  }

  private deliverTo(session: number): ServerEffect[] {
    const known = this.sessions.get(session);
    return known?.state === 'open' ? this.deliver(session, known) : [];
  }

  private deliver(session: number, { mailbox, inFlight }: Open): ServerEffect[] {
    return this.options.postOffice.giveTo(inFlight, mailbox).map(({ id, from, at, body }) => ({
      kind: 'send',
      session,
      frame: { type: 'deliver', id, from, at, body },
    }));
  }

  private carryOut(effects: PresenceEffect[]): ServerEffect[] {
    return effects.flatMap((effect): ServerEffect[] => {
      switch (effect.kind) {
        case 'seen':
          this.options.store.putLastSeen(effect.name, effect.at);
          return [{ kind: 'changed', name: effect.name }];
        case 'tell':
          return this.tell(effect);
        case 'ping':
          return [{ kind: 'send', session: effect.session, frame: { type: 'ping' } }];
        case 'ended':
          return this.presenceEnded(effect);
        default:
          return never(effect);
      }
    });
  }

  private tell({ sessions, name, online }: Extract<PresenceEffect, { kind: 'tell' }>): ServerEffect[] {
    const lastSeen = this.options.store.user(name)?.lastSeen ?? null;
    const frame = { type: 'presence', name, online, lastSeen } as const;
    return sessions.map((session) => ({ kind: 'send', session, frame }));
  }

  private presenceEnded({ session, why }: Extract<PresenceEffect, { kind: 'ended' }>): ServerEffect[] {
    const known = this.sessions.get(session);
    this.forget(session);
    if (why === 'expired') return [{ kind: 'close', session }];
    return refuse(session, new Refusal('REPLACED', known?.state === 'open' ? known.mailbox.name : ''));
  }

  private end(session: number, why: Refusal, now: Instant): ServerEffect[] {
    return [...refuse(session, why), ...this.close(session, now)];
  }

  private forget(session: number): void {
    this.sessions.delete(session);
    this.greetings.stop(session);
  }
}

function refuse(session: number, { code, about }: Refusal): ServerEffect[] {
  return [
    { kind: 'send', session, frame: { type: 'refused', code, about } },
    { kind: 'close', session },
  ];
}

function reject(session: number, letter: LetterFrame, { code, about }: Refusal): ServerEffect {
  return { kind: 'send', session, frame: { type: 'rejected', id: letter.id, code, about } };
}
