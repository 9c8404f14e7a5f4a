// Chat messages that have not arrived: lists them for `outbox` and `exit`, and takes one back for `cancel`.

import type { OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { isoTime, type Context } from '../core/context.js';
import type { Waiting } from '../core/store.js';
import type { Conversations } from '../conversations/conversations.js';
import type { WaitingMessages, WaitingSource } from '../conversations/waiting-messages.js';
import type { Connector } from '../transport/connector.js';
import type { Outbox } from './outbox.js';
import type { StoreAndForward } from './store-and-forward.js';

interface Dependencies {
  readonly connector: Connector;
  readonly conversations: Conversations;
  readonly waitingMessages: WaitingMessages;
  readonly outbox: Outbox;
  readonly storeAndForward: StoreAndForward;
}

export class WaitingChat implements WaitingSource {
  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    parts.waitingMessages.add(this);
  }

  waiting(): OutboxMessage[] {
    return this.context.store.waiting(LIMITS.outboxPage).map((one) => this.describe(one));
  }

  cancel(ref: number, id: string): boolean {
    const message = this.context.store.message(id);
    if (!message?.mine || message.kind === 'group') return false;
    const { peer } = message;
    if (!this.parts.outbox.cancel(peer, id)) {
      this.context.refuseWith(ref, 'NOT_WAITING', id);
      return true;
    }
    this.context.succeed(ref, 'cancel', { id });
    // The receiver may hold back messages behind the cancelled one: they are sent again without it (SPEC CHAT-17).
    if (this.parts.outbox.hasWaiting(peer)) this.parts.storeAndForward.leaveAgain(peer);
    return true;
  }

  private describe({ message, heldAt }: Waiting): OutboxMessage {
    const { id, peer, text, at } = message;
    const nextTryAt = heldAt === null ? this.nextTryAt(peer) : null;
    return {
      id,
      to: peer,
      text,
      at: isoTime(at),
      why: this.parts.conversations.with(peer)?.why ?? null,
      state: heldAt === null ? 'queued' : 'held',
      nextTry: nextTryAt === null ? null : isoTime(nextTryAt),
    };
  }

  private nextTryAt(user: string): Instant | null {
    return this.parts.storeAndForward.nextTryAt(user) ?? this.parts.connector.nextTryAt(user);
  }
}
