// The occupants of all rooms, derived from delivered messages: equal at all servers at the same position.

import type { RoomOperation } from './message.js';

export interface Occupant {
  readonly server: number;
  readonly client: number;
  readonly room: number;
  readonly nick: string;
}

export class Occupants {
  private readonly byClient = new Map<string, Occupant>();

  constructor(guests: readonly Occupant[] = []) {
    for (const guest of guests) this.byClient.set(keyOf(guest.server, guest.client), guest);
  }

  /** Moves a client to a room, or to none (0). */
  update(server: number, { client, room, nick }: RoomOperation): void {
    const key = keyOf(server, client);
    if (room === 0) this.byClient.delete(key);
    else this.byClient.set(key, { server, client, room, nick });
  }

  /** Removes the clients of all servers that do not stay. */
  keepOnly(stays: (server: number) => boolean): void {
    for (const [key, { server }] of this.byClient) if (!stays(server)) this.byClient.delete(key);
  }

  all(): Occupant[] {
    return [...this.byClient.values()];
  }

  /** Sorted by server, then by client number. */
  inRoom(room: number): Occupant[] {
    const guests = this.all().filter((guest) => guest.room === room);
    return guests.sort((a, b) => a.server - b.server || a.client - b.client);
  }

  /** Number of occupants of each room that is not empty. */
  counts(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const { room } of this.byClient.values()) counts.set(room, (counts.get(room) ?? 0) + 1);
    return new Map([...counts].sort(([a], [b]) => a - b));
  }
}

function keyOf(server: number, client: number): string {
  return `${server}/${client}`;
}
