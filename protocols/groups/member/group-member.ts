// One member of one group (SPEC.md), pure: words, links and wishes come in; words to others and news for the face go
// out. It routes and keeps the order of things: first the log, then who leads, then messages.

import { earlier, never, type Instant, type Machine } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { Entry } from '../entry.js';
import type { GroupWord, Proof } from '../frames.js';
import { Chain } from '../log/chain.js';
import { Roster, type Tools } from '../log/roster.js';
import type { Member, Step } from '../log/step.js';
import { openStatement } from '../statements.js';
import { Desk, type GroupAct, type GroupEffect, type GroupInput, type Memory, type Surroundings } from './desk.js';
import { Following } from './following.js';
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
    this.succession.begin();
    this.look();
    this.sayFarewell(this.desk.chain.head.leader);
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

  /** Records of members that are newer than those in the row. */
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
    const messages = this.syncing.fitting(waiting);
    const upTo = messages.length === 0 ? 0 : (waiting[messages.length - 1]?.seq ?? 0);
    if (upTo === 0) return null;
    const words: GroupWord[] = [...this.syncing.newsFor(user), { says: 'messages', messages, more: false }];
    return { words, upTo };
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
        this.sayFarewell(input.user);
        return this.syncing.linked(input.user);
      case 'unlinked':
        this.desk.linked.delete(input.user);
        this.sayFarewell(input.user);
        return this.syncing.unlinked(input.user);
      case 'word':
        return this.hear(input.from, input.word);
      case 'held':
        return this.recipients.held(input.user, input.upTo);
      case 'record':
        return this.following.learnRecords([input.signed]);
      case 'act':
        return this.act(input.ref, input.act);
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

  private hear(from: string, word: GroupWord): void {
    // Entries prove themselves, whoever shows them: that is how one hears of members one has not heard of.
    if (word.says === 'entries') return this.shown(from, word);
    if (!this.desk.isPeer(from)) return this.hearStranger(from, word);
    switch (word.says) {
      case 'sync':
        return this.stands(from, word);
      case 'messages':
        return this.syncing.came(from, word);
      case 'want':
        return this.syncing.asked(from, word);
      case 'have':
        this.syncing.has(from, word.have);
        return this.recipients.has(from, this.mine(word.have));
      case 'statement':
        return this.said(from, word);
      case 'proof':
        return void this.following.prove(word.proofs);
      case 'vote_wanted':
        return this.succession.asked(from, word.term, word.head);
      case 'fork':
        if (this.following.accused(word.entries)) this.desk.spread(word, from);
        return;
      default:
        return never(word);
    }
  }

  /** Who left, or was removed, may learn that; who is unknown here, nothing. */
  private hearStranger(from: string, word: GroupWord): void {
    if (word.says === 'sync') this.syncing.farewell(from, word);
    // One who was removed in an entry that is still pending may be needed to ratify it.
    const isNeeded = word.says === 'statement' && word.type !== 'here' && word.type !== 'transfer';
    if (isNeeded) this.said(from, word);
  }

  private shown(from: string, word: Extract<GroupWord, { says: 'entries' }>): void {
    const isBehind = this.desk.chain.at(word.from) === null && this.desk.chain.at(word.from - 1) === null;
    if (isBehind) return this.desk.isPeer(from) ? this.syncing.greet(from, false) : undefined;
    if (this.following.shown(word)) this.succession.look();
  }

  private stands(from: string, word: Extract<GroupWord, { says: 'sync' }>): void {
    if (word.adopted) this.following.heard(word.adopted);
    if (word.here) this.heardHere(from, word.here);
    this.syncing.heard(from, word);
    this.recipients.has(from, this.mine(word.have));
    this.succession.heardPromise(word.promised);
    this.leading.reported(from, word.orphans);
  }

  private mine(have: readonly { device: string; seq: number }[]): number {
    return have.find(({ device }) => device === this.desk.self.device.publicKey)?.seq ?? 0;
  }

  private said(from: string, { type, signed }: Extract<GroupWord, { says: 'statement' }>): void {
    switch (type) {
      case 'adopted':
        return this.following.heard(signed);
      case 'here':
        return this.heardHere(from, signed);
      case 'leave':
        return this.heardFarewell(from, signed);
      case 'transfer':
        if (this.succession.heardTransfer(signed)) this.desk.spread({ says: 'statement', type, signed }, from);
        return;
      case 'vote':
        return this.succession.heardVote(signed);
      default:
        return never(type);
    }
  }

  private heardHere(from: string, signed: Signed): void {
    if (this.succession.heardHere(signed)) this.desk.spread({ says: 'statement', type: 'here', signed }, from);
  }

  /** SPEC GROUP-21. */
  private heardFarewell(from: string, signed: Signed): void {
    const { desk } = this;
    const said = openStatement('leave', signed, desk.tools.primitives);
    const member = said && desk.chain.members.get(said.by);
    if (said === null || !member || said.group !== desk.group || said.member !== member.by) return;
    if (!desk.chain.roster.owns(said.by, member.key, said.device) || desk.farewellOf(member) !== null) return;
    desk.memory.farewells.push(signed);
    desk.spread({ says: 'statement', type: 'leave', signed }, from);
    desk.do({ kind: 'changed' });
  }

  private act(ref: number, act: GroupAct): void {
    const outcome = this.carryOut(act);
    if (outcome instanceof Refusal) return this.desk.do({ kind: 'refused', ref, refusal: outcome });
    this.desk.do({ kind: 'done', ref, id: outcome });
  }

  private carryOut(act: GroupAct): Refusal | string | null {
    switch (act.do) {
      case 'say':
        return this.say(act.text);
      case 'leave':
        return this.leave(act.byVote);
      case 'transfer':
        return this.transfer(act.user);
      case 'add':
      case 'remove':
      case 'policy':
        return this.leading.act(act);
      default:
        return never(act);
    }
  }

  private say(text: string): Refusal | string {
    if (this.recipients.isFull) return new Refusal('LIST_FULL', 'messages that have not arrived');
    const said = this.talking.say(text);
    if (said instanceof Refusal) return said;
    this.recipients.said(said);
    return said.id;
  }

  private leave(byVote: boolean): Refusal | null {
    const { desk } = this;
    const member = desk.me;
    if (member === null) return new Refusal('NOT_MEMBER', desk.name);
    if (desk.isLeader && desk.peers().length > 0 && !byVote) return new Refusal('LEADER_LEAVES', desk.name);
    const cut = this.talking.cutOf(member.user, member.key);
    const signed = desk.sign('leave', { member: member.by, cut, at: desk.now });
    desk.memory.farewells.push(signed);
    for (const { user } of desk.peers()) this.sayFarewell(user);
    return null;
  }

  /** I have left, and the row does not say so yet: whoever may not have heard it hears it (again). */
  private sayFarewell(to: string): void {
    const { desk } = this;
    const member = desk.chain.members.get(desk.self.user);
    const signed = member && desk.farewellOf(member);
    if (signed && desk.isPeer(to)) desk.send(to, { says: 'statement', type: 'leave', signed }, true);
  }

  private transfer(user: string): Refusal | null {
    const { desk } = this;
    if (user === desk.self.user) return new Refusal('SELF');
    const refusal = this.leading.whyNotLead();
    if (refusal !== null) return refusal;
    if (!desk.isPeer(user)) return new Refusal('NOT_IN_GROUP', user);
    this.succession.transfer(user);
    return null;
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
