// The clients of one server by address and number, each with its room and nick [ROOM-4, ROOM-11].
//
// A full server takes newcomers in: those that said least for themselves make room [ROOM-16].

import { FairMap } from '../../kit/bounds/fair-map.js';
import { LIMITS } from '../../kit/limits.js';
import type { LineSender } from './unconfirmed-traffic.js';

export interface RoomClient extends LineSender {
  readonly id: number;
  /** `ip:port` */
  readonly address: string;
  /** 0: in no room. */
  room: number;
  nick: string;
}

export class RoomClients {
  /** Sent one line and did not confirm. */
  private readonly silent = new FairMap<RoomClient>(LIMITS.roomClientsMax);
  /** Sent further lines and did not confirm. */
  private readonly speaking = new FairMap<RoomClient>(LIMITS.roomClientsMax);
  private readonly confirmed = new FairMap<RoomClient>(LIMITS.roomClientsMax);
  private readonly byAddress = new Map<string, RoomClient>();
  private readonly rooms = new Map<number, Map<number, RoomClient>>();
  private readonly byId = new Map<number, RoomClient>();
  private numbered = 0;

  get size(): number {
    return this.byAddress.size;
  }

  get confirmedCount(): number {
    return this.confirmed.size;
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

  /** Adds a client that has not confirmed; there must be room. */
  add({ address, network, credit }: LineSender): RoomClient {
    this.numbered += 1;
    const client = { id: this.numbered, address, network, credit, room: 0, nick: address };
    this.byAddress.set(address, client);
    this.byId.set(client.id, client);
    this.silent.put(address, client, network);
    return client;
  }

  /** A client that is known sent another line. */
  noteLine(client: RoomClient): void {
    const { address, network } = client;
    if (client.credit === null) return this.confirmed.touch(address);
    this.silent.delete(address);
    this.speaking.put(address, client, network);
  }

  /** There must be room among the confirmed. */
  confirm(client: RoomClient): void {
    const { address, network } = client;
    client.credit = null;
    this.silent.delete(address);
    this.speaking.delete(address);
    this.confirmed.put(address, client, network);
  }

  /** The client that must make room for a newcomer, or null if there is room. Never a confirmed one. */
  leavingForNewcomer(): RoomClient | null {
    if (!this.isFull) return null;
    return this.silent.nextEvicted()?.value ?? this.speaking.nextEvicted()?.value ?? null;
  }

  /** The same for one that confirms: of the network with the most confirmed clients, the one that was silent longest. */
  leavingForConfirmed(): RoomClient | null {
    const isFull = this.confirmed.size >= LIMITS.roomConfirmedMax;
    return isFull ? (this.confirmed.nextEvicted()?.value ?? null) : null;
  }

  move(client: RoomClient, room: number): void {
    this.rooms.get(client.room)?.delete(client.id);
    client.room = room;
    if (room === 0) return;
    const inside = this.rooms.get(room) ?? new Map<number, RoomClient>();
    this.rooms.set(room, inside.set(client.id, client));
  }

  remove(client: RoomClient): void {
    this.move(client, 0);
    for (const group of [this.silent, this.speaking, this.confirmed]) group.delete(client.address);
    this.byAddress.delete(client.address);
    this.byId.delete(client.id);
  }

  inRoom(room: number): Iterable<RoomClient> {
    return this.rooms.get(room)?.values() ?? [];
  }

  all(): IterableIterator<RoomClient> {
    return this.byId.values();
  }
}
