// Read receipts (SPEC CHAT-16): tells friends how far we have read, and marks our messages when friends tell us.

import { readFrameShape, readLetterShape, type ReadFrame } from '../../../protocols/chat/messages.js';
import { isOwnDevice, type Context } from '../core/context.js';
import { frameRoute, letterRoute, type Part } from '../core/part.js';
import type { Conversations } from '../conversations/conversations.js';
import type { ReadListener, Unread } from '../conversations/unread.js';
import type { People } from '../identity/people.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Links } from '../transport/links.js';

interface Dependencies {
  readonly people: People;
  readonly mail: OutgoingMail;
  readonly links: Links;
  readonly conversations: Conversations;
  readonly unread: Unread;
}

type ReadMark = Omit<ReadFrame, 'type'>;

export class ReadReceipts implements Part, ReadListener {
  readonly frames = { read: frameRoute('friend', readFrameShape, ({ user }, mark) => this.readByPeer(user, mark)) };
  readonly letters = {
    read: letterRoute('friend', readLetterShape, ({ from }, mark) => this.readByPeer(from, mark)),
  };
  /** Marks to send before the turn ends: the highest seq read, by user and device. */
  private readonly owed = new Map<string, Map<string, number>>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    parts.unread.readers.register(this);
  }

  read(user: string, marks: ReadonlyMap<string, number>): void {
    if (!this.context.options.readReceipts || !this.parts.people.isFriend(user)) return;
    this.owed.set(user, new Map([...(this.owed.get(user) ?? []), ...marks]));
  }

  flush(): void {
    for (const [user, marks] of this.owed) {
      for (const [device, upTo] of marks) this.send(user, device, upTo);
    }
    this.owed.clear();
  }

  private send(user: string, device: string, upTo: number): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    const mark = { conversation: conversation.id, device, upTo };
    if (this.parts.links.isLinked(user)) return this.parts.links.send(user, { type: 'read', ...mark });
    // A later mark includes every earlier mark of the same device.
    this.parts.mail.postLatest(user, 'read', mark, deviceOf);
  }

  private readByPeer(user: string, { conversation, device, upTo }: ReadMark): void {
    if (!isOwnDevice(this.context.me, device) || this.parts.conversations.with(user)?.id !== conversation) return;
    for (const id of this.context.store.markReadByPeer(user, device, upTo)) {
      this.context.notify({ event: 'state', id, to: user, state: 'read' });
    }
  }
}

function deviceOf(body: unknown): string | null {
  return readLetterShape.accepts(body) ? body.device : null;
}
