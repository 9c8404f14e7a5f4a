// The client protocol of one server [ROOM-1 … 17]: takes lines of clients, gives replies, room chat and operations.

import type { Instant } from '../../kit/machine.js';
import { byteLength } from '../../kit/bytes.js';
import { networkPrefixOf } from '../../kit/bounds/network-prefix.js';
import { Refusal, refusalText, type RefusalCode } from '../../kit/refusals.js';
import type { Order } from '../order/client-release.js';
import type { OrderedMessage, RoomOperation } from '../order/message.js';
import type { Occupants } from '../order/occupants.js';
import { RoomClients, type RoomClient } from './room-clients.js';
import { occupantLines, roomLines } from './list-replies.js';
import { parseRoomCommand, type RoomCommand } from './room-command.js';
import { OccupancyUpdates } from './occupancy-updates.js';
import { UnconfirmedTraffic, type LineSender } from './unconfirmed-traffic.js';

/** What the handler needs from its server. */
export interface ClientHandlerDependencies {
  hasQuorum(now: Instant): boolean;
  /** False if the queue has no room for another operation of this client [ORDER-7]. */
  mayAdd(client: number): boolean;
  submit(operation: RoomOperation, now: Instant): void;
  /** The answer to `/order` [ROOM-10]. */
  orderReply(now: Instant): string;
  /** The code that an address returns to show that it receives; secret from all others [ROOM-14]. */
  codeOf(address: string): string;
  send(addresses: readonly string[], line: string): void;
}

export interface ClientHandlerOptions {
  readonly self: number;
  readonly order: Order;
  readonly rooms: number;
}

/** Commands that become operations and take a place in the order. */
type OrderedCommand = Exclude<RoomCommand, { type: 'join' | 'nick' | 'part' | 'quit' | 'order' | 'confirm' }>;

/** Client number of the server's own operations (changes of occupancy) in the queue. */
const NO_CLIENT = 0;

export class ClientHandler {
  readonly clients = new RoomClients();
  readonly traffic = new UnconfirmedTraffic();
  refused = 0;
  evicted = 0;
  private now: Instant = 0;
  /** Entered a full server with the line that is being handled. */
  private squeezedIn: RoomClient | null = null;
  private readonly occupancy = new OccupancyUpdates(this.clients);
  private readonly warned = new Set<number>();

  constructor(
    private readonly options: ClientHandlerOptions,
    private readonly dependencies: ClientHandlerDependencies,
  ) {}

  receive(address: string, datagram: Uint8Array, now: Instant): void {
    this.now = now;
    const command = parseRoomCommand(datagram, this.options.rooms);
    const client = this.clients.at(address);
    const sender = client ?? this.stranger(address, datagram.length);
    if (client) this.noteLine(client, datagram.length);
    if (command instanceof Refusal) return this.refuse(sender, command);
    this.obey(command, sender, client);
    if (this.squeezedIn) this.notify(this.squeezedIn);
    this.squeezedIn = null;
  }

  /** Sends a released chat line to the clients of this server in its room. */
  sendChat({ operation }: OrderedMessage, now: Instant): void {
    if (operation.type !== 'chat') return;
    this.now = now;
    const line = `<${operation.nick}> ${operation.text}`;
    const bytes = byteLength(line);
    const addresses: string[] = [];
    for (const client of this.clients.inRoom(operation.room))
      if (this.mayReceive(client, bytes)) addresses.push(client.address);
    if (addresses.length > 0) this.dependencies.send(addresses, line);
  }

  /** Answers a query of a client of this server at its place in the order [ROOM-9]. */
  answer({ operation }: OrderedMessage, occupants: Occupants, now: Instant): void {
    const { type, client: id, room } = operation;
    const client = this.clients.ofId(id);
    if (!client || (type !== 'who' && type !== 'rooms')) return;
    this.now = now;
    const lines =
      type === 'who' ? occupantLines(room, occupants.inRoom(room)) : roomLines(occupants, this.options.rooms);
    for (const line of lines.map((each) => `+OK ${each}`))
      if (this.mayReceive(client, byteLength(line))) this.dependencies.send([client.address], line);
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

  private obey(command: RoomCommand, sender: LineSender, client: RoomClient | null): void {
    switch (command.type) {
      case 'join':
        return this.join(sender, client, command.room);
      case 'nick':
        return this.rename(sender, client, command.nick);
      case 'part':
        return this.part(sender, client);
      case 'quit':
        return client ? this.remove(client) : undefined;
      case 'order':
        return this.answerLine(sender, `+OK ${this.dependencies.orderReply(this.now)}`);
      case 'confirm':
        return this.confirm(sender, client, command.code);
      case 'say':
      case 'who':
      case 'rooms':
        return this.submit(sender, client, command);
    }
  }

  private stranger(address: string, lineBytes: number): LineSender {
    const network = networkPrefixOf(address.slice(0, address.lastIndexOf(':')));
    return { address, network, credit: this.traffic.open(lineBytes) };
  }

  private noteLine(client: RoomClient, lineBytes: number): void {
    this.clients.noteLine(client);
    if (client.credit) this.traffic.extend(client.credit, lineBytes);
  }

  private join(sender: LineSender, known: RoomClient | null, room: number): void {
    if (known && known.room > 0) return this.refuse(sender, new Refusal('ROOM_ALREADY_IN', String(known.room)));
    const client = known ?? this.admit(sender);
    this.clients.move(client, room);
    this.updateOccupancy(client);
    this.answerLine(client, `+OK You are now in chat room #${room}`);
  }

  private rename(sender: LineSender, known: RoomClient | null, nick: string): void {
    const client = known ?? this.admit(sender);
    client.nick = nick;
    if (client.room > 0) this.updateOccupancy(client);
    this.answerLine(client, `+OK You are now known as ${nick}`);
  }

  private part(sender: LineSender, client: RoomClient | null): void {
    if (!client || client.room === 0) return this.refuse(sender, new Refusal('ROOM_NOT_IN'));
    const { room } = client;
    this.clients.move(client, 0);
    this.updateOccupancy(client);
    this.answerLine(client, `+OK You have left chat room #${room}`);
  }

  /** Without a code, gives it. Only the owner of the address can read the answer and return it [ROOM-14]. */
  private confirm(sender: LineSender, known: RoomClient | null, code: string): void {
    const right = this.dependencies.codeOf(sender.address);
    if (code === '') return this.answerLine(sender, `+OK Send: /confirm ${right}`);
    if (!this.isRightCode(code, right)) return this.refuse(sender, new Refusal('ROOM_CODE_WRONG'));
    const client = known ?? this.admit(sender);
    if (client.credit !== null) this.evict(this.clients.leavingForConfirmed());
    this.clients.confirm(client);
    this.answerLine(client, '+OK You receive every line now');
  }

  private isRightCode(code: string, right: string): boolean {
    return code === right;
  }

  private remove(client: RoomClient): void {
    this.clients.remove(client);
    this.warned.delete(client.id);
    this.updateOccupancy(client);
  }

  private submit(sender: LineSender, client: RoomClient | null, command: OrderedCommand): void {
    const type = command.type === 'say' ? 'chat' : command.type;
    const isInRoom = client !== null && client.room > 0;
    if (type !== 'rooms' && !isInRoom) return this.refuse(sender, new Refusal('ROOM_NOT_IN'));
    const asker = client ?? this.admit(sender);
    const refusal = this.refusalFor(asker, type);
    if (refusal) return this.refuse(asker, new Refusal(refusal));
    const text = command.type === 'say' ? command.text : '';
    this.dependencies.submit({ type, client: asker.id, room: asker.room, nick: asker.nick, text }, this.now);
  }

  private refusalFor(client: RoomClient, type: RoomOperation['type']): RefusalCode | null {
    if (!this.dependencies.hasQuorum(this.now)) {
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
    this.answerLine(client, notice);
  }

  /** A newcomer always gets in: on a full server, an unconfirmed client makes room [ROOM-16]. */
  private admit(sender: LineSender): RoomClient {
    const leaving = this.clients.leavingForNewcomer();
    this.evict(leaving);
    const client = this.clients.add(sender);
    if (leaving) this.squeezedIn = client;
    return client;
  }

  private evict(client: RoomClient | null): void {
    if (client === null) return;
    this.evicted += 1;
    this.remove(client);
  }

  private updateOccupancy(client: RoomClient): void {
    this.occupancy.markChanged(client);
    this.flush(this.now);
  }

  /** False, with a notice once, if the client must first show that it receives [ROOM-15]. */
  private mayReceive(client: RoomClient, lineBytes: number): boolean {
    if (this.traffic.maySend(client, lineBytes, this.now)) return true;
    this.notify(client);
    return false;
  }

  private notify(client: RoomClient): void {
    const { credit } = client;
    if (credit === null || credit.isNotified) return;
    credit.isNotified = true;
    const code = this.dependencies.codeOf(client.address);
    this.answerLine(client, `+OK To receive every line, send: /confirm ${code}`);
  }

  private refuse(sender: LineSender, refusal: Refusal): void {
    this.refused += 1;
    this.answerLine(sender, `-ERR ${refusalText(refusal)}`);
  }

  private answerLine(sender: LineSender, line: string): void {
    if (this.traffic.mayAnswer(sender, byteLength(line), this.now)) this.dependencies.send([sender.address], line);
  }
}
