// Links to the devices of friends and group peers (protocols/links): handshake, proof of the peer, keepalive, and which
// of two links stays.

import { LIMITS } from '../../../protocols/kit/limits.js';
import {
  helloFrameShape,
  type HelloFrame,
  LINK_VERSION,
  refuseFrameShape,
  keepaliveFrameShape,
  welcomeFrameShape,
} from '../../../protocols/links/messages.js';
import { replaces } from '../../../protocols/links/duplicate-links.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import type { KeptLink } from '../core/io.js';
import { messageMark } from '../identity/message-mark.js';
import type { Endpoint } from '../core/endpoint.js';
import type { EventOf, InputOf, Part } from '../core/part.js';
import { Registration } from '../core/registration.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';
import type { StaleCopyReports } from '../identity/stale-copy-reports.js';
import type { Session } from '../server/session.js';
import type { DeliveredMarks } from './delivered-marks.js';
import type { Handshake, Kept, Link, Open, Opened, PeerHello } from './link-states.js';
import type { OwnEndpoints } from './own-endpoints.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly staleCopies: StaleCopyReports;
  readonly session: Session;
  readonly delivered: DeliveredMarks;
  readonly endpoints: OwnEndpoints;
}

/** The engine registers: it knows which part takes a frame, and which shape the frame must have. */
export interface FrameTaker {
  takeFrame(peer: LinkPeer, frame: object & { type: string }): FrameVerdict;
}

export type FrameVerdict = 'taken' | 'unknown' | 'malformed';

export class Links implements Part {
  readonly inputs = {
    link_frame: ({ link, frame }: InputOf<'link_frame'>) => this.receive(link, frame),
    link_closed: ({ link }: InputOf<'link_closed'>) => this.forget(link),
    link_kept: ({ link, user, device }: InputOf<'link_kept'>) => this.keep(link, { user, device }),
  };
  readonly on = {
    asleep: () => this.cutAll(),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.cut(user),
    // A link of group peers is none of friends: what friends exchange first would never be asked for (SPEC LINK-17).
    befriended: ({ user }: EventOf<'befriended'>) => this.cut(user),
    // The linked device may belong to the key that is no longer theirs.
    sendingResumed: ({ user }: EventOf<'sendingResumed'>) => this.cut(user),
    recordRenewed: ({ user }: EventOf<'recordRenewed'>) => this.cutReplacedDevice(user),
  };
  readonly takers = new Registration<FrameTaker>();
  private readonly alarms: PartAlarms;
  private readonly links = new Map<number, Link>();
  private readonly byUser = new Map<string, number>();
  private readonly keptByUser = new Map<string, number>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('link');
  }

  isLinked(user: string): boolean {
    return this.byUser.has(user);
  }

  /** The device at the other end of the link with this user. */
  peer(user: string): LinkPeer | null {
    const link = this.links.get(this.byUser.get(user) ?? -1);
    return link?.type === 'open' ? link.peer : null;
  }

  send(user: string, frame: object): void {
    const link = this.byUser.get(user) ?? this.keptByUser.get(user);
    if (link !== undefined) this.context.emit({ type: 'link_send', link, frame });
  }

  /** Gives the open links to the next device. This one knows nothing of them any more. */
  handOver(): KeptLink[] {
    const open = [...this.byUser.values()].flatMap((link) => {
      const known = this.links.get(link);
      return known?.type === 'open' ? [{ link, ...known.peer }] : [];
    });
    for (const { link, user } of open) {
      this.alarms.drop(link);
      this.links.delete(link);
      this.byUser.delete(user);
    }
    return open;
  }

  private keep(link: number, peer: LinkPeer): void {
    const { people } = this.parts;
    const isListed = people.record(peer.user)?.devices.some(({ device }) => device === peer.device) ?? false;
    if (!isListed || !people.mayLink(peer.user)) return this.context.emit({ type: 'link_close', link });
    const { now } = this.context;
    this.links.set(link, { type: 'kept', peer, until: now + LIMITS.linkKeptMs, heardAt: now });
    this.keptByUser.set(peer.user, link);
    this.watchSilence(link);
  }

  /** Ends every link, those in the handshake too. */
  private cutAll(): void {
    for (const link of [...this.links.keys()]) this.close(link);
  }

  /** Ends the link with a device that the newer record of its user does not list (SPEC LINK-13). */
  private cutReplacedDevice(user: string): void {
    const known = this.links.get(this.byUser.get(user) ?? this.keptByUser.get(user) ?? -1);
    const listed = this.parts.people.record(user)?.devices ?? [];
    if (known === undefined || known.type === 'handshake') return;
    if (listed.every(({ device }) => device !== known.peer.device)) this.cut(user);
  }

  /** Ends the link with a user, without a reason. */
  cut(user: string): void {
    for (const link of [this.byUser.get(user), this.keptByUser.get(user)]) if (link !== undefined) this.close(link);
  }

  /** A TLS connection is open. A user counts as linked only after `welcome`. */
  opened(opened: Opened, dialled: string | null): void {
    if (!this.isAwake && dialled !== null) return this.context.emit({ type: 'link_close', link: opened.link });
    this.links.set(opened.link, { type: 'handshake', opened, dialled });
    this.setAlarm(opened.link, LIMITS.linkHandshakeMs, () => this.close(opened.link));
    if (dialled !== null) this.hello(opened, dialled);
  }

  /** False while the user is offline, or before the record is announced. */
  private get isAwake(): boolean {
    return this.parts.session.isWanted && this.parts.record.isAnnounced;
  }

  private receive(link: number, frame: unknown): void {
    const known = this.links.get(link);
    if (!known) return;
    if (known.type !== 'handshake') return this.passOn(link, known, frame);
    if (known.dialled === null) this.judgeHello(known, frame);
    else this.judgeWelcome(known, known.dialled, frame);
  }

  private hello({ link, peerKey: device }: Opened, user: string): void {
    const { me } = this.context;
    const greeting = { type: 'hello', versions: [LINK_VERSION], user: me.name, device: me.device.publicKey };
    this.context.emit({ type: 'link_send', link, frame: { ...greeting, ...this.introduction(user, device) } });
  }

  private introduction(user: string, device: string) {
    const { store } = this.context;
    const seen = messageMark(store.messageAt(user, device, store.lastSeq(user, device, 'chat')));
    const { record, endpoints, delivered } = this.parts;
    return { record: record.signed, port: endpoints.port, seen, heard: delivered.of(user), features: [] };
  }

  private judgeHello({ opened }: Handshake, frame: unknown): void {
    // Strangers, blocked users and all users while we are offline see the same: the end of the connection (LINK-2).
    if (!helloFrameShape.accepts(frame) || !this.isAwake || !this.mayEnter(opened, frame))
      return this.close(opened.link);
    if (!frame.versions.includes(LINK_VERSION)) return this.refuse(opened.link, 'VERSION');
    if (this.parts.staleCopies.seenByUser(frame.user, frame.seen)) return this.close(opened.link);
    const welcome = { type: 'welcome', version: LINK_VERSION, ...this.introduction(frame.user, frame.device) };
    this.context.emit({ type: 'link_send', link: opened.link, frame: welcome });
    this.rememberEndpoint(frame.user, { host: opened.from.host, port: frame.port });
    this.open(opened, { user: frame.user, device: opened.peerKey }, { weDialled: false, ...frame });
  }

  private mayEnter({ peerKey }: Opened, { user, device, record }: HelloFrame): boolean {
    return this.parts.people.mayLink(user) && device === peerKey && this.parts.people.isDeviceOf(user, peerKey, record);
  }

  private judgeWelcome({ opened }: Handshake, dialled: string, frame: unknown): void {
    if (refuseFrameShape.accepts(frame) || !welcomeFrameShape.accepts(frame)) return this.close(opened.link);
    const isRight =
      this.parts.people.mayLink(dialled) && this.parts.people.isDeviceOf(dialled, opened.peerKey, frame.record);
    if (!isRight || this.parts.staleCopies.seenByUser(dialled, frame.seen)) return this.close(opened.link);
    this.rememberEndpoint(dialled, opened.from);
    this.open(opened, { user: dialled, device: opened.peerKey }, { weDialled: true, ...frame });
  }

  private open(opened: Opened, peer: LinkPeer, { weDialled, port, heard }: PeerHello): void {
    const { link, from, exported } = opened;
    const { now } = this.context;
    const fresh: Open = { type: 'open', opened, peer, weDialled, openedAt: now, heardAt: now };
    this.links.set(link, fresh);
    this.context.emit({ type: 'link_widen', link });
    this.watchSilence(link);
    const present = this.byUser.get(peer.user);
    if (present !== undefined && !this.wins(link, present)) return this.close(link);
    this.byUser.set(peer.user, link);
    for (const old of [present, this.keptByUser.get(peer.user)]) if (old !== undefined) this.close(old);
    const datagrams = { host: from.host, port: weDialled ? from.port : port };
    this.context.report({ type: 'linked', peer });
    if (this.parts.people.isFriend(peer.user))
      this.context.report({ type: 'friendLinked', peer, weDialled, datagrams, exported });
    this.context.postpone(() => this.parts.staleCopies.acknowledgedUpTo(peer, heard));
  }

  private wins(fresh: number, present: number): boolean {
    const [a, b] = [this.links.get(fresh), this.links.get(present)];
    if (a?.type !== 'open' || b?.type !== 'open' || a.peer.device !== b.peer.device) return true;
    // A peer dials only when it has no link: ours is dead at its end, and we have not noticed yet.
    if (!a.weDialled && this.context.now - b.openedAt > LIMITS.linkStaleMs) return true;
    return replaces({ dialledBy: this.dialler(a), openedAs: fresh }, { dialledBy: this.dialler(b), openedAs: present });
  }

  private dialler(link: Open): string {
    return link.weDialled ? this.context.me.device.publicKey : link.peer.device;
  }

  private passOn(link: number, open: Open | Kept, frame: unknown): void {
    open.heardAt = this.context.now;
    const type = typeOf(frame);
    if (keepaliveFrameShape.accepts(frame)) {
      if (type === 'ping') this.context.emit({ type: 'link_send', link, frame: { type: 'pong' } });
      return;
    }
    if (refuseFrameShape.accepts(frame)) return this.close(link);
    if (type === null) return this.refuse(link, 'MALFORMED');
    if (type.startsWith('x-')) return;
    const verdict = this.takers.target.takeFrame(open.peer, frame as object & { type: string });
    if (verdict === 'unknown') return this.refuse(link, 'UNKNOWN_FRAME');
    if (verdict === 'malformed' && this.links.has(link)) this.refuse(link, 'MALFORMED');
  }

  private refuse(link: number, code: string): void {
    this.context.emit({ type: 'link_send', link, frame: { type: 'refuse', code } });
    this.close(link);
  }

  private close(link: number): void {
    if (!this.links.has(link)) return;
    this.context.emit({ type: 'link_close', link });
    this.forget(link);
  }

  private forget(link: number): void {
    const known = this.links.get(link);
    this.links.delete(link);
    this.alarms.drop(link);
    if (known?.type === 'kept') this.keptByUser.delete(known.peer.user);
    if (known?.type !== 'open' || this.byUser.get(known.peer.user) !== link) return;
    this.byUser.delete(known.peer.user);
    this.context.report({ type: 'unlinked', user: known.peer.user });
  }

  /** Pings after 20 s without a frame, closes after 60 s, and a link of the device before this one after its time. */
  private watchSilence(link: number): void {
    const known = this.links.get(link);
    if (!known || known.type === 'handshake') return;
    const { now } = this.context;
    const silentMs = now - known.heardAt;
    const isOver = known.type === 'kept' && now >= known.until;
    if (isOver || silentMs >= LIMITS.linkSilenceMs) return this.close(link);
    if (silentMs >= LIMITS.linkPingMs) this.context.emit({ type: 'link_send', link, frame: { type: 'ping' } });
    const waitMs = silentMs >= LIMITS.linkPingMs ? LIMITS.linkPingMs : LIMITS.linkPingMs - silentMs;
    this.setAlarm(link, waitMs, () => this.watchSilence(link));
  }

  private setAlarm(link: number, ms: number, ring: () => void): void {
    this.alarms.set(link, this.context.now + ms, ring);
  }

  private rememberEndpoint(user: string, endpoint: Endpoint): void {
    const person = this.parts.people.get(user);
    if (!person || JSON.stringify(person.endpoints[0]) === JSON.stringify(endpoint)) return;
    const others = person.endpoints.filter(({ host, port }) => host !== endpoint.host || port !== endpoint.port);
    this.parts.people.put({ ...person, endpoints: [endpoint, ...others].slice(0, LIMITS.endpointsKeptMax) });
  }
}

function typeOf(frame: unknown): string | null {
  const type = typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : null;
  return typeof type === 'string' ? type : null;
}
