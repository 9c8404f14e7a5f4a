// Bounds of the name server: records, sessions and the REST interface.

import { DAY, KIB, MIB, SECOND } from './units.js';

export const NAMESERVER_LIMITS = {
  /**
   * The JSON text of any signed object. Raised: one frame can cost more to verify and store. Lowered: large posts,
   * group entries and messages are refused.
   */
  signedPayloadBytes: 256 * KIB,
  /** The JSON text of a name record. Raised: the registry grows. Lowered: a user with several devices does not fit. */
  recordBytes: 16 * KIB,
  /** Devices of one user. Raised: each message needs more copies. Lowered: users with many devices are refused. */
  devicesPerRecord: 8,
  /**
   * How long a name stays reserved after its owner gave it up. Raised: names are blocked for longer. Lowered: another
   * person can take the name while friends still mean the first.
   */
  nameReservedMs: 365 * DAY,
  /**
   * How long letters for a retired device are still accepted. Raised: letters are held that fewer people can open.
   * Lowered: a letter sent during a key rotation is refused.
   */
  retiredDeviceMs: 30 * DAY,
  /**
   * Retired devices remembered for one user. Raised: more rows for each user. Lowered: a retired device can be
   * registered again after many rotations.
   */
  retiredDevicesPerUser: 32,
  /**
   * A frame of a session, in either direction. Raised: one client can make the server buffer more. Lowered: a letter of
   * full size does not fit.
   */
  sessionFrameBytes: 384 * KIB,
  /**
   * Everything read before the client has proven its key. Raised: a stranger can make the server buffer more. Lowered:
   * the proof does not fit.
   */
  sessionHandshakeBytes: 4 * KIB,
  /**
   * Random bytes of a nonce or a challenge. Raised: longer frames, no gain. Lowered: an attacker can collect answers
   * and meet one of them again.
   */
  sessionChallengeBytes: 32,
  /**
   * Characters of an origin: a host name has at most 253. Raised: larger frames before the proof. Lowered: servers with
   * long names cannot be used.
   */
  originCharacters: 300,
  /**
   * Time for the handshake, at both ends. Raised: unproven connections occupy their places for longer. Lowered: clients
   * on slow networks never get in.
   */
  sessionHandshakeMs: 10 * SECOND,
  /**
   * Interval of pings; each renews the lease. Raised: a lost ping costs the lease sooner. Lowered: more traffic for
   * each idle client.
   */
  sessionPingMs: 15 * SECOND,
  /**
   * How long a client is online without a sign of life. Raised: a user who vanished is shown online for longer.
   * Lowered: short network failures take users offline.
   */
  sessionLeaseMs: 45 * SECOND,
  /**
   * Unsent bytes of one session before it is closed. Raised: slow readers cost more memory. Lowered: a burst closes
   * sessions that are only slow.
   */
  sessionQueueBytes: 4 * MIB,
  /**
   * Unsent bytes of all sessions of one network. Raised: clients that do not read take more memory. Lowered: slow
   * readers of a large network are disconnected.
   */
  sessionQueueBytesPerNetwork: 64 * MIB,
  /** Unsent bytes of all sessions. Raised: more memory under attack. Lowered: slow readers are disconnected earlier. */
  sessionQueueBytesInAll: 512 * MIB,
  /**
   * log2 of scrypt's N for the key of an invitation code. Raised: registering takes longer. Lowered: a server that
   * imitates another one guesses codes faster.
   */
  inviteCostLog2: 15,
  /**
   * How long the addresses of the network cards are believed. Raised: a new address is refused for longer. Lowered:
   * requests with foreign names take more of the server's time.
   */
  ownAddressesMs: 1 * SECOND,
  /** Clients online at once. Raised: more memory and file descriptors. Lowered: new clients are refused earlier. */
  sessionsMax: 20_000,
  /**
   * Connections that have not finished the handshake. Raised: an attacker can hold more memory. Lowered: an attacker
   * displaces honest clients more easily.
   */
  sessionHandshakesMax: 1_000,
  /**
   * Time for the last frame to leave before the connection is destroyed. Raised: shutdown and refusals take longer.
   * Lowered: a client does not learn why it was disconnected.
   */
  sessionCloseMs: 200,
  /**
   * With `--until-empty`: wait for the first session. Raised: a server started in vain runs for longer. Lowered: a slow
   * first client finds no server.
   */
  idleShutdownFirstMs: 60 * SECOND,
  /**
   * With `--until-empty`: wait after the last session. Raised: an unused server runs for longer. Lowered: a client that
   * restarts finds no server.
   */
  idleShutdownMs: 3 * SECOND,
  /**
   * Names in one `watch` frame. Raised: one frame costs the server more. Lowered: a client with many friends sends more
   * frames.
   */
  watchedNamesMax: 1_000,
  /**
   * Names whose presence one session follows. Raised: each session costs more memory. Lowered: users with many friends
   * do not see all of them.
   */
  watchedNamesPerSession: 10_000,
  /**
   * First wait before a client reconnects. Raised: a short failure lasts longer. Lowered: a server that restarts is hit
   * by all clients at once.
   */
  reconnectFirstMs: 500,
  /**
   * Longest wait between two attempts. Raised: clients return later after a long failure. Lowered: an absent server
   * gets more attempts.
   */
  reconnectCeilingMs: 60 * SECOND,
  /**
   * How long a client waits for an answer of the name server. Raised: a command takes longer to report that the server
   * is away. Lowered: slow servers count as away.
   */
  serverAnswerMs: 5 * SECOND,
  /**
   * A request body. Raised: one request can cost more memory. Lowered: a record or group list of full size is refused.
   */
  restBodyBytes: 512 * KIB,
  /** The body with a record. Raised: one request can cost more memory. Lowered: a record of full size is refused. */
  restRecordBodyBytes: 48 * KIB,
  /**
   * Bodies from one network that are being received. Raised: one network can make the server buffer more. Lowered:
   * users of a large network wait when all register at once.
   */
  uploadBytesPerNetwork: 4 * MIB,
  /** Bodies from all networks. Raised: more memory under attack. Lowered: a popular server refuses at peak times. */
  uploadBytesInAll: 64 * MIB,
  /** Names in one look-up. Raised: one request costs more. Lowered: clients with many friends send more requests. */
  restNamesMax: 200,
  /**
   * An answer that a client accepts. Raised: a malicious server can make the client hold more. Lowered: a full page of
   * records is refused.
   */
  restAnswerBytes: 4 * MIB,
  /** Entries in one page of a list. Raised: one request costs more. Lowered: long lists take more requests. */
  restPageMax: 200,
  /**
   * Requests from one network; `--requests-per-minute` changes it. Raised: one network can take more of the server's
   * time. Lowered: many users behind one address are refused.
   */
  restRequestsPerMinute: 6_000,
  /**
   * Registrations of users or groups from one network; each client sends one when it connects. Raised: one network can
   * take more of the server's time. Lowered: users of a large network wait when all connect at once.
   */
  restRegistrationsPerMinute: 3_000,
  /** Serialized user records kept in memory. Raised: more memory. Lowered: look-ups are serialized again more often. */
  restCachedAnswersMax: 10_000,
  /**
   * Requests that wait for a decision. Raised: more memory when the server is overloaded. Lowered: requests are refused
   * in a short burst.
   */
  restPendingAnswersMax: 1_000,
  /**
   * HTTP connections that have not opened a session or channels. Raised: more memory and file descriptors. Lowered: a
   * flood from many networks displaces requests.
   */
  httpWaitingMax: 4_000,
  /** Time for the head of a request, or for TLS. Raised: silent connections stay. Lowered: slow networks fail. */
  httpHeadMs: 10 * SECOND,
  /** Time between two requests of one connection. Raised: idle connections stay. Lowered: clients connect again. */
  httpIdleMs: 10 * SECOND,
  /**
   * Time in which a connection sends or takes no byte. Raised: clients that do not read stay. Lowered: an answer to a
   * slow network is cut off.
   */
  httpStallMs: 30 * SECOND,
  /** Interval of looking for late requests. Raised: they stay longer. Lowered: more wake-ups. */
  httpCheckMs: 5 * SECOND,
  /**
   * Files that connections leave for the database, links to other servers and the log. Raised: fewer clients where
   * `ulimit -n` is low. Lowered: the database may find no file.
   */
  filesSpare: 64,
  /**
   * Time for a whole request to arrive. Raised: slow requests occupy connections for longer. Lowered: clients on slow
   * networks fail.
   */
  restRequestMs: 30 * SECOND,
  /**
   * A parameter in a path. Raised: longer text reaches validation. Lowered: an invalid name gets "not found" instead of
   * a reason.
   */
  restParameterCharacters: 1_000,
} as const;
