// Two ends of a link between room servers under the commands of a transcript: each packet arrives on command, or never.

import { textOf, utf8 } from '../../../protocols/kit/bytes.js';
import { ServerLink } from '../../../protocols/rooms/link/server-link.js';
import { encodePacket, decodePacket, type Ack, type Packet } from '../../../protocols/rooms/wire/packet.js';

interface LinkEnd {
  boot: number;
  link: ServerLink;
}

const START_TIME = 1_000_000;
const SILENT_MS = 600;
const NAMES = ['A', 'B'] as const;

export class ServerLinkPair {
  private now = START_TIME;
  private readonly ends: LinkEnd[] = [this.end(0, 1), this.end(1, 1)];
  private readonly packets: Packet[] = [];

  /** `A queues <text>`, `A sends`, `arrives <packet>`, `pass <ms>`, `restart A`, `A status`. */
  run(command: string): readonly string[] {
    const [verb = '', first = '', ...rest] = command.split(' ');
    if (first === 'queues') return this.queue(indexOf(verb), rest.join(' '));
    if (first === 'sends') return this.send(indexOf(verb));
    if (first === 'status') return [this.status(indexOf(verb))];
    if (verb === 'arrives') return this.arrive(Number(first));
    if (verb === 'pass') return this.pass(Number(first));
    if (verb === 'restart') return this.restart(indexOf(first));
    throw new Error(`unknown command: ${command}`);
  }

  private end(index: number, boot: number): LinkEnd {
    return { boot, link: new ServerLink(1 - index) };
  }

  private queue(index: number, text: string): string[] {
    const { link } = this.endOf(index);
    link.control.bindTo(link.boot);
    link.control.push(utf8(text));
    return [];
  }

  private send(index: number): string[] {
    const { link, boot } = this.endOf(index);
    const heartbeat = { view: 0, mode: 'idle', alive: 3 } as const;
    const packets = link.packets(this.now, { from: index, boot, cluster: 1, heartbeat }, null);
    return packets.map((packet) => {
      this.packets.push(packet);
      return `packet ${this.packets.length}: ${packetText(packet)}`;
    });
  }

  private arrive(nth: number): string[] {
    const packet = decodePacket(encodePacket(this.packets[nth - 1] ?? missing(nth)));
    if (!packet) throw new Error(`packet ${nth} cannot be decoded`);
    const { link, boot } = this.endOf(packet.to);
    const bootBefore = link.boot;
    const { records } = link.receive(packet, boot, { now: this.now, silentMs: SILENT_MS });
    const isNew = link.boot !== bootBefore;
    return [
      ...(isNew ? [`${NAMES[packet.to]} learns boot ${link.boot} of ${NAMES[packet.from]}`] : []),
      ...records.map(({ bytes }) => `${NAMES[packet.to]} receives "${textOf(bytes)}"`),
    ];
  }

  private pass(ms: number): string[] {
    this.now += ms;
    const due = this.ends.flatMap(({ link }, index) => (link.hasDue(this.now) ? [`${NAMES[index]} has to send`] : []));
    return due;
  }

  private restart(index: number): string[] {
    const { boot } = this.endOf(index);
    this.ends[index] = this.end(index, boot + 1);
    return [];
  }

  private status(index: number): string {
    const { link } = this.endOf(index);
    return `peer at boot ${link.boot}, ${link.control.isIdle ? 'everything acknowledged' : 'unacknowledged data'}`;
  }

  private endOf(index: number): LinkEnd {
    const end = this.ends[index];
    if (!end) throw new Error(`no end ${index}`);
    return end;
  }
}

/** Only the control stream is used here. */
function packetText({ from, to, boot, toBoot, frames, acks: [, ack] }: Packet): string {
  const head = `${NAMES[from]} at boot ${boot} to ${NAMES[to]} at boot ${toBoot === 0 ? 'unknown' : toBoot}`;
  const parts = frames.map(
    ({ stream, number, bytes }) => `frame ${number} of stream ${stream} "${textOf(bytes.subarray(4))}"`,
  );
  return [head, ...parts, ...ackText(ack)].join(', ');
}

function ackText({ stream, upTo, low, high }: Ack): string[] {
  if (stream === 0) return [];
  const beyond = Array.from({ length: 64 }, (_, bit) => bit).filter(
    (bit) => (((bit < 32 ? low : high) >>> (bit % 32)) & 1) === 1,
  );
  const others = beyond.length > 0 ? ` and ${beyond.map((bit) => upTo + 2 + bit).join(' ')}` : '';
  return [`acknowledges stream ${stream} up to ${upTo}${others}`];
}

function indexOf(name: string): number {
  return NAMES.findIndex((each) => each === name);
}

function missing(nth: number): never {
  throw new Error(`there is no packet ${nth}`);
}
