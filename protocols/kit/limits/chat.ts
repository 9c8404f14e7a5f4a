// Bounds on friends, conversations, history and quick messages.

import { DAY, KIB, MIB, MINUTE, rate, SECOND } from './units.js';

export const CHAT_LIMITS = {
  /**
   * A chat, group or channel message. Raised: frames, letters and history must hold more, and old clients refuse it.
   * Lowered: long texts must be split.
   */
  messageTextBytes: 16 * KIB,
  /**
   * The year 9999, the latest time on the wire. Raised: dates no longer have four digits of year. Lowered: valid times
   * are refused.
   */
  timeMax: 253_402_300_799_999,
  /** The note in a friend request. Raised: a stranger can make us store more. Lowered: introductions are cut short. */
  noteBytes: 1 * KIB,
  /**
   * Friends of one user. Raised: presence, links and announcements cost more. Lowered: users must remove friends
   * earlier.
   */
  friendsMax: 5_000,
  /**
   * Requests of strangers that wait for an answer. Raised: strangers can make us store more. Lowered: a flood of
   * requests hides real ones.
   */
  requestsMax: 500,
  /**
   * How often an unanswered request is checked for a new device of the other user. Raised: a request to a rotated
   * device arrives later. Lowered: more look-ups.
   */
  friendRequestCheckMs: 60 * MINUTE,
  /**
   * Unacknowledged messages on a link. Raised: more is sent again after a broken link. Lowered: both disks wait for
   * each other; at 64 the rate is a third lower.
   */
  chatWindow: 256,
  /** Message ids in one acknowledgement. Raised: larger frames. Lowered: more frames. */
  acknowledgedIdsPerFrame: 256,
  /**
   * Messages in one letter or history batch. Raised: a batch takes longer to check. Lowered: many short messages need
   * more letters.
   */
  messagesPerLetter: 1_000,
  /**
   * Message text in one letter, as it is escaped. Raised: the letter exceeds its own bound. Lowered: more letters are
   * left.
   */
  messageLetterBytes: 120 * KIB,
  /**
   * What is assumed for everything but the text. Raised: batches are filled less. Lowered: a batch can exceed its
   * bound.
   */
  messageOverheadBytes: 320,
  /**
   * Devices named in one recovery request. Raised: larger frames. Lowered: messages of older devices are not recovered.
   */
  historyRecoveryDevicesMax: 64,
  /**
   * Text in one recovery batch. Raised: other frames wait behind it for longer. Lowered: recovery takes more round
   * trips.
   */
  historyRecoveryBatchBytes: 64 * KIB,
  /**
   * Wait before a recovery request is left again as a letter. Raised: a lost request delays recovery. Lowered: more
   * letters for an absent friend.
   */
  historyRecoveryRepeatMs: 1 * DAY,
  /**
   * Batches for one friend over a link. Raised: a friend who asks without end costs us more time. Lowered: a long
   * history comes back more slowly.
   */
  historyRecoveryBatches: rate(40, 20, SECOND),
  /**
   * In this time at most `keyRotationsPerTime` key rotations, because friends or the name server proved that our data
   * is an old copy. Raised: after many old copies in one day the next one waits longer. Lowered: two computers that run
   * on copies of the same data replace each other more often.
   */
  keyRotationTimeMs: 1 * DAY,
  /** Raised: see `keyRotationTimeMs`, lowered. Lowered: a data directory that was put back often waits for a day. */
  keyRotationsPerTime: 8,
  /**
   * Messages held back for an earlier one, for each device. Raised: more memory and disk for a peer that leaves gaps.
   * Lowered: more messages must be sent again.
   */
  chatReorderMax: 1_024,
  /**
   * What one friend may make us store in a day; `--friend-mib-per-day` changes it. Raised: a friend can fill more of
   * the disk. Lowered: what a busy friend sends comes a day later.
   */
  friendBytesPerDay: 64 * MIB,
  /** The day in which the bytes of a friend are counted. Raised: the rest comes later. Lowered: floods fill more. */
  friendBudgetMs: 1 * DAY,
  /**
   * Stored bytes after which the count is written to disk. Raised: a restart forgets more of it. Lowered: more writes.
   */
  friendBytesKeptStep: 1 * MIB,
  /**
   * Messages that `history` shows without `--limit`. Raised: more output than fits a screen. Lowered: users must ask
   * for more.
   */
  historyPage: 50,
  /** Messages in one answer. Raised: one answer takes longer and more memory. Lowered: scripts need more commands. */
  historyPageMax: 1_000,
  /**
   * Messages in one answer of `outbox` and `exit`. Raised: one answer takes longer and more memory. Lowered: some
   * waiting messages are not listed.
   */
  outboxPage: 1_000,
  /** Words in one search. Raised: one search takes longer. Lowered: long searches are refused. */
  searchWordsMax: 16,
  /** Results of one search. Raised: one search takes longer. Lowered: older matches need `before:`. */
  searchPage: 50,
  /**
   * A quick message. Raised: the datagram exceeds what the network carries in one piece. Lowered: users must use `say`
   * sooner.
   */
  quickTextBytes: 900,
  /** A datagram of a quick message. Raised: networks drop or fragment it. Lowered: `quickTextBytes` no longer fits. */
  datagramBytes: 1_200,
  /**
   * How long keys of one link protect quick messages. Raised: a stolen key opens more. Lowered: quick messages need a
   * new link more often.
   */
  quickSessionMs: 1 * DAY,
  /** Sessions kept for datagrams. Raised: more memory. Lowered: a friend must link again before a quick message. */
  quickSessionsMax: 2_048,
  /**
   * Counters remembered in one session. Raised: more memory for each session. Lowered: datagrams that were reordered
   * are dropped.
   */
  quickReplayWindow: 1_024,
  /**
   * Wait after each send; after the last the sender is told. Raised: a lost datagram costs more time. Lowered: answers
   * over slow networks come too late, and more copies are sent.
   */
  quickResendMs: [500, 1 * SECOND, 2 * SECOND, 4 * SECOND, 500],
  /**
   * How long a quick message waits for a link and an answer. Raised: the user waits longer for "not confirmed".
   * Lowered: slow networks are reported as unreachable.
   */
  quickTimeoutMs: 8 * SECOND,
  /**
   * How late a quick message may be shown after its sender gave up. Raised: a client that was stopped shows messages
   * that their senders were told are lost. Lowered: a link that both ends opened at different times costs messages.
   */
  quickLateMs: 2 * SECOND,
  /** Quick messages without an answer. Raised: more memory. Lowered: a script that sends many is refused. */
  quickPendingMax: 256,
} as const;
