// All links of this server: each greets, carries, answers pings and makes progress, or it ends.

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { byteLength } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { PeerFrame } from '../../peering.js';
import type { Voice } from '../voice.js';
import { Link, type Opening } from './link.js';
import type { Parcel, Priority } from './peer-queue.js';

export interface LinksOptions {
  readonly voice: Voice;
  /** Our public key. */
  readonly server: string;
  /** A link that was open is no more, and none took its place. */
  readonly lost: (link: Link, why: string, now: Instant) => void;
}

export class Links {
  private readonly links = new Map<number, Link>();
  private readonly open = new Map<string, Link>();
  private readonly greetings = new Deadlines(LIMITS.peerGreetingMs);
  private readonly silences = new Deadlines(LIMITS.peerSilenceMs);
  private readonly pings = new Deadlines(LIMITS.peerPingMs);

  constructor(private readonly options: LinksOptions) {}

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

  get(link: number): Link | undefined {
    return this.links.get(link);
  }

  to(peerKey: string): Link | undefined {
    return this.open.get(peerKey);
  }

  peers(): IterableIterator<Link> {
    return this.open.values();
  }

  begin(opening: Opening, now: Instant): Link {
    const link = new Link(opening, this.options.voice, now);
    this.links.set(link.link, link);
    this.greetings.start(link.link, now);
    return link;
  }

  /** The greeting is over. False where the link to this peer that there was is the better one, and this one ends. */
  welcome(link: Link, now: Instant): boolean {
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

  heard(link: Link, now: Instant): void {
    if (link.state !== 'greeting') this.silences.start(link.link, now);
  }

  /** One frame to one peer. */
  send(link: Link, frame: PeerFrame, now: Instant): void {
    link.queue.push(parcelOf(frame, 'control'), now);
  }

  /** One frame to all peers but these; its text is made once. */
  spread(frame: PeerFrame, priority: Priority, except: readonly string[], now: Instant): void {
    if (this.open.size === 0) return;
    const parcel = parcelOf(frame, priority);
    for (const link of this.open.values()) if (!except.includes(link.peerKey)) link.queue.push(parcel, now);
  }

  /** Ends a link, now: nothing more is heard from it. */
  cut(link: Link, why: string, now: Instant): void {
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
  leastWelcome(isSafe: (link: Link) => boolean): Link | null {
    const byNetwork = new Map<string, Link[]>();
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
  private replace(worse: Link, better: Link, now: Instant): void {
    for (const parcel of worse.queue.takeWaiting()) better.queue.push(parcel, now);
    this.retire(worse);
  }

  private retire(link: Link): void {
    link.state = 'leaving';
    this.pings.stop(link.link);
    this.options.voice.want({ kind: 'peer_close', link: link.link });
  }
}

function parcelOf(frame: PeerFrame, priority: Priority): Parcel {
  const text = JSON.stringify(frame);
  return { text, bytes: byteLength(text), priority };
}
