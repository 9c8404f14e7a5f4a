// The links of a relay to its peers: each completes a handshake, carries frames, answers pings and makes progress, or
// it is cut [RELAY-2] [RELAY-3] [RELAY-9].

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { byteLength } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { PeerFrame } from '../../peer-protocol.js';
import type { RelayContext } from '../relay-context.js';
import { PeerLink, type LinkOpening } from './peer-link.js';
import type { QueuedFrame, FramePriority } from './peer-queue.js';

export interface PeerLinksOptions {
  readonly context: RelayContext;
  /** The public key of this server. */
  readonly server: string;
  /** Called with each link that has ended. */
  readonly onLost: (link: PeerLink, why: string, now: Instant) => void;
}

export class PeerLinks {
  private readonly links = new Map<number, PeerLink>();
  private readonly open = new Map<string, PeerLink>();
  private readonly handshakes = new Deadlines(LIMITS.peerHandshakeMs);
  private readonly silences = new Deadlines(LIMITS.peerSilenceMs);
  private readonly pings = new Deadlines(LIMITS.peerPingMs);

  constructor(private readonly options: PeerLinksOptions) {}

  /** The number of links in any state. */
  get size(): number {
    return this.links.size;
  }

  /** The number of linked peers. */
  get openCount(): number {
    return this.open.size;
  }

  get isFull(): boolean {
    return this.links.size >= LIMITS.peerLinksMax;
  }

  get(link: number): PeerLink | undefined {
    return this.links.get(link);
  }

  to(peerKey: string): PeerLink | undefined {
    return this.open.get(peerKey);
  }

  peers(): IterableIterator<PeerLink> {
    return this.open.values();
  }

  add(opening: LinkOpening, now: Instant): PeerLink {
    const link = new PeerLink(opening, this.options.context, now);
    this.links.set(link.link, link);
    this.handshakes.start(link.link, now);
    return link;
  }

  /** The handshake is over. False if an earlier link to this peer is better, so that this one ends. */
  establish(link: PeerLink, now: Instant): boolean {
    this.handshakes.stop(link.link);
    this.silences.start(link.link, now);
    this.pings.start(link.link, now);
    this.options.context.emit({ type: 'peer_allow_large_frames', link: link.link });
    const other = this.open.get(link.peerKey);
    if (other && !link.isBetterThan(other, this.options.server)) {
      this.retire(link);
      return false;
    }
    link.state = 'open';
    this.open.set(link.peerKey, link);
    if (other) this.replace(other, link, now);
    return true;
  }

  heardFrom(link: PeerLink, now: Instant): void {
    if (link.state !== 'handshake') this.silences.start(link.link, now);
  }

  /** Sends a control frame to one peer. */
  send(link: PeerLink, frame: PeerFrame, now: Instant): void {
    link.queue.push(queuedFrameOf(frame, 'control'), now);
  }

  /** Sends a frame to all peers except some; the frame is encoded once. */
  broadcast(frame: PeerFrame, priority: FramePriority, except: readonly string[], now: Instant): void {
    if (this.open.size === 0) return;
    const queued = queuedFrameOf(frame, priority);
    for (const link of this.open.values()) if (!except.includes(link.peerKey)) link.queue.push(queued, now);
  }

  /** Closes a link. Frames that still arrive on it are ignored. */
  cut(link: PeerLink, why: string, now: Instant): void {
    this.options.context.emit({ type: 'peer_close', link: link.link });
    this.closed(link.link, why, now);
  }

  /** The link has ended. */
  closed(number: number, why: string, now: Instant): void {
    const link = this.links.get(number);
    if (link === undefined) return;
    this.links.delete(number);
    for (const deadlines of [this.handshakes, this.silences, this.pings]) deadlines.stop(number);
    if (this.open.get(link.peerKey) === link) this.open.delete(link.peerKey);
    this.options.onLost(link, why, now);
  }

  /** The newest link of the network that has most links, if that has more than one; else null. */
  evictable(isProtected: (link: PeerLink) => boolean): PeerLink | null {
    const byNetwork = new Map<string, PeerLink[]>();
    for (const link of this.links.values())
      if (!isProtected(link)) byNetwork.set(link.network, [...(byNetwork.get(link.network) ?? []), link]);
    const networks = [...byNetwork.values()].sort((a, b) => b.length - a.length);
    const [largest = []] = networks;
    return largest.length > 1 ? (largest.at(-1) ?? null) : null;
  }

  wake(now: Instant): void {
    for (const late of this.handshakes.due(now)) this.end(late, 'no hello', now);
    for (const silent of this.silences.due(now)) this.end(silent, 'silent', now);
    for (const link of [...this.links.values()])
      if ((link.queue.stallsAt() ?? Infinity) <= now) this.cut(link, 'no progress', now);
    for (const due of this.pings.due(now)) this.ping(due, now);
  }

  wakeAt(): Instant | null {
    let next = earlier(earlier(this.handshakes.next(), this.silences.next()), this.pings.next());
    for (const { queue } of this.links.values()) next = earlier(next, queue.stallsAt());
    return next;
  }

  private ping(number: number, now: Instant): void {
    const link = this.links.get(number);
    if (link?.state !== 'open') return;
    this.pings.start(number, now);
    this.send(link, { type: 'ping' }, now);
  }

  private end(number: number, why: string, now: Instant): void {
    const link = this.links.get(number);
    if (link) this.cut(link, why, now);
  }

  /** Frames that have not left on the worse link leave on the better one. */
  private replace(worse: PeerLink, better: PeerLink, now: Instant): void {
    for (const queued of worse.queue.takeWaiting()) better.queue.push(queued, now);
    this.retire(worse);
  }

  private retire(link: PeerLink): void {
    link.state = 'draining';
    this.pings.stop(link.link);
    this.options.context.emit({ type: 'peer_close', link: link.link });
  }
}

function queuedFrameOf(frame: PeerFrame, priority: FramePriority): QueuedFrame {
  const text = JSON.stringify(frame);
  return { text, bytes: byteLength(text), priority };
}
