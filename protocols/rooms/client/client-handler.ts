// The client protocol of one server [ROOM-1 … 12]: takes lines of clients, gives replies, room chat and operations.

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

/** What the handler needs from its server. */
export interface ClientHandlerDependencies {
  hasQuorum(now: Instant): boolean;
  /** False if the queue has no room for another operation of this client [ORDER-7]. */
  mayAdd(client: number): boolean;
  submit(operation: RoomOperation, now: Instant): void;
  /** The answer to `/order` [ROOM-10]. */
  orderReply(now: Instant): string[];
  send(addresses: readonly string[], line: string): void;
}

export interface ClientHandlerOptions {
  readonly self: number;
  readonly order: Order;
  readonly rooms: number;
}

/** Commands that become operations and take a place in the order. */
type OrderedCommand = Exclude<RoomCommand, { type: 'join' | 'nick' | 'part' | 'quit' | 'order' }>;

/** Client number of the server's own operations (changes of occupancy) in the queue. */
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
    const command = parseRoomCommand(datagram, this.options.rooms);
    if (command instanceof Refusal) return this.refuse(address, command);
    const client = this.clients.at(address);
    switch (command.type) {
      case 'join':
        return this.join(address, client, command.room, now);
      case 'nick':
        return this.rename(address, client, command.nick, now);
      case 'part':
        return this.part(address, client, now);
      case 'quit':
        return client ? this.quit(client, now) : undefined;
      case 'order':
        return this.reply(address, this.dependencies.orderReply(now));
      case 'say':
      case 'who':
      case 'rooms':
        return this.submit(address, client, command, now);
    }
  }

  /** Sends a released chat line to the clients of this server in its room. */
  sendChat({ operation }: OrderedMessage): void {
    if (operation.type !== 'chat') return;
    const addresses = this.clients.addressesIn(operation.room);
    if (addresses.length > 0) this.dependencies.send(addresses, `<${operation.nick}> ${operation.text}`);
  }

  /** Answers a query of a client of this server at its place in the order [ROOM-9]. */
  answer({ operation }: OrderedMessage, occupants: Occupants): void {
    const { type, client: id, room } = operation;
    const client = this.clients.ofId(id);
    if (!client || (type !== 'who' && type !== 'rooms')) return;
    const lines =
      type === 'who' ? occupantLines(room, occupants.inRoom(room)) : roomLines(occupants, this.options.rooms);
    for (const command of lines) this.dependencies.send([client.address], `+OK ${command}`);
  }

  /** Tells all servers again where the clients of this server are: the new view does not know. */
  resendOccupancy(now: Instant): void {
    this.occupancy.resendAll();
    this.flush(now);
  }

  /** Sends changes of occupancy as far as the queue has room. True iff none is left. */
  flush(now: Instant): boolean {
    const { dependencies } = this;
    if (this.warned.size > 0 && dependencies.hasQuorum(now)) this.warned.clear();
    return this.occupancy.flush(
      () => dependencies.mayAdd(NO_CLIENT),
      (operation) => dependencies.submit({ ...operation }, now),
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

  private submit(address: string, client: RoomClient | null, command: OrderedCommand, now: Instant): void {
    const type = command.type === 'say' ? 'chat' : command.type;
    const isInRoom = client !== null && client.room > 0;
    if (type !== 'rooms' && !isInRoom) return this.refuse(address, new Refusal('ROOM_NOT_IN'));
    const asker = client ?? this.admit(address);
    if (!asker) return;
    const refusal = this.refusalFor(asker, type, now);
    if (refusal) return this.refuse(address, new Refusal(refusal));
    const text = command.type === 'say' ? command.text : '';
    this.dependencies.submit({ type, client: asker.id, room: asker.room, nick: asker.nick, text }, now);
  }

  private refusalFor(client: RoomClient, type: RoomOperation['type'], now: Instant): RefusalCode | null {
    if (!this.dependencies.hasQuorum(now)) {
      if (this.options.order === 'total' || type !== 'chat') return 'ROOM_NO_QUORUM';
      this.warnOnce(client);
    }
    return this.dependencies.mayAdd(client.id) ? null : 'ROOM_BUSY';
  }

  /** `fifo` and `unordered` continue for local clients and tell each client once [ROOM-8]. */
  private warnOnce(client: RoomClient): void {
    if (this.warned.has(client.id)) return;
    this.warned.add(client.id);
    const notice =
      '+OK no quorum, so only clients of this server receive your lines now; the others receive them later';
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

  private reply(address: string, lines: readonly string[]): void {
    for (const line of lines) this.dependencies.send([address], `+OK ${line}`);
  }

  private refuse(address: string, refusal: Refusal): void {
    this.refused += 1;
    this.dependencies.send([address], `-ERR ${refusalText(refusal)}`);
  }
}
