// The connection to the server: opens it, proves our key, notices silence, and reconnects (CHAN-1, VISIT-5, VISIT-7,
// VISIT-8).

import { Backoff } from '../../kit/bounds/backoff.js';
import { LIMITS } from '../../kit/limits.js';
import type { Instant } from '../../kit/machine.js';
import { Refusal, refusalText } from '../../kit/refusals.js';
import { channelServerFrameShape, type ChannelServerFrame, type ChannelClientFrame } from '../client-protocol.js';
import type { EntryProof } from '../signed-objects.js';
import type { ChannelClientContext } from './client-context.js';
import type { ChannelClientEvent } from './io.js';

type State =
  | { state: 'asleep' }
  | { state: 'opening'; connection: number; until: Instant }
  | { state: 'entering'; connection: number; until: Instant; hasProven: boolean }
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

/** Refusals before `welcome` after which the client retries. Any other is final until the next `connect`. */
const TEMPORARY = new Set(['SERVER_BUSY', 'SERVER_FAULT', 'TOO_MANY', 'TOO_LARGE']);

export class ServerConnection {
  private current: State = { state: 'asleep' };
  private readonly backoff: Backoff;

  constructor(
    private readonly context: ChannelClientContext,
    private readonly listener: ConnectionHandlers,
  ) {
    const retry = { firstMs: LIMITS.reconnectFirstMs, ceilingMs: LIMITS.reconnectCeilingMs };
    this.backoff = new Backoff(retry, context.options.random);
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

  opened(connection: number): void {
    if (this.current.state !== 'opening' || this.current.connection !== connection) return;
    this.current = { state: 'entering', connection, until: this.context.now + LIMITS.channelEntryMs, hasProven: false };
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
    if (this.current.state === 'opening') this.opened(connection);
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

  private enter(
    { connection, until, hasProven }: Extract<State, { state: 'entering' }>,
    frame: ChannelServerFrame,
  ): void {
    if (frame.type === 'error') return this.entryRefused(Refusal.from(frame.code, frame.about));
    if (frame.type === 'challenge' && !hasProven) {
      this.current = { state: 'entering', connection, until, hasProven: true };
      return this.prove(connection, frame);
    }
    if (frame.type !== 'welcome' || !hasProven) return this.away('the server broke the protocol', this.context.now);
    const pingMs = Math.min(Math.max(frame.pingMs, LIMITS.channelClientPingMinMs), LIMITS.channelClientSilenceMs);
    this.current = { state: 'open', connection, until: 0, silenceMs: 2 * pingMs, heardAt: this.context.now };
    this.noteHeard(this.current);
    this.context.report({ type: 'connection', state: 'open', reason: null });
    this.listener.opened();
  }

  /** Answers the challenge (CHAN-1), unless the server has another key than expected (VISIT-8). */
  private prove(connection: number, { server, challenge }: { server: string; challenge: string }): void {
    const { me, options } = this.context;
    const expected = options.serverKey();
    if (expected !== null && expected !== server) return this.refuse(new Refusal('SERVER_CHANGED', options.address));
    const entry: EntryProof = { server, challenge, key: me.key, life: options.clientSession };
    this.context.sign('card', me, (card) => {
      this.context.sign('entry', entry, (signed) => {
        if (!this.isCurrent(connection)) return;
        this.context.emit({ type: 'connection_send', connection, frame: { type: 'enter', card, entry: signed } });
      });
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
        return this.away('the server broke the protocol', this.context.now);
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
