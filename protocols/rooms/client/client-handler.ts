// The text protocol towards clients [ROOM-1 … 12]: lines come in, answers and what is said in the rooms go out.

import type { Instant } from '../../kit/machine.js';
import { Refusal, refusalText, type RefusalCode } from '../../kit/refusals.js';
import type { Order } from '../order/client-release.js';
import type { OrderedMessage, RoomOperation } from '../order/message.js';
import type { Occupants } from '../order/occupants.js';
import { LIMITS } from '../../kit/limits.js';
import { RoomClients, type RoomClient } from './room-clients.js';
import { occupantLines, roomLines } from './list-replies.js';
import { parseRoomCommand, type RoomCommand } from './room-command.js';
import { OccupancyUpdates } from './occupancy-updates.js';

/** What the reception needs of the server behind it. */
export interface ClientHandlerDependencies {
  hasQuorum(now: Instant): boolean;
  /** Whether this client's next operation would be taken [ORDER-7]. */
  mayAdd(client: number): boolean;
  submit(operation: RoomOperation, now: Instant): void;
  /** Lines about the order in force [ROOM-10]. */
  orderLines(now: Instant): string[];
  send(addresses: readonly string[], line: string): void;
}

export interface ClientHandlerOptions {
  readonly self: number;
  readonly order: Order;
  readonly rooms: number;
}

/** What has its place in the order. */
type OrderedCommand = Exclude<RoomCommand, { type: 'join' | 'nick' | 'part' | 'quit' | 'order' }>;

/** In the outbox, what the server says of its clients stands under nobody's name. */
const NO_CLIENT = 0;

export class ClientHandler {
  readonly clients = new RoomClients();
  refused = 0;
  private readonly occupancy = new OccupancyUpdates(this.clients);
  private readonly warned = new Set<number>();

  constructor(
    private readonly options: ClientHandlerOptions,
    private readonly dependencies: ClientHandlerDependencies,
  ) {}

  receive(address: string, datagram: Uint8Array, now: Instant): void {
    const line = parseRoomCommand(datagram, this.options.rooms);
    if (line instanceof Refusal) return this.refuse(address, line);
    const client = this.clients.at(address);
    switch (line.type) {
      case 'join':
        return this.join(address, client, line.room, now);
      case 'nick':
        return this.rename(address, client, line.nick, now);
      case 'part':
        return this.part(address, client, now);
      case 'quit':
        return client ? this.quit(client, now) : undefined;
      case 'order':
        return this.dependencies.orderLines(now).forEach((each) => this.dependencies.send([address], `+OK ${each}`));
      case 'say':
      case 'who':
      case 'rooms':
        return this.submit(address, client, line, now);
    }
  }

  /** Clients of ours hear what was said. */
  sendChat({ operation }: OrderedMessage): void {
    if (operation.type !== 'chat') return;
    const addresses = this.clients.addressesIn(operation.room);
    if (addresses.length > 0) this.dependencies.send(addresses, `<${operation.nick}> ${operation.text}`);
  }

  /** A question of a client of ours has its place in the order now: this is the answer [ROOM-9]. */
  answer({ operation }: OrderedMessage, occupants: Occupants): void {
    const { type, client: id, room } = operation;
    const client = this.clients.ofId(id);
    if (!client || (type !== 'who' && type !== 'rooms')) return;
    const lines =
      type === 'who' ? occupantLines(room, occupants.inRoom(room)) : roomLines(occupants, this.options.rooms);
    for (const line of lines) this.dependencies.send([client.address], `+OK ${line}`);
  }

  /** The others know nothing of our clients any more. */
  resendOccupancy(now: Instant): void {
    this.occupancy.resendAll();
    this.flush(now);
  }

  /** There may be room for more in the outbox, or a quorum again. */
  flush(now: Instant): boolean {
    const { dependencies: office } = this;
    if (this.warned.size > 0 && office.hasQuorum(now)) this.warned.clear();
    return this.occupancy.flush(
      () => office.mayAdd(NO_CLIENT),
      (operation) => office.submit({ ...operation }, now),
    );
  }

  private join(address: string, known: RoomClient | null, room: number, now: Instant): void {
    if (known && known.room > 0) return this.refuse(address, new Refusal('ROOM_ALREADY_IN', String(known.room)));
    const client = known ?? this.admit(address);
    if (!client) return;
    this.clients.move(client, room);
    this.updateOccupancy(client, now);
    this.dependencies.send([address], `+OK You are now in chat room #${room}`);
  }

  private rename(address: string, known: RoomClient | null, nick: string, now: Instant): void {
    const client = known ?? this.admit(address);
    if (!client) return;
    client.nick = nick;
    if (client.room > 0) this.updateOccupancy(client, now);
    this.dependencies.send([address], `+OK You are now known as ${nick}`);
  }

  private part(address: string, client: RoomClient | null, now: Instant): void {
    if (!client || client.room === 0) return this.refuse(address, new Refusal('ROOM_NOT_IN'));
    const { room } = client;
    this.clients.move(client, 0);
    this.updateOccupancy(client, now);
    this.dependencies.send([address], `+OK You have left chat room #${room}`);
  }

  private quit(client: RoomClient, now: Instant): void {
    this.clients.remove(client);
    this.warned.delete(client.id);
    this.updateOccupancy(client, now);
  }

  private submit(address: string, client: RoomClient | null, line: OrderedCommand, now: Instant): void {
    const type = line.type === 'say' ? 'chat' : line.type;
    const isInRoom = client !== null && client.room > 0;
    if (type !== 'rooms' && !isInRoom) return this.refuse(address, new Refusal('ROOM_NOT_IN'));
    const asker = client ?? this.admit(address);
    if (!asker) return;
    const refusal = this.refusalFor(asker, type, now);
    if (refusal) return this.refuse(address, new Refusal(refusal));
    const text = line.type === 'say' ? line.text : '';
    this.dependencies.submit({ type, client: asker.id, room: asker.room, nick: asker.nick, text }, now);
  }

  private refusalFor(client: RoomClient, type: RoomOperation['type'], now: Instant): RefusalCode | null {
    if (!this.dependencies.hasQuorum(now)) {
      if (this.options.order === 'total' || type !== 'chat') return 'ROOM_NO_QUORUM';
      this.warnOnce(client);
    }
    return this.dependencies.mayAdd(client.id) ? null : 'ROOM_BUSY';
  }

  /** The weaker orders go on for those who are here, and say so [ROOM-8]. */
  private warnOnce(client: RoomClient): void {
    if (this.warned.has(client.id)) return;
    this.warned.add(client.id);
    const notice = '+OK no quorum, so only clients of this server hear you now, the others when it reaches them again';
    this.dependencies.send([client.address], notice);
  }

  private admit(address: string): RoomClient | null {
    if (!this.clients.isFull) return this.clients.add(address);
    this.refuse(address, new Refusal('ROOM_CLIENTS_FULL', String(LIMITS.roomClientsMax)));
    return null;
  }

  private updateOccupancy(client: RoomClient, now: Instant): void {
    this.occupancy.markChanged(client);
    this.flush(now);
  }

  private refuse(address: string, refusal: Refusal): void {
    this.refused += 1;
    this.dependencies.send([address], `-ERR ${refusalText(refusal)}`);
  }
}
