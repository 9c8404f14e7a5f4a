// Friendships (protocols/friends): asked for, answered and ended by letters, so that either side may be offline.

import {
  byeLetterShape,
  friendAnswerLetterShape,
  friendRequestLetterShape,
} from '../../../protocols/friends/messages.js';
import {
  applyAction,
  STATE_LETTER,
  applyLetter,
  type FriendshipEffect,
  type FriendshipLetter,
  type FriendshipTransition,
} from '../../../protocols/friends/friendship.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { ReceivedLetter } from '../core/events.js';
import { letterRoute, type CommandOf, type EventOf, type Part } from '../core/part.js';
import type { Person } from '../core/store.js';
import type { IncomingMail } from '../server/incoming-mail.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Session } from '../server/session.js';
import type { LookAlikes } from '../identity/look-alikes.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { FoundUser, FriendshipListener, People } from '../identity/people.js';
import { DoubtfulLookUps } from './doubtful-look-ups.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly lookAlikes: LookAlikes;
  readonly mail: OutgoingMail;
  readonly incomingMail: IncomingMail;
  readonly session: Session;
}

/** Commands that answer a friend request or end a friendship. */
type Reply = 'accept' | 'reject' | 'remove';

/** What a letter brings beside the state of the friendship. */
interface Brought {
  readonly record?: Signed;
  readonly note?: string;
}

export class Friends implements Part, FriendshipListener {
  readonly commands = {
    add: (ref: number, { user, note }: CommandOf<'add'>) => this.add(ref, user, note),
    remove: (ref: number, { user }: CommandOf<'remove'>) => this.reply(ref, user, 'remove'),
    block: (ref: number, { user }: CommandOf<'block'>) => this.block(ref, user),
    unblock: (ref: number, { user }: CommandOf<'unblock'>) => this.unblock(ref, user),
  };
  readonly letters = {
    friend_request: letterRoute('anyone', friendRequestLetterShape, ({ from }, { epoch, record, note }) =>
      this.received(from, { type: 'request', epoch }, { record, note }),
    ),
    friend_answer: letterRoute('anyone', friendAnswerLetterShape, ({ from }, { accepted, epoch, record }) =>
      this.received(from, { type: accepted ? 'accepted' : 'rejected', epoch }, { record }),
    ),
    bye: letterRoute('anyone', byeLetterShape, ({ from }, { epoch }) =>
      this.received(from, { type: 'bye', epoch }, {}),
    ),
  };
  readonly on = {
    online: () => this.lookUps.lookUp(),
    offline: () => this.lookUps.stop(),
    sendingResumed: ({ user }: EventOf<'sendingResumed'>) => this.sendState(user),
    // It confirms the friendship, so the friend leaves its letters again.
    budgetRenewed: ({ user }: EventOf<'budgetRenewed'>) => this.sendState(user),
  };
  private readonly lookUps: DoubtfulLookUps;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.lookUps = new DoubtfulLookUps(context, parts.people, (user) => this.sendState(user));
    parts.people.friendships.register(this);
  }

  private add(ref: number, user: string, note: string): void {
    const refusal = this.whyNotAdd(user, note);
    if (refusal) return this.context.refuse(ref, refusal);
    const known = this.parts.people.get(user);
    if (known?.pinned) return this.ask(ref, known, note);
    this.parts.people.find([user], (found) => this.found(ref, { user, note, found }));
  }

  reply(ref: number, user: string, reply: Reply): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const person = this.parts.people.get(user);
    const step = person && applyAction(person, reply);
    if (!person || !step) return this.context.refuseWith(ref, reply === 'remove' ? 'NOT_FRIENDS' : 'NO_REQUEST', user);
    const refusal = this.whyNotReply(person, reply);
    if (refusal) return this.context.refuse(ref, refusal);
    this.move(person, step);
    this.context.succeed(ref, reply, { user });
  }

  private block(ref: number, user: string): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const person = this.parts.people.meet(user);
    if (!person) return this.context.refuseWith(ref, 'LIST_FULL', 'people');
    this.parts.people.put({ ...person, blocked: true });
    if (person.friendship === 'friend') this.context.report({ type: 'unfriended', user });
    this.context.succeed(ref, 'block', { user });
  }

  private unblock(ref: number, user: string): void {
    const person = this.parts.people.get(user);
    if (!person?.blocked) return this.context.refuseWith(ref, 'NOT_BLOCKED', user);
    const unblocked = this.parts.people.put({ ...person, blocked: false });
    if (person.friendship === 'none' && !person.pinned) this.parts.people.drop(user);
    this.catchUp(unblocked);
    this.context.succeed(ref, 'unblock', { user });
  }

  /** Friend requests that wait for our answer. */
  requests(): { kind: 'friend'; from: string; note: string }[] {
    const waiting = this.parts.people.all().filter((person) => person.friendship === 'wanted' && !person.blocked);
    return waiting.map(({ name: from, note }) => ({ kind: 'friend', from, note }));
  }

  private received(from: string, said: FriendshipLetter, { record, note }: Brought): void {
    const person = this.parts.people.meet(from);
    if (person === null || (isRequest(said) && this.isFull(person))) return;
    const step = applyLetter(person, said);
    if (!step) return;
    // A refusal by a stranger is neither kept nor answered: strangers must not fill our list.
    const isStranger = this.parts.people.get(from) === null && step.to.friendship === 'none';
    if (isStranger || !this.parts.mail.replies.mayFollow(person, step.to)) return;
    // A repeated request has no note.
    const noted = !note && (note === undefined || person.friendship === 'wanted') ? person : { ...person, note };
    this.move(record ? this.learn(noted, record) : noted, step);
  }

  /** Takes the record inside the letter; it was checked together with the letter. */
  private learn(person: Person, record: Signed): Person {
    this.parts.people.learn(person, record);
    return { ...(this.parts.people.get(person.name) ?? person), note: person.note };
  }

  /** Sends a user the present state of our friendship: earlier letters may not have reached their device. */
  sendState(user: string): void {
    const person = this.parts.people.get(user);
    if (person?.pinned) this.perform(STATE_LETTER[person.friendship], person, '');
  }

  deviceChanged(user: string): void {
    const person = this.parts.people.get(user);
    if (person?.friendship === 'asked') this.unreadableLetter(user);
    // The new device may have lost the letter keys of the old one: what is held for that leaves again.
    if (person?.friendship === 'friend') this.context.report({ type: 'friendDeviceChanged', user });
  }

  /** Friends and users we have asked may write to a retired device of ours: our state tells them the new one. */
  unreadableLetter(user: string): void {
    const person = this.parts.people.get(user);
    const isOurWish = person?.friendship === 'friend' || person?.friendship === 'asked';
    if (isOurWish && !person.blocked) this.sendState(user);
  }

  unknownRecipient(user: string): void {
    const person = this.parts.people.get(user);
    if (person?.friendship === 'asked') this.parts.people.put({ ...person, friendship: 'none' });
  }

  /**
   * A user writes to us as a friend does. If we had asked, that accepts; without a request it is one; after the end of
   * the friendship the user hears that it is over.
   */
  presumed(letter: ReceivedLetter, epoch: number): void {
    const person = this.parts.people.meet(letter.from);
    if (person === null || this.isFull(person)) return;
    const step = applyLetter(person, { type: 'accepted', epoch });
    if (!step || !this.parts.mail.replies.mayFollow(person, step.to)) return;
    this.move(person, step);
    // The letter is taken as that of a friend, after all events that follow from the new friendship.
    if (this.parts.people.isFriend(letter.from)) this.parts.incomingMail.deliver(letter);
  }

  private whyNotReply({ name, blocked, claimed }: Person, reply: Reply): Refusal | null {
    if (blocked) return new Refusal('BLOCKED', name);
    if (reply !== 'accept') return null;
    if (claimed) return new Refusal('KEY_CHANGED', name);
    return this.hasRoom() ? null : new Refusal('LIST_FULL', 'friends');
  }

  private whyNotAdd(user: string, note: string): Refusal | null {
    if (user === this.context.me.name) return new Refusal('SELF');
    if (byteLength(note) > LIMITS.noteBytes) return new Refusal('TEXT_TOO_LONG', 'a note has at most 1 KiB');
    const person = this.parts.people.get(user);
    if (person?.blocked) return new Refusal('BLOCKED', user);
    if (person?.friendship === 'friend') return new Refusal('ALREADY_FRIENDS', user);
    if (person?.claimed) return new Refusal('KEY_CHANGED', user);
    return this.hasRoom() ? null : new Refusal('LIST_FULL', 'friends');
  }

  private hasRoom(): boolean {
    return this.parts.people.friends().length < LIMITS.friendsMax;
  }

  private found(ref: number, about: { user: string; note: string; found: FoundUser[] | Refusal }): void {
    const { user, note, found } = about;
    const isAway = found instanceof Refusal;
    // A name server that is away refuses nothing: the request is stored and leaves when it is back.
    if (isAway && found.code !== 'SERVER_AWAY') return this.context.refuse(ref, found);
    const [first] = isAway ? [] : found;
    if (!first && !isAway) return this.context.refuseWith(ref, 'USER_UNKNOWN', user);
    const person = this.parts.people.meet(user);
    if (!person) return this.context.refuseWith(ref, 'LIST_FULL', 'people');
    if (first) this.parts.people.learn(person, first.listed.record);
    this.ask(ref, this.parts.people.get(user) ?? person, note);
  }

  private ask(ref: number, person: Person, note: string): void {
    const step = applyAction(person, 'ask');
    if (step) this.move(person, step, note);
    const { name: user } = person;
    this.context.succeed(ref, 'add', this.parts.session.isOnline ? { user } : { user, later: true });
  }

  /** Takes a step of the table in protocols/friends and performs its effects. */
  private move(was: Person, { to, effects }: FriendshipTransition, noteToThem = ''): void {
    // A former friend stays pinned: a request under another key must not pass for the old friend.
    const person = this.parts.people.put({ ...was, ...to });
    if (person.blocked) return;
    for (const effect of effects) this.perform(effect, person, noteToThem);
    const { name: user } = person;
    const isFriend = person.friendship === 'friend';
    if (isFriend && was.friendship !== 'friend') this.context.report({ type: 'befriended', user });
    if (!isFriend && was.friendship === 'friend') this.context.report({ type: 'unfriended', user });
    if (isFriend && was.friendship === 'friend') this.context.report({ type: 'friendshipReaffirmed', user });
  }

  /** The block is over: they hear the present state, and a request that came meanwhile is shown. */
  private catchUp(person: Person): void {
    const { name: user, friendship } = person;
    if (friendship === 'friend') this.context.report({ type: 'sendingResumed', user });
    if (friendship === 'wanted') this.perform('notify_request', person, '');
    else if (friendship !== 'friend') this.sendState(user);
  }

  private perform(effect: FriendshipEffect, person: Person, note: string): void {
    const { name, epoch } = person;
    const record: Signed = this.parts.record.signed;
    switch (effect) {
      case 'send_request':
        this.parts.mail.post(name, 'friend_request', { record, epoch, note });
        return this.parts.lookAlikes.check(name, person.pinned?.key ?? null);
      case 'send_accepted':
        return this.parts.mail.post(name, 'friend_answer', { record, epoch, accepted: true });
      case 'send_rejected':
        return this.parts.mail.post(name, 'friend_answer', { record, epoch, accepted: false });
      case 'send_bye':
        return this.parts.mail.post(name, 'bye', { epoch });
      case 'notify_request':
        this.context.notify({ event: 'friend_request', from: name, note: person.note });
        return this.parts.lookAlikes.check(name, person.pinned?.key ?? null);
      case 'notify_added':
        return this.context.notify({ event: 'friend_added', user: name });
      case 'notify_removed':
        return this.context.notify({ event: 'friend_removed', user: name });
      case 'notify_rejected':
        return this.context.warn('REQUEST_REJECTED', `${name} did not accept your friend request.`);
      default:
        return assertNever(effect);
    }
  }

  private isFull(person: Person): boolean {
    if (person.friendship !== 'none') return false;
    const waiting = this.parts.people.all().filter(({ friendship }) => friendship === 'wanted').length;
    return waiting >= LIMITS.requestsMax;
  }
}

/** True where a stranger who sends this wants to be a friend, or believes to be one. */
function isRequest({ type }: FriendshipLetter): boolean {
  return type === 'request' || type === 'accepted';
}
