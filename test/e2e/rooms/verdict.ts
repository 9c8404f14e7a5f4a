// Judges afterwards what all clients saw: one order in each room, nothing doubled, nothing lost that anybody heard.

import type { Sight } from './crowd.js';

export interface RoomsVerdict {
  readonly complaints: string[];
  /** Lines that everybody in their room heard. */
  readonly delivered: number;
  /** Lines sent that nobody heard: refused, or lost on the way to a server. */
  readonly unheard: number;
}

const CLIENT_SPAN = 2 ** 20;

/** `order`: what the servers promise. Clients of servers in `gone` may have missed anything. */
export function judge(sights: readonly Sight[], order: string, gone: ReadonlySet<number> = new Set()): RoomsVerdict {
  const complaints: string[] = [];
  let delivered = 0;
  const heard = new Set<number>();
  for (const room of new Set(sights.map((sight) => sight.room))) {
    const inside = sights.filter((sight) => sight.room === room && !gone.has(sight.server));
    delivered += judgeRoom(room, inside, order, complaints);
    for (const { seen } of inside) for (const line of seen) heard.add(line);
  }
  const sent = sights.filter(({ server }) => !gone.has(server)).flatMap((sight) => [...sight.sent]);
  return { complaints, delivered, unheard: sent.filter((line) => !heard.has(line)).length };
}

function judgeRoom(room: number, sights: readonly Sight[], order: string, complaints: string[]): number {
  const [first] = sights;
  if (!first) return 0;
  const all = new Set(sights.flatMap(({ seen }) => seen));
  for (const { seen, client } of sights) {
    const own = new Set(seen);
    const who = `client ${client} in room ${room}`;
    if (own.size !== seen.length) complaints.push(`${who} heard ${seen.length - own.size} lines twice`);
    if (own.size !== all.size) complaints.push(`${who} missed ${all.size - own.size} of ${all.size} lines`);
    if (order !== 'unordered' && !isFifo(seen)) complaints.push(`${who} heard somebody out of order`);
    if (order === 'total' && !isSame(seen, first.seen)) complaints.push(`${who} heard another order`);
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
