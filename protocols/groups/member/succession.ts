// Who leads next (SPEC GROUP-14 to GROUP-20): the leader says that it is there; when it does not, members vote.

import { TokenBucket } from '../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../kit/limits.js';
import { earlier, type Instant } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import { isBetter, isSamePlace, type Entry, type Place } from '../entry.js';
import { successors } from '../log/order.js';
import { openStatement, peekStatement, type Vote } from '../statements.js';
import { hereEveryMs, type Desk } from './desk.js';

/** I ask for votes on this head; whoever has them all writes the takeover. */
interface Candidacy {
  readonly term: number;
  readonly head: Place;
  readonly votes: Map<string, Signed>;
  readonly begunAt: Instant;
  askAgainAt: Instant;
}

/** How often a candidate asks in one period of silence; for how many periods a leader gives others their turn. */
const ASKS_IN_SILENCE = 4;
const LEADER_TURN = 1.5;
/** How far somebody else's word moves the term that one counts on. */
const TERMS_AT_ONCE = 1_000;

export class Succession {
  /** The newest `here` of the present leader. */
  here: Signed | null = null;
  private lastHere = 0;
  /** When the leader was last heard of, or since when it is known to be gone. */
  private silentSince: Instant;
  private isKnownGone = false;
  private sayHereAt: Instant = 0;
  private candidacy: Candidacy | null = null;
  /** Who has just voted for another, or stood in vain, gives the others their turn before it stands (again). */
  private restUntil: Instant = 0;
  private leader: string;
  private term: number;
  private readonly promptings: TokenBucket;

  constructor(
    private readonly desk: Desk,
    private readonly takeOver: (op: Entry['op'], term: number) => boolean,
  ) {
    this.silentSince = 0;
    this.leader = desk.chain.head.leader;
    this.term = desk.chain.term;
    const perSecond = (1_000 * LIMITS.groupPromptings) / desk.options.silenceMs;
    this.promptings = new TokenBucket({ perSecond, burst: LIMITS.groupPromptings }, desk.now);
  }

  /** The machine begins to run. */
  begin(): void {
    this.silentSince = this.desk.now;
    this.look();
  }

  wakeAt(): Instant | null {
    const { desk } = this;
    if (desk.me === null) return null;
    const here = this.saysHere ? this.sayHereAt : null;
    const again = this.candidacy?.askAgainAt ?? null;
    const begin = this.candidacy === null ? this.mayBeginAt() : null;
    return earlier(earlier(here, again), begin);
  }

  /** Does what is due. */
  wake(): void {
    const { desk } = this;
    this.look();
    if (desk.me === null) return;
    if (this.saysHere && desk.now >= this.sayHereAt) this.sayHere();
    const beginAt = this.mayBeginAt();
    if (this.candidacy !== null && desk.now >= this.restUntil) this.candidacy = null;
    if (beginAt !== null && desk.now >= beginAt && this.candidacy === null) this.stand();
    else if (this.candidacy !== null && desk.now >= this.candidacy.askAgainAt) this.ask(this.candidacy);
  }

  /** After anything that may have changed the row, the leader, or what is known of them. */
  look(): void {
    const { desk } = this;
    const { leader } = desk.chain.head;
    if (leader !== this.leader || desk.chain.term !== this.term) this.ledAnew(leader);
    if (this.candidacy !== null && this.candidacy.head.hash !== desk.chain.head.id) this.candidacy = null;
    if ((desk.isFrozen || desk.hasLeft(leader)) && !this.isKnownGone) {
      this.isKnownGone = true;
      this.silentSince = desk.now;
    }
  }

  /** A `here`, from anybody; true iff it is news. */
  heardHere(signed: Signed): boolean {
    const { desk } = this;
    const claimed = peekStatement('here', signed);
    if (claimed === null || claimed.at <= this.lastHere || claimed.group !== desk.group) return false;
    if (claimed.term !== desk.chain.term || claimed.by !== desk.chain.head.leader) return false;
    const said = openStatement('here', signed, desk.tools.primitives);
    if (said === null || !desk.isDeviceOf(said.by, said.device) || this.isKnownGone) return false;
    this.here = signed;
    this.lastHere = said.at;
    this.silentSince = desk.now;
    this.candidacy = null;
    return true;
  }

  /** SPEC GROUP-18; true iff it is news. */
  heardTransfer(signed: Signed): boolean {
    const { desk } = this;
    const said = openStatement('transfer', signed, desk.tools.primitives);
    if (said === null || said.group !== desk.group || said.term !== desk.chain.term) return false;
    if (said.by !== desk.chain.head.leader || !desk.isDeviceOf(said.by, said.device)) return false;
    if (desk.memory.transfer?.payload === signed.payload) return false;
    desk.memory.transfer = signed;
    if (said.to === desk.self.user && desk.me !== null) this.stand();
    return true;
  }

  /** The leader hands over. */
  transfer(to: string): void {
    const { desk } = this;
    const { chain, memory } = desk;
    memory.transfer = desk.sign('transfer', { term: chain.term, to, at: desk.now });
    memory.promised = chain.term + 1;
    memory.vote = { term: chain.term + 1, candidate: to, head: chain.place };
    desk.spread({ says: 'statement', type: 'transfer', signed: memory.transfer });
    desk.send(to, { says: 'statement', type: 'vote', signed: this.signVote(chain.term + 1, to, chain.place) }, true);
  }

  /** Somebody asks for my vote. */
  asked(candidate: string, term: number, head: Place): void {
    const { desk } = this;
    const { memory, chain } = desk;
    if (term > Math.max(memory.promised, chain.term) + TERMS_AT_ONCE) return; // it would leave none for later
    const { vote } = memory;
    const isAgain = vote?.term === term && vote.candidate === candidate && isSamePlace(vote.head, head);
    if (!desk.isElector() || !desk.isPeer(candidate) || (term <= memory.promised && !isAgain)) return;
    if (isBetter(chain.place, head) || (!isAgain && !this.maySucceed(candidate))) return;
    memory.promised = Math.max(memory.promised, term);
    memory.vote = { term, candidate, head };
    this.candidacy = null;
    this.restUntil = desk.now + this.turnMs;
    const signed = this.signVote(term, candidate, head);
    desk.send(candidate, { says: 'statement', type: 'vote', signed }, desk.me === null);
  }

  heardVote(signed: Signed): void {
    const vote = openStatement('vote', signed, this.desk.tools.primitives);
    if (vote === null || vote.candidate !== this.desk.self.user || vote.group !== this.desk.group) return;
    if (this.candidacy === null && this.isNamed()) this.stand();
    this.count(vote, signed);
  }

  /** True iff nobody can lead any more: of two members the one who led is silent, and one vote is no majority. */
  get isForsaken(): boolean {
    const { desk } = this;
    const isAlone = desk.me !== null && !desk.isLeader && desk.chain.members.size === 2;
    return isAlone && desk.now - this.silentSince >= desk.options.silenceMs;
  }

  /** Somebody has promised a later term than ours (SPEC GROUP-19). */
  heardPromise(term: number): void {
    const { desk } = this;
    // All is confirmed: somebody's later term is no trouble of ours, and may be a liar's.
    if (desk.isLeader && desk.chain.ratified === desk.chain.place.index) return;
    const isNews = term > desk.memory.promised;
    // Nobody signs what they say here, so it moves nobody far.
    if (isNews) desk.memory.promised = Math.min(term, desk.memory.promised + TERMS_AT_ONCE);
    if (!desk.isLeader || term <= desk.chain.term || desk.memory.transfer !== null) return;
    // Nor does it make us stand, and sign, without end.
    if ((isNews || this.candidacy === null) && this.promptings.take(desk.now)) this.stand();
  }

  private get saysHere(): boolean {
    const { desk } = this;
    return desk.isLeader && !desk.isFrozen && desk.memory.transfer === null;
  }

  private ledAnew(leader: string): void {
    const { desk } = this;
    this.leader = leader;
    this.term = desk.chain.term;
    this.silentSince = desk.now;
    this.isKnownGone = false;
    this.here = null;
    this.lastHere = 0;
    this.sayHereAt = desk.now;
    this.restUntil = desk.now;
    desk.memory.transfer = null;
  }

  private sayHere(): void {
    const { desk } = this;
    this.sayHereAt = desk.now + hereEveryMs(desk.options);
    this.lastHere = Math.max(desk.now, this.lastHere + 1);
    this.here = desk.sign('here', { term: desk.chain.term, at: this.lastHere });
    this.silentSince = desk.now;
    desk.spread({ says: 'statement', type: 'here', signed: this.here });
  }

  /** When I may ask for votes, null if I am not to. */
  private mayBeginAt(): Instant | null {
    const { desk } = this;
    if (desk.isLeader) return desk.memory.promised > desk.chain.term && !desk.isFrozen ? this.leaderAgainAt() : null;
    const rank = this.rank(desk.self.user);
    return rank === null ? null : Math.max(this.dueAt(rank), this.restUntil);
  }

  /**
   * For how long others have their turn: the longer, the later one comes in the order. A leader comes between the first
   * two: were its turn like theirs, two would stand against each other for ever.
   */
  private get turnMs(): number {
    const rank = this.rank(this.desk.self.user);
    return this.desk.options.silenceMs * (rank === null ? LEADER_TURN : 1 + rank);
  }

  /** A leader that handed over waits for the other as long as anybody would. */
  private leaderAgainAt(): Instant {
    const { memory, options } = this.desk;
    return memory.transfer === null ? this.restUntil : Math.max(this.restUntil, this.silentSince + options.silenceMs);
  }

  /** Rank r may lead after r + 1 periods of silence; after r, where the leader is known to be gone. */
  private dueAt(rank: number): Instant {
    return this.silentSince + this.desk.options.silenceMs * (this.isKnownGone ? rank : rank + 1);
  }

  private maySucceed(candidate: string): boolean {
    const { desk } = this;
    if (candidate === desk.chain.head.leader) return !this.isKnownGone;
    const named = desk.memory.transfer && peekStatement('transfer', desk.memory.transfer);
    if (named?.to === candidate && named.term === desk.chain.term) return true;
    const rank = this.rank(candidate);
    // A leader does not vote for its successor as long as it leads itself.
    return rank !== null && !(desk.isLeader && desk.memory.transfer === null) && desk.now >= this.dueAt(rank);
  }

  private isNamed(): boolean {
    const { transfer } = this.desk.memory;
    return transfer !== null && peekStatement('transfer', transfer)?.to === this.desk.self.user;
  }

  /** The place in the order of succession, null for the leader and for who does not belong. */
  private rank(user: string): number | null {
    const { chain, self } = this.desk;
    const order = successors(chain.head, (member) => member.user === self.user || !this.desk.isGone(member));
    const rank = order.indexOf(user);
    return rank < 0 ? null : rank;
  }

  private stand(): void {
    const { desk } = this;
    const { chain, memory } = desk;
    const handed = this.isNamed() && memory.promised <= chain.term;
    const term = handed ? chain.term + 1 : Math.max(memory.promised, chain.term) + 1;
    memory.promised = term;
    memory.vote = { term, candidate: desk.self.user, head: chain.place };
    const begunAt = desk.now;
    this.restUntil = begunAt + this.turnMs;
    this.candidacy = { term, head: chain.place, votes: new Map(), begunAt, askAgainAt: begunAt };
    const mine = this.signVote(term, desk.self.user, chain.place);
    this.candidacy.votes.set(desk.self.user, mine);
    this.ask(this.candidacy);
    this.win();
  }

  private ask(candidacy: Candidacy): void {
    const { desk } = this;
    candidacy.askAgainAt = desk.now + Math.max(1, desk.options.silenceMs / ASKS_IN_SILENCE);
    const { term } = candidacy;
    for (const user of desk.chain.electorate) {
      if (user === desk.self.user) continue;
      // Who was removed has no link any more: asked by letter, and once.
      const isFirst = candidacy.begunAt === desk.now;
      if (candidacy.votes.has(user) || (!desk.isPeer(user) && !isFirst)) continue;
      desk.send(user, { says: 'vote_wanted', term, head: desk.chain.place }, !desk.isPeer(user));
    }
  }

  private count(vote: Vote, signed: Signed): void {
    const { candidacy, desk } = this;
    if (candidacy === null || vote.term !== candidacy.term || !isSamePlace(vote.head, candidacy.head)) return;
    if (!desk.isDeviceOf(vote.by, vote.device)) return;
    candidacy.votes.set(vote.by, signed);
    this.win();
  }

  private win(): void {
    const { candidacy, desk } = this;
    if (candidacy === null || !desk.chain.isQuorum(new Set(candidacy.votes.keys()))) return;
    this.candidacy = null;
    const votes = desk.chain.electorate.flatMap((user) => candidacy.votes.get(user) ?? []);
    this.takeOver({ do: 'takeover', votes }, candidacy.term);
  }

  private signVote(term: number, candidate: string, head: Place): Signed {
    return this.desk.sign('vote', { term, candidate, head });
  }
}
