// Being online (protocols/session): register, prove the device, stay, and come back by ourselves after trouble.

import { Backoff } from '../../../protocols/kit/backoff.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import {
  serverFrameShape,
  type ClientFrame,
  type ServerFrame,
  type SessionProof,
} from '../../../protocols/session/messages.js';
import type { Context } from '../core/context.js';
import type { QuestionAnswer } from '../core/io.js';
import type { OwnRecord } from '../identity/own-record.js';

type State =
  | { state: 'off' }
  | { state: 'registering' }
  | { state: 'greeting'; session: number; hasProven: boolean }
  | { state: 'online'; session: number }
  | { state: 'waiting' };

/** Frames that belong to other parts; the session passes them on as they came. */
export type PassedFrame = Extract<ServerFrame, { type: 'presence' | 'accepted' | 'rejected' | 'deliver' }>;

/** Where the key is kept that a server showed at first. */
export const serverKeySetting = (server: string): string => `server key of ${server}`;

/** Refusals after which trying again by ourselves would be wrong or useless. */
const FINAL = new Set([
  'REPLACED',
  'RESTORED',
  'SESSION_REFUSED',
  'SERVER_CHANGED',
  'NAME_TAKEN',
  'NAME_INVALID',
  'INVITE_NEEDED',
]);

/** The device of ours that the name server lists, as far as we know. */
const REGISTERED_SETTING = 'registered device';

export class Session {
  /** For how long the name server holds letters. */
  heldMs: number = LIMITS.heldMs;
  /** Where the name server sees us, once it said so. */
  seenAddress: string | null = null;
  private current: State = { state: 'off' };
  private waitingCommands: number[] = [];
  private acceptsServer = false;
  private saidRetrying = false;
  private readonly backoff: Backoff;

  constructor(
    private readonly context: Context,
    private readonly record: OwnRecord,
    private readonly pass: (frame: PassedFrame) => void,
  ) {
    this.backoff = new Backoff(
      { firstMs: LIMITS.reconnectFirstMs, ceilingMs: LIMITS.reconnectCeilingMs },
      context.random,
    );
  }

  /** True from the command `online` to `offline`, whether the name server answers or not. */
  get isWanted(): boolean {
    return this.current.state !== 'off';
  }

  get isOnline(): boolean {
    return this.current.state === 'online';
  }

  /** Sends a frame; only while online. */
  send(frame: ClientFrame): void {
    if (this.current.state !== 'online') return;
    this.context.do({ type: 'session_send', session: this.current.session, frame });
  }

  /** The command `online`: answered once the proof held, refused after 5 s; the trying goes on. */
  goOnline(ref: number, acceptServer: boolean): void {
    if (this.isOnline) return this.context.succeed(ref, 'online', { user: this.context.me.name });
    this.acceptsServer ||= acceptServer;
    this.waitingCommands.push(ref);
    this.context.alarms.set(`online ${ref}`, this.context.now + LIMITS.serverAnswerMs, () =>
      this.answerOne(ref, new Refusal('SERVER_AWAY', this.context.options.server)),
    );
    this.comeBack();
    if (this.current.state === 'waiting') this.start();
  }

  /** Goes online without anybody waiting for an answer. */
  comeBack(): void {
    if (this.isWanted) return;
    this.saidRetrying = false;
    this.context.report({ type: 'awake' });
    this.start();
  }

  /** Leaves; nothing is tried again. */
  goOffline(): void {
    if (!this.isWanted) return;
    this.leave();
    this.answerAll(new Refusal('NOT_ONLINE'));
    this.acceptsServer = false;
    this.context.report({ type: 'asleep' });
    this.context.tell({ event: 'connection', state: 'offline', reason: 'you went offline' });
  }

  opened(session: number): void {
    if (this.isCurrent(session)) this.expectWithin(LIMITS.sessionHandshakeMs);
  }

  closed(session: number, reason: string): void {
    if (this.isCurrent(session)) this.retry(reason);
  }

  frame(session: number, frame: unknown): void {
    if (!this.isCurrent(session)) return;
    if (!serverFrameShape.accepts(frame)) return this.retry('the name server sent something malformed');
    if (this.current.state === 'greeting') return this.greet(this.current, frame);
    this.expectWithin(LIMITS.sessionLeaseMs);
    switch (frame.type) {
      case 'ping':
        this.backoff.succeeded(); // a session that lasted; one that breaks at once is not opened at once again
        return this.send({ type: 'pong' });
      case 'refused':
        return this.refused(frame.code, frame.about);
      case 'presence':
      case 'accepted':
      case 'rejected':
      case 'deliver':
        return this.pass(frame);
      case 'challenge':
      case 'welcome':
        return this.retry('the name server spoke out of turn');
    }
  }

  private start(): void {
    this.context.alarms.drop('session retry');
    this.current = { state: 'registering' };
    this.record.revive();
    this.register(true);
  }

  private register(mayFollow: boolean): void {
    const { me } = this.context;
    this.context.ask({ type: 'register', name: me.name, record: this.record.signed }, (answer) => {
      if (this.current.state === 'registering') this.registered(answer, mayFollow);
    });
  }

  private registered(answer: QuestionAnswer, mayFollow: boolean): void {
    if (answer.type === 'registered') {
      this.context.store.putSetting(REGISTERED_SETTING, this.context.me.device.publicKey);
      return this.connect();
    }
    if (answer.type === 'away') return this.retry(answer.reason);
    if (answer.type !== 'refused') return this.retry('the name server answered something else');
    if (answer.refusal.code === 'RECORD_STALE' && mayFollow) return this.followServer();
    this.refused(answer.refusal.code, answer.refusal.about);
  }

  /** The name server holds a newer record under our name: if it is by our own key, ours must come after it. */
  private followServer(): void {
    const { me } = this.context;
    this.context.ask({ type: 'users', names: [me.name] }, (answer) => {
      if (this.current.state !== 'registering') return;
      if (answer.type === 'away') return this.retry(answer.reason);
      const held = answer.type === 'users' ? answer.users.find((user) => user.name === me.name) : undefined;
      if (held && this.isOutlived(held.record)) return this.restored();
      if (held && !this.record.follow(held.record)) return this.refused('RECORD_STALE', me.name);
      if (!held) this.record.leap();
      this.register(false);
    });
  }

  /** A later record of ours lists another device than the one we are known by. A fresh device is known by none. */
  private isOutlived(held: Signed): boolean {
    const { me, store } = this.context;
    return store.setting(REGISTERED_SETTING) === me.device.publicKey && this.record.isOutlived(held);
  }

  private connect(): void {
    const session = this.context.freshRef();
    this.current = { state: 'greeting', session, hasProven: false };
    this.expectWithin(LIMITS.sessionHandshakeMs);
    this.context.do({ type: 'session_open', session });
  }

  private greet({ session, hasProven }: Extract<State, { state: 'greeting' }>, frame: ServerFrame): void {
    if (frame.type === 'refused') return this.refused(frame.code, frame.about);
    if (frame.type === 'challenge' && !hasProven) return this.prove(session, frame);
    // A welcome to no proof would pass by the key that is pinned.
    if (frame.type !== 'welcome' || !hasProven) return this.retry('the name server spoke out of turn');
    this.current = { state: 'online', session };
    this.seenAddress = frame.address || null;
    this.heldMs = frame.heldMs;
    this.saidRetrying = false;
    this.expectWithin(LIMITS.sessionLeaseMs);
    this.answerAll(null);
    this.context.tell({ event: 'connection', state: 'online', reason: '' });
    this.context.report({ type: 'online' });
  }

  private prove(session: number, { challenge, server }: { challenge: string; server: string }): void {
    const { me, store, primitives } = this.context;
    if (!this.trusts(server)) return this.refused('SERVER_CHANGED', this.context.options.server);
    // Raised at every proof, not only at every start: an equal counter then always means a restored copy (SPEC
    // CHAT-18).
    const proof: SessionProof = {
      server,
      challenge,
      name: me.name,
      device: me.device.publicKey,
      boot: store.raiseBoot(),
    };
    const frame: ClientFrame = { type: 'session', proof: signObject('session', proof, me.device, primitives) };
    this.current = { state: 'greeting', session, hasProven: true };
    this.context.do({ type: 'session_send', session, frame });
  }

  /** The server's key is pinned per address at first use. */
  private trusts(server: string): boolean {
    const setting = serverKeySetting(this.context.options.server);
    const pinned = this.context.store.setting(setting);
    this.context.isServerDistrusted = pinned !== null && pinned !== server && !this.acceptsServer;
    if (this.context.isServerDistrusted) return false;
    if (pinned !== server) this.context.store.putSetting(setting, server);
    this.acceptsServer = false;
    return true;
  }

  private refused(code: string, about: string): void {
    const refusal = Refusal.from(code, about);
    if (refusal.code === 'RESTORED') return this.restored();
    if (!FINAL.has(refusal.code)) return this.retry(refusal.code, refusal);
    const isAwaited = this.waitingCommands.length > 0;
    this.leave();
    this.context.report({ type: 'asleep' });
    this.answerAll(refusal);
    if (refusal.code === 'SERVER_CHANGED' || !isAwaited) this.context.warnRefusal(refusal);
    this.context.tell({ event: 'connection', state: 'offline', reason: refusal.code });
  }

  /** An old copy of our data is running. Commands that wait are given again to the engine with the new device. */
  private restored(): void {
    this.leave();
    this.context.report({ type: 'asleep' });
    this.context.report({ type: 'restored' });
  }

  /** Trouble: try again after a while. Commands that wait go on waiting, unless the server said no in words. */
  private retry(reason: string, refusal: Refusal | null = null): void {
    this.leave();
    this.current = { state: 'waiting' };
    if (refusal) this.answerAll(refusal);
    if (!this.saidRetrying) this.context.tell({ event: 'connection', state: 'retrying', reason });
    this.saidRetrying = true;
    this.context.alarms.set('session retry', this.context.now + this.backoff.next(), () => this.start());
  }

  private leave(): void {
    const had = this.current;
    this.current = { state: 'off' };
    this.context.alarms.drop('session retry');
    this.context.alarms.drop('session silence');
    if (had.state !== 'greeting' && had.state !== 'online') return;
    this.context.do({ type: 'session_close', session: had.session });
    if (had.state === 'online') this.context.report({ type: 'offline' });
  }

  private expectWithin(ms: number): void {
    this.context.alarms.set('session silence', this.context.now + ms, () => this.retry('the name server fell silent'));
  }

  private isCurrent(session: number): boolean {
    return 'session' in this.current && this.current.session === session;
  }

  private answerAll(refusal: Refusal | null): void {
    for (const ref of [...this.waitingCommands]) this.answerOne(ref, refusal);
  }

  private answerOne(ref: number, refusal: Refusal | null): void {
    this.context.alarms.drop(`online ${ref}`);
    this.waitingCommands = this.waitingCommands.filter((waiting) => waiting !== ref);
    if (refusal) this.context.refuse(ref, refusal);
    else this.context.succeed(ref, 'online', { user: this.context.me.name });
  }
}
