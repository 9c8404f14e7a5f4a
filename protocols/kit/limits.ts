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
  nameReservedMs: 365 * DAY,
  retiredDeviceMs: 30 * DAY,

  // The name server's session.
  sessionFrameBytes: 384 * KIB,
  sessionHandshakeBytes: 4 * KIB,
  sessionHandshakeMs: 10 * SECOND,
  sessionPingMs: 15 * SECOND,
  sessionLeaseMs: 45 * SECOND,
  sessionQueueBytes: 4 * MIB,
  sessionFramesPerMinute: 60_000,
  sessionsMax: 20_000,
  sessionHandshakesMax: 1_000,
  sessionCloseMs: 200,
  idleShutdownFirstMs: 60 * SECOND,
  idleShutdownMs: 3 * SECOND,
  watchedNamesMax: 1_000,
  watchedNamesPerSession: 10_000,
  reconnectFirstMs: 500,
  reconnectCeilingMs: 60 * SECOND,
  serverAnswerMs: 5 * SECOND,

  // Letters.
  letterBytes: 256 * KIB,
  letterPaddingBytes: 256,
  letterPlainBytes: 256 * KIB - 52,
  heldLettersPerRecipient: 500,
  heldBytesPerRecipient: 10 * MIB,
  /** Of those places, what strangers together may take: a letter of theirs is small, and a friend must find room. */
  heldLettersFromStrangers: 100,
  /** Strangers have one byte in so many. */
  heldBytesStrangersDivisor: 5,
  heldMs: 30 * DAY,
  heldCheckMs: 1 * DAY,
  historyRecoveryRepeatMs: 1 * DAY,
  friendRequestCheckMs: 60 * MINUTE,
  lettersPerMinutePerSender: 120,
  lettersWaitingFromStranger: 5,
  lettersInFlightPerSession: 32,
  lettersInFlightBytes: 1 * MIB,
  correspondentsPerUserMax: 10_000,
  letterSendersMax: 20_000,
  letterSeenMs: 60 * DAY,
  offerMs: 1 * MINUTE,
  clockSkewMs: 10 * MINUTE,
  lettersDecryptingMax: 64,
  unreadableSendersMax: 64,
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
  restCachedAnswersMax: 10_000,
  restPendingAnswersMax: 1_000,
  restRequestMs: 30 * SECOND,
  restParameterCharacters: 1_000,
  retiredDevicesPerUser: 32,

  // Links.
  linkHelloFrameBytes: 4 * KIB,
  linkFrameBytes: 256 * KIB,
  linkHandshakeMs: 5 * SECOND,
  linkHalfOpenPerAddress: 32,
  linkHalfOpenMax: 64,
  linksMax: 1_024,
  linkPingMs: 20 * SECOND,
  linkSilenceMs: 60 * SECOND,
  linkQueueBytes: 8 * MIB,
  linkDialMs: 10 * SECOND,
  linkRetryFirstMs: 1 * SECOND,
  linkRetryCeilingMs: 5 * MINUTE,
  endpointsPerOffer: 16,
  endpointsKeptMax: 4,
  dialsPerFriend: 3,
  linkStaleMs: 15 * SECOND,
  connectAttemptMs: 1 * MINUTE,

  // Conversations.
  /** Too few, and both disks wait for each other in turn: 64 cost a third of the rate that 256 reach. */
  chatWindow: 256,
  acknowledgedIdsPerFrame: 256,
  messagesPerLetter: 1_000,
  historyRecoveryDevicesMax: 64,
  historyRecoveryBatchBytes: 64 * KIB,
  keyRotationAfterFriendReportMs: 1 * DAY,
  messageLetterBytes: 120 * KIB,
  messageOverheadBytes: 256,
  chatReorderMax: 1_024,
  historyPage: 50,
  historyPageMax: 1_000,
  outboxPage: 1_000,
  searchWordsMax: 16,
  searchPage: 50,

  // Posts.
  postBytes: 4 * 1024 * MIB,
  postTitleCharacters: 200,
  postNameCharacters: 255,
  postTextBytes: 16 * KIB,
  /** Ever made by one device: uploads and removals. */
  postChangesMax: 10_000_000,
  postsPerPage: 64,
  postPageBytes: 120 * KIB,
  /** To one friend. A whole catalogue of 100 000 takes half a minute. */
  postPagesPerSecond: 50,
  postPagesBurst: 100,
  postsKeptPerFriend: 100_000,
  postLetterFirstMs: 1 * MINUTE,
  postLetterCeilingMs: 60 * MINUTE,
  postGrantMs: 30 * DAY,
  /** On one link, a fresh one comes after so long. */
  postGrantRenewMs: 1 * DAY,
  postGrantHeaderBytes: 2 * KIB,
  postHeaderBytes: 8 * KIB,
  postReadsPerFriend: 4,
  postReadsMax: 32,
  postConnectionsMax: 64,
  postConnectionsPerPeer: 8,
  postRequestMs: 10 * SECOND,
  postDownloadsPerAuthor: 4,
  postDownloadsMax: 8,
  postDownloadsKept: 1_000,
  postSourcesMax: 16,
  postRetryFirstMs: 1 * SECOND,
  postRetryCeilingMs: 1 * MINUTE,
  postStallMs: 20 * SECOND,
  postWaitingReportMs: 30 * SECOND,
  /** Larger pieces are a little faster, and everything else in the process waits for them longer. */
  postReadPieceBytes: 256 * KIB,
  /** On their way to one reader: more hide longer waits for the disk, and take more memory. */
  postPiecesInFlight: 3,
  /** Of the reader: with those on their way and what the network holds, a kill costs less than 1 MiB. */
  postWritePieceBytes: 192 * KIB,
  postPiecesUnwritten: 3,
  postProgressMs: 250,
  /** What posts leave free on the disk: the store needs some of it. */
  diskReservedBytes: 16 * MIB,
  postsListedDefault: 50,
  postsListedMax: 1_000,
  postUploadsMax: 4,

  // Quick messages.
  datagramBytes: 1_200,
  quickSessionMs: 1 * DAY,
  quickSessionsMax: 2_048,
  quickReplayWindow: 1_024,
  /** How long each send of a text waits for an answer; after the last the sender is told. */
  quickResendMs: [500, 1 * SECOND, 2 * SECOND, 4 * SECOND, 500],
  quickTimeoutMs: 8 * SECOND,
  quickPendingMax: 256,

  // Friends.
  friendsMax: 5_000,
  requestsMax: 500,

  // Groups.
  groupMembersMax: 256,
  groupUnratifiedMax: 1_000,
  groupEntriesMax: 100_000,
  groupsMax: 200,
  groupRequestsMax: 100,
  groupInvitationsPerUser: 8,
  groupDeputiesMax: 16,
  groupHistoryMax: 1_000,
  groupDevicesMax: 1_024,
  groupDevicesPerUser: 32,
  groupParentsMax: 8,
  /** How far one message moves the time of a group; more than anybody can have missed at once. */
  groupLamportJump: 1_000_000,
  /** How often somebody's word makes a leader stand anew, in one period of silence. */
  groupCampaignsPerSilence: 3,
  groupOrphansMax: 16,
  groupProofsMax: 64,
  groupForksMax: 8,
  groupBatchBytes: 64 * KIB,
  groupBatchMessages: 500,
  /** In letters texts are escaped again and again: three of these fit one. */
  groupLetterBatchBytes: 24 * KIB,
  groupSyncBytes: 80 * KIB,
  groupBundleBytes: 220 * KIB,
  groupEntriesPerFrame: 256,
  groupReorderMs: 5 * SECOND,
  groupSyncMs: 1 * MINUTE,
  groupPullMs: 5 * SECOND,
  groupSilenceMs: 10 * MINUTE,
  groupHeartbeatsPerSilence: 10,
  groupUnsettledMessagesMax: 10_000,
  groupNameReservedMs: 365 * DAY,
  groupsListedPerFounder: 50,
  groupsPerPage: 50,
  groupEvidenceBytes: 64 * MIB,

  // Channels: visitors at a server's doors.
  channelCardsMax: 256,
  channelsPerClient: 64,
  channelsMax: 10_000,
  /** Founded from one network, while they last. */
  channelsPerNetwork: 2_000,
  channelClientsMax: 20_000,
  channelClientsEnteringMax: 1_000,
  channelEntryMs: 10 * SECOND,
  channelEntryFrameBytes: 4 * KIB,
  /** All that is read of a stranger: the entry, and what was sent right behind it. */
  channelEntryBytes: 8 * KIB,
  /** A text of 16 KiB of which each byte has to be escaped, twice. */
  channelClientFrameBytes: 256 * KIB,
  channelClientQueueBytes: 1 * MIB,
  channelClientPingMs: 20 * SECOND,
  channelClientSilenceMs: 60 * SECOND,
  /** Higher: one visitor can drown the others; lower: who types fast is held up. */
  channelMessagesPerSecond: 5,
  channelMessagesBurst: 20,
  /** Joins, parts and everything else that is not said. */
  channelClientFramesPerSecond: 20,
  channelClientFramesBurst: 100,
  /** A text of 16 KiB of which each byte has to be escaped, padded and sealed. */
  directMessageBytes: 128 * KIB + 48,
  channelCountsIntervalMs: 1 * SECOND,

  // Channels: between servers.
  peerLinksMax: 64,
  peerDegreeMin: 4,
  peerDegreeMax: 8,
  peersKeptMax: 256,
  peerQueueBytes: 1 * MIB,
  peerInFlightBytes: 256 * KIB,
  peerStallMs: 10 * SECOND,
  peerPingMs: 20 * SECOND,
  peerSilenceMs: 60 * SECOND,
  peerRetryFirstMs: 1 * SECOND,
  peerRetryCeilingMs: 60 * SECOND,
  peerHandshakeMs: 5 * SECOND,
  peerDialMs: 10 * SECOND,
  /** The local socket by which a server that runs is told what to do. */
  controlConnectionsMax: 8,
  controlLineBytes: 1 * KIB,
  controlAnswerMs: 5 * SECOND,
  /** The file of boot and peers. */
  peerStoreBytes: 256 * KIB,
  /** Whom we found out lying, unless somebody asked for them. */
  peerBanMs: 10 * MINUTE,
  peerBansMax: 1_000,
  /** How often one that was only heard of is dialled before it is forgotten. */
  peerDialFailuresMax: 8,
  /** Between two dials to see whether an address is right; and between two in search of peers. */
  peerVerifyMs: 5 * SECOND,
  peerDiscoveryMs: 1 * SECOND,
  peerFramesPerSecond: 5_000,
  peerFramesBurst: 20_000,
  peerAddressesPerFrame: 32,
  peerExchangeMs: 1 * MINUTE,
  peerAddressesMax: 1_000,
  peerAddressMs: 1 * DAY,
  relayHopsMax: 16,
  /** Further than this nothing honest comes: it may be a lie about hops. So many such stamps of an origin are kept. */
  relayNearHopsMax: 8,
  relayFarEnvelopesMax: 64,
  relayWindow: 4_096,
  relayOriginsMax: 10_000,
  relayOriginSilenceMs: 10 * MINUTE,
  /** How far a clock may be off, and how old something said may be, before nobody passes it on. */
  relaySkewMs: 5 * MINUTE,
  /** What came out of order waits for so long for what was said before it. */
  relayReorderMs: 500,
  relayHeldPerSession: 64,
  relayReorderMax: 4_096,
  relayReorderBytes: 8 * MIB,
  clientSessionsRemembered: 50_000,
  presenceCountsMs: 5 * SECOND,
  presenceCountsRepeatMs: 60 * SECOND,
  presenceCountsKeptMs: 3 * MINUTE,
  presenceCountsChannelsMax: 64,
  presenceCountsOriginsMax: 1_000,
  /** No server is believed to hold more in a channel. */
  presenceCountMax: 1_000_000,
  envelopeHeaderBytes: 512,

  // Channels: the visitor's side.
  channelClientWaitingMax: 64,
  channelClientWaitMs: 30 * SECOND,
  channelClientSendersMax: 10_000,
  channelClientCardsKept: 10_000,
  channelClientVerifyingMax: 4_096,
  channelClientVerifyingBytes: 8 * MIB,
  channelClientPingMinMs: 1 * SECOND,
  directMessageResendMs: [1 * SECOND, 2 * SECOND, 4 * SECOND],
  directMessageGiveUpMs: 10 * SECOND,
  directMessagesWaitingMax: 64,
  directMessagesSeenMax: 4_096,
  /** Slower than what servers take, so that a hurry of the network makes nobody too fast. */
  channelClientPacePerSecond: 4,
  channelClientPaceBurst: 16,
  /** What strangers can make us answer. Higher: they use up more of what we may say. */
  directMessageAnswersPerSecond: 2,
  directMessageAnswersBurst: 8,

  // The page for browsers.
  pageFilesMax: 64,
  pageBytes: 2 * MIB,
  pageLinesPerConversation: 500,
  pageCharactersPerConversation: 500_000,
  /** What one says within this time of what they said before stands under one head. */
  pageGroupMs: 5 * MINUTE,
  /** Conversations with one person; strangers can begin them, and who was silent for longest gives way. */
  pageDirectConversationsMax: 64,
  pageMutedMax: 1_000,
  pageAnnouncementsMax: 20,
  /** Longer texts are folded until somebody wants them whole. */
  pageFoldedCharacters: 1_000,
  pageFrameMs: 250,
  pageFingerprintsMax: 2_000,

  // The edges of a program (runtime). A longer turn commits more at once and lets everybody else wait for longer.
  driverTickMs: 5,
  driverInputsPerTick: 1_000,
  driverBacklogHigh: 20_000,
  driverBacklogLow: 2_000,
  /** A sleep of the machine is noticed within this time. */
  driverTimerMs: 1 * MINUTE,
  databaseBusyMs: 5 * SECOND,
  statementsPreparedMax: 256,
  publicKeysCachedMax: 4_096,
  dialStaggerMs: 150,
  closeTimeoutMs: 2 * SECOND,
  linkKeyingBytes: 104,
  portPairAttempts: 16,
  datagramQueueBytes: 1 * MIB,

  // The client's store. Larger runs write fewer pages for each message and make a start read more of them.
  messageIdsPerRun: 16_384,
  storeCacheKib: 64 * 1_024,
  /** More at once costs less for each message, and holds up everything else for longer (about 5 µs a message). */
  messagesIndexedPerBatch: 1_024,
  indexIdleMs: 500,
  indexBatchPauseMs: 20,
  indexQuietMessages: 100,

  // Exports and backups. A key costs 128 × 2^costLog2 × blocks bytes and as much time as that takes to fill.
  archivePage: 1_000,
  exportPieceCharacters: 64 * KIB,
  passphraseCharactersMin: 8,
  passphraseBytesMax: 1 * KIB,
  scryptCostLog2: 17,
  scryptCostLog2Min: 10,
  scryptBlockSize: 8,
  scryptParallelism: 1,
  scryptParallelismMax: 4,
  scryptMemoryBytes: 256 * MIB,
  backupPieceBytes: 64 * KIB,
  backupContentBytes: 4 * KIB,
  backupFileBytes: 64 * 1024 * MIB,

  // Rooms: between servers. Raising a time makes servers slower to give each other up, lowering it quicker to do so
  // wrongly.
  roomServersMax: 32,
  roomDatagramBytes: 1_200,
  roomFrameBytes: 1_000,
  roomLinkWindow: 64,
  roomRecordBytes: 8 * MIB,
  roomStreamBytes: 16 * MIB,
  roomRetryMinMs: 30,
  roomRetryFirstMs: 200,
  roomRetryMaxMs: 500,
  /** Longer: more messages share a datagram, and each waits for longer. */
  roomBatchMs: 2,
  roomTickMs: 10,
  roomHeartbeatMs: 100,
  roomHeartbeatBusyMs: 20,
  roomSuspectMs: 600,
  roomStallMs: 250,
  roomAckLagMs: 2 * SECOND,
  roomWindow: 64,
  roomEarlyMessagesMax: 4_096,
  roomElectionStaggerMs: 150,
  roomPromiseWaitMs: 120,
  roomSnapshotWaitMs: 240,
  roomSnapshotBytesPerMs: 4 * KIB,
  roomSnapshotsHeld: 16,
  roomElectionMs: 700,
  roomStuckViewMs: 1 * SECOND,
  roomJoinStableMs: 500,
  roomJoinGapMs: 1 * SECOND,
  roomDecisionResendMs: 200,
  roomOutboxMax: 1_024,
  roomOutboxPerClient: 256,
  roomReorderMax: 4_096,
  /** What a server that was left out can catch up on: some seconds of a busy cluster. */
  roomRecentMax: 20_000,
  roomRecentBytes: 2 * MIB,

  // Rooms: towards clients.
  roomTextBytes: 1_000,
  roomNickBytes: 64,
  roomClientsMax: 10_000,
  roomCountMin: 10,
  roomCountMax: 10_000,
  roomConfigBytes: 64 * KIB,
  roomKeyBytes: 4 * KIB,
  roomStateFileBytes: 32 * MIB,
  roomSocketBytes: 4 * MIB,
  roomPipeDrainMs: 500,

  // Faces.
  eventsBufferedMax: 1_000,
  commandLineBytes: 32 * KIB,
  exitWaitMs: 10 * SECOND,
  exitLinkSilenceMs: 3 * SECOND,
  waitDefaultMs: 10 * SECOND,
  whoMax: 5_000,
  waitMaxMs: 1 * DAY,
  waitsMax: 100,
  inputHistoryMax: 500,
  completionNamesMax: 1_000,
  stateChangesCoalescedMax: 1_000,
  stateChangesCoalesceMs: 500,
  connectHistoryLines: 10,
  connectHistoryLinesMax: 50,
} as const;
