// The clients of one server by address and number, each with its room and nick [ROOM-4, ROOM-11].

import { LIMITS } from '../../kit/limits.js';

export interface RoomClient {
  readonly id: number;
  /** `ip:port` */
  readonly address: string;
  /** 0: in no room. */
  room: number;
  nick: string;
}

export class RoomClients {
  private readonly byAddress = new Map<string, RoomClient>();
  private readonly rooms = new Map<number, Map<number, string>>();
  private readonly byId = new Map<number, RoomClient>();
  private numbered = 0;

  get size(): number {
    return this.byAddress.size;
  }

  get isFull(): boolean {
    return this.byAddress.size >= LIMITS.roomClientsMax;
  }

  at(address: string): RoomClient | null {
    return this.byAddress.get(address) ?? null;
  }

  ofId(id: number): RoomClient | null {
    return this.byId.get(id) ?? null;
  }

  add(address: string): RoomClient {
    this.numbered += 1;
    const client = { id: this.numbered, address, room: 0, nick: address };
    this.byAddress.set(address, client);
    this.byId.set(client.id, client);
    return client;
  }

  move(client: RoomClient, room: number): void {
    this.rooms.get(client.room)?.delete(client.id);
    client.room = room;
    if (room === 0) return;
    const inside = this.rooms.get(room) ?? new Map<number, string>();
    this.rooms.set(room, inside.set(client.id, client.address));
  }

  remove(client: RoomClient): void {
    this.move(client, 0);
    this.byAddress.delete(client.address);
    this.byId.delete(client.id);
  }

  addressesIn(room: number): string[] {
    return [...(this.rooms.get(room)?.values() ?? [])];
  }

  all(): IterableIterator<RoomClient> {
    return this.byId.values();
  }
}
