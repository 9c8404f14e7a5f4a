// What others say to me (SPEC CHAT-7): stored first, acknowledged after, shown once and in order.

import { isValidMessageText, messageId, type AckFrame, type WireMessage } from '../../../protocols/chat/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { Links } from '../transport/links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Reading } from '../conversations/reading.js';

interface Parts {
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly reading: Reading;
}

/** How a message came, which is how its acknowledgement goes back. */
export type Carrier = 'link' | 'letter';

export class Inbox {
  /** What this turn stored and has to acknowledge, by way, user and device. */
  private readonly owed = new Map<string, { way: Carrier; peer: LinkPeer; ids: string[] }>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** A message from a friend's device; false where it can only come from a broken or lying client. */
  message(peer: LinkPeer, message: WireMessage, way: Carrier): boolean {
    const conversation = this.parts.conversations.with(peer.user);
    // What was written under another key, theirs or ours, has another conversation: not ours to judge, nor to store.
    if (conversation?.id !== message.conversation) return way === 'letter';
    if (message.device !== peer.device || !isValidMessageText(message.text) || message.after >= message.seq)
      return false;
    this.store(conversation, peer, { message, way });
    return true;
  }

  /** Before the turn ends: acknowledges what it stored. It leaves after the commit, as every effect does. */
  flush(): void {
    for (const { way, peer, ids } of this.owed.values()) this.acknowledge(peer, ids, way);
    this.owed.clear();
  }

  private store(
    conversation: Conversation,
    peer: LinkPeer,
    { message, way }: { message: WireMessage; way: Carrier },
  ): void {
    const lane = conversation.lane(message.device);
    if (!lane.mayStore(message)) return;
    const came = this.fromWire(peer.user, message, lane.isShowable(message));
    const added = this.context.store.addMessage(came);
    if (added === 'conflict') return this.refuse(peer, way);
    if (added === 'known' && this.context.store.message(came.id)?.shown) return this.owe(peer, came.id, way);
    conversation.sawLamport(message.lamport);
    for (const seq of lane.add(message)) {
      if (seq === came.seq && added === 'added') this.show(peer, came, way);
      else this.showHeldBack(peer, seq, way);
    }
  }

  /** Was stored earlier, and may be shown only now. */
  private showHeldBack(peer: LinkPeer, seq: number, way: Carrier): void {
    const message = this.context.store.messageAt(peer.user, peer.device, seq);
    if (message === null) return;
    this.context.store.setShown([message.id]);
    this.show(peer, message, way);
  }

  /**
   * Acknowledged only now: what is held back must come again if what it waits for is cancelled (SPEC CHAT-7,
   * CHAT-17).
   */
  private show(peer: LinkPeer, { id, text, at }: StoredMessage, way: Carrier): void {
    this.owe(peer, id, way);
    this.context.tell({ event: 'chat', id, from: peer.user, text }, at);
    this.parts.reading.arrived(peer.user, 1);
  }

  private fromWire(user: string, message: WireMessage, shown: boolean): StoredMessage {
    const { device, seq, lamport, at, text, after } = message;
    const id = messageId(user, message, this.context.primitives);
    const fixed = { peer: user, mine: false, kind: 'chat', state: 'delivered' } as const;
    return { ...fixed, id, device, seq, lamport, at, text, after, shown };
  }

  /**
   * An acknowledgement of nothing tells an honest client how far we have heard it, and that its data is an old copy.
   */
  private refuse(peer: LinkPeer, way: Carrier): void {
    this.owe(peer, null, way);
    this.context.warn('MESSAGE_CONFLICT', `${peer.user} sent two messages under one number; the second is refused.`);
  }

  private owe(peer: LinkPeer, id: string | null, way: Carrier): void {
    const name = `${way} ${peer.user} ${peer.device}${id === null ? ' refused' : ''}`;
    const owed = this.owed.get(name);
    const ids = id === null ? [] : [id];
    if (owed) owed.ids.push(...ids);
    else this.owed.set(name, { way, peer, ids });
  }

  private acknowledge({ user, device }: LinkPeer, ids: string[], way: Carrier): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    const upTo = this.context.store.lastSeq(user, device, 'chat');
    for (let at = 0; at === 0 || at < ids.length; at += LIMITS.acknowledgedIdsPerFrame) {
      const some = ids.slice(at, at + LIMITS.acknowledgedIdsPerFrame);
      const acknowledgement = { conversation: conversation.id, device, upTo, ids: some };
      const frame: AckFrame = { type: 'ack', ...acknowledgement };
      if (way === 'link') this.parts.links.send(user, frame);
      else this.parts.mail.post(user, 'receipt', acknowledgement);
    }
  }
}
