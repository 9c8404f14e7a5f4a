// Checks what all clients received: one order in each room, no duplicates, and no line that only some clients received.

import type { ClientRecord } from './load-generator.js';

export interface DeliveryReport {
  readonly violations: string[];
  /** Lines that every client in their room received. */
  readonly delivered: number;
  /** Lines that no client received: refused, or lost on the way to a server. */
  readonly undelivered: number;
}

const CLIENT_SPAN = 2 ** 20;

/** `order`: the guarantee of the servers. Clients of servers in `gone` may miss any line. */
export function checkDelivery(
  records: readonly ClientRecord[],
  order: string,
  gone: ReadonlySet<number> = new Set(),
): DeliveryReport {
  const violations: string[] = [];
  let delivered = 0;
  const heard = new Set<number>();
  for (const room of new Set(records.map((record) => record.room))) {
    const inside = records.filter((record) => record.room === room && !gone.has(record.server));
    delivered += checkRoom(room, inside, order, violations);
    for (const { received: seen } of inside) for (const line of seen) heard.add(line);
  }
  const sent = records.filter(({ server }) => !gone.has(server)).flatMap((record) => [...record.sent]);
  return { violations, delivered, undelivered: sent.filter((line) => !heard.has(line)).length };
}

function checkRoom(room: number, records: readonly ClientRecord[], order: string, violations: string[]): number {
  const [first] = records;
  if (!first) return 0;
  const all = new Set(records.flatMap(({ received: seen }) => seen));
  for (const { received: seen, client } of records) {
    const own = new Set(seen);
    const who = `client ${client} in room ${room}`;
    if (own.size !== seen.length) violations.push(`${who} received ${seen.length - own.size} lines twice`);
    if (own.size !== all.size) violations.push(`${who} missed ${all.size - own.size} of ${all.size} lines`);
    if (order !== 'unordered' && !isFifo(seen)) violations.push(`${who} received lines of a client out of order`);
    if (order === 'total' && !isSame(seen, first.received)) violations.push(`${who} received another order`);
  }
  return all.size;
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}

function isFifo(seen: readonly number[]): boolean {
  const last = new Map<number, number>();
  for (const line of seen) {
    const client = Math.floor(line / CLIENT_SPAN);
    if (line <= (last.get(client) ?? -1)) return false;
    last.set(client, line);
  }
  return true;
}
