// The answer to /order [ROOM-10]: the order in force, the members of the view, and what blocks the next delivery.

import type { Instant } from '../../kit/machine.js';
import type { Order } from '../order/client-release.js';
import type { Agreement } from '../view/agreement.js';
import type { Replica } from '../replica.js';

export function orderReply(
  { agreement, replica }: { agreement: Agreement; replica: Replica },
  { self, size, order }: { self: number; size: number; order: Order },
  now: Instant,
): string {
  const { decision, members, mode, log, pending } = replica;
  const view = members.length === 0 ? 'no view yet' : `view ${decision.view} of servers ${serverNames(members)}`;
  const own = mode === 'normal' ? '' : mode === 'wedged' ? ', a view change is in progress' : ', without this server';
  return (
    `order ${order}, server ${self + 1} of ${size}, ${view}${own}; ${log.position.count} delivered, ` +
    `${pending.size} pending; ${waitReason(agreement, replica, now)}`
  );
}

function waitReason(agreement: Agreement, replica: Replica, now: Instant): string {
  if (!agreement.hasQuorum(now)) return 'waiting for a quorum';
  if (replica.mode !== 'normal') return 'waiting for the next view';
  const next = replica.viewOrder.head();
  if (!next) return 'waiting for nothing';
  const missing = replica.viewOrder.membersLacking(next);
  return `waiting for message ${next.seq} of server ${next.from + 1} at servers ${serverNames(missing)}`;
}

function serverNames(indices: readonly number[]): string {
  return indices.map((index) => index + 1).join(' ');
}
