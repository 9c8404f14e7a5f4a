// The state of each conversation that is not in the store: counters, the sending window, and the lanes of incoming
// messages.

import { ReorderBuffer } from '../../../protocols/chat/reorder-buffer.js';
import { pairConversation } from '../../../protocols/chat/messages.js';
import { SendWindow } from '../../../protocols/chat/send-window.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { People } from '../identity/people.js';

export class Conversation {
  readonly window = new SendWindow();
  /** True while there may be messages above the window's cursor. */
  hasUnsent = true;
  /** True while a letter with messages is on its way to the name server. */
  isLeaving = false;
  /** Why the name server did not accept the last letter, for the command `outbox`. */
  why: string | null = null;
  private readonly lanes = new Map<string, ReorderBuffer>();
  private lastSeqs: { chat: number; quick: number };
  private lastLamport: number;

  constructor(
    private readonly context: Context,
    readonly peer: string,
    /** The conversation's id on the wire. */
    readonly id: string,
  ) {
    const { store, me } = context;
    const lastSeq = (kind: 'chat' | 'quick'): number => store.lastSeq(peer, me.device.publicKey, kind);
    this.lastSeqs = { chat: lastSeq('chat'), quick: lastSeq('quick') };
    this.lastLamport = store.lastLamport(peer);
  }

  /** The number of our next message: never given twice (G2). */
  nextSeq(kind: 'chat' | 'quick'): number {
    this.lastSeqs[kind] += 1;
    return this.lastSeqs[kind];
  }

  /** The number of the last chat message of this device. */
  get lastSent(): number {
    return this.lastSeqs.chat;
  }

  /** Lamport time of our next message: after everything we have seen here. */
  nextLamport(): number {
    // A hostile friend can push the clock to its maximum. Then device and seq decide, in this conversation only.
    this.lastLamport = Math.min(this.lastLamport + 1, Number.MAX_SAFE_INTEGER);
    return this.lastLamport;
  }

  sawLamport(lamport: number): void {
    this.lastLamport = Math.max(this.lastLamport, lamport);
  }

  /** The store has more of a device than its lane saw: the next use reads the lane from the store again. */
  forgetLane(device: string): void {
    this.lanes.delete(device);
  }

  lane(device: string): ReorderBuffer {
    const known = this.lanes.get(device);
    if (known) return known;
    const { store } = this.context;
    const heldBack = store.heldBack(this.peer, device, LIMITS.chatReorderMax);
    const lane = new ReorderBuffer(store.lastShownSeq(this.peer, device), heldBack);
    this.lanes.set(device, lane);
    return lane;
  }
}

export class Conversations {
  private readonly byPeer = new Map<string, Conversation>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  /** The conversation with a user under the key pinned now; null while none is pinned. */
  with(user: string): Conversation | null {
    const known = this.byPeer.get(user);
    if (known) return known;
    const key = this.people.get(user)?.pinned?.key;
    if (key === undefined) return null;
    const { me, primitives } = this.context;
    const id = pairConversation(me.identity.publicKey, key, primitives);
    const conversation = new Conversation(this.context, user, id);
    this.byPeer.set(user, conversation);
    return conversation;
  }

  /** The user's key has changed, and with it the conversation. */
  forget(user: string): void {
    this.byPeer.delete(user);
  }
}
