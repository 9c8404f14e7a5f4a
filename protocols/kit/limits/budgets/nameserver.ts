// Budgets of the name server: what one network (a /24 of IPv4, a /56 of IPv6), one name and all clients together may
// use. A burst is available at once and returns at the given rate. A school of 500 users behind one /24 is the measure:
// on its first day, and when all of them reconnect at once. `--requests-per-minute 0` turns off what is per network.

import { DAY, HOUR, MIB, MINUTE, rate, SECOND } from '../units.js';

export const BUDGET_LIMITS = {
  /**
   * Networks whose budgets are tracked. Raised: more memory. Lowered: an attacker with networks of many providers
   * resets its own budgets.
   */
  budgetNetworksMax: 20_000,
  /** Names whose budgets are tracked. Raised: more memory. Lowered: a name dropped from the table has a new burst. */
  budgetNamesMax: 20_000,
  /**
   * New names and groups from one network. Raised: one network can occupy names faster. Lowered: a large network waits
   * on its first day.
   */
  newNamesPerNetwork: rate(600, 60, HOUR),
  /**
   * New names and groups from all networks. Raised: many networks can fill the database faster. Lowered: a popular
   * server refuses users on a busy day.
   */
  newNamesInAll: rate(20_000, 5_000, HOUR),
  /**
   * Renewed records of one name. Raised: one user can make the server write more. Lowered: a user who changes devices
   * often waits.
   */
  renewalsPerName: rate(30, 60, HOUR),
  /** Renewed records of all names. Raised: more writing under attack. Lowered: key rotations wait on busy servers. */
  renewalsInAll: rate(20_000, 100, SECOND),
  /**
   * Letters of one user, without offers and answers. Raised: one sender can take more of the server's time. Lowered: a
   * large outbox drains more slowly.
   */
  lettersPerName: rate(150, 120, MINUTE),
  /**
   * Of that burst, what is kept for recipients who are online. Raised: a large outbox for absent friends drains more
   * slowly. Lowered: a friend request waits behind messages for absent friends.
   */
  lettersKeptForOnline: 30,
  /** Letters of one network. Raised: one network can take more of the server's time. Lowered: a large network waits. */
  lettersPerNetwork: rate(12_000, 6_000, MINUTE),
  /** Letters of all users. Raised: more time and disk under attack. Lowered: a popular server refuses at peak times. */
  lettersInAll: rate(60_000, 3_000, SECOND),
  /**
   * Offers, answers and questions for letter keys of one user. Raised: one sender can take more of the server's time,
   * and make friends dial more often. Lowered: a user with many friends finds them more slowly.
   */
  signalsPerName: rate(600, 300, MINUTE),
  /** The same of one network. Raised: one network can take more of the server's time. Lowered: a large network waits. */
  signalsPerNetwork: rate(24_000, 12_000, MINUTE),
  /** The same of all users. Raised: more time under attack. Lowered: a popular server refuses at peak times. */
  signalsInAll: rate(60_000, 3_000, SECOND),
  /**
   * One-time keys of one device that one name gets. Raised: one stranger drains the stock of a device sooner. Lowered:
   * a first letter that is written again uses the letter key.
   */
  oneTimeKeysPerPair: rate(2, 2, DAY),
  /** One-time keys that one name gets. Raised: one stranger drains more devices. Lowered: many new contacts at once. */
  oneTimeKeysPerName: rate(30, 30, HOUR),
  /** One-time keys that one network gets. Raised: one network drains more. Lowered: a large network gets fewer. */
  oneTimeKeysPerNetwork: rate(300, 100, HOUR),
  /** One-time keys that all networks get. Raised: more work for clients under attack. Lowered: busy servers give fewer. */
  oneTimeKeysInAll: rate(20_000, 20_000, HOUR),
  /** One-time keys of one device. Raised: strangers make it refill more often. Lowered: a popular user runs out. */
  oneTimeKeysPerDevice: rate(64, 4, HOUR),
  /**
   * Bytes of letters from one user that stay at the server. Raised: one sender can fill more disk. Lowered: a large
   * outbox for absent friends drains more slowly.
   */
  heldBytesPerName: rate(32 * MIB, 4 * MIB, HOUR),
  /**
   * Bytes of letters from one network that stay at the server. Raised: one network can fill the disk faster. Lowered: a
   * large network with many absent friends waits.
   */
  heldBytesPerNetwork: rate(128 * MIB, 16 * MIB, HOUR),
  /** Bytes of letters that stay, of all users. Raised: the disk fills faster. Lowered: a popular server refuses. */
  heldBytesInAll: rate(2_048 * MIB, 512 * MIB, HOUR),
  /**
   * Names that one network looks up or lists. Raised: one network can take more of the server's time. Lowered: a large
   * network that reconnects at once waits.
   */
  lookUpsPerNetwork: rate(100_000, 20_000, MINUTE),
  /** Names that all networks look up. Raised: more time under attack. Lowered: a popular server refuses at peak times. */
  lookUpsInAll: rate(1_000_000, 20_000, SECOND),
  /**
   * Frames accepted from one session. Raised: one client can take more of the server's time. Lowered: a busy client is
   * disconnected.
   */
  framesPerSession: rate(10_000, 60_000, MINUTE),
  /**
   * Names in `watch` frames of one user, in all sessions. Raised: one user can take more of the server's time. Lowered:
   * a user with many friends who reconnects often is disconnected.
   */
  watchesPerName: rate(50_000, 5_000, MINUTE),
  /**
   * Names in `watch` frames of one network. Raised: one network can take more of the server's time. Lowered: a large
   * network that reconnects at once waits.
   */
  watchesPerNetwork: rate(200_000, 20_000, MINUTE),
  /** Names in `watch` frames of all users. Raised: more time under attack. Lowered: reconnecting takes longer. */
  watchesInAll: rate(1_000_000, 20_000, SECOND),
  /**
   * Names that the sessions of one network watch at a time. Raised: one network can take more memory. Lowered: users of
   * a large network do not see all of their friends.
   */
  watchedNamesPerNetwork: 400_000,
  /**
   * Sessions of one network at once. Raised: one network can take more of `sessionsMax`. Lowered: users of a large
   * network are refused.
   */
  sessionsPerNetwork: 2_000,
  /**
   * Entries of a listed group. Raised: one group takes more disk, and more time to read. Lowered: groups that change
   * often leave the list.
   */
  groupEntriesListedMax: 10_000,
  /**
   * Time after which a group that publishes known entries is stored as alive again. Raised: a name may be lost so much
   * earlier. Lowered: more writes for nothing.
   */
  groupRefreshMs: 1 * DAY,
  /**
   * Members of all entries of the logs that are kept in memory. Raised: more memory. Lowered: large groups are read
   * from disk at each publication.
   */
  openGroupsMembersMax: 500_000,
  /**
   * Bytes of the disk that stay free; `--disk-reserve` changes it. Raised: refusals begin earlier. Lowered: the log and
   * other programs can fill the disk before deletions make room.
   */
  diskReserveBytes: 256 * MIB,
  /**
   * Size of the database; `--database-bytes` changes it. Raised: strangers can fill more of the disk. Lowered: names
   * and letters are refused earlier.
   */
  databaseBytesMax: 10 * 1_024 * MIB,
  /** Time between two measures of the disk. Raised: more is written before it is noticed. Lowered: more wake-ups. */
  spaceCheckMs: 1 * SECOND,
  /**
   * The file that is deleted when the disk is full. Raised: it takes more disk. Lowered: the journal does not fit, and
   * the server cannot start on a full disk.
   */
  ballastBytes: 8 * MIB,
  /** Measures before that file is made. Raised: a young server lacks it. Lowered: it slows the start. */
  ballastAfterChecks: 10,
  /**
   * How long a registered name whose user never had a session stays. Raised: names are occupied for nothing. Lowered:
   * a user whose first session fails loses the name sooner.
   */
  nameUnseenMs: 30 * DAY,
  /** Unseen names removed in one turn. Raised: the turn takes longer. Lowered: many expired names take more turns. */
  unseenNamesPerTurn: 100,
  /**
   * Wrong invitation codes from one network. Raised: a guesser tries more. Lowered: users who mistype wait longer.
   */
  inviteGuessesPerNetwork: rate(10, 10, MINUTE),
  /**
   * Wrong invitation codes from all networks. Raised: many guessers try more. Lowered: guessers lock out users with the
   * right code more easily.
   */
  inviteGuessesInAll: rate(120, 120, MINUTE),
  /**
   * Bytes that one network publishes for groups. Raised: one network can fill the disk faster. Lowered: large groups
   * take longer to list.
   */
  publishedBytesPerNetwork: rate(64 * MIB, 16 * MIB, HOUR),
  /** Bytes that all networks publish. Raised: the disk fills faster under attack. Lowered: lists lag on busy days. */
  publishedBytesInAll: rate(1_024 * MIB, 256 * MIB, HOUR),
  /**
   * What the server keeps of a listed group beside its entries. Raised: a look-up of one group costs more. Lowered:
   * large groups whose members change devices often leave the list.
   */
  groupStateBytes: 1 * MIB,
  /** Groups of one page of the list, as stored. Raised: one request costs more. Lowered: a list takes more requests. */
  groupsPageBytes: 1 * MIB,
  /** What a look-up of a group reads for the price of one name. Raised: reading costs less. Lowered: it costs more. */
  groupLookUpBytes: 4 * 1_024,
  /**
   * Signatures of published group entries from one network. Raised: one network can take more of the server's time.
   * Lowered: large groups take longer to list.
   */
  entriesVerifiedPerNetwork: rate(20_000, 4_000, MINUTE),
  /** Signatures of published group entries from all networks. Raised: more time under attack. Lowered: lists lag. */
  entriesVerifiedInAll: rate(200_000, 60_000, MINUTE),
} as const;
