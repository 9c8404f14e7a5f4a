// Who is in which room, as the ordered messages say: the same at every server that delivered as much.

import type { Operation } from './message.js';

export interface Guest {
  readonly server: number;
  readonly client: number;
  readonly room: number;
  readonly nick: string;
}

export class Roster {
  private readonly guests = new Map<string, Guest>();

  constructor(guests: readonly Guest[] = []) {
    for (const guest of guests) this.guests.set(keyOf(guest.server, guest.client), guest);
  }

  /** A client of a server is in this room from here on, or in none (0). */
  place(server: number, { client, room, nick }: Operation): void {
    const key = keyOf(server, client);
    if (room === 0) this.guests.delete(key);
    else this.guests.set(key, { server, client, room, nick });
  }

  /** Clients of other servers are gone with them. */
  keepOnly(stays: (server: number) => boolean): void {
    for (const [key, { server }] of this.guests) if (!stays(server)) this.guests.delete(key);
  }

  all(): Guest[] {
    return [...this.guests.values()];
  }

  /** By server, then in the order of their clients. */
  inRoom(room: number): Guest[] {
    const guests = this.all().filter((guest) => guest.room === room);
    return guests.sort((a, b) => a.server - b.server || a.client - b.client);
  }

  /** How many there are in each room that is not empty. */
  counts(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const { room } of this.guests.values()) counts.set(room, (counts.get(room) ?? 0) + 1);
    return new Map([...counts].sort(([a], [b]) => a - b));
  }
}

function keyOf(server: number, client: number): string {
  return `${server}/${client}`;
}
