// The way to the server (VISIT-5, VISIT-7): opens a door, enters by proof, notices silence, and comes back by itself.

import { Backoff } from '../../kit/backoff.js';
import { LIMITS } from '../../kit/limits.js';
import type { Instant } from '../../kit/machine.js';
import { Refusal, refusalText } from '../../kit/refusals.js';
import { channelServerFrameShape, type ChannelServerFrame, type ChannelClientFrame } from '../client-protocol.js';
import type { EntryProof } from '../signed-objects.js';
import type { ChannelClientContext } from './client-context.js';
import type { ChannelClientEvent } from './io.js';

type State =
  | { state: 'asleep' }
  | { state: 'opening'; door: number; until: Instant }
  | { state: 'entering'; door: number; until: Instant; hasProven: boolean }
  | { state: 'open'; door: number; until: Instant; silenceMs: number; heardAt: Instant }
  | { state: 'away'; retryAt: Instant }
  | { state: 'refused'; refusal: Refusal };

/** Frames of an open door that the connection does not deal with itself. */
export type ForwardedFrame = Exclude<ChannelServerFrame, { type: 'challenge' | 'welcome' | 'ping' }>;

/** As news tell it. */
export type ConnectionState = Extract<ChannelClientEvent, { news: 'connection' }>['state'];

/** Who is told. `since`: when the server was there for the last time. */
export interface ConnectionHandlers {
  opened(): void;
  frame(frame: ForwardedFrame): void;
  lost(since: Instant): void;
  refused(refusal: Refusal): void;
}

/** Said before `welcome`, these pass by themselves; every other no is final until somebody wants in again. */
const PASSING = new Set(['SERVER_BUSY', 'SERVER_FAULT', 'TOO_MANY', 'TOO_LARGE']);

export class ServerConnection {
  private current: State = { state: 'asleep' };
  private readonly backoff: Backoff;

  constructor(
    private readonly turn: ChannelClientContext,
    private readonly listener: ConnectionHandlers,
  ) {
    const bounds = { firstMs: LIMITS.reconnectFirstMs, ceilingMs: LIMITS.reconnectCeilingMs };
    this.backoff = new Backoff(bounds, turn.options.random);
  }

  get state(): ConnectionState {
    const { state } = this.current;
    return state === 'opening' || state === 'entering' ? 'connecting' : state;
  }

  /** Why nothing will come of a wish, as things stand; null where it may wait. */
  get refusal(): Refusal | null {
    if (this.current.state === 'refused') return this.current.refusal;
    return this.current.state === 'asleep' ? this.awayRefusal() : null;
  }

  /** The door that is open, or null. */
  get openDoor(): number | null {
    return this.current.state === 'open' ? this.current.door : null;
  }

  awayRefusal(): Refusal {
    return new Refusal('CHANNEL_AWAY', this.turn.options.address);
  }

  /** Sends a frame where the door is open. */
  send(frame: ChannelClientFrame): void {
    if (this.current.state === 'open') this.turn.do({ kind: 'door_send', door: this.current.door, frame });
  }

  /** Somebody wants to be connected: now, even where the next try was to come later. */
  awake(): void {
    if (['asleep', 'refused', 'away'].includes(this.current.state)) this.open();
  }

  asleep(): void {
    if (this.current.state === 'asleep') return;
    const had = this.leave();
    this.current = { state: 'asleep' };
    this.turn.tell({ news: 'connection', state: 'asleep', reason: null });
    if (had.state === 'open') this.listener.lost(this.turn.now);
    this.listener.refused(this.awayRefusal());
  }

  opened(door: number): void {
    if (this.current.state !== 'opening' || this.current.door !== door) return;
    this.current = { state: 'entering', door, until: this.turn.now + LIMITS.channelEntryMs, hasProven: false };
  }

  closed(door: number, reason: string): void {
    if (this.isCurrent(door)) this.away(reason, this.turn.now);
  }

  /** There is no door for us, and no use in asking again. */
  turnedAway(door: number, refusal: Refusal): void {
    if (this.isCurrent(door)) this.refuse(refusal);
  }

  frame(door: number, frame: unknown): void {
    if (!this.isCurrent(door)) return;
    if (!channelServerFrameShape.accepts(frame)) return this.away('the server sent something malformed', this.turn.now);
    if (this.current.state === 'opening') this.opened(door);
    if (this.current.state === 'entering') return this.enter(this.current, frame);
    if (this.current.state === 'open') this.hear(this.current, frame);
  }

  /** A server that floods us, or is silent: as good as gone. */
  giveUp(reason: string): void {
    if ('door' in this.current) this.away(reason, this.turn.now);
  }

  wakeAt(): Instant | null {
    if (this.current.state === 'away') return this.current.retryAt;
    return 'until' in this.current ? this.current.until : null;
  }

  wake(): void {
    const due = this.wakeAt();
    if (due === null || due > this.turn.now) return;
    if (this.current.state === 'away') return this.open();
    if (this.current.state === 'open') return this.away('the server fell silent', this.current.heardAt);
    this.away('the server does not answer', this.turn.now);
  }

  private open(): void {
    const door = this.turn.freshRef();
    this.current = { state: 'opening', door, until: this.turn.now + LIMITS.channelEntryMs };
    this.turn.tell({ news: 'connection', state: 'connecting', reason: null });
    this.turn.do({ kind: 'door_open', door });
  }

  private enter({ door, until, hasProven }: Extract<State, { state: 'entering' }>, frame: ChannelServerFrame): void {
    if (frame.type === 'error') return this.refusedEntry(Refusal.from(frame.code, frame.about));
    if (frame.type === 'challenge' && !hasProven) {
      this.current = { state: 'entering', door, until, hasProven: true };
      return this.prove(door, frame);
    }
    if (frame.type !== 'welcome' || !hasProven) return this.away('the server spoke out of turn', this.turn.now);
    const pingMs = Math.min(Math.max(frame.pingMs, LIMITS.channelClientPingMinMs), LIMITS.channelClientSilenceMs);
    this.current = { state: 'open', door, until: 0, silenceMs: 2 * pingMs, heardAt: this.turn.now };
    this.heardNow(this.current);
    this.turn.tell({ news: 'connection', state: 'open', reason: null });
    this.listener.opened();
  }

  /** Answers the challenge (CHAN-1), unless the server is not the one it must be. */
  private prove(door: number, { server, challenge }: { server: string; challenge: string }): void {
    const { me, options } = this.turn;
    const wanted = options.serverKey();
    if (wanted !== null && wanted !== server) return this.refuse(new Refusal('SERVER_CHANGED', options.address));
    const entry: EntryProof = { server, challenge, key: me.key, life: options.life };
    this.turn.sign('card', me, (card) => {
      this.turn.sign('entry', entry, (signed) => {
        if (!this.isCurrent(door)) return;
        this.turn.do({ kind: 'door_send', door, frame: { type: 'enter', card, entry: signed } });
      });
    });
  }

  private hear(open: Extract<State, { state: 'open' }>, frame: ChannelServerFrame): void {
    this.heardNow(open);
    switch (frame.type) {
      case 'ping':
        this.backoff.succeeded(); // it lasted; one that breaks at once is not opened at once again
        return this.send({ type: 'pong' });
      case 'challenge':
      case 'welcome':
        return this.away('the server spoke out of turn', this.turn.now);
      default:
        return this.listener.frame(frame);
    }
  }

  private heardNow(open: Extract<State, { state: 'open' }>): void {
    const { now } = this.turn;
    this.current = { ...open, heardAt: now, until: now + open.silenceMs };
  }

  private refusedEntry(refusal: Refusal): void {
    if (PASSING.has(refusal.code)) return this.away(refusalText(refusal), this.turn.now);
    this.refuse(refusal);
  }

  private refuse(refusal: Refusal): void {
    this.leave();
    this.current = { state: 'refused', refusal };
    this.turn.tell({ news: 'connection', state: 'refused', reason: refusalText(refusal) });
    this.listener.refused(refusal);
  }

  private away(reason: string, since: Instant): void {
    const had = this.leave();
    this.current = { state: 'away', retryAt: this.turn.now + this.backoff.next() };
    this.turn.tell({ news: 'connection', state: 'away', reason });
    if (had.state === 'open') this.listener.lost(since);
  }

  private leave(): State {
    const had = this.current;
    if ('door' in had) this.turn.do({ kind: 'door_close', door: had.door });
    return had;
  }

  private isCurrent(door: number): boolean {
    return 'door' in this.current && this.current.door === door;
  }
}
