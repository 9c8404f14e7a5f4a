// The text protocol towards clients [ROOM-1 … 12]: lines come in, answers and what is said in the rooms go out.

import type { Instant } from '../../kit/machine.js';
import { Refusal, refusalText, type RefusalCode } from '../../kit/refusals.js';
import type { Order } from '../order/hand-over.js';
import type { Message, Operation } from '../order/message.js';
import type { Roster } from '../order/roster.js';
import { LIMITS } from '../../kit/limits.js';
import { Clients, type Client } from './clients.js';
import { guestLines, roomLines } from './lists.js';
import { parseLine, type Line } from './line.js';
import { Placements } from './placements.js';

/** What the reception needs of the server behind it. */
export interface BackOffice {
  hasQuorum(now: Instant): boolean;
  /** Whether this client's next operation would be taken [ORDER-7]. */
  mayAdd(client: number): boolean;
  submit(operation: Operation, now: Instant): void;
  /** Lines about the order in force [ROOM-10]. */
  orderLines(now: Instant): string[];
  tell(addresses: readonly string[], line: string): void;
}

export interface ReceptionOptions {
  readonly self: number;
  readonly order: Order;
  readonly rooms: number;
}

/** What has its place in the order. */
type Asked = Exclude<Line, { kind: 'join' | 'nick' | 'part' | 'quit' | 'order' }>;

/** In the outbox, what the server says of its clients stands under nobody's name. */
const NO_CLIENT = 0;

export class Reception {
  readonly clients = new Clients();
  refused = 0;
  private readonly placements = new Placements(this.clients);
  private readonly warned = new Set<number>();

  constructor(
    private readonly options: ReceptionOptions,
    private readonly office: BackOffice,
  ) {}

  take(address: string, datagram: Uint8Array, now: Instant): void {
    const line = parseLine(datagram, this.options.rooms);
    if (line instanceof Refusal) return this.refuse(address, line);
    const client = this.clients.at(address);
    switch (line.kind) {
      case 'join':
        return this.join(address, client, line.room, now);
      case 'nick':
        return this.rename(address, client, line.nick, now);
      case 'part':
        return this.part(address, client, now);
      case 'quit':
        return client ? this.quit(client, now) : undefined;
      case 'order':
        return this.office.orderLines(now).forEach((each) => this.office.tell([address], `+OK ${each}`));
      case 'say':
      case 'who':
      case 'rooms':
        return this.inRoom(address, client, line, now);
    }
  }

  /** Clients of ours hear what was said. */
  hear({ operation }: Message): void {
    if (operation.kind !== 'chat') return;
    const addresses = this.clients.addressesIn(operation.room);
    if (addresses.length > 0) this.office.tell(addresses, `<${operation.nick}> ${operation.text}`);
  }

  /** A question of a client of ours has its place in the order now: this is the answer [ROOM-9]. */
  answer({ operation }: Message, roster: Roster): void {
    const { kind, client: id, room } = operation;
    const client = this.clients.ofId(id);
    if (!client || (kind !== 'who' && kind !== 'rooms')) return;
    const lines = kind === 'who' ? guestLines(room, roster.inRoom(room)) : roomLines(roster, this.options.rooms);
    for (const line of lines) this.office.tell([client.address], `+OK ${line}`);
  }

  /** The others know nothing of our clients any more. */
  forgotten(now: Instant): void {
    this.placements.forgotten();
    this.flush(now);
  }

  /** There may be room for more in the outbox, or a quorum again. */
  flush(now: Instant): boolean {
    const { office } = this;
    if (this.warned.size > 0 && office.hasQuorum(now)) this.warned.clear();
    return this.placements.flush(
      () => office.mayAdd(NO_CLIENT),
      (operation) => office.submit({ ...operation }, now),
    );
  }

  private join(address: string, known: Client | null, room: number, now: Instant): void {
    if (known && known.room > 0) return this.refuse(address, new Refusal('ROOM_ALREADY_IN', String(known.room)));
    const client = known ?? this.admit(address);
    if (!client) return;
    this.clients.move(client, room);
    this.changed(client, now);
    this.office.tell([address], `+OK You are now in chat room #${room}`);
  }

  private rename(address: string, known: Client | null, nick: string, now: Instant): void {
    const client = known ?? this.admit(address);
    if (!client) return;
    client.nick = nick;
    if (client.room > 0) this.changed(client, now);
    this.office.tell([address], `+OK You are now known as ${nick}`);
  }

  private part(address: string, client: Client | null, now: Instant): void {
    if (!client || client.room === 0) return this.refuse(address, new Refusal('ROOM_NOT_IN'));
    const { room } = client;
    this.clients.move(client, 0);
    this.changed(client, now);
    this.office.tell([address], `+OK You have left chat room #${room}`);
  }

  private quit(client: Client, now: Instant): void {
    this.clients.remove(client);
    this.warned.delete(client.id);
    this.changed(client, now);
  }

  private inRoom(address: string, client: Client | null, line: Asked, now: Instant): void {
    const kind = line.kind === 'say' ? 'chat' : line.kind;
    const isInRoom = client !== null && client.room > 0;
    if (kind !== 'rooms' && !isInRoom) return this.refuse(address, new Refusal('ROOM_NOT_IN'));
    const asker = client ?? this.admit(address);
    if (!asker) return;
    const refusal = this.refusalFor(asker, kind, now);
    if (refusal) return this.refuse(address, new Refusal(refusal));
    const text = line.kind === 'say' ? line.text : '';
    this.office.submit({ kind, client: asker.id, room: asker.room, nick: asker.nick, text }, now);
  }

  private refusalFor(client: Client, kind: Operation['kind'], now: Instant): RefusalCode | null {
    if (!this.office.hasQuorum(now)) {
      if (this.options.order === 'total' || kind !== 'chat') return 'ROOM_NO_QUORUM';
      this.warn(client);
    }
    return this.office.mayAdd(client.id) ? null : 'ROOM_BUSY';
  }

  /** The weaker orders go on for those who are here, and say so [ROOM-8]. */
  private warn(client: Client): void {
    if (this.warned.has(client.id)) return;
    this.warned.add(client.id);
    const notice = '+OK no quorum, so only clients of this server hear you now, the others when it reaches them again';
    this.office.tell([client.address], notice);
  }

  private admit(address: string): Client | null {
    if (!this.clients.isFull) return this.clients.add(address);
    this.refuse(address, new Refusal('ROOM_CLIENTS_FULL', String(LIMITS.roomClientsMax)));
    return null;
  }

  private changed(client: Client, now: Instant): void {
    this.placements.change(client);
    this.flush(now);
  }

  private refuse(address: string, refusal: Refusal): void {
    this.refused += 1;
    this.office.tell([address], `-ERR ${refusalText(refusal)}`);
  }
}
