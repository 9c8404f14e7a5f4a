// The session with the name server (protocols/session): registers, proves the device, keeps the session, and opens it
// again after a failure.

import { Backoff } from '../../../protocols/kit/bounds/backoff.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { serverFrameShape, type ClientFrame, type ServerFrame } from '../../../protocols/session/messages.js';
import { assert } from '../../../protocols/kit/machine.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { CommandOf, InputOf, Part } from '../core/part.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { StaleCopyReports } from '../identity/stale-copy-reports.js';
import { FINAL_REFUSALS } from './final-refusals.js';
import { OnlineCommands } from './online-commands.js';
import { Registration, type RegistrationResult } from './handshake/registration.js';
import { SessionHandshake } from './handshake/session-handshake.js';

type State =
  | { type: 'off' }
  | { type: 'registering' }
  | { type: 'connecting'; session: number; hasRegistered: boolean }
  | { type: 'greeting'; session: number; hasRegistered: boolean; hasProven: boolean }
  | { type: 'online'; session: number }
  | { type: 'waiting' };

type Greeting = Extract<State, { type: 'greeting' }>;
type Welcome = Extract<ServerFrame, { type: 'welcome' }>;

/** Frames of the session that presence, mail and letter keys take. */
type PassedFrame = Extract<
  ServerFrame,
  { type: 'presence' | 'accepted' | 'rejected' | 'deliver' | 'unopened' | 'key_offered' | 'key' | 'no_key' }
>;
export type SessionFrame<T extends PassedFrame['type']> = Extract<PassedFrame, { type: T }>;
type FrameTakers = { readonly [T in PassedFrame['type']]?: (frame: SessionFrame<T>) => void };

/** Refusals of a proof that a registration may overcome. */
const UNREGISTERED: ReadonlySet<string> = new Set(['USER_UNKNOWN', 'SESSION_REFUSED']);

export class Session implements Part {
  readonly commands = {
    online: (ref: number, { acceptServer }: CommandOf<'online'>) => this.goOnline(ref, acceptServer),
  };
  readonly inputs = {
    session_opened: ({ session, exporter }: InputOf<'session_opened'>) => this.opened(session, exporter),
    session_frame: ({ session, frame }: InputOf<'session_frame'>) => this.take(session, frame),
    session_closed: ({ session, reason }: InputOf<'session_closed'>) =>
      void (this.isCurrent(session) && this.retry(reason)),
  };
  /** For how long the name server holds letters. */
  heldMs: number = LIMITS.heldMs;
  /** The address at which the name server sees us, once it said so. */
  seenAddress: string | null = null;
  /** Which letter keys of ours the name server had when this session opened. */
  keysHeld: Pick<Welcome, 'letterKey' | 'oneTimeKeys'> = { letterKey: 0, oneTimeKeys: 0 };
  private readonly takers: FrameTakers = {};
  private readonly alarms: PartAlarms;
  private current: State = { type: 'off' };
  private readonly commandsWaiting: OnlineCommands;
  private hasNotifiedRetry = false;
  private readonly backoff: Backoff;
  private readonly handshake: SessionHandshake;
  private readonly registration: Registration;

  constructor(
    private readonly context: Context,
    private readonly record: OwnRecord,
    private readonly staleCopies: StaleCopyReports,
  ) {
    this.alarms = context.alarms.for('session');
    this.handshake = new SessionHandshake(context);
    this.registration = new Registration(context, record);
    this.commandsWaiting = new OnlineCommands(context);
    this.backoff = new Backoff(
      { firstMs: LIMITS.reconnectFirstMs, ceilingMs: LIMITS.reconnectCeilingMs },
      context.random,
    );
  }

  /** True from the command `online` to `offline`, whether the name server answers or not. */
  get isWanted(): boolean {
    return this.current.type !== 'off';
  }

  get isOnline(): boolean {
    return this.current.type === 'online';
  }

  /** Presence and mail say which frames they take; each frame has one taker. */
  takeFrames(takers: FrameTakers): void {
    for (const type of Object.keys(takers)) assert(!(type in this.takers), `two parts take the frame ${type}`);
    Object.assign(this.takers, takers);
  }

  /** Sends a frame; drops it while offline. */
  send(frame: ClientFrame): void {
    if (this.current.type !== 'online') return;
    this.context.emit({ type: 'session_send', session: this.current.session, frame });
  }

  /** The command `online`: answered once the proof was accepted, refused after 5 s; attempts go on after that. */
  private goOnline(ref: number, acceptServer: boolean): void {
    if (this.isOnline) return this.context.succeed(ref, 'online', { user: this.context.me.name });
    if (acceptServer) this.acceptNextKey();
    this.commandsWaiting.add(ref);
    this.comeBack();
    if (this.current.type === 'waiting') this.start();
  }

  private acceptNextKey(): void {
    this.handshake.acceptNextKey(true);
    this.registration.forget();
  }

  /** Goes online although no command asked for it. */
  comeBack(): void {
    if (this.isWanted) return;
    this.hasNotifiedRetry = false;
    this.context.report({ type: 'awake' });
    this.start();
  }

  /** Ends the session; no attempt follows. */
  goOffline(): void {
    if (!this.isWanted) return;
    this.leave();
    this.commandsWaiting.answer(new Refusal('NOT_ONLINE'));
    this.handshake.acceptNextKey(false);
    this.context.report({ type: 'asleep' });
    this.context.notify({ event: 'connection', state: 'offline', reason: 'you went offline' });
  }

  /** Ends the session until the user has unlocked the identity key: our record has to change first. */
  endLocked(): void {
    this.refused('IDENTITY_LOCKED', this.context.me.name);
  }

  private take(session: number, frame: unknown): void {
    if (!this.isCurrent(session)) return;
    if (!serverFrameShape.accepts(frame)) return this.retry('the name server sent something malformed');
    if (this.current.type === 'connecting') return this.retry('the name server sent a frame out of order');
    if (this.current.type === 'greeting') return this.takeGreeting(this.current, frame);
    this.expectWithin(LIMITS.sessionLeaseMs);
    switch (frame.type) {
      case 'ping':
        this.backoff.succeeded(); // only a session that lasts resets the wait before the next attempt
        return this.send({ type: 'pong' });
      case 'refused':
        return this.refused(frame.code, frame.about, frame.proof);
      case 'presence':
      case 'accepted':
      case 'rejected':
      case 'deliver':
      case 'unopened':
      case 'key_offered':
      case 'key':
      case 'no_key':
        return this.pass(frame);
      case 'challenge':
      case 'welcome':
        return this.retry('the name server sent a frame out of order');
    }
  }

  private pass<T extends PassedFrame['type']>(frame: SessionFrame<T>): void {
    const taker = this.takers[frame.type] as ((frame: SessionFrame<T>) => void) | undefined;
    taker?.(frame);
  }

  private start(): void {
    this.alarms.drop('retry');
    this.current = { type: 'registering' };
    if (this.record.waitsForIdentity) return this.endLocked();
    this.record.revive();
    if (this.registration.isDone) return this.connect(false);
    this.registration.begin({
      server: this.handshake.expectedKey,
      isWanted: () => this.current.type === 'registering',
      then: (result) => this.registered(result),
    });
  }

  private registered(result: RegistrationResult): void {
    switch (result.type) {
      case 'registered':
        return this.connect(true);
      case 'failed':
        return this.retry(result.reason);
      case 'refused':
        return this.refused(result.refusal.code, result.refusal.about);
      case 'superseded':
        return this.restored(true);
      case 'locked':
        return this.endLocked();
    }
  }

  private connect(hasRegistered: boolean): void {
    const session = this.context.freshRef();
    this.current = { type: 'connecting', session, hasRegistered };
    this.expectWithin(LIMITS.sessionHandshakeMs);
    this.context.emit({ type: 'session_open', session, hello: this.handshake.hello() });
  }

  private opened(session: number, exporter: string | null): void {
    if (this.current.type !== 'connecting' || !this.isCurrent(session)) return;
    this.current = { ...this.current, type: 'greeting', hasProven: false };
    this.expectWithin(LIMITS.sessionHandshakeMs);
    this.handshake.opened(exporter);
  }

  private takeGreeting(greeting: Greeting, frame: ServerFrame): void {
    const { session, hasProven, hasRegistered } = greeting;
    if (frame.type === 'refused' && !hasRegistered && UNREGISTERED.has(frame.code)) return this.registerAgain();
    if (frame.type === 'refused') return this.refused(frame.code, frame.about, frame.proof);
    if (frame.type === 'challenge' && !hasProven) return this.prove(greeting, frame);
    // A welcome without a proof before it would bypass the check of the pinned server key.
    if (frame.type !== 'welcome' || !hasProven) return this.retry('the name server sent a frame out of order');
    if (!hasRegistered && !this.registration.isOwnId(frame.record)) return this.registerAgain();
    this.current = { type: 'online', session };
    this.seenAddress = frame.address || null;
    this.heldMs = frame.heldMs;
    this.keysHeld = frame;
    this.context.serverClock.measure(frame.at);
    this.hasNotifiedRetry = false;
    this.expectWithin(LIMITS.sessionLeaseMs);
    this.commandsWaiting.answer(null);
    this.context.notify({ event: 'connection', state: 'online', reason: '' });
    this.context.report({ type: 'online' });
  }

  /** The name server does not have our record, although it took it before. */
  private registerAgain(): void {
    this.registration.forget();
    this.leave();
    this.start();
  }

  private prove(greeting: Greeting, challenge: Extract<ServerFrame, { type: 'challenge' }>): void {
    const answer = this.handshake.answer(challenge);
    if (!(answer instanceof Refusal)) {
      this.current = { ...greeting, hasProven: true };
      return this.context.emit({ type: 'session_send', session: greeting.session, frame: answer });
    }
    // A man in the middle may be gone at the next attempt; another key is a decision of the user.
    if (answer.code === 'SERVER_UNPROVEN') return this.retry(answer.code, answer);
    this.refused(answer.code, answer.about);
  }

  private refused(code: string, about: string, proof?: Signed): void {
    this.registration.forget();
    const refusal = Refusal.from(code, about);
    if (refusal.code === 'RESTORED') return this.restored(proof !== undefined && this.handshake.isOwnLater(proof));
    if (!FINAL_REFUSALS.has(refusal.code)) return this.retry(refusal.code, refusal);
    const isAwaited = !this.commandsWaiting.isEmpty;
    this.leave();
    this.context.report({ type: 'asleep' });
    this.commandsWaiting.answer(refusal);
    if (refusal.code === 'SERVER_CHANGED' || !isAwaited) this.context.warnRefusal(refusal);
    this.context.notify({ event: 'connection', state: 'offline', reason: refusal.code });
  }

  /** A stale copy of our data is running. Waiting commands are given again to the engine of the new device. */
  private restored(isProven: boolean): void {
    const refusal = new Refusal('RESTORED', this.context.me.name);
    if (!isProven || !this.staleCopies.mayBelieve) return this.retry('RESTORED', refusal);
    this.leave();
    this.staleCopies.detectedByServer();
  }

  /** Tries again later. Waiting commands go on waiting, unless the server gave a refusal. */
  private retry(reason: string, refusal: Refusal | null = null): void {
    this.leave();
    this.current = { type: 'waiting' };
    if (refusal) this.commandsWaiting.answer(refusal);
    if (!this.hasNotifiedRetry) this.context.notify({ event: 'connection', state: 'retrying', reason });
    this.hasNotifiedRetry = true;
    this.alarms.set('retry', this.context.now + this.backoff.next(), () => this.start());
  }

  private leave(): void {
    const had = this.current;
    this.current = { type: 'off' };
    this.alarms.drop('retry');
    this.alarms.drop('silence');
    if (!('session' in had)) return;
    this.context.emit({ type: 'session_close', session: had.session });
    if (had.type === 'online') this.context.report({ type: 'offline' });
  }

  private expectWithin(ms: number): void {
    this.alarms.set('silence', this.context.now + ms, () => this.retry('the name server fell silent'));
  }

  private isCurrent(session: number): boolean {
    return 'session' in this.current && this.current.session === session;
  }
}
