// The answers to /who and /rooms [ROOM-9], in lines that fit a datagram.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import type { Occupant, Occupants } from '../order/occupants.js';

export function occupantLines(room: number, guests: readonly Occupant[]): string[] {
  return wrapped(
    `room #${room}, ${guests.length} here:`,
    guests.map(({ nick, server }) => `${nick} (server ${server + 1})`),
  );
}

export function roomLines(occupants: Occupants, rooms: number): string[] {
  const counts = [...occupants.counts()].map(([room, count]) => `#${room} ${count}`);
  return wrapped(`${rooms} rooms, occupied:`, counts.length > 0 ? counts : ['none']);
}

/** Items after a title, in as few lines as hold them. */
function wrapped(title: string, items: readonly string[]): string[] {
  const lines: string[] = [];
  let line = title;
  items.forEach((item, at) => {
    const more = `${at === 0 ? '' : ','} ${item}`;
    if (byteLength(line) + byteLength(more) <= LIMITS.roomTextBytes) {
      line += more;
      return;
    }
    lines.push(line);
    line = `… ${item}`;
  });
  return [...lines, line];
}
