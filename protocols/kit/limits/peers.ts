// Bounds on channels between servers: peer links, discovery, relayed envelopes and presence counts.

import { DAY, KIB, MIB, MINUTE, rate, SECOND } from './units.js';

export const PEER_LIMITS = {
  /** Links to other servers. Raised: each message is sent more often. Lowered: a well-known server refuses peers. */
  peerLinksMax: 64,
  /**
   * Links that discovery tries to keep. Raised: more copies of each message. Lowered: a few failures split the network.
   */
  peerDegreeMin: 4,
  /**
   * Links above which discovery closes some. Raised: more copies of each message. Lowered: links are opened and closed
   * in turn.
   */
  peerDegreeMax: 8,
  /** Peers remembered. Raised: more dials for nothing. Lowered: a server that restarts finds fewer peers. */
  peersKeptMax: 256,
  /**
   * Unsent bytes for one peer before the oldest are dropped. Raised: a slow peer costs more memory and gets older
   * messages. Lowered: short delays lose messages.
   */
  peerQueueBytes: 1 * MIB,
  /**
   * Bytes handed to the network for one peer. Raised: old messages cannot be dropped any more. Lowered: fast links are
   * not filled.
   */
  peerInFlightBytes: 256 * KIB,
  /**
   * Time without progress after which a link is closed. Raised: a dead link is noticed later. Lowered: slow links are
   * closed.
   */
  peerStallMs: 10 * SECOND,
  /** Interval of pings. Raised: a dead link is noticed later. Lowered: more traffic on idle links. */
  peerPingMs: 20 * SECOND,
  /**
   * Silence after which a link is closed. Raised: messages go into a dead link for longer. Lowered: short failures
   * close links.
   */
  peerSilenceMs: 60 * SECOND,
  /**
   * First wait before a peer is dialled again. Raised: a short failure lasts longer. Lowered: an absent peer is dialled
   * more often.
   */
  peerRetryFirstMs: 1 * SECOND,
  /**
   * Longest wait between two dials. Raised: a peer that returns is linked later. Lowered: absent peers cost more
   * traffic.
   */
  peerRetryCeilingMs: 60 * SECOND,
  /**
   * Time for the handshake. Raised: unproven connections occupy their places for longer. Lowered: distant servers
   * cannot connect.
   */
  peerHandshakeMs: 5 * SECOND,
  /** Time for one dial. Raised: a dead address is noticed later. Lowered: distant servers cannot be dialled. */
  peerDialMs: 10 * SECOND,
  /**
   * Connections to the local control socket. Raised: more memory. Lowered: parallel administration commands are
   * refused.
   */
  controlConnectionsMax: 8,
  /**
   * A command on the control socket. Raised: a local program can make the server buffer more. Lowered: long host names
   * are refused.
   */
  controlLineBytes: 1 * KIB,
  /**
   * How long an administration command waits for the server. Raised: a hanging server is reported later. Lowered: a
   * busy server is reported as absent.
   */
  controlAnswerMs: 5 * SECOND,
  /**
   * Wait for another server that is asked for its peer port, twice at most. Raised: `connect` to a silent address
   * outlasts `controlAnswerMs`. Lowered: distant servers are not asked.
   */
  peerPortAnswerMs: 2 * SECOND,
  /** Its answer. Raised: more memory for another web server. Lowered: the answer does not fit. */
  peerPortAnswerBytes: 4 * KIB,
  /**
   * The file of known peers. Raised: a damaged file takes more memory to read. Lowered: a full list of peers cannot be
   * read.
   */
  peerStoreBytes: 256 * KIB,
  /**
   * How long a server that sent invalid data is refused. Raised: a server that was repaired stays out for longer.
   * Lowered: an attacker returns sooner.
   */
  peerBanMs: 10 * MINUTE,
  /** Banned servers remembered. Raised: more memory. Lowered: an attacker with many keys returns sooner. */
  peerBansMax: 1_000,
  /**
   * Failed dials after which a discovered peer is forgotten. Raised: dead addresses are dialled for longer. Lowered: a
   * server that is away for some minutes is forgotten.
   */
  peerDialFailuresMax: 8,
  /**
   * Interval of dials that verify an announced address. Raised: announced servers are found later. Lowered: false
   * addresses make us dial strangers more often.
   */
  peerVerifyMs: 5 * SECOND,
  /**
   * Interval of dials for missing links. Raised: a server without peers is connected later. Lowered: false addresses
   * make us dial strangers more often.
   */
  peerDiscoveryMs: 1 * SECOND,
  /**
   * Frames accepted from one peer. Raised: a malicious peer can take more of our time. Lowered: a busy honest peer
   * loses frames.
   */
  peerFramesPerSecond: 5_000,
  /**
   * Frames accepted at once. Raised: a malicious peer can take more of our time. Lowered: a reconnected peer loses
   * frames.
   */
  peerFramesBurst: 20_000,
  /**
   * Frames accepted from all peers of one network, except those that the operator asked for. Raised: one network can
   * take more of our time with many links. Lowered: honest peers of one provider lose frames.
   */
  peerFramesPerNetwork: rate(40_000, 10_000, SECOND),
  /** Addresses in one exchange. Raised: larger frames, and more false addresses. Lowered: discovery is slower. */
  peerAddressesPerFrame: 32,
  /** Interval of exchanges. Raised: new servers become known later. Lowered: more traffic. */
  peerExchangeMs: 1 * MINUTE,
  /** Addresses remembered. Raised: more memory. Lowered: an attacker displaces honest addresses more easily. */
  peerAddressesMax: 1_000,
  /**
   * How long an address is valid after it was signed. Raised: servers that moved are dialled for longer. Lowered: a
   * server must be heard more often to stay known.
   */
  peerAddressMs: 1 * DAY,
  /** Hops of an envelope. Raised: an envelope in a loop costs more. Lowered: distant servers do not hear each other. */
  relayHopsMax: 16,
  /**
   * Hops above which an envelope is remembered as distant, because its counter may be inflated. Raised: an inflated
   * counter suppresses honest copies. Lowered: more envelopes are forwarded twice.
   */
  relayNearHopsMax: 8,
  /**
   * Distant envelopes remembered for one origin. Raised: more memory. Lowered: an inflated counter suppresses honest
   * copies.
   */
  relayFarEnvelopesMax: 64,
  /**
   * Interval of notices that a newer boot is known, and of rises of the own boot. Raised: two servers with one key are
   * heard in longer turns. Lowered: they fill the links and the log.
   */
  relayBootNoticeMs: 10 * SECOND,
  /** Notices in a burst. Raised: more of the same. Lowered: of several origins on a link, some learn it later. */
  relayBootNoticesBurst: 4,
  /**
   * Messages that are sent again under a risen boot. Raised: more memory. Lowered: of many that peers refused, the
   * first are lost.
   */
  relayResentMax: 16,
  /** Their age. Raised: more is sent twice. Lowered: a notice over slow links comes too late. */
  relayResentMs: 10 * SECOND,
  /** Sequence numbers remembered for one origin. Raised: more memory. Lowered: late envelopes are dropped. */
  relayWindow: 4_096,
  /** Origin servers tracked. Raised: more memory. Lowered: an attacker with many keys displaces honest origins. */
  relayOriginsMax: 10_000,
  /**
   * Silence after which an origin may be forgotten. Raised: the table stays full for longer. Lowered: old envelopes of
   * that origin are accepted again.
   */
  relayOriginSilenceMs: 10 * MINUTE,
  /**
   * Tolerated age of a message and difference of clocks. Raised: old messages can be replayed for longer. Lowered:
   * servers and users with inaccurate clocks are not heard.
   */
  relaySkewMs: 5 * MINUTE,
  /**
   * How long a message waits for an earlier one. Raised: a lost message delays the next ones. Lowered: messages are
   * delivered out of order.
   */
  relayReorderMs: 500,
  /**
   * Messages of one client session held for order. Raised: one client can hold more memory. Lowered: messages are
   * delivered out of order.
   */
  relayHeldPerSession: 64,
  /** Messages held for order in all. Raised: more memory. Lowered: messages are delivered out of order under load. */
  relayReorderMax: 4_096,
  /** Bytes held for order in all. Raised: more memory. Lowered: messages are delivered out of order under load. */
  relayReorderBytes: 8 * MIB,
  /**
   * Client sessions whose counters are tracked. Raised: more memory. Lowered: copies of old messages are delivered
   * again.
   */
  clientSessionsRemembered: 50_000,
  /**
   * Interval in which changed counts are announced. Raised: counts are out of date for longer. Lowered: more traffic.
   */
  presenceCountsMs: 5 * SECOND,
  /**
   * Interval in which unchanged counts are announced. Raised: a server that joined shows wrong counts for longer.
   * Lowered: more traffic.
   */
  presenceCountsRepeatMs: 60 * SECOND,
  /**
   * How long counts of a silent server are shown. Raised: participants of a failed server are counted for longer.
   * Lowered: a lost announcement makes counts drop.
   */
  presenceCountsKeptMs: 3 * MINUTE,
  /** Channels in one announcement. Raised: larger frames. Lowered: smaller channels show too few participants. */
  presenceCountsChannelsMax: 64,
  /** Servers whose counts are kept. Raised: more memory. Lowered: counts leave out servers. */
  presenceCountsOriginsMax: 1_000,
  /**
   * Participants that one server may claim for a channel. Raised: a malicious server can inflate the count further.
   * Lowered: very large channels are counted too low.
   */
  presenceCountMax: 1_000_000,
  /** The signed header of an envelope. Raised: a peer can make us parse more. Lowered: valid headers are refused. */
  envelopeHeaderBytes: 512,
} as const;
