// Friendships (protocols/friends): asked for, answered and ended by letters, so that nobody has to be there.

import { byeShape, friendAnswerShape, friendRequestShape } from '../../../protocols/friends/messages.js';
import { befriend, type FriendshipEffect, type FriendshipInput } from '../../../protocols/friends/friendship.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { never } from '../../../protocols/kit/machine.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../context.js';
import type { ReceivedLetter } from '../facts.js';
import type { Person } from '../store.js';
import type { OutgoingMail } from '../mail/outgoing-mail.js';
import type { OwnRecord } from '../account/own-record.js';
import type { FoundUser, People } from './people.js';

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
    const person = this.parts.people.get(user);
    const step = person && befriend(person.friendship, reply);
    if (!person || !step) return this.context.refuseWith(ref, reply === 'remove' ? 'NOT_FRIENDS' : 'NO_REQUEST', user);
    if (person.changed && reply === 'accept') return this.context.refuseWith(ref, 'KEY_CHANGED', user);
    this.move(person, reply);
    this.context.succeed(ref, reply, { user });
  }

  block(ref: number, user: string): void {
    if (user === this.context.me.name) return this.context.refuseWith(ref, 'SELF');
    const person = this.parts.people.meet(user);
    if (!person) return this.context.refuseWith(ref, 'LIST_FULL', 'people');
    this.parts.people.put({ ...person, blocked: true });
    if (person.friendship === 'friend') this.context.report({ fact: 'unfriended', user });
    this.context.succeed(ref, 'block', { user });
  }

  unblock(ref: number, user: string): void {
    const person = this.parts.people.get(user);
    if (!person?.blocked) return this.context.refuseWith(ref, 'NOT_BLOCKED', user);
    const unblocked = { ...person, blocked: false };
    if (unblocked.friendship === 'none' && !person.pinned) this.parts.people.drop(user);
    else this.parts.people.put(unblocked);
    if (unblocked.friendship === 'friend') this.context.report({ fact: 'cleared', user });
    this.context.succeed(ref, 'unblock', { user });
  }

  requests(ref: number): void {
    const waiting = this.parts.people.all().filter((person) => person.friendship === 'wanted' && !person.blocked);
    const requests = waiting.map(({ name, note }) => ({ kind: 'friend' as const, from: name, note }));
    this.context.succeed(ref, 'requests', { requests });
  }

  letter(letter: ReceivedLetter): void {
    const input = this.inputOf(letter);
    if (input === null) return;
    const person = this.parts.people.meet(letter.from);
    if (person === null || (input === 'request_came' && this.isFull(person))) return;
    const noted = friendRequestShape.accepts(letter.body) ? { ...person, note: letter.body.note } : person;
    this.move(this.learnFrom(noted, letter.body), input);
  }

  private inputOf({ kind, body }: ReceivedLetter): FriendshipInput | null {
    if (kind === 'friend_request') return friendRequestShape.accepts(body) ? 'request_came' : null;
    if (kind === 'bye') return byeShape.accepts(body) ? 'bye_came' : null;
    if (kind !== 'friend_answer' || !friendAnswerShape.accepts(body)) return null;
    return body.accepted ? 'accepted_came' : 'rejected_came';
  }

  /** The record the letter brought; it was judged when the letter was. */
  private learnFrom(person: Person, body: unknown): Person {
    if (!friendRequestShape.accepts(body) && !friendAnswerShape.accepts(body)) return person;
    this.parts.people.learn(person, body.record);
    return { ...(this.parts.people.get(person.name) ?? person), note: person.note };
  }

  private whyNotAdd(user: string, note: string): Refusal | null {
    if (user === this.context.me.name) return new Refusal('SELF');
    if (byteLength(note) > LIMITS.noteBytes) return new Refusal('TEXT_TOO_LONG', 'a note has at most 1 KiB');
    const person = this.parts.people.get(user);
    if (person?.blocked) return new Refusal('BLOCKED', user);
    if (person?.friendship === 'friend') return new Refusal('ALREADY_FRIENDS', user);
    if (person?.changed) return new Refusal('KEY_CHANGED', user);
    return this.parts.people.friends().length >= LIMITS.friendsMax ? new Refusal('LIST_FULL', 'friends') : null;
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
    this.move(person, 'ask', note);
    this.context.succeed(ref, 'add', { user: person.name });
  }

  /** Moves a friendship by its table, and does what the table says. */
  private move(person: Person, input: FriendshipInput, noteToThem = ''): void {
    const step = befriend(person.friendship, input);
    if (step === null) return;
    // Whoever was a friend stays pinned: a new request under another key must not pass for the old friend.
    this.parts.people.put({ ...person, friendship: step.to });
    for (const effect of step.effects) this.perform(effect, person, noteToThem);
    if (step.to === 'friend' && person.friendship !== 'friend') {
      this.context.report({ fact: 'befriended', user: person.name });
    }
    if (step.to !== 'friend' && person.friendship === 'friend') {
      this.context.report({ fact: 'unfriended', user: person.name });
    }
  }

  private perform(effect: FriendshipEffect, person: Person, note: string): void {
    const { name } = person;
    const record: Signed = this.parts.record.signed;
    switch (effect) {
      case 'send_request':
        return this.parts.mail.post(name, 'friend_request', { record, note });
      case 'send_accepted':
        return this.parts.mail.post(name, 'friend_answer', { record, accepted: true });
      case 'send_rejected':
        return this.parts.mail.post(name, 'friend_answer', { record, accepted: false });
      case 'send_bye':
        return this.parts.mail.post(name, 'bye', {});
      case 'tell_request':
        return this.context.tell({ event: 'friend_request', from: name, note: person.note });
      case 'tell_added':
        return this.context.tell({ event: 'friend_added', user: name });
      case 'tell_removed':
        return this.context.tell({ event: 'friend_removed', user: name });
      case 'tell_rejected':
        return this.context.warn('REQUEST_REJECTED', `${name} did not accept your friend request.`);
      default:
        return never(effect);
    }
  }

  private isFull(person: Person): boolean {
    if (person.friendship !== 'none') return false;
    const waiting = this.parts.people.all().filter(({ friendship }) => friendship === 'wanted').length;
    return waiting >= LIMITS.requestsMax;
  }
}
