// The connection to the server: opens it, enters, notices silence, and reconnects (VISIT-5, VISIT-7).

import { Backoff } from '../../kit/bounds/backoff.js';
import { LIMITS } from '../../kit/limits.js';
import type { Instant } from '../../kit/machine.js';
import { Refusal, refusalText } from '../../kit/refusals.js';
import { channelServerFrameShape, type ChannelServerFrame, type ChannelClientFrame } from '../client-protocol.js';
import type { ClientConnection } from '../../kit/server-proof/server-proof.js';
import type { ChallengeFrame } from '../../kit/server-proof/messages.js';
import type { ChannelClientContext } from './client-context.js';
import { EntryHandshake } from './entry-handshake.js';
import type { ChannelClientEvent } from './io.js';

type State =
  | { state: 'asleep' }
  | { state: 'opening'; connection: number; until: Instant }
  | { state: 'entering'; connection: number; until: Instant; step: 'greeted' | 'challenged' | 'proven' }
  | { state: 'open'; connection: number; until: Instant; silenceMs: number; heardAt: Instant }
  | { state: 'away'; retryAt: Instant }
  | { state: 'refused'; refusal: Refusal };

/** Frames that the connection passes on. */
export type ForwardedFrame = Exclude<ChannelServerFrame, { type: 'challenge' | 'welcome' | 'ping' }>;

/** The state as events report it. */
export type ConnectionState = Extract<ChannelClientEvent, { type: 'connection' }>['state'];

/** Called on changes. `since`: when the server was heard from last. */
export interface ConnectionHandlers {
  opened(): void;
  frame(frame: ForwardedFrame): void;
  lost(since: Instant): void;
  refused(refusal: Refusal): void;
}

/**
 * Refusals before `welcome` after which the client retries. Any other is final until the next `connect`. A server that
 * does not prove its key may be someone between us and the server, who will be gone later.
 */
const TEMPORARY = new Set(['SERVER_BUSY', 'SERVER_FAULT', 'SERVER_UNPROVEN', 'TOO_MANY', 'TOO_LARGE']);

export class ServerConnection {
  private current: State = { state: 'asleep' };
  private readonly backoff: Backoff;
  private readonly handshake: EntryHandshake;

  constructor(
    private readonly context: ChannelClientContext,
    private readonly listener: ConnectionHandlers,
  ) {
    const retry = { firstMs: LIMITS.reconnectFirstMs, ceilingMs: LIMITS.reconnectCeilingMs };
    this.backoff = new Backoff(retry, context.options.random);
    this.handshake = new EntryHandshake(context);
  }

  get state(): ConnectionState {
    const { state } = this.current;
    return state === 'opening' || state === 'entering' ? 'connecting' : state;
  }

  /** Why a request is refused at once; null if it may wait. */
  get refusal(): Refusal | null {
    if (this.current.state === 'refused') return this.current.refusal;
    return this.current.state === 'asleep' ? this.awayRefusal() : null;
  }

  /** The number of the open connection, or null. */
  get openConnection(): number | null {
    return this.current.state === 'open' ? this.current.connection : null;
  }

  awayRefusal(): Refusal {
    return new Refusal('CHANNEL_AWAY', this.context.options.address);
  }

  /** Sends a frame if the connection is open. */
  send(frame: ChannelClientFrame): void {
    if (this.current.state === 'open')
      this.context.emit({ type: 'connection_send', connection: this.current.connection, frame });
  }

  /** Connects at once, even if the next attempt is due later. */
  connect(): void {
    if (['asleep', 'refused', 'away'].includes(this.current.state)) this.open();
  }

  disconnect(): void {
    if (this.current.state === 'asleep') return;
    const had = this.leave();
    this.current = { state: 'asleep' };
    this.context.report({ type: 'connection', state: 'asleep', reason: null });
    if (had.state === 'open') this.listener.lost(this.context.now);
    this.listener.refused(this.awayRefusal());
  }

  opened(connection: number, exporter: ClientConnection['exporter']): void {
    if (this.current.state !== 'opening' || this.current.connection !== connection) return;
    const until = this.context.now + LIMITS.channelEntryMs;
    this.current = { state: 'entering', connection, until, step: 'greeted' };
    this.context.emit({ type: 'connection_send', connection, frame: this.handshake.hello(exporter) });
  }

  closed(connection: number, reason: string): void {
    if (this.isCurrent(connection)) this.away(reason, this.context.now);
  }

  /** The server has no channels; retrying is of no use. */
  refusedByServer(connection: number, refusal: Refusal): void {
    if (this.isCurrent(connection)) this.refuse(refusal);
  }

  frame(connection: number, frame: unknown): void {
    if (!this.isCurrent(connection)) return;
    if (!channelServerFrameShape.accepts(frame))
      return this.away('the server sent a malformed frame', this.context.now);
    if (this.current.state === 'opening') return this.breach();
    if (this.current.state === 'entering') return this.enter(this.current, frame);
    if (this.current.state === 'open') this.receive(this.current, frame);
  }

  /** Closes a connection that cannot go on, and retries later. */
  giveUp(reason: string): void {
    if ('connection' in this.current) this.away(reason, this.context.now);
  }

  wakeAt(): Instant | null {
    if (this.current.state === 'away') return this.current.retryAt;
    return 'until' in this.current ? this.current.until : null;
  }

  wake(): void {
    const due = this.wakeAt();
    if (due === null || due > this.context.now) return;
    if (this.current.state === 'away') return this.open();
    if (this.current.state === 'open') return this.away('the server stopped answering', this.current.heardAt);
    this.away('the server does not answer', this.context.now);
  }

  private open(): void {
    const connection = this.context.freshRef();
    this.current = { state: 'opening', connection, until: this.context.now + LIMITS.channelEntryMs };
    this.context.report({ type: 'connection', state: 'connecting', reason: null });
    this.context.emit({ type: 'connection_open', connection });
  }

  private enter(entering: Extract<State, { state: 'entering' }>, frame: ChannelServerFrame): void {
    const { connection, step } = entering;
    if (frame.type === 'error') return this.entryRefused(Refusal.from(frame.code, frame.about));
    if (frame.type === 'challenge' && step === 'greeted') {
      this.current = { ...entering, step: 'challenged' };
      return this.prove(this.current, frame);
    }
    if (frame.type !== 'welcome' || step !== 'proven') return this.breach();
    const pingMs = Math.min(Math.max(frame.pingMs, LIMITS.channelClientPingMinMs), LIMITS.channelClientSilenceMs);
    this.current = { state: 'open', connection, until: 0, silenceMs: 2 * pingMs, heardAt: this.context.now };
    this.noteHeard(this.current);
    this.context.report({ type: 'connection', state: 'open', reason: null });
    this.listener.opened();
  }

  private prove(entering: Extract<State, { state: 'entering' }>, challenge: ChallengeFrame): void {
    const { connection } = entering;
    this.handshake.answer(challenge, (outcome) => {
      if (!this.isCurrent(connection)) return;
      if (outcome instanceof Refusal) return this.entryRefused(outcome);
      this.current = { ...entering, step: 'proven' };
      this.context.emit({ type: 'connection_send', connection, frame: outcome });
    });
  }

  private receive(open: Extract<State, { state: 'open' }>, frame: ChannelServerFrame): void {
    this.noteHeard(open);
    switch (frame.type) {
      case 'ping':
        // Not before the first ping: a connection that breaks at once must not be retried at once.
        this.backoff.succeeded();
        return this.send({ type: 'pong' });
      case 'challenge':
      case 'welcome':
        return this.breach();
      default:
        return this.listener.frame(frame);
    }
  }

  private noteHeard(open: Extract<State, { state: 'open' }>): void {
    const { now } = this.context;
    this.current = { ...open, heardAt: now, until: now + open.silenceMs };
  }

  private entryRefused(refusal: Refusal): void {
    if (TEMPORARY.has(refusal.code)) return this.away(refusalText(refusal), this.context.now);
    this.refuse(refusal);
  }

  private refuse(refusal: Refusal): void {
    this.leave();
    this.current = { state: 'refused', refusal };
    this.context.report({ type: 'connection', state: 'refused', reason: refusalText(refusal) });
    this.listener.refused(refusal);
  }

  private breach(): void {
    this.away('the server broke the protocol', this.context.now);
  }

  private away(reason: string, since: Instant): void {
    const had = this.leave();
    this.current = { state: 'away', retryAt: this.context.now + this.backoff.next() };
    this.context.report({ type: 'connection', state: 'away', reason });
    if (had.state === 'open') this.listener.lost(since);
  }

  private leave(): State {
    const had = this.current;
    if ('connection' in had) this.context.emit({ type: 'connection_close', connection: had.connection });
    return had;
  }

  private isCurrent(connection: number): boolean {
    return 'connection' in this.current && this.current.connection === connection;
  }
}
