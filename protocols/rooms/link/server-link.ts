// The link to one other server: two reliable streams each way, and the latest boot and heartbeat of the peer.

import type { Instant } from '../../kit/machine.js';
import { frameBytes, frameCapacity, type Frame, type Heartbeat, type Lane, type Packet } from '../wire/packet.js';
import { ReceiveStream } from './receive-stream.js';
import { RoundTrip } from './round-trip.js';
import { SendStream } from './send-stream.js';

/** The fields that all datagrams of a server share, whatever their destination. */
export interface PacketHeader {
  readonly from: number;
  readonly boot: number;
  readonly cluster: number;
  readonly heartbeat: Heartbeat;
}

/** The content of a datagram. `received`: null unless the datagram is the newest so far [RLINK-7]. */
export interface Received {
  readonly records: readonly { readonly lane: Lane; readonly bytes: Uint8Array }[];
  readonly received: readonly number[] | null;
}

const NEVER = -1e15;
const NOTHING: Received = { records: [], received: null };

export class ServerLink {
  /** The latest boot of the peer; 0 before the first datagram. */
  boot = 0;
  heardAt: Instant = NEVER;
  /** Start of the current period without silence. */
  aliveSince: Instant = NEVER;
  heartbeat: Heartbeat | null = null;
  sentAt: Instant = NEVER;
  /** When the decision of our view was last sent to the peer. */
  decisionSentAt: Instant = NEVER;
  isAckDue = false;
  private readonly roundTrip = new RoundTrip();
  private readonly lanes = [new SendStream(0, this.roundTrip), new SendStream(1, this.roundTrip)] as const;
  private incoming = [new ReceiveStream(), new ReceiveStream()] as const;
  private newestNumber = 0;
  private lastNumber = 0;

  constructor(readonly index: number) {}

  get ordered(): SendStream {
    return this.lanes[0];
  }

  get control(): SendStream {
    return this.lanes[1];
  }

  get isBusy(): boolean {
    return this.lanes.some((lane) => lane.target === this.boot && !lane.isIdle);
  }

  /** Processes a datagram. `silentMs`: after a silence this long, the peer counts as newly alive. */
  receive(packet: Packet, ownBoot: number, { now, silentMs }: { now: Instant; silentMs: number }): Received {
    if (packet.boot < this.boot) return NOTHING; // [RLINK-5]
    if (packet.boot > this.boot) this.resetForBoot(packet.boot, now);
    if (now - this.heardAt >= silentMs) this.aliveSince = now;
    const isNewest = packet.number > this.newestNumber;
    if (isNewest) this.update(packet, now);
    if (packet.toBoot !== ownBoot) return NOTHING; // [RLINK-6]
    packet.acks.forEach((ack, lane) => this.lanes[lane]?.acknowledge(ack, now));
    const records = packet.frames.flatMap((frame) => this.receiveFrame(frame));
    return { records, received: isNewest ? packet.received : null };
  }

  /** True iff there is an acknowledgement or a frame to send now. */
  hasDue(now: Instant): boolean {
    return this.isAckDue || this.lanes.some((lane) => lane.target === this.boot && lane.hasDue(now));
  }

  /** The datagrams to send now: at least one, more if the frames do not fit into one. */
  packets(now: Instant, stamp: PacketHeader, received: readonly number[] | null): Packet[] {
    const live = this.boot === 0 ? [] : this.lanes.filter((lane) => lane.target === this.boot);
    const frames = live.flatMap((lane) => lane.takeDue(now));
    this.sentAt = now;
    this.isAckDue = false;
    return bundled(frames, frameCapacity(received)).map((bundle) => this.packet(stamp, received, bundle));
  }

  /** Extends the deadline of the peer by a pause of this server [RLINK-9]. */
  forgiveSilence(ms: number): void {
    this.heardAt += ms;
  }

  private packet(stamp: PacketHeader, received: readonly number[] | null, frames: Frame[]): Packet {
    this.lastNumber += 1;
    const acks = [this.incoming[0].ack(), this.incoming[1].ack()] as const;
    return { ...stamp, to: this.index, toBoot: this.boot, number: this.lastNumber, acks, received, frames };
  }

  private resetForBoot(boot: number, now: Instant): void {
    this.boot = boot;
    this.aliveSince = now;
    this.newestNumber = 0;
    this.heartbeat = null;
    this.incoming = [new ReceiveStream(), new ReceiveStream()];
    for (const lane of this.lanes) lane.bindTo(boot);
  }

  private update(packet: Packet, now: Instant): void {
    this.newestNumber = packet.number;
    this.heartbeat = packet.heartbeat;
    this.heardAt = now;
  }

  private receiveFrame(frame: Frame): { lane: Lane; bytes: Uint8Array }[] {
    this.isAckDue = true;
    return this.incoming[frame.lane].receive(frame).map((bytes) => ({ lane: frame.lane, bytes }));
  }
}

/** Groups frames into as few datagrams as hold them; one empty group if there are none. */
function bundled(frames: readonly Frame[], bytesMax: number): Frame[][] {
  const bundles: Frame[][] = [[]];
  let left = bytesMax;
  for (const frame of frames) {
    const bytes = frameBytes(frame);
    if (bytes > left && bundles.at(-1)?.length) {
      bundles.push([]);
      left = bytesMax;
    }
    bundles.at(-1)?.push(frame);
    left -= bytes;
  }
  return bundles;
}
