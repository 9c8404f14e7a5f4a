// Who leads next (SPEC GROUP-14 to GROUP-20): the leader says that it is there; when it does not, members vote.

import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { Signed } from '../../../kit/signed.js';
import { isMoreUpToDate, isSamePosition, type LogEntry, type LogPosition } from '../../entry.js';
import { successors } from '../../log/successors.js';
import { openStatement, peekStatement, type Vote } from '../../statements.js';
import { heartbeatEveryMs, type MemberContext } from '../member-io.js';

/** I ask for votes on this head; whoever has them all writes the takeover. */
interface Campaign {
  readonly term: number;
  readonly head: LogPosition;
  readonly votes: Map<string, Signed>;
  readonly startedAt: Instant;
  requestAgainAt: Instant;
}

/** How often a candidate asks in one period of silence; for how many periods a leader gives others their turn. */
const REQUESTS_PER_SILENCE = 4;
const LEADER_WAIT = 1.5;
/** How far somebody else's word moves the term that one counts on. */
const TERMS_AT_ONCE = 1_000;

export class Election {
  /** The newest `here` of the present leader. */
  heartbeat: Signed | null = null;
  private lastHeartbeatAt = 0;
  /** When the leader was last heard of, or since when it is known to be gone. */
  private silentSince: Instant;
  private isLeaderKnownGone = false;
  private heartbeatAt: Instant = 0;
  private campaign: Campaign | null = null;
  /** Who has just voted for another, or stood in vain, gives the others their turn before it stands (again). */
  private waitUntil: Instant = 0;
  private leader: string;
  private term: number;
  private readonly forcedCampaigns: TokenBucket;

  constructor(
    private readonly context: MemberContext,
    private readonly takeOver: (op: LogEntry['op'], term: number) => boolean,
  ) {
    this.silentSince = 0;
    this.leader = context.log.head.leader;
    this.term = context.log.term;
    const perSecond = (1_000 * LIMITS.groupCampaignsPerSilence) / context.options.silenceMs;
    this.forcedCampaigns = new TokenBucket({ perSecond, burst: LIMITS.groupCampaignsPerSilence }, context.now);
  }

  /** The machine begins to run. */
  begin(): void {
    this.silentSince = this.context.now;
    this.refresh();
  }

  wakeAt(): Instant | null {
    const { context: desk } = this;
    if (desk.me === null) return null;
    const here = this.sendsHeartbeats ? this.heartbeatAt : null;
    const again = this.campaign?.requestAgainAt ?? null;
    const begin = this.campaign === null ? this.campaignAt() : null;
    return earlier(earlier(here, again), begin);
  }

  /** Does what is due. */
  wake(): void {
    const { context: desk } = this;
    this.refresh();
    if (desk.me === null) return;
    if (this.sendsHeartbeats && desk.now >= this.heartbeatAt) this.sendHeartbeat();
    const beginAt = this.campaignAt();
    if (this.campaign !== null && desk.now >= this.waitUntil) this.campaign = null;
    if (beginAt !== null && desk.now >= beginAt && this.campaign === null) this.startCampaign();
    else if (this.campaign !== null && desk.now >= this.campaign.requestAgainAt) this.requestVotes(this.campaign);
  }

  /** After anything that may have changed the row, the leader, or what is known of them. */
  refresh(): void {
    const { context: desk } = this;
    const { leader } = desk.log.head;
    if (leader !== this.leader || desk.log.term !== this.term) this.startTerm(leader);
    if (this.campaign !== null && this.campaign.head.hash !== desk.log.head.id) this.campaign = null;
    if ((desk.isFrozen || desk.hasLeft(leader)) && !this.isLeaderKnownGone) {
      this.isLeaderKnownGone = true;
      this.silentSince = desk.now;
    }
  }

  /** A `here`, from anybody; true iff it is news. */
  receiveHeartbeat(signed: Signed): boolean {
    const { context: desk } = this;
    const claimed = peekStatement('heartbeat', signed);
    if (claimed === null || claimed.at <= this.lastHeartbeatAt || claimed.group !== desk.group) return false;
    if (claimed.term !== desk.log.term || claimed.by !== desk.log.head.leader) return false;
    const said = openStatement('heartbeat', signed, desk.dependencies.primitives);
    if (said === null || !desk.isDeviceOf(said.by, said.device) || this.isLeaderKnownGone) return false;
    this.heartbeat = signed;
    this.lastHeartbeatAt = said.at;
    this.silentSince = desk.now;
    this.campaign = null;
    return true;
  }

  /** SPEC GROUP-18; true iff it is news. */
  receiveTransfer(signed: Signed): boolean {
    const { context: desk } = this;
    const said = openStatement('transfer', signed, desk.dependencies.primitives);
    if (said === null || said.group !== desk.group || said.term !== desk.log.term) return false;
    if (said.by !== desk.log.head.leader || !desk.isDeviceOf(said.by, said.device)) return false;
    if (desk.memory.transfer?.payload === signed.payload) return false;
    desk.memory.transfer = signed;
    if (said.to === desk.self.user && desk.me !== null) this.startCampaign();
    return true;
  }

  /** The leader hands over. */
  transfer(to: string): void {
    const { context: desk } = this;
    const { log: chain, memory } = desk;
    memory.transfer = desk.sign('transfer', { term: chain.term, to, at: desk.now });
    memory.promised = chain.term + 1;
    memory.vote = { term: chain.term + 1, candidate: to, head: chain.position };
    desk.broadcast({ type: 'statement', statement: 'transfer', signed: memory.transfer });
    desk.send(
      to,
      { type: 'statement', statement: 'vote', signed: this.signVote(chain.term + 1, to, chain.position) },
      true,
    );
  }

  /** Somebody asks for my vote. */
  receiveVoteRequest(candidate: string, term: number, head: LogPosition): void {
    const { context: desk } = this;
    const { memory, log: chain } = desk;
    if (term > Math.max(memory.promised, chain.term) + TERMS_AT_ONCE) return; // it would leave none for later
    const { vote } = memory;
    const isAgain = vote?.term === term && vote.candidate === candidate && isSamePosition(vote.head, head);
    if (!desk.isVoter() || !desk.isPeer(candidate) || (term <= memory.promised && !isAgain)) return;
    if (isMoreUpToDate(chain.position, head) || (!isAgain && !this.isEligible(candidate))) return;
    memory.promised = Math.max(memory.promised, term);
    memory.vote = { term, candidate, head };
    this.campaign = null;
    this.waitUntil = desk.now + this.waitMs;
    const signed = this.signVote(term, candidate, head);
    desk.send(candidate, { type: 'statement', statement: 'vote', signed }, desk.me === null);
  }

  receiveVote(signed: Signed): void {
    const vote = openStatement('vote', signed, this.context.dependencies.primitives);
    if (vote === null || vote.candidate !== this.context.self.user || vote.group !== this.context.group) return;
    if (this.campaign === null && this.isTransferTarget()) this.startCampaign();
    this.countVote(vote, signed);
  }

  /** True iff nobody can lead any more: of two members the one who led is silent, and one vote is no majority. */
  get mayRefound(): boolean {
    const { context: desk } = this;
    const isAlone = desk.me !== null && !desk.isLeader && desk.log.members.size === 2;
    return isAlone && desk.now - this.silentSince >= desk.options.silenceMs;
  }

  /** Somebody has promised a later term than ours (SPEC GROUP-19). */
  receivePromisedTerm(term: number): void {
    const { context: desk } = this;
    // All is confirmed: somebody's later term is no trouble of ours, and may be a liar's.
    if (desk.isLeader && desk.log.ratified === desk.log.position.index) return;
    const isNews = term > desk.memory.promised;
    // Nobody signs what they say here, so it moves nobody far.
    if (isNews) desk.memory.promised = Math.min(term, desk.memory.promised + TERMS_AT_ONCE);
    if (!desk.isLeader || term <= desk.log.term || desk.memory.transfer !== null) return;
    // Nor does it make us stand, and sign, without end.
    if ((isNews || this.campaign === null) && this.forcedCampaigns.take(desk.now)) this.startCampaign();
  }

  private get sendsHeartbeats(): boolean {
    const { context: desk } = this;
    return desk.isLeader && !desk.isFrozen && desk.memory.transfer === null;
  }

  private startTerm(leader: string): void {
    const { context: desk } = this;
    this.leader = leader;
    this.term = desk.log.term;
    this.silentSince = desk.now;
    this.isLeaderKnownGone = false;
    this.heartbeat = null;
    this.lastHeartbeatAt = 0;
    this.heartbeatAt = desk.now;
    this.waitUntil = desk.now;
    desk.memory.transfer = null;
  }

  private sendHeartbeat(): void {
    const { context: desk } = this;
    this.heartbeatAt = desk.now + heartbeatEveryMs(desk.options);
    this.lastHeartbeatAt = Math.max(desk.now, this.lastHeartbeatAt + 1);
    this.heartbeat = desk.sign('heartbeat', { term: desk.log.term, at: this.lastHeartbeatAt });
    this.silentSince = desk.now;
    desk.broadcast({ type: 'statement', statement: 'heartbeat', signed: this.heartbeat });
  }

  /** When I may ask for votes, null if I am not to. */
  private campaignAt(): Instant | null {
    const { context: desk } = this;
    if (desk.isLeader) return desk.memory.promised > desk.log.term && !desk.isFrozen ? this.leaderCampaignAt() : null;
    const rank = this.rank(desk.self.user);
    return rank === null ? null : Math.max(this.eligibleAt(rank), this.waitUntil);
  }

  /**
   * For how long others have their turn: the longer, the later one comes in the order. A leader comes between the first
   * two: were its turn like theirs, two would stand against each other for ever.
   */
  private get waitMs(): number {
    const rank = this.rank(this.context.self.user);
    return this.context.options.silenceMs * (rank === null ? LEADER_WAIT : 1 + rank);
  }

  /** A leader that handed over waits for the other as long as anybody would. */
  private leaderCampaignAt(): Instant {
    const { memory, options } = this.context;
    return memory.transfer === null ? this.waitUntil : Math.max(this.waitUntil, this.silentSince + options.silenceMs);
  }

  /** Rank r may lead after r + 1 periods of silence; after r, where the leader is known to be gone. */
  private eligibleAt(rank: number): Instant {
    return this.silentSince + this.context.options.silenceMs * (this.isLeaderKnownGone ? rank : rank + 1);
  }

  private isEligible(candidate: string): boolean {
    const { context: desk } = this;
    if (candidate === desk.log.head.leader) return !this.isLeaderKnownGone;
    const named = desk.memory.transfer && peekStatement('transfer', desk.memory.transfer);
    if (named?.to === candidate && named.term === desk.log.term) return true;
    const rank = this.rank(candidate);
    // A leader does not vote for its successor as long as it leads itself.
    return rank !== null && !(desk.isLeader && desk.memory.transfer === null) && desk.now >= this.eligibleAt(rank);
  }

  private isTransferTarget(): boolean {
    const { transfer } = this.context.memory;
    return transfer !== null && peekStatement('transfer', transfer)?.to === this.context.self.user;
  }

  /** The place in the order of succession, null for the leader and for who does not belong. */
  private rank(user: string): number | null {
    const { log: chain, self } = this.context;
    const order = successors(chain.head, (member) => member.user === self.user || !this.context.isGone(member));
    const rank = order.indexOf(user);
    return rank < 0 ? null : rank;
  }

  private startCampaign(): void {
    const { context: desk } = this;
    const { log: chain, memory } = desk;
    const handed = this.isTransferTarget() && memory.promised <= chain.term;
    const term = handed ? chain.term + 1 : Math.max(memory.promised, chain.term) + 1;
    memory.promised = term;
    memory.vote = { term, candidate: desk.self.user, head: chain.position };
    const begunAt = desk.now;
    this.waitUntil = begunAt + this.waitMs;
    this.campaign = { term, head: chain.position, votes: new Map(), startedAt: begunAt, requestAgainAt: begunAt };
    const mine = this.signVote(term, desk.self.user, chain.position);
    this.campaign.votes.set(desk.self.user, mine);
    this.requestVotes(this.campaign);
    this.tryWin();
  }

  private requestVotes(candidacy: Campaign): void {
    const { context: desk } = this;
    candidacy.requestAgainAt = desk.now + Math.max(1, desk.options.silenceMs / REQUESTS_PER_SILENCE);
    const { term } = candidacy;
    for (const user of desk.log.voters) {
      if (user === desk.self.user) continue;
      // Who was removed has no link any more: asked by letter, and once.
      const isFirst = candidacy.startedAt === desk.now;
      if (candidacy.votes.has(user) || (!desk.isPeer(user) && !isFirst)) continue;
      desk.send(user, { type: 'vote_request', term, head: desk.log.position }, !desk.isPeer(user));
    }
  }

  private countVote(vote: Vote, signed: Signed): void {
    const { campaign: candidacy, context: desk } = this;
    if (candidacy === null || vote.term !== candidacy.term || !isSamePosition(vote.head, candidacy.head)) return;
    if (!desk.isDeviceOf(vote.by, vote.device)) return;
    candidacy.votes.set(vote.by, signed);
    this.tryWin();
  }

  private tryWin(): void {
    const { campaign: candidacy, context: desk } = this;
    if (candidacy === null || !desk.log.isQuorum(new Set(candidacy.votes.keys()))) return;
    this.campaign = null;
    const votes = desk.log.voters.flatMap((user) => candidacy.votes.get(user) ?? []);
    this.takeOver({ do: 'takeover', votes }, candidacy.term);
  }

  private signVote(term: number, candidate: string, head: LogPosition): Signed {
    return this.context.sign('vote', { term, candidate, head });
  }
}
