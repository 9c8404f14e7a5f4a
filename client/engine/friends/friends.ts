// Friendships (protocols/friends): asked for, answered and ended by letters, so that nobody has to be there.

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
import type { Person } from '../core/store.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { FoundUser, People } from '../identity/people.js';

interface Parts {
  readonly people: People;
  readonly mail: OutgoingMail;
  readonly record: OwnRecord;
}

/** Commands that answer what somebody asked. */
type Reply = 'accept' | 'reject' | 'remove';

export class Friends {
  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  add(ref: number, user: string, note: string): void {
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

  block(ref: number, user: string): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const person = this.parts.people.meet(user);
    if (!person) return this.context.refuseWith(ref, 'LIST_FULL', 'people');
    this.parts.people.put({ ...person, blocked: true });
    if (person.friendship === 'friend') this.context.report({ type: 'unfriended', user });
    this.context.succeed(ref, 'block', { user });
  }

  unblock(ref: number, user: string): void {
    const person = this.parts.people.get(user);
    if (!person?.blocked) return this.context.refuseWith(ref, 'NOT_BLOCKED', user);
    const unblocked = this.parts.people.put({ ...person, blocked: false });
    if (person.friendship === 'none' && !person.pinned) this.parts.people.drop(user);
    this.makeUp(unblocked);
    this.context.succeed(ref, 'unblock', { user });
  }

  /** Who waits for an answer of mine. */
  requests(): { kind: 'friend'; from: string; note: string }[] {
    const waiting = this.parts.people.all().filter((person) => person.friendship === 'wanted' && !person.blocked);
    return waiting.map(({ name, note }) => ({ kind: 'friend' as const, from: name, note }));
  }

  letter(letter: ReceivedLetter): void {
    const said = saidBy(letter);
    const person = this.parts.people.meet(letter.from);
    if (said === null || person === null || (isWish(said) && this.isFull(person))) return;
    const noted = friendRequestLetterShape.accepts(letter.body) ? { ...person, note: letter.body.note } : person;
    const step = applyLetter(person, said);
    if (!step) return;
    // A stranger's no is not kept, and so not answered either: our list is for people we have to do with.
    const isStranger = this.parts.people.get(letter.from) === null && step.to.friendship === 'none';
    if (!isStranger) this.move(this.learnFrom(noted, letter.body), step);
  }

  /** The record the letter brought; it was judged when the letter was. */
  private learnFrom(person: Person, body: unknown): Person {
    if (!friendRequestLetterShape.accepts(body) && !friendAnswerLetterShape.accepts(body)) return person;
    this.parts.people.learn(person, body.record);
    return { ...(this.parts.people.get(person.name) ?? person), note: person.note };
  }

  /** Says to somebody what they are to us now: they may not have been able to hear it. */
  sayPresent(user: string): void {
    const person = this.parts.people.get(user);
    if (person?.pinned && !person.changed) this.perform(STATE_LETTER[person.friendship], person, '');
  }

  /** We are online: those we have asked may have a new device by now, which never got the request (SPEC FRIEND-9). */
  online(): void {
    const asked = this.parts.people.all().filter(({ friendship, blocked }) => friendship === 'asked' && !blocked);
    for (let at = 0; at < asked.length; at += LIMITS.restNamesMax) {
      const names = asked.slice(at, at + LIMITS.restNamesMax).map(({ name }) => name);
      this.parts.people.find(names, () => undefined); // `moved` tells who has
    }
    this.context.alarms.set('asked for long', this.context.now + LIMITS.friendRequestCheckMs, () => this.online());
  }

  sessionEnded(): void {
    this.context.alarms.drop('asked for long');
  }

  /** They have a new device. */
  moved(user: string): void {
    if (this.parts.people.get(user)?.friendship === 'asked') this.sayPresentToKnown(user);
  }

  /** To somebody of whom we know, if only that we have asked: they may write to a device of ours that is no more. */
  sayPresentToKnown(user: string): void {
    const person = this.parts.people.get(user);
    const isOurWish = person?.friendship === 'friend' || person?.friendship === 'asked';
    if (isOurWish && !person.blocked) this.sayPresent(user);
  }

  /** Nobody of that name exists: there is nobody to wait for. */
  unknown(user: string): void {
    const person = this.parts.people.get(user);
    if (person?.friendship === 'asked') this.parts.people.put({ ...person, friendship: 'none' });
  }

  /**
   * They write to us as a friend does. If we had asked, that is a yes; if we know of nothing, a wish; else they believe
   * what is over, and hear so.
   */
  presumed(letter: ReceivedLetter, epoch: number): void {
    const person = this.parts.people.meet(letter.from);
    if (person === null || person.changed || this.isFull(person)) return;
    const step = applyLetter(person, { type: 'accepted', epoch });
    if (!step) return;
    this.move(person, step);
    // What it says is heard by a friend, after everything that follows from the friendship.
    if (this.parts.people.isFriend(letter.from)) this.context.report({ type: 'letter', letter });
  }

  private whyNotReply({ name, blocked, changed }: Person, reply: Reply): Refusal | null {
    if (blocked) return new Refusal('BLOCKED', name);
    if (reply !== 'accept') return null;
    if (changed) return new Refusal('KEY_CHANGED', name);
    return this.hasRoom() ? null : new Refusal('LIST_FULL', 'friends');
  }

  private whyNotAdd(user: string, note: string): Refusal | null {
    if (user === this.context.me.name) return new Refusal('SELF');
    if (byteLength(note) > LIMITS.noteBytes) return new Refusal('TEXT_TOO_LONG', 'a note has at most 1 KiB');
    const person = this.parts.people.get(user);
    if (person?.blocked) return new Refusal('BLOCKED', user);
    if (person?.friendship === 'friend') return new Refusal('ALREADY_FRIENDS', user);
    if (person?.changed) return new Refusal('KEY_CHANGED', user);
    return this.hasRoom() ? null : new Refusal('LIST_FULL', 'friends');
  }

  private hasRoom(): boolean {
    return this.parts.people.friends().length < LIMITS.friendsMax;
  }

  private found(ref: number, about: { user: string; note: string; found: FoundUser[] | Refusal }): void {
    const { user, note, found } = about;
    // Away is no refusal here: the request is written now and leaves when the name server is back.
    if (found instanceof Refusal && found.code !== 'SERVER_AWAY') return this.context.refuse(ref, found);
    const [first] = found instanceof Refusal ? [] : found;
    if (!first && !(found instanceof Refusal)) return this.context.refuseWith(ref, 'USER_UNKNOWN', user);
    const person = this.parts.people.meet(user);
    if (!person) return this.context.refuseWith(ref, 'LIST_FULL', 'people');
    if (first) this.parts.people.learn(person, first.listed.record);
    this.ask(ref, this.parts.people.get(user) ?? person, note);
  }

  private ask(ref: number, person: Person, note: string): void {
    const step = applyAction(person, 'ask');
    if (step) this.move(person, step, note);
    this.context.succeed(ref, 'add', { user: person.name });
  }

  /** Takes a step of the table, and does what the table says. */
  private move(was: Person, { to, effects }: FriendshipTransition, noteToThem = ''): void {
    // Whoever was a friend stays pinned: a new request under another key must not pass for the old friend.
    const person = this.parts.people.put({ ...was, ...to });
    if (person.blocked) return;
    for (const effect of effects) this.perform(effect, person, noteToThem);
    const { name: user } = person;
    const isFriend = person.friendship === 'friend';
    if (isFriend && was.friendship !== 'friend') this.context.report({ type: 'befriended', user });
    if (!isFriend && was.friendship === 'friend') this.context.report({ type: 'unfriended', user });
    if (isFriend && was.friendship === 'friend') this.context.report({ type: 'reassured', user });
  }

  /** The block is over: they hear what we are now, and what came in the meantime is told. */
  private makeUp(person: Person): void {
    const { name: user, friendship } = person;
    if (friendship === 'friend') this.context.report({ type: 'cleared', user });
    if (friendship === 'wanted') this.perform('notify_request', person, '');
    else if (friendship !== 'friend') this.sayPresent(user);
  }

  private perform(effect: FriendshipEffect, person: Person, note: string): void {
    const { name, epoch } = person;
    const record: Signed = this.parts.record.signed;
    switch (effect) {
      case 'send_request':
        return this.parts.mail.post(name, 'friend_request', { record, epoch, note });
      case 'send_accepted':
        return this.parts.mail.post(name, 'friend_answer', { record, epoch, accepted: true });
      case 'send_rejected':
        return this.parts.mail.post(name, 'friend_answer', { record, epoch, accepted: false });
      case 'send_bye':
        return this.parts.mail.post(name, 'bye', { epoch });
      case 'notify_request':
        return this.context.tell({ event: 'friend_request', from: name, note: person.note });
      case 'notify_added':
        return this.context.tell({ event: 'friend_added', user: name });
      case 'notify_removed':
        return this.context.tell({ event: 'friend_removed', user: name });
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

/** Somebody unknown who says so wants to be a friend, or believes to be one. */
function isWish({ type: says }: FriendshipLetter): boolean {
  return says === 'request' || says === 'accepted';
}

/** What a letter says about the friendship, or null where its body is malformed. */
function saidBy({ kind, body }: ReceivedLetter): FriendshipLetter | null {
  if (kind === 'friend_request')
    return friendRequestLetterShape.accepts(body) ? { type: 'request', epoch: body.epoch } : null;
  if (kind === 'bye') return byeLetterShape.accepts(body) ? { type: 'bye', epoch: body.epoch } : null;
  if (kind !== 'friend_answer' || !friendAnswerLetterShape.accepts(body)) return null;
  return { type: body.accepted ? 'accepted' : 'rejected', epoch: body.epoch };
}
