// Every bound in one place (G8): nothing queues, caches, waits or grows past a number named here. Units stand last.

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

export const LIMITS = {
  // What people write.
  messageTextBytes: 16 * KIB,
  /** The year 9999: no time on the wire is later. */
  timeMax: 253_402_300_799_999,
  quickTextBytes: 900,
  noteBytes: 1 * KIB,

  // Signed objects and records.
  signedPayloadBytes: 256 * KIB,
  recordBytes: 16 * KIB,
  devicesPerRecord: 8,
  nameRestMs: 365 * DAY,
  retiredDeviceMs: 30 * DAY,

  // The name server's session.
  sessionFrameBytes: 384 * KIB,
  sessionGreetingBytes: 4 * KIB,
  sessionGreetingMs: 10 * SECOND,
  sessionPingMs: 15 * SECOND,
  sessionLeaseMs: 45 * SECOND,
  sessionQueueBytes: 4 * MIB,
  sessionFramesPerMinute: 60_000,
  sessionsMax: 20_000,
  sessionsGreetingMax: 1_000,
  sessionGoodbyeMs: 200,
  emptyAtFirstMs: 60 * SECOND,
  emptyAtLastMs: 3 * SECOND,
  watchedNamesMax: 1_000,
  watchedNamesPerSession: 10_000,
  reconnectFirstMs: 500,
  reconnectCeilingMs: 60 * SECOND,
  commandServerWaitMs: 5 * SECOND,

  // Letters.
  letterBytes: 256 * KIB,
  letterPaddingBytes: 256,
  letterPlainBytes: 256 * KIB - 52,
  heldLettersPerRecipient: 500,
  heldBytesPerRecipient: 10 * MIB,
  /** Of those places, what strangers together may take: a letter of theirs is small, and a friend must find room. */
  heldLettersFromStrangers: 100,
  /** Strangers have one byte in so many. */
  heldBytesStrangersPart: 5,
  heldMs: 30 * DAY,
  heldCheckMs: 1 * DAY,
  lettersPerMinutePerSender: 120,
  lettersWaitingFromStranger: 5,
  lettersInFlightPerSession: 32,
  lettersInFlightBytes: 1 * MIB,
  correspondentsPerUser: 10_000,
  letterSendersMax: 20_000,
  letterSeenMs: 60 * DAY,
  offerMs: 1 * MINUTE,
  clockSkewMs: 10 * MINUTE,
  lettersOpeningMax: 64,
  letterRetryMs: 1 * MINUTE,
  lettersPerPage: 64,
  receiptsQueuedPerUser: 500,

  // REST.
  restBodyBytes: 512 * KIB,
  restNamesMax: 200,
  restAnswerBytes: 4 * MIB,
  restPageMax: 200,
  restRequestsPerMinute: 6_000,
  restRegistrationsPerMinute: 600,
  restNetworksRemembered: 20_000,
  restPreparedMax: 10_000,
  restAnswersWaitingMax: 1_000,
  restRequestMs: 30 * SECOND,
  restNameLetters: 1_000,
  retiredDevicesPerUser: 32,

  // Links.
  linkGreetingFrameBytes: 4 * KIB,
  linkFrameBytes: 256 * KIB,
  linkHandshakeMs: 5 * SECOND,
  linkHalfOpenPerAddress: 32,
  linkHalfOpenTotal: 64,
  linksMax: 1_024,
  linkPingMs: 20 * SECOND,
  linkSilenceMs: 60 * SECOND,
  linkQueueBytes: 8 * MIB,
  linkTryMs: 10 * SECOND,
  linkRetryFirstMs: 1 * SECOND,
  linkRetryCeilingMs: 5 * MINUTE,
  endpointsPerOffer: 16,
  endpointsKept: 4,
  dialsPerFriend: 3,
  linkStaleMs: 15 * SECOND,
  connectWishMs: 1 * MINUTE,

  // Conversations.
  /** Too few, and both disks wait for each other in turn: 64 cost a third of the rate that 256 reach. */
  chatWindow: 256,
  acknowledgedIdsPerFrame: 256,
  messagesPerLetter: 1_000,
  refillLanes: 64,
  refillBatchBytes: 64 * KIB,
  renewalByFriendsMs: 1 * DAY,
  messageLetterBytes: 120 * KIB,
  messageOverheadBytes: 256,
  laneHeldBackMax: 1_024,
  historyPage: 50,
  historyPageMax: 1_000,
  outboxPage: 1_000,
  searchWordsMax: 16,
  searchPage: 50,

  // Quick messages.
  datagramBytes: 1_200,
  quickSessionMs: 1 * DAY,
  quickSessionsMax: 2_048,
  quickReplayWindow: 1_024,
  /** How long each send of a text waits for an answer; after the last the sender is told. */
  quickResendMs: [500, 1 * SECOND, 2 * SECOND, 4 * SECOND, 500],
  quickGiveUpMs: 8 * SECOND,
  quickWaitingMax: 256,

  // Friends.
  friendsMax: 5_000,
  requestsMax: 500,

  // Groups.
  groupMembersMax: 256,
  groupUnratifiedMax: 1_000,
  groupEntriesMax: 100_000,
  groupsMax: 200,
  groupRequestsMax: 100,
  groupDeputiesMax: 16,
  groupPastMax: 1_000,
  groupDevicesMax: 1_024,
  groupDevicesPerUser: 32,
  groupHeadsMax: 8,
  groupOrphansMax: 16,
  groupProofsMax: 64,
  groupForksKept: 8,
  groupBatchBytes: 64 * KIB,
  groupBatchMessages: 500,
  /** In letters texts are escaped again and again: three of these fit one. */
  groupLetterBatchBytes: 24 * KIB,
  groupNewsBytes: 80 * KIB,
  groupParcelBytes: 220 * KIB,
  groupEntriesPerFrame: 256,
  groupHeldBackMs: 5 * SECOND,
  groupSyncMs: 1 * MINUTE,
  groupPullMs: 5 * SECOND,
  groupSilenceMs: 10 * MINUTE,
  groupHereParts: 10,
  groupUnsettledMax: 10_000,
  groupNameRestMs: 365 * DAY,
  groupsListedPerFounder: 50,
  groupsPerPage: 50,
  groupEvidenceBytes: 64 * MIB,

  // The edges of a program (runtime). A longer turn commits more at once and lets everybody else wait for longer.
  driverTurnMs: 5,
  driverInputsPerTurn: 1_000,
  driverBacklogHigh: 20_000,
  driverBacklogLow: 2_000,
  /** A sleep of the machine is noticed within this time. */
  timerMs: 1 * MINUTE,
  databaseBusyMs: 5 * SECOND,
  statementsPrepared: 256,
  publicKeysCached: 4_096,
  dialStaggerMs: 150,
  lingerMs: 2 * SECOND,
  linkExportedBytes: 104,
  portPairTries: 16,
  datagramQueueBytes: 1 * MIB,

  // The client's store. Larger runs write fewer pages for each message and make a start read more of them.
  messageIdsPerRun: 16_384,
  storeCacheKib: 64 * 1_024,
  /** More at once costs less for each message, and holds up everything else for longer (about 5 µs a message). */
  messagesIndexedAtOnce: 1_024,
  indexPauseMs: 500,
  indexBreathMs: 20,
  indexQuietMessages: 100,

  // Exports and backups. A key costs 128 × 2^costLog2 × blocks bytes and as much time as that takes to fill.
  archivePage: 1_000,
  exportPieceLetters: 64 * KIB,
  passphraseLettersMin: 8,
  passphraseBytesMax: 1 * KIB,
  scryptCostLog2: 17,
  scryptCostLog2Min: 10,
  scryptBlocks: 8,
  scryptLanes: 1,
  scryptLanesMax: 4,
  scryptMemoryBytes: 256 * MIB,
  backupPieceBytes: 64 * KIB,
  backupContentBytes: 4 * KIB,
  backupFileBytes: 64 * 1024 * MIB,

  // Faces.
  eventsKeptForWait: 1_000,
  commandLineBytes: 32 * KIB,
  exitWaitMs: 10 * SECOND,
  exitLinkMs: 3 * SECOND,
  waitDefaultMs: 10 * SECOND,
  whoMax: 5_000,
  waitMaxMs: 1 * DAY,
  waitsMax: 100,
  linesRememberedMax: 500,
  namesForTabMax: 1_000,
  statesFoldedMax: 1_000,
  statesFoldMs: 500,
  connectHistoryLines: 10,
  connectHistoryLinesMax: 50,
} as const;
