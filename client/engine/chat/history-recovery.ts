// What an old copy of our data has lost comes back from the other side of each conversation (SPEC CHAT-19).

import {
  isValidMessageText,
  messageId,
  type RecoveryFrame,
  type RecoveredMessage,
  type RecoveryRequestFrame,
} from '../../../protocols/chat/messages.js';
import { byteLength, parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversation, Conversations } from '../conversations/conversations.js';
import type { Links } from '../transport/links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Carrier } from './inbox.js';
import type { Outbox } from './outbox.js';
import { wireMessage } from './wire-message.js';
import type { Connector } from '../transport/connector.js';

interface Parts {
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly outbox: Outbox;
  readonly reach: Connector;
}

const SETTING = 'refill from';

export class HistoryRecovery {
  /** Friends who have not yet given back all they have. */
  private readonly wanted: Set<string>;
  /** How many messages came back, by friend, for the one line at the end. */
  private readonly cameBack = new Map<string, number>();
  /** How far each lane is whole by now, by friend and device. There for those who were asked in this life. */
  private readonly whole = new Map<string, Map<string, number>>();
  /** The nonce of the last question, by friend: only its answer counts. */
  private readonly questions = new Map<string, string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    this.wanted = new Set(parseJson(context.store.setting(SETTING) ?? '[]') as string[]);
  }

  wantFrom(users: readonly string[]): void {
    for (const user of users) {
      this.wanted.add(user);
      this.whole.delete(user); // what is on disk may have changed since
    }
    this.keep();
  }

  /** Friends have something that we lack. */
  seekFrom(user: string): void {
    if (this.wanted.has(user)) return; // it is being sought
    this.wantFrom([user]);
    if (this.parts.links.isLinked(user)) this.ask(user, 'link');
    else this.seek(user);
  }

  /** True while a friend may have something of ours that we lack. */
  isWanted(user: string): boolean {
    return this.wanted.has(user);
  }

  /** The user wants to be reachable: friends who can give something back are worth a link, and if need be a letter. */
  awake(): void {
    for (const user of this.wanted) this.seek(user);
  }

  /** The link is gone, and maybe a batch with it; or our last question came before they took us for a friend. */
  seekAgain(user: string): void {
    if (this.wanted.has(user)) this.seek(user);
  }

  linked(user: string): void {
    this.context.alarms.drop(`refill ${user}`);
    if (this.wanted.has(user)) this.ask(user, 'link');
  }

  /** A friend lacks something: gives one batch, the rest when asked again. */
  asked({ user }: LinkPeer, { conversation, nonce, have }: RecoveryRequestFrame, way: Carrier): void {
    if (this.parts.conversations.with(user)?.id !== conversation) return;
    const messages: RecoveredMessage[] = [];
    const more = this.gather(user, new Map(have.map(({ device, upTo }) => [device, upTo])), messages);
    const frame: RecoveryFrame = { type: 'refill', conversation, nonce, messages, more };
    this.send(user, frame, way);
  }

  /**
   * A batch came. Only the answer to the last question counts: one to an earlier question, or to one that a lost copy
   * of our data asked, may lack what was said since.
   */
  came({ user }: LinkPeer, { conversation, nonce, messages, more }: RecoveryFrame, way: Carrier): void {
    const known = this.parts.conversations.with(user);
    if (!this.wanted.has(user) || known?.id !== conversation || nonce !== this.questions.get(user)) return;
    const added = messages.filter((message) => this.store(known, message)).length;
    this.cameBack.set(user, (this.cameBack.get(user) ?? 0) + added);
    const isFurther = this.advance(user, messages);
    // A friend who repeats itself and says there is more would be asked for ever.
    if (more && isFurther) this.ask(user, way);
    else this.finish(user);
  }

  /** They are no friend any more: nothing will come back. */
  forget(user: string): void {
    this.questions.delete(user);
    if (this.wanted.delete(user)) this.keep();
  }

  private seek(user: string): void {
    const { alarms, now, options } = this.context;
    this.parts.reach.need(user);
    alarms.set(`refill ${user}`, now + options.linkWaitMs, () => this.askByLetter(user));
  }

  private askByLetter(user: string): void {
    if (!this.wanted.has(user) || this.parts.links.isLinked(user)) return;
    this.ask(user, 'letter');
    const { alarms, now } = this.context;
    alarms.set(`refill ${user}`, now + LIMITS.historyRecoveryRepeatMs, () => this.askByLetter(user));
  }

  private send(user: string, frame: RecoveryFrame | RecoveryRequestFrame, way: Carrier): void {
    if (way === 'link') this.parts.links.send(user, frame);
    else this.parts.mail.post(user, frame.type, frame);
  }

  private ask(user: string, way: Carrier): void {
    const conversation = this.parts.conversations.with(user);
    if (!conversation) return;
    const have = [...this.wholeOf(user)]
      .slice(0, LIMITS.historyRecoveryDevicesMax)
      .map(([device, upTo]) => ({ device, upTo }));
    const nonce = this.context.freshId();
    this.questions.set(user, nonce);
    const frame: RecoveryRequestFrame = { type: 'refill_wanted', conversation: conversation.id, nonce, have };
    this.send(user, frame, way);
  }

  private wholeOf(user: string): Map<string, number> {
    const known = this.whole.get(user);
    if (known) return known;
    const lanes = this.context.store.lanes(user).map((device) => [device, this.wholeUpTo(user, device)] as const);
    const whole = new Map(lanes);
    this.whole.set(user, whole);
    return whole;
  }

  /**
   * Up to where nothing of a lane on our disk is missing. What comes after a gap may have been heard before we knew
   * that our data is old; of our own words, those that wait may stand under numbers that were taken.
   */
  private wholeUpTo(user: string, device: string): number {
    for (let upTo = 0; ;) {
      const page = this.context.store.laneAfter(user, device, upTo, LIMITS.messagesPerLetter);
      const end = page.findIndex(
        ({ seq, state }, at) => seq !== upTo + at + 1 || state === 'queued' || state === 'held',
      );
      if (end >= 0) return upTo + end;
      if (page.length === 0) return upTo;
      upTo += page.length;
    }
  }

  /** A batch goes on where the lanes ended. False where it goes no further. */
  private advance(user: string, messages: readonly RecoveredMessage[]): boolean {
    const whole = this.wholeOf(user);
    const further = messages.filter(({ device, seq }) => seq > (whole.get(device) ?? 0));
    for (const { device, seq } of further) whole.set(device, Math.max(seq, whole.get(device) ?? 0));
    return further.length > 0;
  }

  /** Adds what the friend lacks to the batch, until it is full; true if something is left. */
  private gather(user: string, have: ReadonlyMap<string, number>, batch: RecoveredMessage[]): boolean {
    const { store } = this.context;
    const id = this.parts.conversations.with(user)?.id ?? '';
    let bytes = 0;
    for (const device of store.lanes(user)) {
      const lane = store.laneAfter(user, device, have.get(device) ?? 0, LIMITS.messagesPerLetter);
      for (const message of lane.filter((each) => !this.isUndecided(user, each))) {
        bytes += byteLength(JSON.stringify(message.text)) + LIMITS.messageOverheadBytes;
        const isFull = batch.length >= LIMITS.messagesPerLetter || bytes > LIMITS.historyRecoveryBatchBytes;
        if (isFull && batch.length > 0) return true;
        batch.push({ yours: !message.mine, ...wireMessage(id, message, message.after) });
      }
    }
    return false;
  }

  /**
   * What our old device had waiting may be said again by this one, as soon as the friend has answered. Given besides,
   * in answer to a question of theirs that crosses ours, it would come twice, under two numbers.
   */
  private isUndecided(user: string, { mine, device, state }: StoredMessage): boolean {
    const isWaiting = mine && (state === 'queued' || state === 'held');
    return isWaiting && this.wanted.has(user) && device !== this.context.me.device.publicKey;
  }

  /** True if it was added. */
  private store(conversation: Conversation, message: RecoveredMessage): boolean {
    const { me, store } = this.context;
    // Of this device we know everything; the rest the friend may remember for us.
    const isOurs = message.device === me.device.publicKey;
    if (isOurs || message.conversation !== conversation.id || !isValidMessageText(message.text)) return false;
    const said = this.remembered(conversation.peer, message);
    conversation.sawLamport(said.lamport);
    let added = store.addMessage(said);
    if (added === 'conflict' && this.makeRoom(said)) added = store.addMessage(said);
    if (added === 'known' && this.wasHeldBack(said)) added = 'added';
    if (added === 'added') conversation.forgetLane(said.device);
    if (added === 'known' && said.mine) this.parts.outbox.foundDelivered(conversation.peer, said.id);
    return added === 'added';
  }

  /** It had come, and waited for one before it that comes back with it, or never will. */
  private wasHeldBack({ mine, id }: StoredMessage): boolean {
    const { store } = this.context;
    if (mine || store.message(id)?.shown !== false) return false;
    store.setShown([id]);
    return true;
  }

  /** What the old copy wrote under a number that was taken: said again by this device, under a number of its own. */
  private makeRoom({ peer, device, seq }: StoredMessage): boolean {
    const other = this.context.store.messageAt(peer, device, seq);
    return other !== null && this.parts.outbox.sayAgain(peer, other);
  }

  private remembered(peer: string, message: RecoveredMessage): StoredMessage {
    const { me, primitives } = this.context;
    const { device, seq, lamport, at, text, after, yours: mine } = message;
    const { yours: _, ...numbered } = message;
    const id = messageId(mine ? me.name : peer, numbered, primitives);
    const state = mine ? 'delivered' : 'read';
    return { id, peer, mine, kind: 'chat', device, seq, lamport, at, text, after, state, shown: true };
  }

  private finish(user: string): void {
    this.wanted.delete(user);
    this.questions.delete(user);
    this.keep();
    this.parts.outbox.releaseOld(user);
    const count = this.cameBack.get(user) ?? 0;
    this.cameBack.delete(user);
    if (count > 0) this.context.warn('REFILLED', `${count} messages with ${user} came back.`);
  }

  private keep(): void {
    this.context.store.putSetting(SETTING, JSON.stringify([...this.wanted]));
  }
}
