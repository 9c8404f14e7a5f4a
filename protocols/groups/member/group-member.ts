// One member of one group (SPEC.md), pure: words, links and wishes come in; words to others and news for the face go
// out. It routes and keeps the order of things: first the log, then who leads, then messages.

import { LIMITS } from '../../kit/limits.js';
import { earlier, never, type Instant, type Machine } from '../../kit/machine.js';
import type { Refusal } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { Entry } from '../entry.js';
import type { GroupWord, Proof } from '../frames.js';
import { Chain } from '../log/chain.js';
import { Roster, type Tools } from '../log/roster.js';
import { placeOf, type Member, type Step } from '../log/step.js';
import { openStatement } from '../statements.js';
import { Desk, type GroupEffect, type GroupInput, type Memory, type Surroundings } from './desk.js';
import { Acting } from './acting.js';
import { Following } from './following.js';
import { fittingLetter, letterBytes } from './giving.js';
import { Hearing } from './hearing.js';
import { Leading } from './leading.js';
import { Recipients } from './recipients.js';
import type { KeptMessage } from './shelf.js';
import { Succession } from './succession.js';
import { Syncing } from './syncing.js';
import { Talking } from './talking.js';

export class GroupMember implements Machine<GroupInput, GroupEffect> {
  private readonly desk: Desk;
  private readonly following: Following;
  private readonly leading: Leading;
  private readonly succession: Succession;
  private readonly talking: Talking;
  private readonly recipients: Recipients;
  private readonly syncing: Syncing;
  private readonly hearing: Hearing;
  private readonly acting: Acting;
  /** What `look` saw last. */
  private seen: { chain: Chain; head: Step; goneKey: string } | null = null;

  /** The id of the group that begins with this entry, null where none can. */
  static idOf(first: Signed, tools: Tools): string | null {
    return Chain.begin(first, new Roster(tools), tools)?.group ?? null;
  }

  /** The shelf holds at least the first entry of the group. */
  constructor(surroundings: Surroundings & { readonly now: Instant }) {
    this.desk = new Desk(surroundings);
    this.desk.now = surroundings.now;
    this.following = new Following(this.desk);
    this.leading = new Leading(this.desk, this.following, (user, key) => this.talking.cutOf(user, key));
    const takeOver = (op: Entry['op'], term: number): boolean => this.leading.takeOver(op, term);
    this.succession = new Succession(this.desk, takeOver);
    this.talking = new Talking(this.desk);
    this.recipients = new Recipients(this.desk, this.talking);
    this.syncing = new Syncing(this.desk, this.talking, {
      here: () => this.succession.here,
      adopted: () => this.following.adopted,
    });
    const { following, leading, succession, recipients, syncing, talking } = this;
    this.hearing = new Hearing(this.desk, { following, leading, succession, recipients, syncing });
    this.acting = new Acting(this.desk, { leading, succession, recipients, talking });
    this.succession.begin();
    this.look();
    this.acting.sayFarewell(this.desk.chain.head.leader);
    this.desk.keep();
  }

  handle(input: GroupInput, now: Instant): GroupEffect[] {
    this.desk.now = now;
    this.route(input);
    this.look();
    this.recipients.settle();
    this.desk.keep();
    // An input can bring a message, and the removal of who it is for or from: what counts is what is true at its end.
    return this.desk.takeEffects().filter((effect) => this.isStillDue(effect));
  }

  wakeAt(): Instant | null {
    const { succession, talking, syncing } = this;
    return earlier(earlier(succession.wakeAt(), talking.wakeAt()), syncing.wakeAt());
  }

  /** The row in force. */
  get chain(): Chain {
    return this.desk.chain;
  }

  get memory(): Readonly<Memory> {
    return this.desk.memory;
  }

  /** My own membership, null where I have none (any more). */
  get me(): Member | null {
    return this.desk.me;
  }

  get isLeader(): boolean {
    return this.desk.isLeader;
  }

  get isForsaken(): boolean {
    return this.succession.isForsaken;
  }

  get peers(): readonly Member[] {
    return this.desk.peers();
  }

  isPeer(user: string): boolean {
    return this.desk.isPeer(user);
  }

  /** May somebody's link or letter bring words of this group? */
  concerns(user: string): boolean {
    return this.desk.spans.of(user).length > 0;
  }

  /** Why I cannot decide about members, null where I can. */
  whyNotLead(): Refusal | null {
    return this.leading.whyNotLead();
  }

  /** What ratified the row so far. */
  get proofs(): readonly Proof[] {
    return this.desk.ratification.all;
  }

  /** Records of whoever signed anything, beside those in the row. */
  get records(): Signed[] {
    return this.syncing.records();
  }

  /** Messages of mine that are not with everybody. */
  get openMessages(): readonly KeptMessage[] {
    return this.recipients.openMessages;
  }

  /** True while messages of mine wait for a member. `ignoresHeld`: also those the name server holds. */
  isWaiting(user: string, ignoresHeld = false): boolean {
    return this.recipients.isWaiting(user, ignoresHeld);
  }

  /** What is to be left for a member who is away: the newest of the log, and what waits; and up to which number. */
  parcelFor(user: string): { words: GroupWord[]; upTo: number } | null {
    const waiting = this.recipients.waitingFor(user);
    const some = waiting.slice(
      0,
      fittingLetter(
        waiting.map(({ signed }) => signed),
        LIMITS.groupNewsBytes,
      ),
    );
    const last = some.at(-1);
    if (last === undefined) return null;
    const messages: GroupWord = { says: 'messages', messages: some.map(({ signed }) => signed), more: false };
    const words = [...this.syncing.newsFor(user), messages];
    // News can be had from any member later; the messages, perhaps from nobody but me.
    const fits = letterBytes(words) <= LIMITS.groupParcelBytes;
    return { words: fits ? words : [messages], upTo: last.seq };
  }

  private route(input: GroupInput): void {
    switch (input.kind) {
      case 'wake':
        this.succession.wake();
        this.talking.wake();
        return this.syncing.wake();
      case 'turn_over':
        return this.syncing.flush();
      case 'linked':
        this.desk.linked.add(input.user);
        this.acting.sayFarewell(input.user);
        return this.syncing.linked(input.user);
      case 'unlinked':
        this.desk.linked.delete(input.user);
        this.acting.sayFarewell(input.user);
        return this.syncing.unlinked(input.user);
      case 'word':
        return this.hearing.hear(input.from, input.word);
      case 'held':
        return this.recipients.held(input.user, input.upTo);
      case 'record':
        return this.following.learnRecords([input.signed]);
      case 'act':
        return this.acting.act(input.ref, input.act);
      default:
        return never(input);
    }
  }

  private isStillDue(effect: GroupEffect): boolean {
    const { desk } = this;
    if (effect.kind === 'show') {
      return desk.shelf.messageAt(effect.message.device, effect.message.seq)?.sight !== 'hidden';
    }
    if (effect.kind !== 'send' || desk.isPeer(effect.to)) return true;
    const { says } = effect.word;
    return says === 'entries' || says === 'statement' || says === 'vote_wanted';
  }

  /** After each input: what follows from a row, or from what is in force beside it, that is not as it was. */
  private look(): void {
    const { desk } = this;
    this.succession.look();
    this.following.sign();
    this.leading.tidy();
    const gone = [...desk.chain.members.values()].filter((member) => desk.isGone(member)).map(({ user }) => user);
    const goneKey = gone.join(' ');
    const { chain } = desk;
    const { head } = chain;
    if (this.seen?.head === head && this.seen.goneKey === goneKey) return;
    const before = this.seen;
    this.seen = { chain, head, goneKey };
    this.talking.review(this.doubtful(before, gone));
    this.recipients.forgetCancelled();
    this.talking.wake();
    this.syncing.pullOn();
    this.tellMembership();
  }

  /** Whose messages may count otherwise than before: those whose membership changed. */
  private doubtful(before: { head: Step; goneKey: string } | null, gone: readonly string[]): string[] {
    const { desk } = this;
    const now = desk.chain.members;
    // A row that took the place of another may judge even those otherwise whose membership is the same.
    if (before !== null && !desk.chain.has(placeOf(before.head))) return desk.spans.users();
    const were = before?.head.members ?? now;
    // Somebody may have gone and come back at once: then they belong by another yes.
    const changed = [...were.keys(), ...now.keys()].filter((user) => were.get(user)?.by !== now.get(user)?.by);
    const wereGone = before === null || before.goneKey === '' ? [] : before.goneKey.split(' ');
    return [...new Set([...changed, ...gone, ...wereGone])];
  }

  private tellMembership(): void {
    const { desk } = this;
    const isMember = desk.me !== null;
    if (isMember === desk.memory.wasMember) return;
    desk.memory.wasMember = isMember;
    if (isMember) return desk.do({ kind: 'joined' });
    const hasLeft = desk.chain.members.has(desk.self.user) || this.leftLast();
    desk.do({ kind: 'ended', why: hasLeft ? 'left' : 'removed' });
  }

  private leftLast(): boolean {
    const { desk } = this;
    return desk.memory.farewells.some((signed) => {
      return openStatement('leave', signed, desk.tools.primitives)?.by === desk.self.user;
    });
  }
}
