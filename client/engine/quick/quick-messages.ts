// Quick messages (protocols/quick): one datagram each, stored before it is acknowledged, resent a few times, never
// queued.

import { hasVisibleText } from '../../../protocols/kit/text/visible-text.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { dialableEndpoints } from '../../../protocols/links/dialable-endpoints.js';
import type { QuickContent } from '../../../protocols/quick/content.js';
import { quickMessageId } from '../../../protocols/quick/message-id.js';
import { QuickSession, sessionIdOf } from '../../../protocols/quick/quick-session.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import { withPerson } from '../core/conversation-id.js';
import type { LinkPeer } from '../core/events.js';
import type { StoredMessage } from '../core/store.js';
import type { Endpoint } from '../core/endpoint.js';
import type { CommandOf, EventOf, InputOf, Part } from '../core/part.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { StorageBudget } from '../conversations/storage-budget.js';
import type { People } from '../identity/people.js';
import type { Links } from '../transport/links.js';
import type { OwnEndpoints } from '../transport/own-endpoints.js';
import type { Connector } from '../transport/connector.js';
import type { Unread } from '../conversations/unread.js';
import type { Session } from '../server/session.js';

interface Dependencies {
  readonly people: People;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly endpoints: OwnEndpoints;
  readonly connector: Connector;
  readonly unread: Unread;
  readonly session: Session;
  readonly storageBudget: StorageBudget;
}

/** The session keys with a friend's device, and the endpoint its datagrams come from. */
interface Path {
  readonly peer: LinkPeer;
  readonly session: QuickSession;
  at: Endpoint;
}

/** A message of ours without an acknowledgement. `sentAs`: its id in the datagram. `sends`: how often it was sent. */
interface Pending {
  readonly ref: number;
  readonly message: StoredMessage;
  readonly sentAs: string;
  sends: number;
}

type TextContent = Extract<QuickContent, { type: 'text' }>;

export class QuickMessages implements Part {
  readonly commands = { message: (ref: number, { user, text }: CommandOf<'message'>) => this.message(ref, user, text) };
  readonly inputs = { datagram: ({ from, bytes }: InputOf<'datagram'>) => this.datagram(from, bytes) };
  readonly on = {
    asleep: () => this.giveUpAll(),
    friendLinked: (event: EventOf<'friendLinked'>) => this.linked(event),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.unfriended(user),
    sendingResumed: ({ user }: EventOf<'sendingResumed'>) => this.forget(user),
  };
  private readonly alarms: PartAlarms;
  private readonly pathOf = new Map<string, Path>();
  private readonly pathById = new Map<string, Path>();
  /** By the id in the datagram. */
  private readonly pending = new Map<string, Pending>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('quick');
  }

  private message(ref: number, user: string, text: string): void {
    const refusal = this.whyNot(user, text);
    if (refusal) return this.context.refuse(ref, refusal);
    const conversation = this.parts.conversations.with(user);
    // A friend whose key is not known yet: a message would have no place in the history.
    if (conversation === null) return this.context.refuseWith(ref, 'NOT_FRIENDS', user);
    const sentAs = this.context.freshId();
    const message = this.compose(conversation, text, sentAs);
    this.context.store.addMessage(message);
    this.pending.set(sentAs, { ref, message, sentAs, sends: 0 });
    this.transmit(sentAs);
  }

  private linked({ peer, weDialled, datagrams, exported }: EventOf<'friendLinked'>): void {
    const session = new QuickSession(exported, weDialled, this.context.now, this.context.primitives);
    this.keep({ peer, session, at: datagrams });
    for (const [sentAs, pending] of this.pending) {
      if (pending.message.peer !== peer.user) continue;
      // Attempts under earlier keys do not count; but links that come and go do not prolong a message for ever.
      if (this.context.now < endOf(pending)) pending.sends = 0;
      this.transmit(sentAs);
    }
  }

  private giveUpAll(): void {
    for (const sentAs of [...this.pending.keys()]) this.giveUp(sentAs);
  }

  private unfriended(user: string): void {
    for (const { sentAs, message } of [...this.pending.values()]) if (message.peer === user) this.giveUp(sentAs);
    this.forget(user);
  }

  /** Drops the session keys with a user: their datagrams cannot be opened any more. */
  private forget(user: string): void {
    const path = this.pathOf.get(user);
    if (!path) return;
    this.pathOf.delete(user);
    this.pathById.delete(path.session.incomingId);
  }

  private datagram(from: Endpoint, bytes: Uint8Array): void {
    const path = this.parts.session.isWanted ? this.pathById.get(sessionIdOf(bytes) ?? '') : undefined;
    if (!path?.session.isValid(this.context.now) || !this.parts.people.isFriend(path.peer.user)) return;
    const content = path.session.open(bytes);
    if (content === null) return;
    if (this.mayMove(path, from)) path.at = from; // authentic, so their endpoint may have changed
    if (content.type === 'text') this.textCame(path, content);
    if (content.type === 'ack') this.ackCame(path, content.id);
  }

  private whyNot(user: string, text: string): Refusal | null {
    const person = this.parts.people.friend(user);
    if (person instanceof Refusal) return person;
    if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
    if (byteLength(text) > LIMITS.quickTextBytes) return new Refusal('QUICK_TOO_LONG', user);
    if (!this.parts.session.isWanted) return new Refusal('NOT_ONLINE');
    return this.pending.size >= LIMITS.quickPendingMax ? new Refusal('LIST_FULL', 'quick messages at a time') : null;
  }

  private compose(conversation: Conversation, text: string, sentAs: string): StoredMessage {
    const { me, now, primitives } = this.context;
    const fixed = { mine: true, kind: 'quick', state: 'unconfirmed', shown: true, after: 0, proof: null } as const;
    return {
      ...fixed,
      id: quickMessageId(me.name, sentAs, primitives),
      peer: conversation.peer,
      device: me.device.publicKey,
      seq: conversation.nextSeq('quick'),
      lamport: conversation.nextLamport(),
      at: now,
      text,
    };
  }

  private path(user: string): Path | null {
    const path = this.pathOf.get(user);
    return path?.session.isValid(this.context.now) ? path : null;
  }

  /** Sends a text, again at 0.5, 1, 2, 4 s, and then gives up. */
  private transmit(sentAs: string): void {
    const pending = this.pending.get(sentAs);
    if (!pending) return;
    const path = this.path(pending.message.peer);
    if (!path) return this.awaitKeys(pending);
    const waitMs = LIMITS.quickResendMs[pending.sends];
    if (waitMs === undefined) return this.giveUp(sentAs);
    const { at, lamport, text } = pending.message;
    const untilMs = LIMITS.quickResendMs.slice(pending.sends).reduce((sum, ms) => sum + ms, 0);
    const endsMs = path.session.endsMs(this.context.now + untilMs);
    this.send(path, { type: 'text', id: sentAs, at, lamport, endsMs, text });
    pending.sends += 1;
    // The other side may have restarted and lost the keys: a link gives both sides new ones.
    if (pending.sends > 1) this.parts.connector.want(pending.message.peer, LIMITS.quickTimeoutMs);
    this.setAlarm(sentAs, waitMs, () => this.transmit(sentAs));
  }

  /** Keys come with a link, which is tried for as long as a quick message may take. */
  private awaitKeys(pending: Pending): void {
    const { sentAs, message } = pending;
    const { peer } = message;
    const waitMs = endOf(pending) - this.context.now;
    if (waitMs <= 0) return this.giveUp(sentAs);
    // A link that outlives its keys has none to give.
    this.parts.links.cut(peer);
    this.parts.connector.want(peer, waitMs);
    this.setAlarm(sentAs, waitMs, () => this.giveUp(sentAs));
  }

  private giveUp(sentAs: string): void {
    const pending = this.pending.get(sentAs);
    if (!pending) return;
    this.pending.delete(sentAs);
    this.alarms.drop(sentAs);
    const { peer } = pending.message;
    // The other side may have lost the keys: the next message needs a link for new ones.
    if (!this.parts.links.isLinked(peer)) this.forget(peer);
    this.context.refuseWith(pending.ref, 'UNREACHABLE', peer);
  }

  private textCame(path: Path, content: TextContent): void {
    const { user, device } = path.peer;
    const id = quickMessageId(user, content.id, this.context.primitives);
    if (this.context.store.message(id) !== null) return this.send(path, { type: 'ack', id: content.id });
    if (path.session.isStale(content, this.context.now)) return this.dropLate(user);
    // Without an acknowledgement the sender reports it as not confirmed.
    if (!this.parts.storageBudget.take(user, byteLength(content.text) + LIMITS.messageOverheadBytes)) return;
    const seq = this.context.store.lastSeq(user, device, 'quick') + 1;
    const fixed = {
      peer: user,
      mine: false,
      kind: 'quick',
      state: 'delivered',
      shown: true,
      after: 0,
      proof: null,
    } as const;
    const { at, lamport, text } = content;
    this.context.store.addMessage({ ...fixed, id, device, seq, lamport, at, text });
    this.parts.conversations.with(user)?.sawLamport(lamport);
    this.send(path, { type: 'ack', id: content.id });
    this.context.notify({ event: 'quick', id, from: user, text }, at);
    this.parts.unread.arrived(withPerson(user));
  }

  /** The sender was told that it did not arrive. If the ends count differently, the next link makes them agree. */
  private dropLate(user: string): void {
    this.parts.links.cut(user);
    this.forget(user);
  }

  /** The source of a datagram can be forged by its author: it must not point into networks of others (LINK-16). */
  private mayMove({ at, peer }: Path, to: Endpoint): boolean {
    const seen = [at, ...(this.parts.people.get(peer.user)?.endpoints ?? [])];
    return at.host === to.host || dialableEndpoints([to], { own: this.parts.endpoints.local, seen }).length > 0;
  }

  private ackCame(path: Path, sentAs: string): void {
    const pending = this.pending.get(sentAs);
    if (!pending || pending.message.peer !== path.peer.user) return;
    const { id } = pending.message;
    this.pending.delete(sentAs);
    this.alarms.drop(sentAs);
    this.context.store.setState(id, 'delivered');
    this.context.succeed(pending.ref, 'message', { id, state: 'delivered' });
  }

  private send(path: Path, content: QuickContent): void {
    this.context.emit({ type: 'datagram', to: path.at, bytes: path.session.seal(content) });
  }

  private keep(path: Path): void {
    this.forget(path.peer.user);
    if (this.pathOf.size >= LIMITS.quickSessionsMax) this.forget([...this.pathOf.keys()][0] ?? '');
    this.pathOf.set(path.peer.user, path);
    this.pathById.set(path.session.incomingId, path);
  }

  private setAlarm(id: string, ms: number, ring: () => void): void {
    this.alarms.set(id, this.context.now + ms, ring);
  }
}

/** When a message stops waiting for keys. */
function endOf({ message }: Pending): number {
  return message.at + LIMITS.quickTimeoutMs;
}
