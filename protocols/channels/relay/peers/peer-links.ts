// All links of this server: each greets, carries, answers pings and makes progress, or it ends.

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { byteLength } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { PeerFrame } from '../../peer-protocol.js';
import type { RelayContext } from '../relay-context.js';
import { PeerLink, type LinkOpening } from './peer-link.js';
import type { QueuedFrame, FramePriority } from './peer-queue.js';

export interface PeerLinksOptions {
  readonly voice: RelayContext;
  /** Our public key. */
  readonly server: string;
  /** A link that was open is no more, and none took its place. */
  readonly lost: (link: PeerLink, why: string, now: Instant) => void;
}

export class PeerLinks {
  private readonly links = new Map<number, PeerLink>();
  private readonly open = new Map<string, PeerLink>();
  private readonly greetings = new Deadlines(LIMITS.peerHandshakeMs);
  private readonly silences = new Deadlines(LIMITS.peerSilenceMs);
  private readonly pings = new Deadlines(LIMITS.peerPingMs);

  constructor(private readonly options: PeerLinksOptions) {}

  /** All that the world holds, whatever their state. */
  get size(): number {
    return this.links.size;
  }

  /** How many peers there are. */
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

  begin(opening: LinkOpening, now: Instant): PeerLink {
    const link = new PeerLink(opening, this.options.voice, now);
    this.links.set(link.link, link);
    this.greetings.start(link.link, now);
    return link;
  }

  /** The greeting is over. False where the link to this peer that there was is the better one, and this one ends. */
  welcome(link: PeerLink, now: Instant): boolean {
    this.greetings.stop(link.link);
    this.silences.start(link.link, now);
    this.pings.start(link.link, now);
    this.options.voice.want({ kind: 'peer_widen', link: link.link });
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

  heard(link: PeerLink, now: Instant): void {
    if (link.state !== 'greeting') this.silences.start(link.link, now);
  }

  /** One frame to one peer. */
  send(link: PeerLink, frame: PeerFrame, now: Instant): void {
    link.queue.push(queuedFrameOf(frame, 'control'), now);
  }

  /** One frame to all peers but these; its text is made once. */
  spread(frame: PeerFrame, priority: FramePriority, except: readonly string[], now: Instant): void {
    if (this.open.size === 0) return;
    const parcel = queuedFrameOf(frame, priority);
    for (const link of this.open.values()) if (!except.includes(link.peerKey)) link.queue.push(parcel, now);
  }

  /** Ends a link, now: nothing more is heard from it. */
  cut(link: PeerLink, why: string, now: Instant): void {
    this.options.voice.want({ kind: 'peer_close', link: link.link });
    this.closed(link.link, why, now);
  }

  /** A link is over. */
  closed(number: number, why: string, now: Instant): void {
    const link = this.links.get(number);
    if (link === undefined) return;
    this.links.delete(number);
    for (const deadlines of [this.greetings, this.silences, this.pings]) deadlines.stop(number);
    if (this.open.get(link.peerKey) === link) this.open.delete(link.peerKey);
    this.options.lost(link, why, now);
  }

  /** Whom to give up where there is no room: the last of the network that has most, if that has more than one. */
  leastWelcome(isSafe: (link: PeerLink) => boolean): PeerLink | null {
    const byNetwork = new Map<string, PeerLink[]>();
    for (const link of this.links.values())
      if (!isSafe(link)) byNetwork.set(link.network, [...(byNetwork.get(link.network) ?? []), link]);
    const crowds = [...byNetwork.values()].sort((a, b) => b.length - a.length);
    const [crowd = []] = crowds;
    return crowd.length > 1 ? (crowd.at(-1) ?? null) : null;
  }

  wake(now: Instant): void {
    for (const late of this.greetings.due(now)) this.end(late, 'no hello', now);
    for (const silent of this.silences.due(now)) this.end(silent, 'silent', now);
    for (const link of [...this.links.values()])
      if ((link.queue.stallsAt() ?? Infinity) <= now) this.cut(link, 'no progress', now);
    for (const due of this.pings.due(now)) this.ping(due, now);
  }

  wakeAt(): Instant | null {
    let next = earlier(earlier(this.greetings.next(), this.silences.next()), this.pings.next());
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

  /** What has not left by the worse link leaves by the better one. */
  private replace(worse: PeerLink, better: PeerLink, now: Instant): void {
    for (const parcel of worse.queue.takeWaiting()) better.queue.push(parcel, now);
    this.retire(worse);
  }

  private retire(link: PeerLink): void {
    link.state = 'leaving';
    this.pings.stop(link.link);
    this.options.voice.want({ kind: 'peer_close', link: link.link });
  }
}

function queuedFrameOf(frame: PeerFrame, priority: FramePriority): QueuedFrame {
  const text = JSON.stringify(frame);
  return { text, bytes: byteLength(text), priority };
}
