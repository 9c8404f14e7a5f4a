// Links to the devices of friends and of members of the same groups (protocols/links): the greeting, the proof of
// who is there, upkeep, and which of two links stays.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import {
  helloFrameShape,
  LINK_VERSION,
  refuseFrameShape,
  keepaliveFrameShape,
  welcomeFrameShape,
} from '../../../protocols/links/messages.js';
import { replaces } from '../../../protocols/links/duplicate-links.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import type { Endpoint, Input } from '../core/io.js';
import type { Conversations } from '../conversations/conversations.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';

type Opened = Extract<Input, { type: 'link_opened' }>;

/** `dialled`: whom we meant to reach, null where they dialled us. */
interface Greeting {
  readonly state: 'greeting';
  readonly opened: Opened;
  readonly dialled: string | null;
}

interface Open {
  readonly state: 'open';
  readonly opened: Opened;
  readonly peer: LinkPeer;
  readonly weDialled: boolean;
  readonly openedAt: Instant;
  heardAt: Instant;
}

type Link = Greeting | Open;

/** What the greeting of a link that comes about says. */
interface Said {
  readonly weDialled: boolean;
  readonly port: number;
  readonly heard: number;
}

interface Parts {
  readonly people: People;
  readonly conversations: Conversations;
  readonly record: OwnRecord;
  /** True while the user wants to be reached. */
  readonly isAwake: () => boolean;
  /** The port we listen on, TCP and UDP alike. */
  readonly port: () => number;
}

export class Links {
  private readonly links = new Map<number, Link>();
  private readonly byUser = new Map<string, number>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  isLinked(user: string): boolean {
    return this.byUser.has(user);
  }

  /** The device at the other end of the link with this user. */
  peer(user: string): LinkPeer | null {
    const link = this.links.get(this.byUser.get(user) ?? -1);
    return link?.state === 'open' ? link.peer : null;
  }

  send(user: string, frame: object): void {
    const link = this.byUser.get(user);
    if (link !== undefined) this.context.do({ type: 'link_send', link, frame });
  }

  /** Ends every link, those in greeting too. */
  cutAll(): void {
    for (const link of [...this.links.keys()]) this.close(link);
  }

  /** Ends the link with a user; they learn no reason. */
  cut(user: string): void {
    const link = this.byUser.get(user);
    if (link !== undefined) this.close(link);
  }

  /** A TLS connection stands. Nothing counts as linked before `welcome`. */
  opened(opened: Opened, dialled: string | null): void {
    if (!this.parts.isAwake()) return this.context.do({ type: 'link_close', link: opened.link });
    this.links.set(opened.link, { state: 'greeting', opened, dialled });
    this.setAlarm(opened.link, LIMITS.linkHandshakeMs, () => this.close(opened.link));
    if (dialled !== null) this.hello(opened, dialled);
  }

  closed(link: number): void {
    this.forget(link);
  }

  frame(link: number, frame: unknown): void {
    const known = this.links.get(link);
    if (!known) return;
    if (known.state === 'open') return this.pass(link, known, frame);
    if (known.dialled === null) this.judgeHello(known, frame);
    else this.judgeWelcome(known, known.dialled, frame);
  }

  private hello({ link, peerKey: device }: Opened, user: string): void {
    const { me } = this.context;
    const greeting = { type: 'hello', versions: [LINK_VERSION], user: me.name, device: me.device.publicKey };
    this.context.do({ type: 'link_send', link, frame: { ...greeting, ...this.introduction(user, device) } });
  }

  private introduction(user: string, device: string) {
    const seen = this.context.store.lastSeq(user, device, 'chat');
    const heard = this.parts.conversations.deliveredUpTo(user);
    return { record: this.parts.record.signed, port: this.parts.port(), seen, heard, features: [] };
  }

  private judgeHello({ opened }: Greeting, frame: unknown): void {
    if (!helloFrameShape.accepts(frame)) return this.refuse(opened.link, 'MALFORMED');
    const person = this.parts.people.get(frame.user);
    // A blocked friend must not be able to tell us from somebody who is not there.
    if (person?.blocked) return this.close(opened.link);
    if (!this.parts.people.mayLink(frame.user)) return this.refuse(opened.link, 'NOT_FRIENDS');
    if (!frame.versions.includes(LINK_VERSION)) return this.refuse(opened.link, 'VERSION');
    if (frame.device !== opened.peerKey) return this.refuse(opened.link, 'NOT_FRIENDS');
    if (!this.isDeviceOf(frame.user, opened.peerKey, frame.record)) return this.refuse(opened.link, 'NOT_FRIENDS');
    if (this.isOutrun(frame.user, frame.seen)) return this.close(opened.link);
    const welcome = { type: 'welcome', version: LINK_VERSION, ...this.introduction(frame.user, frame.device) };
    this.context.do({ type: 'link_send', link: opened.link, frame: welcome });
    this.rememberEndpoint(frame.user, { host: opened.from.host, port: frame.port });
    this.open(opened, { user: frame.user, device: opened.peerKey }, { weDialled: false, ...frame });
  }

  private judgeWelcome({ opened }: Greeting, dialled: string, frame: unknown): void {
    if (refuseFrameShape.accepts(frame) || !welcomeFrameShape.accepts(frame)) return this.close(opened.link);
    const isRight = this.parts.people.mayLink(dialled) && this.isDeviceOf(dialled, opened.peerKey, frame.record);
    if (!isRight || this.isOutrun(dialled, frame.seen)) return this.close(opened.link);
    this.rememberEndpoint(dialled, opened.from);
    this.open(opened, { user: dialled, device: opened.peerKey }, { weDialled: true, ...frame });
  }

  /**
   * Has a friend seen more of this device than it remembers? Then an old copy of its data is running (SPEC LINK-11).
   * Co-members are not asked: any of them could make us change devices.
   */
  private isOutrun(user: string, seen: number): boolean {
    if (!this.parts.people.isFriend(user)) return false;
    const isOutrun = seen > this.context.store.lastSeq(user, this.context.me.device.publicKey, 'chat');
    if (isOutrun) this.context.report({ type: 'outrun', user });
    return isOutrun;
  }

  /** Is this the certificate of a device of the user, by the pinned record or by a newer one shown now? */
  private isDeviceOf(user: string, device: string, shown: Signed): boolean {
    const person = this.parts.people.get(user);
    if (!person || !this.parts.people.learn(person, shown) || !this.parts.people.mayLink(user)) return false;
    return this.parts.people.record(user)?.devices.some((listed) => listed.device === device) ?? false;
  }

  private open(opened: Opened, peer: LinkPeer, { weDialled, port, heard }: Said): void {
    const { link, from, exported } = opened;
    const fresh: Open = {
      state: 'open',
      opened,
      peer,
      weDialled,
      openedAt: this.context.now,
      heardAt: this.context.now,
    };
    this.links.set(link, fresh);
    this.context.do({ type: 'link_widen', link });
    this.watchSilence(link);
    const present = this.byUser.get(peer.user);
    if (present !== undefined && !this.wins(link, present)) return this.close(link);
    this.byUser.set(peer.user, link);
    if (present !== undefined) this.close(present);
    const datagrams = { host: from.host, port: weDialled ? from.port : port };
    this.context.report({ type: 'linked', peer, weDialled, datagrams, exported });
    this.context.report({ type: 'heard', peer, upTo: heard });
  }

  private wins(fresh: number, present: number): boolean {
    const [a, b] = [this.links.get(fresh), this.links.get(present)];
    if (a?.state !== 'open' || b?.state !== 'open' || a.peer.device !== b.peer.device) return true;
    // They dial only when they have no link: ours has died at their end, and we have not noticed yet.
    if (!a.weDialled && this.context.now - b.openedAt > LIMITS.linkStaleMs) return true;
    return replaces({ dialledBy: this.dialler(a), openedAs: fresh }, { dialledBy: this.dialler(b), openedAs: present });
  }

  private dialler(link: Open): string {
    return link.weDialled ? this.context.me.device.publicKey : link.peer.device;
  }

  private pass(link: number, open: Open, frame: unknown): void {
    open.heardAt = this.context.now;
    const type = typeOf(frame);
    if (keepaliveFrameShape.accepts(frame)) {
      if (type === 'ping') this.context.do({ type: 'link_send', link, frame: { type: 'pong' } });
      return;
    }
    if (refuseFrameShape.accepts(frame)) return this.close(link);
    if (type === null) return this.refuse(link, 'MALFORMED');
    if (type.startsWith('x-')) return;
    if (!KNOWN.has(type)) return this.refuse(link, 'UNKNOWN_FRAME');
    this.context.report({ type: 'frame', peer: open.peer, frame: frame as object & { type: string } });
  }

  /** A part found the frame malformed: the link that carried it is over. */
  refuseUser(user: string, code: string): void {
    const link = this.byUser.get(user);
    if (link !== undefined) this.refuse(link, code);
  }

  private refuse(link: number, code: string): void {
    this.context.do({ type: 'link_send', link, frame: { type: 'refuse', code } });
    this.close(link);
  }

  private close(link: number): void {
    if (!this.links.has(link)) return;
    this.context.do({ type: 'link_close', link });
    this.forget(link);
  }

  private forget(link: number): void {
    const known = this.links.get(link);
    this.links.delete(link);
    this.context.alarms.drop(`link ${link}`);
    if (known?.state !== 'open' || this.byUser.get(known.peer.user) !== link) return;
    this.byUser.delete(known.peer.user);
    this.context.report({ type: 'unlinked', user: known.peer.user });
  }

  /** Pings after 20 s without a word, gives up after 60 s. */
  private watchSilence(link: number): void {
    const known = this.links.get(link);
    if (known?.state !== 'open') return;
    const silentMs = this.context.now - known.heardAt;
    if (silentMs >= LIMITS.linkSilenceMs) return this.close(link);
    if (silentMs >= LIMITS.linkPingMs) this.context.do({ type: 'link_send', link, frame: { type: 'ping' } });
    const waitMs = silentMs >= LIMITS.linkPingMs ? LIMITS.linkPingMs : LIMITS.linkPingMs - silentMs;
    this.setAlarm(link, waitMs, () => this.watchSilence(link));
  }

  private setAlarm(link: number, ms: number, ring: () => void): void {
    this.context.alarms.set(`link ${link}`, this.context.now + ms, ring);
  }

  private rememberEndpoint(user: string, endpoint: Endpoint): void {
    const person = this.parts.people.get(user);
    if (!person || JSON.stringify(person.endpoints[0]) === JSON.stringify(endpoint)) return;
    const others = person.endpoints.filter(({ host, port }) => host !== endpoint.host || port !== endpoint.port);
    this.parts.people.put({ ...person, endpoints: [endpoint, ...others].slice(0, LIMITS.endpointsKeptMax) });
  }
}

/** Frames that other parts understand. */
const KNOWN: ReadonlySet<string> = new Set([
  'message',
  'ack',
  'read',
  'refill_wanted',
  'refill',
  'posts_wanted',
  'posts',
  'post_wanted',
  'post_held',
  'group',
]);

function typeOf(frame: unknown): string | null {
  const type = typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : null;
  return typeof type === 'string' ? type : null;
}
