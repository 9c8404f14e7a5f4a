// Incoming chat messages (SPEC CHAT-7): stored first, acknowledged after, shown once and in order.

import {
  isValidMessageText,
  messageFrameShape,
  messageId,
  messageLetterShape,
  receiptLetterShape,
  type AckFrame,
  type MessageLetter,
  type ReceiptLetter,
  type WireMessage,
} from '../../../protocols/chat/messages.js';
import type { HeardMark } from '../../../protocols/kit/own-proofs/marks.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import { withPerson } from '../core/conversation-id.js';
import type { LinkPeer, ReceivedLetter } from '../core/events.js';
import { messageMark } from '../identity/message-mark.js';
import { frameRoute, letterRoute, type Part } from '../core/part.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { StorageBudget } from '../conversations/storage-budget.js';
import type { Links } from '../transport/links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { StaleCopyReports } from '../identity/stale-copy-reports.js';
import type { Unread } from '../conversations/unread.js';

interface Dependencies {
  readonly people: People;
  readonly staleCopies: StaleCopyReports;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly unread: Unread;
  readonly storageBudget: StorageBudget;
}

/** What brought a message; its acknowledgement goes back the same way. */
export type Carrier = 'link' | 'letter';

export class Inbox implements Part {
  readonly frames = {
    message: frameRoute('friend', messageFrameShape, (peer, message) => this.receive(peer, message, 'link')),
  };
  readonly letters = {
    message: letterRoute('anyone', messageLetterShape, (letter, body) => this.receiveLetter(letter, body)),
  };
  /** What this turn stored and has to acknowledge, by carrier, user and device. */
  private readonly owed = new Map<string, { carrier: Carrier; peer: LinkPeer; ids: string[] }>();
  /** What this turn refused last, because the number was taken, by carrier, user and device. */
  private readonly refused = new Map<string, { carrier: Carrier; peer: LinkPeer; seq: number }>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  /** Takes a message from a friend's device; false where no honest client sends it. */
  private receive(peer: LinkPeer, message: WireMessage, carrier: Carrier): boolean {
    const conversation = this.parts.conversations.with(peer.user);
    // A letter written under another key, theirs or ours, belongs to another conversation: it is dropped.
    if (conversation?.id !== message.conversation) return carrier === 'letter';
    if (message.device !== peer.device || !isValidMessageText(message.text) || message.after >= message.seq)
      return false;
    this.store(conversation, peer, { message, carrier });
    return true;
  }

  /** Acknowledges what the turn stored. Like every effect, it leaves after the commit. */
  flush(): void {
    for (const { carrier, peer, ids } of this.owed.values()) this.acknowledge(peer, ids, carrier);
    for (const { carrier, peer, seq } of this.refused.values()) this.answerRefused(peer, seq, carrier);
    this.owed.clear();
    this.refused.clear();
  }

  private receiveLetter(letter: ReceivedLetter, { epoch, heard, messages }: MessageLetter): void {
    const { from: user, device } = letter;
    if (!this.parts.people.isFriend(user)) return this.parts.people.friendships.target.presumed(letter, epoch);
    // Before the messages: they may fill a gap that proves our data to be a stale copy.
    this.parts.staleCopies.acknowledgedUpTo({ user, device }, heard);
    for (const message of messages) this.receive({ user, device }, message, 'letter');
  }

  private store(
    conversation: Conversation,
    peer: LinkPeer,
    { message, carrier }: { message: WireMessage; carrier: Carrier },
  ): void {
    const lane = conversation.lane(message.device);
    if (!lane.mayStore(message)) return;
    const came = this.fromWire(peer.user, message, lane.isShowable(message));
    if (!this.parts.storageBudget.admits(came)) return;
    const added = this.context.store.addMessage(came);
    if (added === 'added') this.parts.storageBudget.added(came);
    if (added === 'conflict') return this.refuse(peer, message.seq, carrier);
    if (added === 'known' && this.context.store.message(came.id)?.shown) return this.owe(peer, came.id, carrier);
    conversation.sawLamport(message.lamport);
    for (const seq of lane.add(message)) {
      if (seq === came.seq && added === 'added') this.show(peer, came, carrier);
      else this.showHeldBack(peer, seq, carrier);
    }
  }

  /** Shows a message that was stored earlier and had to wait for one before it. */
  private showHeldBack(peer: LinkPeer, seq: number, carrier: Carrier): void {
    const message = this.context.store.messageAt(peer.user, peer.device, seq);
    if (message === null) return;
    this.context.store.setShown([message.id]);
    this.show(peer, message, carrier);
  }

  /** Shown messages only are acknowledged: one held back must come again if its predecessor is cancelled (CHAT-17). */
  private show(peer: LinkPeer, { id, text, at }: StoredMessage, carrier: Carrier): void {
    this.owe(peer, id, carrier);
    this.context.notify({ event: 'chat', id, from: peer.user, text }, at);
    this.parts.unread.arrived(withPerson(peer.user));
  }

  private fromWire(user: string, message: WireMessage, shown: boolean): StoredMessage {
    const { device, seq, lamport, at, text, after, proof } = message;
    const id = messageId(user, message, this.context.primitives);
    const fixed = { peer: user, mine: false, kind: 'chat', state: 'delivered' } as const;
    return { ...fixed, id, device, seq, lamport, at, text, after, proof, shown };
  }

  /** An acknowledgement without ids shows an honest client which message it had sent before: its data is a stale copy. */
  private refuse(peer: LinkPeer, seq: number, carrier: Carrier): void {
    this.refused.set(laneName(peer, carrier), { carrier, peer, seq });
    this.context.warn('MESSAGE_CONFLICT', `${peer.user} sent two messages under one number; the second is refused.`);
  }

  /** The message is shown: it is acknowledged at the end of this turn. */
  owe(peer: LinkPeer, id: string, carrier: Carrier): void {
    const name = laneName(peer, carrier);
    const owed = this.owed.get(name);
    if (owed) owed.ids.push(id);
    else this.owed.set(name, { carrier, peer, ids: [id] });
  }

  private acknowledge({ user, device }: LinkPeer, ids: string[], carrier: Carrier): void {
    const seq = this.context.store.lastSeq(user, device, 'chat');
    const seen = messageMark(this.context.store.messageAt(user, device, seq));
    for (let at = 0; at < ids.length; at += LIMITS.acknowledgedIdsPerFrame) {
      const some = ids.slice(at, at + LIMITS.acknowledgedIdsPerFrame);
      this.answer({ user, device }, { ids: some, seen }, carrier);
    }
  }

  /** `seen`: the message that has the number. */
  private answerRefused({ user, device }: LinkPeer, seq: number, carrier: Carrier): void {
    const seen = messageMark(this.context.store.messageAt(user, device, seq));
    this.answer({ user, device }, { ids: [], seen }, carrier);
  }

  private answer({ user, device }: LinkPeer, content: Pick<ReceiptLetter, 'ids' | 'seen'>, carrier: Carrier): void {
    const conversation = this.parts.conversations.with(user)?.id;
    if (conversation === undefined) return;
    const heard = this.heard(conversation, { user, device });
    const acknowledgement: ReceiptLetter = { conversation, device, ...content, heard };
    const frame: AckFrame = { type: 'ack', ...acknowledgement };
    if (carrier === 'link') this.parts.links.send(user, frame);
    else this.parts.mail.postMerged(user, 'receipt', acknowledgement, (queued) => merged(queued, acknowledgement));
  }

  /** Says how far we have acknowledged, with a proof by which we recognize that later (SPEC CHAT-24). */
  private heard(conversation: string, { user, device }: LinkPeer): HeardMark | null {
    const seq = this.context.store.lastShownSeq(user, device);
    return seq === 0 ? null : { seq, proof: this.context.ownProofs.ofHeard({ conversation, device }, { seq }) };
  }
}

/** One receipt for both; null if they do not fit together. Its marks are the newer ones. */
function merged(queued: unknown, newer: ReceiptLetter): ReceiptLetter | null {
  if (!receiptLetterShape.accepts(queued) || queued.ids.length === 0 || newer.ids.length === 0) return null;
  if (queued.conversation !== newer.conversation || queued.device !== newer.device) return null;
  const ids = [...new Set([...queued.ids, ...newer.ids])];
  return ids.length > LIMITS.acknowledgedIdsPerFrame ? null : { ...newer, ids };
}

function laneName({ user, device }: LinkPeer, carrier: Carrier): string {
  return `${carrier} ${user} ${device}`;
}
