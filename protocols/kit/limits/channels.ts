// Bounds on channels for clients: on the server that admits them, and in the client itself.

import { KIB, MIB, rate, SECOND } from './units.js';

export const CHANNEL_LIMITS = {
  /**
   * Participants of a channel listed by name. Raised: a join costs more bytes. Lowered: larger channels show only a
   * count.
   */
  channelCardsMax: 256,
  /** Channels of one client. Raised: one client costs the server more. Lowered: users must part earlier. */
  channelsPerClient: 64,
  /** Channels on one server. Raised: more memory. Lowered: new channels are refused. */
  channelsMax: 10_000,
  /**
   * Channels created from one network while they last. Raised: one network can occupy more of `channelsMax`. Lowered:
   * many users behind one address are refused.
   */
  channelsPerNetwork: 2_000,
  /** Clients connected to one server. Raised: more memory and file descriptors. Lowered: new clients are refused. */
  channelClientsMax: 20_000,
  /**
   * Clients from one network. Raised: one network can take more of `channelClientsMax`. Lowered: users of a large
   * network are refused.
   */
  channelClientsPerNetwork: 2_000,
  /**
   * Connections without a proven key. Raised: an attacker can hold more memory. Lowered: an attacker displaces honest
   * clients more easily.
   */
  channelClientsEnteringMax: 1_000,
  /**
   * Time for the entry, at both ends. Raised: unproven connections occupy their places for longer. Lowered: clients on
   * slow networks never get in.
   */
  channelEntryMs: 10 * SECOND,
  /**
   * A frame before the entry was accepted. Raised: a stranger can make the server buffer more. Lowered: the entry does
   * not fit.
   */
  channelEntryFrameBytes: 4 * KIB,
  /**
   * Everything read before the entry was accepted. Raised: a stranger can make the server buffer more. Lowered: a
   * client that sends its first joins at once is refused.
   */
  channelEntryBytes: 8 * KIB,
  /**
   * A frame of an admitted client: a text of full size, escaped twice. Raised: one client can make the server buffer
   * more. Lowered: a long message does not fit.
   */
  channelClientFrameBytes: 256 * KIB,
  /**
   * Unsent bytes of one client before it is closed. Raised: slow readers cost more memory. Lowered: busy channels close
   * slow readers.
   */
  channelClientQueueBytes: 1 * MIB,
  /**
   * Unsent bytes of all clients of one network. Raised: clients that do not read take more memory. Lowered: slow
   * readers of a large network are disconnected.
   */
  channelQueueBytesPerNetwork: 128 * MIB,
  /** Unsent bytes of all clients. Raised: more memory under attack. Lowered: slow readers are disconnected earlier. */
  channelQueueBytesInAll: 1_024 * MIB,
  /**
   * What clients of one network may make the server deliver in channels: a message costs its receivers, a join its
   * answer and the members who are told. Raised: one network can take more of the server's time. Lowered: a large
   * network in a large channel is slowed down.
   */
  channelDeliveriesPerNetwork: rate(2_000_000, 50_000, SECOND),
  /** The same for all clients. Raised: more time under attack. Lowered: a popular server slows its clients down. */
  channelDeliveriesInAll: rate(10_000_000, 200_000, SECOND),
  /** Interval of pings. Raised: a dead connection is noticed later. Lowered: more traffic for each idle client. */
  channelClientPingMs: 20 * SECOND,
  /**
   * Silence after which a connection is closed. Raised: absent users are shown for longer. Lowered: short network
   * failures end the session.
   */
  channelClientSilenceMs: 60 * SECOND,
  /**
   * Messages accepted from one client. Raised: one client can drown the others. Lowered: people who type fast are
   * delayed.
   */
  channelMessagesPerSecond: 5,
  /** Messages accepted at once. Raised: one client can flood a channel. Lowered: pasting a few lines is refused. */
  channelMessagesBurst: 20,
  /**
   * Other frames accepted from one client. Raised: one client can take more of the server's time. Lowered: joining many
   * channels is slow.
   */
  channelClientFramesPerSecond: 20,
  /**
   * Other frames accepted at once. Raised: one client can take more of the server's time. Lowered: a client that
   * rejoins its channels is refused.
   */
  channelClientFramesBurst: 100,
  /**
   * A sealed direct message: a text of full size, escaped and padded. Raised: the frame exceeds
   * `channelClientFrameBytes`. Lowered: long direct messages are refused.
   */
  directMessageBytes: 128 * KIB + 48,
  /**
   * Interval in which changed counts are sent. Raised: counts are out of date for longer. Lowered: busy channels cost
   * more traffic.
   */
  channelCountsIntervalMs: 1 * SECOND,
  /**
   * In the client: messages, and joins of one channel, that wait for the server. Raised: more memory while the server
   * is away. Lowered: scripts that send many are refused.
   */
  channelClientWaitingMax: 64,
  /**
   * In the client: how long they wait. Raised: the user learns later that nothing was sent. Lowered: a short
   * reconnection loses messages.
   */
  channelClientWaitMs: 30 * SECOND,
  /**
   * In the client: sessions of senders tracked against replay. Raised: more memory. Lowered: messages of senders with
   * inaccurate clocks are dropped in large channels.
   */
  channelClientSendersMax: 10_000,
  /**
   * In the client: participants remembered. Raised: more memory. Lowered: direct messages need the fingerprint more
   * often.
   */
  channelClientCardsKept: 10_000,
  /**
   * In the client: frames that wait for verification. Raised: more memory, and a longer delay under load. Lowered: a
   * burst pauses the connection.
   */
  channelClientVerifyingMax: 4_096,
  /**
   * In the client: bytes that wait for verification. Raised: more memory, and a longer delay under load. Lowered: a
   * burst pauses the connection.
   */
  channelClientVerifyingBytes: 8 * MIB,
  /**
   * In the client: shortest ping interval that a server may ask for. Raised: a server that needs faster pings closes
   * the connection. Lowered: a malicious server can make the client send more.
   */
  channelClientPingMinMs: 1 * SECOND,
  /** Wait after each send. Raised: a lost message costs more time. Lowered: slow answers cause more copies. */
  directMessageResendMs: [1 * SECOND, 2 * SECOND, 4 * SECOND],
  /**
   * How long a direct message waits for its receipt. Raised: the user waits longer for "not confirmed". Lowered: slow
   * receivers are reported as not confirmed.
   */
  directMessageGiveUpMs: 10 * SECOND,
  /** Direct messages without a receipt. Raised: more memory. Lowered: scripts that send many are refused. */
  directMessagesWaitingMax: 64,
  /** Direct messages remembered to recognize copies. Raised: more memory. Lowered: a late copy is shown again. */
  directMessagesSeenMax: 4_096,
  /**
   * In the client: messages sent. Below `channelMessagesPerSecond`, so that jitter does not exceed it. Raised: the
   * server refuses messages as too fast. Lowered: long texts leave more slowly.
   */
  channelClientPacePerSecond: 4,
  /**
   * In the client: messages sent at once. Raised: the server refuses messages as too fast. Lowered: a few lines leave
   * more slowly.
   */
  channelClientPaceBurst: 16,
  /**
   * Receipts sent to others. Raised: strangers use up more of our own rate. Lowered: senders see "not confirmed"
   * although it arrived.
   */
  directMessageAnswersPerSecond: 2,
  /**
   * Receipts sent at once. Raised: strangers use up more of our own rate. Lowered: senders see "not confirmed" although
   * it arrived.
   */
  directMessageAnswersBurst: 8,
} as const;
