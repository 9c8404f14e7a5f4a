// What others say to me (PROTOCOLS 5, commit point 2): stored first, acknowledged after, shown once and in order.

import { fitsMessage, messageId, type AckFrame, type WireMessage } from '../../../protocols/chat/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../context.js';
import type { LinkPeer } from '../facts.js';
import type { StoredMessage } from '../store.js';
import type { Conversation, Conversations } from './conversations.js';
import type { Links } from '../links/links.js';
import type { OutgoingMail } from '../mail/outgoing-mail.js';
import type { Reading } from './reading.js';

interface Parts {
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly reading: Reading;
}

/** How a message came, which is how its acknowledgement goes back. */
export type Way = 'link' | 'letter';

export class Inbox {
  /** What this turn stored and has to acknowledge, by way, user and device. */
  private readonly owed = new Map<string, { way: Way; peer: LinkPeer; ids: string[] }>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** A message from a friend's device; false where it can only come from a broken or lying client. */
  message(peer: LinkPeer, message: WireMessage, way: Way): boolean {
    const conversation = this.parts.conversations.with(peer.user);
    // What was written under another key, theirs or ours, has another conversation: not ours to judge, nor to store.
    if (conversation?.id !== message.conversation) return way === 'letter';
    if (message.device !== peer.device || !fitsMessage(message.text) || message.after >= message.seq) return false;
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
    { message, way }: { message: WireMessage; way: Way },
  ): void {
    const lane = conversation.lane(message.device);
    if (!lane.mayStore(message)) return;
    const stored = this.fromWire(peer.user, message);
    const added = this.context.store.addMessage(stored);
    if (added === 'conflict') {
      return this.context.warn(
        'MESSAGE_CONFLICT',
        `${peer.user} sent two different messages under one number; the second is refused.`,
      );
    }
    this.owe(peer, stored.id, way);
    if (added === 'known') return;
    conversation.sawLamport(message.lamport);
    const seqs = lane.store(message);
    if (seqs.length > 0) this.show(peer, stored, seqs);
  }

  private fromWire(user: string, message: WireMessage): StoredMessage {
    const { device, seq, lamport, at, text, after } = message;
    const id = messageId(user, message, this.context.primitives);
    const fixed = { peer: user, mine: false, kind: 'chat', state: 'delivered', shown: false } as const;
    return { ...fixed, id, device, seq, lamport, at, text, after };
  }

  /** Shows what may be shown now: nearly always just the message that came. */
  private show(peer: LinkPeer, came: StoredMessage, seqs: number[]): void {
    const { store } = this.context;
    const messages = seqs.flatMap((seq) => {
      const message = seq === came.seq ? came : store.messageAt(peer.user, peer.device, seq);
      return message ? [message] : [];
    });
    store.setShown(messages.map(({ id }) => id));
    for (const { id, text, at } of messages) this.context.tell({ event: 'chat', id, from: peer.user, text }, at);
    this.parts.reading.arrived(peer.user, messages.length);
  }

  private owe(peer: LinkPeer, id: string, way: Way): void {
    const name = `${way} ${peer.user} ${peer.device}`;
    const owed = this.owed.get(name);
    if (owed) owed.ids.push(id);
    else this.owed.set(name, { way, peer, ids: [id] });
  }

  private acknowledge({ user, device }: LinkPeer, ids: string[], way: Way): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    const upTo = this.context.store.lastSeq(user, device, 'chat');
    for (let at = 0; at < ids.length; at += LIMITS.acknowledgedIdsPerFrame) {
      const some = ids.slice(at, at + LIMITS.acknowledgedIdsPerFrame);
      const acknowledgement = { conversation: conversation.id, device, upTo, ids: some };
      const frame: AckFrame = { type: 'ack', ...acknowledgement };
      if (way === 'link') this.parts.links.send(user, frame);
      else this.parts.mail.post(user, 'receipt', acknowledgement);
    }
  }
}
