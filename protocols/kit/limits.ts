// Every bound in one place (G8): nothing queues, caches, waits or grows past a number named here. Units stand last.

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

export const LIMITS = {
  // What people write.
  messageTextBytes: 16 * KIB,
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
  sessionsMax: 20_000,
  watchedNamesMax: 1_000,
  reconnectFirstMs: 500,
  reconnectCeilingMs: 60 * SECOND,
  commandServerWaitMs: 5 * SECOND,

  // Letters.
  letterBytes: 256 * KIB,
  letterPaddingBytes: 256,
  heldLettersPerRecipient: 500,
  heldBytesPerRecipient: 10 * MIB,
  heldMs: 30 * DAY,
  lettersPerMinutePerSender: 120,
  lettersWaitingFromStranger: 5,
  lettersInFlightPerSession: 32,
  letterSeenMs: 60 * DAY,
  offerMs: 1 * MINUTE,
  lettersOpeningMax: 64,

  // REST.
  restBodyBytes: 512 * KIB,
  restNamesMax: 200,
  restPageMax: 200,
  restRequestsPerMinute: 6_000,
  restRegistrationsPerMinute: 600,

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

  // Conversations.
  chatWindow: 64,
  acknowledgedIdsPerFrame: 256,
  laneHeldBackMax: 1_024,
  historyPage: 50,
  historyPageMax: 1_000,
  outboxPage: 1_000,

  // Quick messages.
  datagramBytes: 1_200,
  quickSessionMs: 1 * DAY,
  quickSessionsMax: 2_048,
  quickReplayWindow: 1_024,
  quickResendMs: [500, 1 * SECOND, 2 * SECOND, 4 * SECOND],
  quickGiveUpMs: 8 * SECOND,
  quickWaitingMax: 256,

  // Friends.
  friendsMax: 5_000,
  requestsMax: 500,

  // Faces.
  eventsKeptForWait: 1_000,
  commandLineBytes: 32 * KIB,
  exitWaitMs: 10 * SECOND,
  waitDefaultMs: 10 * SECOND,
} as const;
