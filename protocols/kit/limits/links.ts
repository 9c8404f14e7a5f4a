// Bounds on links between devices: handshake, frames, keepalive and dialling.

import { KIB, MIB, MINUTE, rate, SECOND } from './units.js';

export const LINK_LIMITS = {
  /**
   * A frame before the peer was admitted. Raised: a stranger can make us buffer more. Lowered: the hello does not fit.
   */
  linkHelloFrameBytes: 4 * KIB,
  /**
   * A frame of an admitted peer. Raised: one peer can make us buffer more. Lowered: history batches and group frames do
   * not fit.
   */
  linkFrameBytes: 256 * KIB,
  /**
   * Time for TLS, and again for the hello. Raised: unfinished connections occupy their places for longer. Lowered:
   * peers on slow networks cannot connect.
   */
  linkHandshakeMs: 5 * SECOND,
  /**
   * Connections whose caller is not admitted; then the oldest of the network with most of them is closed.
   * Raised: an attacker can make us compute and hold more. Lowered: an attacker displaces slow friends more easily.
   */
  linkWaitingMax: 128,
  /**
   * TLS handshakes with callers of one network that are not admitted. Raised: one network can make us compute more.
   * Lowered: friends behind one address wait when all of them return.
   */
  linkHandshakesPerNetwork: rate(256, 8, SECOND),
  /**
   * The same of all networks. Raised: many networks can make us compute more. Lowered: under attack friends wait for
   * longer.
   */
  linkHandshakesInAll: rate(1_024, 32, SECOND),
  /**
   * Networks whose handshakes are counted. Raised: more memory. Lowered: an attacker with many networks resets its own
   * counts.
   */
  linkNetworksMax: 4_096,
  /**
   * Open connections of peers. Raised: more memory and file descriptors. Lowered: users with many friends and groups
   * have too few links.
   */
  linksMax: 1_024,
  /**
   * Silence after which a peer is pinged. Raised: a dead link is noticed later. Lowered: more traffic on idle links.
   */
  linkPingMs: 20 * SECOND,
  /**
   * Silence after which a link is closed. Raised: messages go into a dead link for longer. Lowered: a short network
   * failure closes the link.
   */
  linkSilenceMs: 60 * SECOND,
  /**
   * How long a link outlives the device of ours that opened it. Raised: a friend sends to the old device for longer.
   * Lowered: a slow name server interrupts the messages of friends.
   */
  linkKeptMs: 10 * MINUTE,
  /**
   * Unsent bytes of one link before it is closed. Raised: a peer that does not read costs more memory. Lowered: a slow
   * network breaks transfers of history.
   */
  linkQueueBytes: 8 * MIB,
  /**
   * Time for one dial with all its endpoints. Raised: store-and-forward starts later. Lowered: slow networks never
   * connect.
   */
  linkDialMs: 10 * SECOND,
  /**
   * First wait before a friend is dialled again. Raised: a short failure lasts longer. Lowered: an unreachable friend
   * is dialled more often.
   */
  linkRetryFirstMs: 1 * SECOND,
  /**
   * Longest wait between two dials. Raised: a friend who returns is reached later. Lowered: unreachable friends cost
   * more traffic.
   */
  linkRetryCeilingMs: 5 * MINUTE,
  /**
   * Endpoints in an offer, and tried in one dial. Raised: an offer can make us dial more strangers. Lowered: hosts with
   * many addresses leave out the right one.
   */
  endpointsPerOffer: 16,
  /**
   * Working endpoints remembered for one friend. Raised: dead addresses are tried for longer. Lowered: a friend who
   * moves between networks is found more slowly.
   */
  endpointsKeptMax: 4,
  /**
   * Dials to one friend at once, to remembered and to offered endpoints each. Raised: more sockets for each friend.
   * Lowered: a slow address delays a better one.
   */
  dialsPerFriend: 3,
  /**
   * Age at which a link gives way to a new one that the peer dialled. Raised: a half-dead link is kept for longer.
   * Lowered: two devices that dial each other at once close good links.
   */
  linkStaleMs: 15 * SECOND,
  /**
   * How long a requested link is worth dialling for. Raised: dials go on that no longer have a purpose. Lowered: a
   * friend who comes online a moment later is not reached.
   */
  connectAttemptMs: 1 * MINUTE,
} as const;
