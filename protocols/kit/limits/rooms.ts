// Bounds on rooms: links between servers, ordering, views and clients.

import { KIB, MIB, rate, SECOND } from './units.js';

export const ROOM_LIMITS = {
  /**
   * Servers of one cluster. Raised: each message is sent and acknowledged more often; 32 bits name the members.
   * Lowered: smaller clusters only.
   */
  roomServersMax: 32,
  /** A datagram between servers. Raised: networks drop or fragment it. Lowered: more datagrams for the same text. */
  roomDatagramBytes: 1_200,
  /**
   * The stream bytes in one datagram. Raised: the datagram exceeds `roomDatagramBytes`. Lowered: more datagrams for the
   * same text.
   */
  roomFrameBytes: 1_000,
  /**
   * Unacknowledged datagrams to one server. Raised: a burst overflows the receiver's socket. Lowered: distant servers
   * wait for acknowledgements.
   */
  roomLinkWindow: 64,
  /**
   * One record in a stream. Raised: a faulty server can make us buffer more. Lowered: the snapshot of a large cluster
   * does not fit.
   */
  roomRecordBytes: 8 * MIB,
  /**
   * Bytes queued for one server before the stream is discarded. Raised: an absent server costs more memory. Lowered: a
   * slow server must be brought up to date by a snapshot.
   */
  roomStreamBytes: 16 * MIB,
  /**
   * Shortest wait before a datagram is sent again. Raised: a lost datagram delays more. Lowered: datagrams are sent
   * again although they arrived.
   */
  roomRetryMinMs: 30,
  /**
   * The same before a round trip was measured. Raised: the first loss delays more. Lowered: datagrams are sent again
   * although they arrived.
   */
  roomRetryFirstMs: 200,
  /**
   * Longest measured wait. Raised: losses on slow networks delay more. Lowered: datagrams are sent again although they
   * arrived.
   */
  roomRetryMaxMs: 500,
  /** How long output is collected. Raised: each message waits longer. Lowered: fewer messages share a datagram. */
  roomBatchMs: 2,
  /**
   * Interval of time-based decisions in a busy cluster. Raised: failures are handled later. Lowered: more processor
   * time.
   */
  roomTickMs: 10,
  /** Interval of heartbeats. Raised: a failure is noticed later. Lowered: more traffic. */
  roomHeartbeatMs: 100,
  /** The same while messages wait for acknowledgement. Raised: total order is slower. Lowered: more traffic. */
  roomHeartbeatBusyMs: 20,
  /**
   * Silence after which a server is suspected; `--suspect-ms` changes it. Raised: a failed server blocks the cluster
   * for longer. Lowered: a slow server is excluded wrongly.
   */
  roomSuspectMs: 600,
  /**
   * Gap in our own time after which others are not blamed for silence. Raised: a server that was stopped suspects the
   * others wrongly. Lowered: short pauses hide real failures.
   */
  roomStallMs: 250,
  /**
   * Time without acknowledgements after which a member is excluded. Raised: a slow member delays the cluster for
   * longer. Lowered: a member under load is excluded wrongly.
   */
  roomAckLagMs: 2 * SECOND,
  /**
   * Own messages that not all members have acknowledged. Raised: a view change must exchange more. Lowered: throughput
   * drops with distance.
   */
  roomWindow: 64,
  /**
   * Messages of a later view kept until it is installed. Raised: more memory. Lowered: messages are sent again after a
   * view change.
   */
  roomEarlyMessagesMax: 4_096,
  /**
   * Wait between the campaigns of servers with successive ranks. Raised: a view change takes longer when the first
   * servers failed. Lowered: candidates compete, and ballots fail.
   */
  roomElectionStaggerMs: 150,
  /**
   * How long a candidate waits for the last promises. Raised: a view change takes longer when a server failed. Lowered:
   * servers that answer slowly are left out of the view.
   */
  roomPromiseWaitMs: 120,
  /**
   * How long a candidate waits for servers to take a snapshot. Raised: a view change takes longer when a server failed.
   * Lowered: servers that are behind are left out of the view.
   */
  roomSnapshotWaitMs: 240,
  /**
   * Assumed rate of snapshots, which extends the waits. Raised: large snapshots do not arrive in time. Lowered: a
   * failed receiver delays the view for longer.
   */
  roomSnapshotBytesPerMs: 4 * KIB,
  /**
   * Snapshots kept until their view is decided. Raised: more memory. Lowered: a server misses the snapshot that it
   * needs to join.
   */
  roomSnapshotsHeld: 16,
  /**
   * Time for one ballot. Raised: a failed candidate delays the view for longer. Lowered: slow networks never finish a
   * ballot.
   */
  roomElectionMs: 700,
  /**
   * Time in a stopped view after which a new ballot starts. Raised: a cluster stands still for longer. Lowered: ballots
   * start while one is about to finish.
   */
  roomStuckViewMs: 1 * SECOND,
  /**
   * How long a server must be heard before it is taken in. Raised: a server that restarts waits longer. Lowered: an
   * unstable server causes view changes.
   */
  roomJoinStableMs: 500,
  /**
   * Time between two views that take servers in. Raised: several servers that start together wait longer. Lowered: more
   * view changes.
   */
  roomJoinGapMs: 1 * SECOND,
  /**
   * Interval in which a server that is behind is told the decision. Raised: it catches up later. Lowered: more traffic.
   */
  roomDecisionResendMs: 200,
  /**
   * Messages of clients that wait to be ordered. Raised: clients wait longer before they are refused. Lowered: short
   * overload refuses clients.
   */
  roomOutboxMax: 1_024,
  /**
   * The same for one client. Raised: one client can occupy the queue. Lowered: a client that sends a burst is refused.
   */
  roomOutboxPerClient: 256,
  /**
   * Messages held until those before them are released to clients. Raised: more memory. Lowered: messages are dropped
   * under load.
   */
  roomReorderMax: 4_096,
  /**
   * Messages kept for servers that missed some. Raised: more memory. Lowered: an excluded server needs a fresh start
   * sooner.
   */
  roomRecentMax: 20_000,
  /**
   * Text kept for servers that missed some. Raised: more memory. Lowered: an excluded server needs a fresh start
   * sooner.
   */
  roomRecentBytes: 2 * MIB,
  /** A line of a client. Raised: a datagram to a client is dropped or fragmented. Lowered: longer lines are refused. */
  roomTextBytes: 1_000,
  /** A nick. Raised: lines become hard to read. Lowered: longer names are refused. */
  roomNickBytes: 64,
  /** Clients of one server. Raised: more memory, and larger snapshots. Lowered: a busy server removes clients. */
  roomClientsMax: 10_000,
  /**
   * Those of them that have confirmed. Raised: fewer places for newcomers, so a flood removes them sooner. Lowered: a
   * busy server removes confirmed clients.
   */
  roomConfirmedMax: 9_000,
  /**
   * Bytes to an address that has not confirmed, as a multiple of those from it (RFC 9000, 8.1). Raised: forged lines
   * make a server send more to strangers. Lowered: short commands get no answer under pressure.
   */
  roomAmplificationMax: 3,
  /** Headers of IP and UDP, counted both ways. Raised: forged lines earn more. Lowered: short lines earn too little. */
  roomHeaderBytes: 28,
  /**
   * How far an answer or a notice may overdraw the earned bytes. Raised: forged lines make a server send more. Lowered:
   * under pressure, an address does not learn how to confirm.
   */
  roomOverdraftBytes: 128,
  /**
   * Beyond the earned bytes, what the first line of an address grants. Raised: one forged datagram sends more to a
   * stranger. Lowered: a newcomer reads less before its second line.
   */
  roomTrialBytes: 1 * KIB,
  /**
   * The same for each further line. Raised: forged lines send more to a stranger. Lowered: readers at `nc -u` must type
   * more often, or confirm.
   */
  roomLineCreditBytes: 64 * KIB,
  /**
   * What trial and credit may take in one network. Raised: forged lines disturb a network more. Lowered: several
   * readers at `nc -u` in one busy network must confirm.
   */
  roomUnconfirmedPerNetwork: rate(64 * KIB, 16 * KIB, SECOND),
  /** The same in all networks. Raised: forged lines take more of the uplink. Lowered: more readers must confirm. */
  roomUnconfirmedInAll: rate(1 * MIB, 256 * KIB, SECOND),
  /** Networks whose budgets are tracked. Raised: more memory. Lowered: forged networks reset the budgets of others. */
  roomNetworksMax: 4_096,
  /**
   * The default and the least number of rooms; the rooms contract promises 10. Raised: clusters with few rooms are
   * impossible. Lowered: the contract is broken.
   */
  roomCountMin: 10,
  /** The highest number of rooms. Raised: `/rooms` and memory grow. Lowered: larger installations are impossible. */
  roomCountMax: 10_000,
  /** The configuration file. Raised: a wrong file takes more memory to read. Lowered: long comments are refused. */
  roomConfigBytes: 64 * KIB,
  /** The key file. Raised: a wrong file takes more memory to read. Lowered: long secrets are refused. */
  roomKeyBytes: 4 * KIB,
  /**
   * The state file. Raised: a damaged file takes more memory to read. Lowered: the state of a large cluster cannot be
   * read.
   */
  roomStateFileBytes: 32 * MIB,
  /**
   * Kernel buffers of the socket. Raised: more kernel memory, and older datagrams under load. Lowered: bursts are lost.
   */
  roomSocketBytes: 4 * MIB,
  /**
   * Wait for answers after the end of piped input. Raised: scripts take longer. Lowered: the last answers are not
   * printed.
   */
  roomPipeDrainMs: 500,
  /**
   * Wait of a room client for the first answer of its server. Raised: a wrong address is told later. Lowered: a slow
   * network is taken for a server that is not there.
   */
  roomAnswerMs: 3 * SECOND,
  /** Interval at which a room client asks again until then. Raised: a lost datagram costs more. Lowered: more traffic. */
  roomAskMs: 1 * SECOND,
  /**
   * Interval at which the host names of other servers are looked up again. Raised: a server that moves is found later.
   * Lowered: more look-ups.
   */
  roomResolveMs: 10_000,
} as const;
