// Bounds on groups: membership log, ratification, messages and synchronization.

import { DAY, KIB, MIB, MINUTE, rate, SECOND } from './units.js';

export const GROUP_LIMITS = {
  /**
   * Members of one group. Raised: each message goes to more peers, and ratification needs more signatures. Lowered:
   * larger groups are impossible.
   */
  groupMembersMax: 256,
  /**
   * Entries that a majority has not confirmed. Raised: a leader alone can grow the log further. Lowered: changes are
   * refused while few members are online.
   */
  groupUnratifiedMax: 1_000,
  /**
   * Entries of one log. Raised: a log takes longer to verify and more disk. Lowered: a group that changes often must be
   * founded again.
   */
  groupEntriesMax: 100_000,
  /** Groups of one user. Raised: more memory, disk and traffic. Lowered: users must leave groups earlier. */
  groupsMax: 200,
  /**
   * Invitations and join requests that wait for an answer. Raised: strangers can make us store more. Lowered: a flood
   * of requests hides real ones.
   */
  groupRequestsMax: 100,
  /**
   * Unanswered invitations from one user. Raised: one user can fill more of the list. Lowered: several invitations by
   * one leader are dropped.
   */
  groupInvitationsPerUser: 8,
  /** Deputies of one group. Raised: larger entries. Lowered: a group has fewer successors for its leader. */
  groupDeputiesMax: 16,
  /**
   * Past messages that a newcomer may see by number. Raised: joining costs members more traffic. Lowered: newcomers see
   * less, or need `all`.
   */
  groupHistoryMax: 1_000,
  /**
   * Devices in a version vector or a proof. Raised: larger frames. Lowered: messages of some devices are not
   * synchronized.
   */
  groupDevicesMax: 1_024,
  /**
   * Devices of one member over the life of a group. Raised: one member can grow each record further. Lowered: a member
   * who rotates keys often cannot write.
   */
  groupDevicesPerUser: 32,
  /**
   * Messages that one message names as its predecessors. Raised: larger messages. Lowered: causal order between busy
   * members is lost.
   */
  groupParentsMax: 8,
  /**
   * How far one message may advance the logical clock. Raised: a dishonest member exhausts the clock sooner. Lowered: a
   * member who missed much cannot catch up at once.
   */
  groupLamportJump: 1_000_000,
  /**
   * Campaigns that other members can cause in one period of silence. Raised: members can make a leader campaign too
   * often. Lowered: a leader recovers more slowly after a failure.
   */
  groupCampaignsPerSilence: 3,
  /**
   * Removed entries of a losing fork that are repeated to the leader. Raised: larger sync frames. Lowered: some changes
   * of a losing fork are not repeated.
   */
  groupOrphansMax: 16,
  /**
   * Records in one sync that are newer than the log. Raised: larger sync frames. Lowered: members learn later of
   * replaced devices if many change at once.
   */
  groupNewerRecordsMax: 8,
  /** Ratification proofs in one frame. Raised: larger frames. Lowered: catching up takes more frames. */
  groupProofsMax: 64,
  /**
   * Forks kept as evidence. Raised: a dishonest leader can make us store more. Lowered: later lies are not recorded.
   */
  groupForksMax: 8,
  /**
   * One batch of entries or messages. Raised: other frames wait behind it for longer. Lowered: synchronization takes
   * more round trips.
   */
  groupBatchBytes: 64 * KIB,
  /** Messages in one batch. Raised: a batch takes longer to verify. Lowered: synchronization takes more round trips. */
  groupBatchMessages: 500,
  /**
   * One batch of entries in a letter, where text is escaped several times. Raised: three batches do not fit one letter.
   * Lowered: an absent member needs more letters to catch up.
   */
  groupLetterBatchBytes: 24 * KIB,
  /**
   * Log entries, and again messages, in one bundle for an absent member. Raised: the bundle exceeds `groupBundleBytes`.
   * Lowered: an absent member needs more letters to catch up.
   */
  groupSyncBytes: 80 * KIB,
  /**
   * A bundle for an absent member, as it is escaped. Raised: the bundle does not fit a letter. Lowered: bundles leave
   * out the log more often.
   */
  groupBundleBytes: 220 * KIB,
  /**
   * Batches of entries or messages that one member gets from this one; 1,000 of them hold 12,000 messages with room to
   * spare. Raised: one member can make us read and send more. Lowered: a member that missed much catches up in parts.
   */
  groupBatchesPerMember: rate(1_000, 4, SECOND),
  /**
   * The same of all members of a group. Raised: members that act together can make us read and send more. Lowered: when
   * many members come back at once, some wait.
   */
  groupBatchesInAll: rate(8_000, 32, SECOND),
  /**
   * Syncs that one member can cause at once, beside those at the usual interval. Raised: one member can make us send
   * more. Lowered: a member that missed entries hears of it only at the next interval.
   */
  groupSyncRepliesBurst: 60,
  /**
   * Syncs that one member can cause per `groupSyncMs`. Raised: one member can make us send more. Lowered: a member that
   * asks twice is not answered.
   */
  groupSyncRepliesPerInterval: 4,
  /** Entries in one frame. Raised: a frame takes longer to verify. Lowered: catching up takes more frames. */
  groupEntriesPerFrame: 256,
  /**
   * How long a message waits for its predecessors before it is shown. Raised: a lost message delays the conversation.
   * Lowered: messages are shown out of order.
   */
  groupReorderMs: 5 * SECOND,
  /**
   * Messages that wait for their predecessors. Raised: a member whose predecessors never come costs us more time.
   * Lowered: messages are shown out of order after a short interruption.
   */
  groupHeldMessagesMax: 1_000,
  /**
   * Interval in which members compare what they have. Raised: lost messages are found later. Lowered: more traffic in
   * idle groups.
   */
  groupSyncMs: 1 * MINUTE,
  /**
   * How long an answer to a request for messages is waited for. Raised: a peer that does not answer delays recovery.
   * Lowered: slow peers are given up, and others are asked for the same.
   */
  groupPullMs: 5 * SECOND,
  /**
   * Silence of a leader after which members campaign; `--group-silence` changes it. Raised: a group has no leader for
   * longer. Lowered: a short failure of the leader causes an election.
   */
  groupSilenceMs: 10 * MINUTE,
  /** Heartbeats in one period of silence. Raised: more traffic. Lowered: a few lost heartbeats cause an election. */
  groupHeartbeatsPerSilence: 10,
  /**
   * Own messages that some member has not received, and messages reviewed for each device. Raised: more memory, and a
   * longer start. Lowered: messages are refused while a member is away for long.
   */
  groupUnsettledMessagesMax: 10_000,
  /**
   * How long a public name stays reserved after the last sign of the group. Raised: names of dead groups are blocked
   * for longer. Lowered: a group that rests loses its name.
   */
  groupNameReservedMs: 365 * DAY,
  /** Public groups of one founder. Raised: one user can fill the list. Lowered: active founders are refused. */
  groupsListedPerFounder: 50,
  /**
   * Public groups in one answer of the name server. Raised: one request costs more. Lowered: the list takes more
   * requests.
   */
  groupsPerPage: 50,
  /** A file of evidence. Raised: reading it takes more memory. Lowered: evidence about a long log is refused. */
  groupEvidenceBytes: 64 * MIB,
} as const;
