// Recovers what a stale copy of our data has lost from the other side of each conversation (SPEC CHAT-19).

import {
  isValidMessageText,
  messageId,
  recoveryFrameShape,
  recoveryRequestFrameShape,
  type RecoveryFrame,
  type RecoveredMessage,
  type RecoveryRequestFrame,
} from '../../../protocols/chat/messages.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PartAlarms } from '../core/alarms.js';
import { isOwnDevice, type Context } from '../core/context.js';
import { frameRoute, letterRoute, type EventOf, type Part } from '../core/part.js';
import type { LinkPeer } from '../core/events.js';
import { SETTINGS } from '../core/settings.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { StorageBudget } from '../conversations/storage-budget.js';
import type { Links } from '../transport/links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import { CompleteLanes } from './complete-lanes.js';
import type { Carrier, Inbox } from './inbox.js';
import type { Outbox } from './outbox.js';
import { RecoveryAnswers } from './recovery-answers.js';
import type { Connector } from '../transport/connector.js';

interface Dependencies {
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly connector: Connector;
  readonly storageBudget: StorageBudget;
}

export class HistoryRecovery implements Part {
  readonly frames = {
    refill_wanted: frameRoute('friend', recoveryRequestFrameShape, ({ user }, frame) =>
      this.answers.asked(user, frame, 'link'),
    ),
    refill: frameRoute('friend', recoveryFrameShape, (peer, frame) => this.take(peer, frame, 'link')),
  };
  readonly letters = {
    refill_wanted: letterRoute('friend', recoveryRequestFrameShape, ({ from }, body) =>
      this.answers.asked(from, body, 'letter'),
    ),
    refill: letterRoute('friend', recoveryFrameShape, ({ from: user, device }, body) =>
      this.take({ user, device }, body, 'letter'),
    ),
  };
  readonly on = {
    awake: () => this.seekAll(),
    friendLinked: ({ peer }: EventOf<'friendLinked'>) => this.linked(peer),
    // A batch may be lost with the link.
    unlinked: ({ user }: EventOf<'unlinked'>) => this.seekAgain(user),
    // Our last question may have arrived before they took us for a friend.
    friendshipReaffirmed: ({ user }: EventOf<'friendshipReaffirmed'>) => this.seekAgain(user),
    budgetRenewed: ({ user }: EventOf<'budgetRenewed'>) => this.seekAgain(user),
    unfriended: ({ user }: EventOf<'unfriended'>) => this.forget(user),
  };
  /** Friends who have not yet sent all they have. */
  private readonly wanted: Set<string>;
  /** How many messages were recovered, by friend, for the line at the end. */
  private readonly recovered = new Map<string, number>();
  private readonly lanes: CompleteLanes;
  /** The nonce of the last question, by friend: only its answer is taken. */
  private readonly questions = new Map<string, string>();
  private readonly alarms: PartAlarms;
  private readonly answers: RecoveryAnswers;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.answers = new RecoveryAnswers(context, parts, (user) => this.isWanted(user));
    this.alarms = context.alarms.for('history recovery');
    this.lanes = new CompleteLanes(context);
    this.wanted = new Set(parseJson(context.store.setting(SETTINGS.recoverFrom) ?? '[]') as string[]);
  }

  wantFrom(users: readonly string[]): void {
    for (const user of users) {
      this.wanted.add(user);
      this.lanes.forget(user); // the store may have changed since
    }
    this.keep();
  }

  /** A friend has something that we lack. */
  seekFrom(user: string): void {
    if (this.wanted.has(user)) return; // asked already
    this.wantFrom([user]);
    if (this.parts.links.isLinked(user)) this.ask(user, 'link');
    else this.seek(user);
  }

  /** True while a friend may have something of ours that we lack. */
  isWanted(user: string): boolean {
    return this.wanted.has(user);
  }

  /** Tries to link with every friend that was not asked to the end, or else asks by letter. */
  seekAll(): void {
    for (const user of this.wanted) this.seek(user);
  }

  private seekAgain(user: string): void {
    if (this.wanted.has(user)) this.seek(user);
  }

  private linked({ user, device }: LinkPeer): void {
    this.alarms.drop(user);
    if (this.mayKnowMore(user, device)) this.wantFrom([user]);
    if (this.wanted.has(user)) this.ask(user, 'link');
  }

  /**
   * Takes a batch. Only the answer to the last question counts: an answer to an earlier one, or to one that a lost copy
   * of our data asked, may lack later messages.
   */
  private take(peer: LinkPeer, { conversation, nonce, messages, more }: RecoveryFrame, carrier: Carrier): void {
    const { user } = peer;
    const known = this.parts.conversations.with(user);
    if (!this.wanted.has(user) || known?.id !== conversation || nonce !== this.questions.get(user)) return;
    const taken = messages.slice(0, this.storeWithinBudget(known, messages, carrier));
    const isFurther = this.lanes.advance(user, taken);
    // The rest is asked for when the budget of the friend is renewed (SPEC CHAT-21).
    if (taken.length < messages.length) return;
    // A friend who repeats a batch and claims that there is more would be asked for ever.
    if (more && isFurther) this.ask(user, carrier);
    else this.finish(peer);
  }

  /** We have lost data once, and this friend has another device since: it may run on other data than it did then. */
  private mayKnowMore(user: string, device: string): boolean {
    const { store } = this.context;
    return store.setting(SETTINGS.unannounced) !== null && store.setting(SETTINGS.recoveredFrom(user)) !== device;
  }

  /** Stores what the friend may make us store today. Gives how many messages of the batch are here then. */
  private storeWithinBudget(known: Conversation, messages: readonly RecoveredMessage[], carrier: Carrier): number {
    for (const [nth, message] of messages.entries()) {
      const said = this.asStored(known.peer, message);
      if (!this.parts.storageBudget.admits(said)) return nth;
      if (!this.store(known, { message, carrier })) continue;
      this.parts.storageBudget.added(said);
      this.recovered.set(known.peer, (this.recovered.get(known.peer) ?? 0) + 1);
    }
    return messages.length;
  }

  private forget(user: string): void {
    this.questions.delete(user);
    this.answers.forget(user);
    if (this.wanted.delete(user)) this.keep();
  }

  private seek(user: string): void {
    const { now, options } = this.context;
    this.parts.connector.need(user);
    this.alarms.set(user, now + options.linkWaitMs, () => this.askByLetter(user));
  }

  private askByLetter(user: string): void {
    if (!this.wanted.has(user) || this.parts.links.isLinked(user)) return;
    this.ask(user, 'letter');
    this.alarms.set(user, this.context.now + LIMITS.historyRecoveryRepeatMs, () => this.askByLetter(user));
  }

  private send(user: string, frame: RecoveryRequestFrame, carrier: Carrier): void {
    if (carrier === 'link') this.parts.links.send(user, frame);
    else this.parts.mail.postLatest(user, frame.type, frame, () => frame.type);
  }

  private ask(user: string, carrier: Carrier): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    const have = [...this.lanes.of(user)]
      .slice(0, LIMITS.historyRecoveryDevicesMax)
      .map(([device, upTo]) => ({ device, upTo }));
    const nonce = this.context.freshId();
    this.questions.set(user, nonce);
    const frame: RecoveryRequestFrame = { type: 'refill_wanted', conversation: conversation.id, nonce, have };
    this.send(user, frame, carrier);
  }

  /** True if it was added. */
  private store(
    conversation: Conversation,
    { message, carrier }: { message: RecoveredMessage; carrier: Carrier },
  ): boolean {
    const { me, store } = this.context;
    // We have all messages of this device; the friend may have others of ours.
    const isOurs = message.device === me.device.publicKey;
    if (isOurs || message.conversation !== conversation.id || !isValidMessageText(message.text)) return false;
    if (!message.yours && isOwnDevice(me, message.device)) return false;
    const said = this.asStored(conversation.peer, message);
    conversation.sawLamport(said.lamport);
    let added = store.addMessage(said);
    if (added === 'conflict' && this.makeRoom(said)) added = store.addMessage(said);
    if (added === 'known' && this.wasHeldBack(said, carrier)) added = 'added';
    if (added === 'added') conversation.forgetLane(said.device);
    if (added === 'known' && said.state === 'delivered') this.foundProven(conversation.peer, said.id);
    return added === 'added';
  }

  /**
   * It was stored, and waited for a message before it that is recovered too, or is lost. Nothing else acknowledges it.
   */
  private wasHeldBack({ peer: user, device, mine, id }: StoredMessage, carrier: Carrier): boolean {
    const { store } = this.context;
    if (mine || store.message(id)?.shown !== false) return false;
    store.setShown([id]);
    this.parts.inbox.owe({ user, device }, id, carrier);
    return true;
  }

  private foundProven(user: string, id: string): void {
    const { store } = this.context;
    if (store.message(id)?.state === 'remembered') store.setState(id, 'delivered');
    else this.parts.outbox.foundDelivered(user, id);
  }

  /**
   * Makes room for a message whose number is taken. What a stale copy wrote under it, this device writes again under a
   * number of its own. What the friend only remembers gives way to a proven message, and takes the place of none.
   */
  private makeRoom({ peer, device, seq, state }: StoredMessage): boolean {
    const other = this.context.store.messageAt(peer, device, seq);
    if (other === null || state === 'remembered') return false;
    if (other.state === 'remembered') return this.context.store.dropUnsettled(other.id);
    return this.parts.outbox.resend(peer, other);
  }

  private asStored(peer: string, message: RecoveredMessage): StoredMessage {
    const { me, primitives } = this.context;
    const { device, seq, lamport, at, text, after, yours: mine } = message;
    const id = messageId(mine ? me.name : peer, message, primitives);
    const state = !mine ? 'read' : this.isProven(id, message) ? 'delivered' : 'remembered';
    const proof = mine ? null : message.proof;
    return { id, peer, mine, kind: 'chat', device, seq, lamport, at, text, after, state, shown: true, proof };
  }

  /** True where only we can have written it (SPEC CHAT-25). */
  private isProven(id: string, { conversation, device, seq, proof }: RecoveredMessage): boolean {
    return proof !== null && this.context.ownProofs.isOwnMessage({ conversation, device }, { seq, id, proof });
  }

  private finish({ user, device }: LinkPeer): void {
    this.wanted.delete(user);
    this.context.store.putSetting(SETTINGS.recoveredFrom(user), device);
    this.questions.delete(user);
    this.keep();
    this.parts.outbox.resendAll(user);
    const count = this.recovered.get(user) ?? 0;
    this.recovered.delete(user);
    if (count > 0) this.context.warn('REFILLED', `${count} messages with ${user} came back.`);
  }

  private keep(): void {
    this.context.store.putSetting(SETTINGS.recoverFrom, JSON.stringify([...this.wanted]));
  }
}
