// Bounds at the edges of every program: driver, database, sockets and cryptography.

import { KIB, MIB, MINUTE, SECOND } from './units.js';

export const RUNTIME_LIMITS = {
  /**
   * Longest run of decisions in one transaction. Raised: timers and sockets wait longer. Lowered: fewer inputs share a
   * commit, so throughput drops.
   */
  driverTickMs: 5,
  /**
   * Most inputs in one transaction. Raised: a failed commit loses more work. Lowered: fewer inputs share a commit, so
   * throughput drops.
   */
  driverInputsPerTick: 1_000,
  /**
   * Waiting inputs at which reading from sockets stops. Raised: more memory under load. Lowered: short bursts pause
   * sockets.
   */
  driverBacklogHigh: 20_000,
  /**
   * Waiting inputs at which reading resumes. Raised: reading stops and resumes more often. Lowered: sockets stay paused
   * although there is room.
   */
  driverBacklogLow: 2_000,
  /**
   * Longest single timer. After the computer slept, a due wake is noticed within this time. Raised: an overdue wake is
   * noticed later. Lowered: more idle wake-ups.
   */
  driverTimerMs: 1 * MINUTE,
  /**
   * How long a jump of the system's clock must last before it counts, unless the computer slept. Raised: dates follow a
   * corrected clock later. Lowered: a clock that is wrong for a moment lets letters and keys expire.
   */
  clockJumpConfirmMs: 10 * SECOND,
  /** How often the clock is compared with the system's. Raised: a set-back is noticed later. Lowered: more wake-ups. */
  clockCheckMs: 2 * SECOND,
  /**
   * How long a statement waits for another process. Raised: a locked database blocks the program for longer. Lowered: a
   * backup that runs makes statements fail.
   */
  databaseBusyMs: 1 * SECOND,
  /** The same while a program starts. Raised: a start waits longer. Lowered: a backup that runs makes a start fail. */
  databaseOpenBusyMs: 5 * SECOND,
  /**
   * How often a transaction is begun while another process has locked the database; each time waits `databaseBusyMs`.
   * Raised: a program without its database stays silent for longer. Lowered: a long backup ends the program.
   */
  driverBeginsMax: 48,
  /** Pause before it is begun again. Raised: work goes on later. Lowered: other work waits more often. */
  driverRetryMs: 250,
  /**
   * Prepared statements of one database. Raised: a statement built at run time is noticed later. Lowered: a legitimate
   * statement ends the program.
   */
  statementsPreparedMax: 256,
  /** Public keys kept in the platform's form. Raised: more memory. Lowered: verifying is slower with many peers. */
  publicKeysCachedMax: 4_096,
  /**
   * Wait before the next endpoint is tried as well. Raised: a dead first address delays the link. Lowered: more
   * connections are opened and dropped.
   */
  dialStaggerMs: 150,
  /**
   * Time for the last bytes to leave when a connection closes. Raised: shutdown takes longer. Lowered: the last frame
   * is lost on slow networks.
   */
  closeTimeoutMs: 2 * SECOND,
  /**
   * Keying material exported from a link: fixed by the key layout of quick messages. Raised: the extra bytes are unused
   * and break the layout. Lowered: keys for both directions do not fit.
   */
  linkKeyingBytes: 104,
  /**
   * Ports tried until TCP and UDP have the same number. Raised: a start without free ports fails later. Lowered: a busy
   * computer fails to start.
   */
  portPairAttempts: 16,
  /**
   * Unsent datagrams in a socket before new ones are dropped. Raised: datagrams leave late. Lowered: short bursts are
   * dropped.
   */
  datagramQueueBytes: 1 * MIB,
  /** A file of secret keys. Raised: more memory for a wrong file. Lowered: the keys of all former devices do not fit. */
  keyFileBytes: 256 * KIB,
} as const;
