// Messages of ours to groups that have not reached every member: listed by `outbox` and `exit`, never cancelled.

import type { OutboxMessage } from '../../../protocols/control/commands/messages.js';
import { isoTime, type Context } from '../core/context.js';
import type { WaitingMessages, WaitingSource } from '../conversations/waiting-messages.js';
import type { RunningGroup, RunningGroups } from './running-groups.js';

export class WaitingBroadcasts implements WaitingSource {
  constructor(
    private readonly context: Context,
    private readonly groups: RunningGroups,
    waitingMessages: WaitingMessages,
  ) {
    waitingMessages.add(this);
  }

  waiting(): OutboxMessage[] {
    return this.groups.all().flatMap((running) => waitingIn(running));
  }

  /** Members may have read a broadcast already: it is refused, not cancelled. */
  cancel(ref: number, id: string): boolean {
    const message = this.context.store.message(id);
    const isBroadcast = message?.mine === true && message.kind === 'group';
    if (isBroadcast) this.context.refuseWith(ref, 'GROUP_SAID', id);
    return isBroadcast;
  }
}

function waitingIn({ name, member }: RunningGroup): OutboxMessage[] {
  return member.undeliveredMessages.map(({ id, text, at, state }) => {
    const isHeld = state === 'held';
    return { id, to: name, text, at: isoTime(at), nextTry: null, why: null, state: isHeld ? 'held' : 'queued' };
  });
}
