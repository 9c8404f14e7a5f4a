// Bounds on posts: catalogue, grants, transfers and disk.

import { DAY, KIB, MIB, MINUTE, SECOND } from './units.js';

export const POST_LIMITS = {
  /**
   * A file. Raised: a friend's disk can be filled by one file, and file systems limit it. Lowered: larger files must be
   * split.
   */
  postBytes: 4 * 1024 * MIB,
  /** A title. Raised: lists become hard to read. Lowered: titles are cut. */
  postTitleCharacters: 200,
  /** A file name. Raised: file systems refuse it. Lowered: long names are cut. */
  postNameCharacters: 255,
  /** A text post. Raised: catalogue pages hold fewer posts. Lowered: longer texts must be files. */
  postTextBytes: 16 * KIB,
  /**
   * Uploads and removals ever made by one device. Raised: counters grow without need. Lowered: a device that posts for
   * years must be replaced.
   */
  postChangesMax: 10_000_000,
  /**
   * Changes in one catalogue page. Raised: other frames wait behind it for longer. Lowered: a catalogue takes more
   * round trips.
   */
  postsPerPage: 64,
  /** One catalogue page. Raised: the page does not fit a letter. Lowered: a catalogue takes more round trips. */
  postPageBytes: 120 * KIB,
  /**
   * Pages sent to one friend. Raised: a large catalogue delays chat. Lowered: a catalogue of 100 000 takes more than
   * half a minute.
   */
  postPagesPerSecond: 50,
  /**
   * Pages sent to one friend without a pause. Raised: a large catalogue delays chat. Lowered: a normal catalogue
   * arrives more slowly.
   */
  postPagesBurst: 100,
  /**
   * Posts remembered of one friend. Raised: a friend can fill more of our disk. Lowered: old posts of active friends
   * disappear.
   */
  postsKeptPerFriend: 100_000,
  /**
   * First wait before new posts are announced by another letter. Raised: absent friends learn of posts later. Lowered:
   * more letters in a mailbox.
   */
  postLetterFirstMs: 1 * MINUTE,
  /**
   * Longest wait between two such letters. Raised: absent friends learn of posts later. Lowered: an author who posts
   * often fills mailboxes.
   */
  postLetterCeilingMs: 60 * MINUTE,
  /**
   * How long a grant lets friends pass a post on. Raised: a removed friend keeps access for longer. Lowered: posts
   * cannot be fetched while the author is away for longer.
   */
  postGrantMs: 30 * DAY,
  /**
   * How far the clock of the name server may be from our own when grants are signed and checked. Raised: a name server
   * with a false date keeps grants alive for longer. Lowered: users with wrong clocks cannot use grants.
   */
  postGrantClockMs: 1 * DAY,
  /**
   * Age at which a grant is renewed on a link. Raised: a grant is closer to its end when the author leaves. Lowered:
   * more signatures.
   */
  postGrantRenewMs: 1 * DAY,
  /** A grant in a request header. Raised: a stranger can make us parse more. Lowered: valid grants are refused. */
  postGrantHeaderBytes: 2 * KIB,
  /** Headers of a request or answer. Raised: a peer can make us buffer more. Lowered: a grant does not fit. */
  postHeaderBytes: 8 * KIB,
  /**
   * Requests of one friend served at once. Raised: one friend can occupy the disk. Lowered: parallel downloads wait.
   */
  postReadsPerFriend: 4,
  /**
   * Requests served at once. Raised: more memory, and chat waits for the disk. Lowered: friends wait for each other.
   */
  postReadsMax: 32,
  /**
   * Own copies known to be unchanged. Raised: more memory. Lowered: a friend waits more often while a copy is hashed.
   */
  postCopiesRemembered: 10_000,
  /** HTTP connections. Raised: more memory and file descriptors. Lowered: friends are refused. */
  postConnectionsMax: 64,
  /**
   * HTTP connections of one peer. Raised: one peer can occupy more of them. Lowered: parallel downloads are refused.
   */
  postConnectionsPerPeer: 8,
  /**
   * Time for a request to arrive. Raised: slow requests occupy connections for longer. Lowered: friends on slow
   * networks fail.
   */
  postRequestMs: 10 * SECOND,
  /**
   * Downloads from one author at once. Raised: the author is loaded more, and each download is slower. Lowered: small
   * files wait behind large ones.
   */
  postDownloadsPerAuthor: 4,
  /**
   * Downloads at once. Raised: more memory, and chat waits for the network. Lowered: downloads from several authors
   * wait for each other.
   */
  postDownloadsMax: 8,
  /**
   * Downloads that run or wait. Raised: more rows, and a longer start. Lowered: long lists of downloads are refused.
   */
  postDownloadsKept: 1_000,
  /**
   * Friends asked for one file. Raised: more requests for a file that is gone. Lowered: a file that a few friends have
   * is not found.
   */
  postSourcesMax: 16,
  /**
   * First wait after a failed fetch. Raised: a short failure lasts longer. Lowered: a busy author is asked more often.
   */
  postRetryFirstMs: 1 * SECOND,
  /**
   * Longest wait between two fetches. Raised: a download resumes later. Lowered: absent authors are asked more often.
   */
  postRetryCeilingMs: 1 * MINUTE,
  /**
   * Silence after which a transfer is broken off. Raised: a dead connection is noticed later. Lowered: slow networks
   * break off good transfers.
   */
  postStallMs: 20 * SECOND,
  /**
   * Time without progress after which the user is told. Raised: the user waits longer for the reason. Lowered: users
   * see messages about normal pauses.
   */
  postWaitingReportMs: 30 * SECOND,
  /**
   * A piece read from disk to be sent or copied. Raised: everything else in the process waits longer for each piece.
   * Lowered: transfers are slower.
   */
  postReadPieceBytes: 256 * KIB,
  /**
   * Pieces on their way to one reader. Raised: more memory for each transfer. Lowered: the disk and the network wait
   * for each other.
   */
  postPiecesInFlight: 3,
  /** A piece written to disk by a download. Raised: a crash loses more than 1 MiB of progress. Lowered: more writes. */
  postWritePieceBytes: 192 * KIB,
  /**
   * Pieces that wait for the disk in one download. Raised: more memory for each transfer. Lowered: the network waits
   * for the disk.
   */
  postPiecesUnwritten: 3,
  /** Interval of progress events. Raised: the progress display jumps. Lowered: more events. */
  postProgressMs: 250,
  /**
   * Bytes of the name of a downloaded file. Raised: a name with a number behind it is too long for file systems, which
   * take 255. Lowered: long names are cut earlier.
   */
  postFileNameBytes: 200,
  /**
   * Files of one name in a folder, `lake.jpg` to `lake (1000).jpg`. Raised: a download into a full folder takes longer.
   * Lowered: it is refused earlier.
   */
  postSameNamesMax: 1_000,
  /**
   * Disk space that posts leave free for the database. Raised: posts are refused earlier. Lowered: messages fail
   * because the disk is full.
   */
  diskReservedBytes: 16 * MIB,
  /** Posts listed without `--limit`. Raised: more output than fits a screen. Lowered: users must ask for more. */
  postsListedDefault: 50,
  /** Posts in one answer. Raised: one answer takes longer and more memory. Lowered: scripts need more commands. */
  postsListedMax: 1_000,
  /**
   * Files copied in at once. Raised: the disk slows everything else. Lowered: scripts that post many files are refused.
   */
  postUploadsMax: 4,
} as const;
