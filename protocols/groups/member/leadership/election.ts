// Elects the next leader (SPEC GROUP-15 to GROUP-20): candidates campaign after a silence of the leader or a transfer,
// and members vote once per term.

import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, type Instant } from '../../../kit/machine.js';
import type { Signed } from '../../../kit/signed.js';
import { isMoreUpToDate, isSamePosition, type EntryOp, type LogPosition } from '../../entry.js';
import { successors } from '../../log/successors.js';
import { openStatement, type Vote } from '../../statements.js';
import type { MemberContext } from '../member-context.js';
import { Heartbeat } from './heartbeat.js';
import { Transfer } from './transfer.js';

/** The own candidacy: votes for this head in this term. A quorum of votes makes the takeover. */
interface Campaign {
  readonly term: number;
  readonly head: LogPosition;
  readonly votes: Map<string, Signed>;
  readonly startedAt: Instant;
  requestAgainAt: Instant;
}

/** How often a candidate requests votes per silence period. */
const REQUESTS_PER_SILENCE = 4;
/** How many silence periods a leader waits after a campaign. Between the waits of ranks 0 and 1, see `waitMs`. */
const LEADER_WAIT = 1.5;
/** How far one unsigned term of a peer moves the own term. Without a limit a liar could use up all terms. */
const TERM_JUMP_MAX = 1_000;

export class Election {
  private readonly heartbeats: Heartbeat;
  private readonly transfers: Transfer;
  /** When the last heartbeat came, or when the leader was found to be gone. */
  private silentSince: Instant = 0;
  private isLeaderKnownGone = false;
  private campaign: Campaign | null = null;
  /** Before this time the member does not campaign: it voted for another candidate, or its last campaign goes on. */
  private waitUntil: Instant = 0;
  private leader: string;
  private term: number;
  /** Limits the campaigns that unsigned terms of peers cause. */
  private readonly forcedCampaigns: TokenBucket;

  constructor(
    private readonly context: MemberContext,
    private readonly takeOver: (op: EntryOp, term: number) => boolean,
  ) {
    this.heartbeats = new Heartbeat(context);
    this.transfers = new Transfer(context);
    this.leader = context.log.head.leader;
    this.term = context.log.term;
    const perSecond = (1_000 * LIMITS.groupCampaignsPerSilence) / context.options.silenceMs;
    this.forcedCampaigns = new TokenBucket({ perSecond, burst: LIMITS.groupCampaignsPerSilence }, context.now);
  }

  /** The machine starts. */
  begin(): void {
    this.silentSince = this.context.now;
    this.refresh();
  }

  wakeAt(): Instant | null {
    if (!this.context.isMember) return null;
    return earlier(this.heartbeats.wakeAt(), this.campaign?.requestAgainAt ?? this.campaignAt());
  }

  wake(): void {
    const { context } = this;
    this.refresh();
    if (!context.isMember) return;
    if (this.heartbeats.sendIfDue()) this.silentSince = context.now;
    const campaignAt = this.campaignAt();
    if (this.campaign !== null && context.now >= this.waitUntil) this.campaign = null;
    if (campaignAt !== null && context.now >= campaignAt && this.campaign === null) this.startCampaign();
    else if (this.campaign !== null && context.now >= this.campaign.requestAgainAt) this.requestVotes(this.campaign);
  }

  /** Call after any change of the log, the leave statements or the known equivocations. */
  refresh(): void {
    const { context } = this;
    const { leader } = context.log.head;
    if (leader !== this.leader || context.log.term !== this.term) this.startTerm(leader);
    // Another device of this user began the term: this one must be elected for a later term (SPEC GROUP-50).
    const isRenewed = context.isLeader && !context.hasLeaderDevice;
    if (isRenewed) context.memory.promised = Math.max(context.memory.promised, context.log.term + 1);
    if (this.campaign !== null && this.campaign.head.hash !== context.log.head.id) {
      this.campaign = null;
      if (isRenewed && this.forcedCampaigns.take(context.now)) this.waitUntil = context.now;
    }
    if ((context.isFrozen || context.membership.hasLeft(leader)) && !this.isLeaderKnownGone) {
      this.isLeaderKnownGone = true;
      this.silentSince = context.now;
    }
  }

  /** A candidate asks a member again as soon as there is a link, and a leader that hands over tells it again. */
  linked(user: string): void {
    const { campaign, context } = this;
    this.transfers.linked(user);
    if (campaign === null || campaign.votes.has(user) || !context.membership.isPeer(user)) return;
    context.send(user, { type: 'vote_request', term: campaign.term, head: campaign.head });
  }

  /** The newest heartbeat of the current leader. */
  get heartbeat(): Signed | null {
    return this.heartbeats.newest;
  }

  /** True iff the heartbeat is new. */
  receiveHeartbeat(signed: Signed): boolean {
    // In the own term only a former device of this user signs heartbeats: its campaign goes on.
    if (this.context.isLeader || this.isLeaderKnownGone || !this.heartbeats.receive(signed)) return false;
    this.silentSince = this.context.now;
    this.campaign = null;
    return true;
  }

  /** SPEC GROUP-18. True iff the transfer is the first of its term. */
  receiveTransfer(signed: Signed): boolean {
    if (!this.transfers.receive(signed)) return false;
    if (this.isTransferTarget && this.context.isMember) this.startCampaign();
    return true;
  }

  /** Hands the lead over to a member. */
  transfer(to: string): void {
    this.transfers.begin(to);
  }

  /** SPEC GROUP-16. */
  receiveVoteRequest(candidate: string, term: number, head: LogPosition): void {
    const { context } = this;
    const { memory, log, membership } = context;
    if (term > Math.max(memory.promised, log.term) + TERM_JUMP_MAX) return;
    const { vote } = memory;
    const isRepeated = vote?.term === term && vote.candidate === candidate && isSamePosition(vote.head, head);
    if (!membership.isVoter || !membership.isPeer(candidate)) return;
    const hasVoted = vote !== null && vote.term >= term;
    if ((hasVoted || term < memory.promised || term <= log.term) && !isRepeated) return;
    // The log of this candidate would replace a ratified entry (SPEC GROUP-39).
    if (head.index <= log.ratified && !log.has(head)) return;
    // Two leaders of different terms wait equally long, and would split the votes of one term again and again.
    if (isMoreUpToDate(log.position, head)) return this.receivePromisedTerm(term);
    if (!isRepeated && !this.isEligible(candidate)) return;
    memory.promised = Math.max(memory.promised, term);
    memory.vote = { term, candidate, head };
    this.campaign = null;
    this.waitUntil = context.now + this.waitMs;
    const signed = this.signVote(term, candidate, head);
    context.send(candidate, { type: 'statement', statement: 'vote', signed }, !context.isMember);
  }

  receiveVote(signed: Signed): void {
    const vote = openStatement('vote', signed, this.context.dependencies.primitives);
    if (vote === null || vote.candidate !== this.context.self.user || vote.group !== this.context.group) return;
    if (!this.context.membership.maySign(vote.by, vote.device)) return;
    const mayStart = this.campaign === null && this.isTransferTarget;
    if (mayStart && this.forcedCampaigns.take(this.context.now)) this.startCampaign();
    this.countVote(vote, signed);
  }

  /**
   * True iff no member can be elected: the leader of a group of two is silent, and one vote is no majority (GROUP-37).
   */
  get mayRefound(): boolean {
    const { context } = this;
    const isOtherOfTwo = context.isMember && !context.isLeader && context.log.members.size === 2;
    return isOtherOfTwo && context.now - this.silentSince >= context.options.silenceMs;
  }

  /** A peer has promised this term (SPEC GROUP-19). The term is not signed, so it has limited effect. */
  receivePromisedTerm(term: number): void {
    const { context } = this;
    const { memory, log } = context;
    // A leader with no pending entry has no need of a later term, and the peer may lie.
    if (context.isLeader && log.ratified === log.position.index) return;
    const isNew = term > memory.promised;
    if (isNew) memory.promised = Math.min(term, memory.promised + TERM_JUMP_MAX);
    if (!context.isLeader || term <= log.term || memory.transfer !== null) return;
    if ((isNew || this.campaign === null) && this.forcedCampaigns.take(context.now)) this.startCampaign();
  }

  private startTerm(leader: string): void {
    const { context } = this;
    this.transfers.end(this.leader === context.self.user);
    this.leader = leader;
    this.term = context.log.term;
    this.silentSince = context.now;
    this.isLeaderKnownGone = false;
    this.heartbeats.reset();
    this.waitUntil = context.now;
  }

  /** When this member may campaign, null if it may not. */
  private campaignAt(): Instant | null {
    const { context } = this;
    if (context.isLeader) return context.isBoundToLaterTerm && !context.isFrozen ? this.leaderCampaignAt() : null;
    const rank = this.rank(context.self.user);
    return rank === null ? null : Math.max(this.eligibleAt(rank), this.waitUntil);
  }

  /**
   * How long this member does not campaign after a vote or a campaign. It grows with the rank. The wait of a leader is
   * between those of ranks 0 and 1: with equal waits two candidates could split the votes forever.
   */
  private get waitMs(): number {
    const rank = this.rank(this.context.self.user);
    return this.context.options.silenceMs * (rank === null ? LEADER_WAIT : 1 + rank);
  }

  /** After a transfer the old leader waits one silence period for its successor. */
  private leaderCampaignAt(): Instant {
    const { memory, options } = this.context;
    return memory.transfer === null ? this.waitUntil : Math.max(this.waitUntil, this.silentSince + options.silenceMs);
  }

  /** Rank r may lead after r + 1 silence periods, or after r if the leader is known to be gone. */
  private eligibleAt(rank: number): Instant {
    return this.silentSince + this.context.options.silenceMs * (this.isLeaderKnownGone ? rank : rank + 1);
  }

  private isEligible(candidate: string): boolean {
    const { context } = this;
    const { memory, log } = context;
    if (candidate === log.head.leader) return !this.isLeaderKnownGone;
    if (candidate === this.transfers.target) return true;
    // A leader that has not handed over votes for no successor.
    if (context.isLeader && memory.transfer === null) return false;
    const rank = this.rank(candidate);
    return rank !== null && context.now >= this.eligibleAt(rank);
  }

  private get isTransferTarget(): boolean {
    return this.transfers.target === this.context.self.user;
  }

  /** The position in the order of succession, null for the leader and for non-members. */
  private rank(user: string): number | null {
    const { log, self, membership } = this.context;
    const order = successors(log.head, (member) => member.user === self.user || !membership.isGone(member));
    const rank = order.indexOf(user);
    return rank < 0 ? null : rank;
  }

  private startCampaign(): void {
    const { context } = this;
    const { log, memory, self, now } = context;
    // The vote of the old leader is for the next term exactly.
    const isTransfer = this.isTransferTarget && memory.promised <= log.term;
    const term = isTransfer ? log.term + 1 : Math.max(memory.promised, log.term) + 1;
    memory.promised = term;
    memory.vote = { term, candidate: self.user, head: log.position };
    this.waitUntil = now + this.waitMs;
    const votes = new Map([[self.user, this.signVote(term, self.user, log.position)]]);
    this.campaign = { term, head: log.position, votes, startedAt: now, requestAgainAt: now };
    this.requestVotes(this.campaign);
    this.tryWin();
  }

  private requestVotes(campaign: Campaign): void {
    const { context } = this;
    const { log, membership, self, now } = context;
    campaign.requestAgainAt = now + Math.max(1, context.options.silenceMs / REQUESTS_PER_SILENCE);
    for (const user of log.voters) {
      if (user === self.user || campaign.votes.has(user)) continue;
      // A member whose removal is pending has no link: it is asked once, by letter.
      const isPeer = membership.isPeer(user);
      if (!isPeer && campaign.startedAt !== now) continue;
      context.send(user, { type: 'vote_request', term: campaign.term, head: log.position }, !isPeer);
    }
  }

  private countVote(vote: Vote, signed: Signed): void {
    const { campaign } = this;
    if (campaign === null || vote.term !== campaign.term || !isSamePosition(vote.head, campaign.head)) return;
    campaign.votes.set(vote.by, signed);
    this.tryWin();
  }

  private tryWin(): void {
    const { campaign, context } = this;
    if (campaign === null || !context.log.isQuorum(new Set(campaign.votes.keys()))) return;
    this.campaign = null;
    const votes = context.log.voters.flatMap((user) => campaign.votes.get(user) ?? []);
    this.takeOver({ do: 'takeover', votes }, campaign.term);
  }

  private signVote(term: number, candidate: string, head: LogPosition): Signed {
    return this.context.sign('vote', { term, candidate, head });
  }
}
