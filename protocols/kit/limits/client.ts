// Bounds of the client program and the page: commands, screen, store, exports and backups.

import { DAY, KIB, MIB, MINUTE, SECOND } from './units.js';

export const CLIENT_LIMITS = {
  /** Replaced devices that `devices` lists. Raised: a longer list. Lowered: early devices are forgotten. */
  replacedDevicesKept: 32,
  /**
   * Events kept for a `wait` that is typed later. Raised: more memory. Lowered: a script misses an event before its
   * `wait`.
   */
  eventsBufferedMax: 1_000,
  /**
   * Warnings of look-alike names that are remembered. Raised: more memory. Lowered: a user who takes many names gets
   * the same warning again.
   */
  lookAlikesWarnedMax: 1_000,
  /**
   * Combining marks shown on one character. Raised: a text can cover the lines above and below it. Lowered: rare Hebrew
   * and Tibetan letters lose a mark.
   */
  combiningMarksMax: 4,
  /** A typed line. Raised: more memory for a line without an end. Lowered: a message of full size cannot be typed. */
  commandLineBytes: 32 * KIB,
  /**
   * How long `exit` tries to hand over messages. Raised: the program ends later. Lowered: messages stay queued although
   * the server was about to take them.
   */
  exitWaitMs: 10 * SECOND,
  /**
   * During `exit`: how long links are trusted before letters are left instead. Raised: letters start later. Lowered:
   * messages are left as letters that the link would have delivered.
   */
  exitLinkSilenceMs: 3 * SECOND,
  /** Seconds of `wait` without a number. Raised: a failed script ends later. Lowered: slow events are missed. */
  waitDefaultMs: 10 * SECOND,
  /** Longest `wait`. Raised: a forgotten script runs for longer. Lowered: long waits are refused. */
  waitMaxMs: 1 * DAY,
  /** Commands that wait for an event. Raised: more memory. Lowered: scripts with many waits are refused. */
  waitsMax: 100,
  /**
   * Entries read for `who` and `groups`. Raised: a malicious server makes us read more. Lowered: long lists are cut.
   */
  whoMax: 5_000,
  /**
   * Commands on the screen that a line is compared with before it is sent as a message. Raised: a message is questioned
   * for a hint long gone. Lowered: a command typed by mistake is sent.
   */
  shownHintsMax: 50,
  /** Lines of one message on the screen. Raised: a friend can scroll everything else away. Lowered: long texts are cut. */
  messageRowsMax: 60,
  /** Lines of a pasted text that are shown before it is sent. Raised: they fill the screen. Lowered: less is seen. */
  pastePreviewLines: 8,
  /** Typed lines that the arrow keys recall. Raised: more memory. Lowered: older lines cannot be recalled. */
  inputHistoryMax: 500,
  /**
   * Names that the Tab key offers. Raised: more memory, and longer lists. Lowered: names seen earlier are not
   * completed.
   */
  completionNamesMax: 1_000,
  /**
   * State changes of messages gathered for one line, and messages of yours whose line may still change. Raised: more
   * memory. Lowered: some changes are not shown, or make a line of their own.
   */
  stateChangesCoalescedMax: 1_000,
  /** How long they are gathered. Raised: "delivered" is shown later. Lowered: more lines on the screen. */
  stateChangesCoalesceMs: 500,
  /** Messages shown when a conversation is opened. Raised: more output before the prompt. Lowered: less context. */
  connectHistoryLines: 10,
  /** The same with unread messages. Raised: more output before the prompt. Lowered: unread messages need `history`. */
  connectHistoryLinesMax: 50,
  /**
   * Message ids sorted into the index together. Raised: a start reads more of them. Lowered: more pages are written for
   * each message.
   */
  messageIdsPerRun: 16_384,
  /** SQLite's page cache. Raised: more memory. Lowered: searching and reading a long history is slower. */
  storeCacheKib: 64 * 1_024,
  /**
   * Messages added to the search index at once, about 5 µs each. Raised: everything else waits longer. Lowered: each
   * message costs more.
   */
  messagesIndexedPerBatch: 1_024,
  /**
   * Pause before the indexer looks for new messages. Raised: a new message is found by search later. Lowered: more work
   * while nothing is new.
   */
  indexIdleMs: 500,
  /**
   * Pause between two batches. Raised: a large backlog is indexed more slowly. Lowered: other work waits more often.
   */
  indexBatchPauseMs: 20,
  /**
   * Messages since the last look above which indexing waits. Raised: indexing competes with a transfer. Lowered: search
   * stays behind for longer in a busy client.
   */
  indexQuietMessages: 100,
  /**
   * Output that its reader has not taken, of a script or of a room client. Raised: more memory for a reader that has
   * stopped. Lowered: a reader that pauses for a while ends the program.
   */
  outputWaitingBytes: 8 * MIB,
  /** Messages read at once for an export. Raised: more memory. Lowered: an export takes longer. */
  archivePage: 1_000,
  /** Text written at once by an export. Raised: more memory. Lowered: more writes. */
  exportPieceCharacters: 64 * KIB,
  /**
   * Bytes that are read of a file with a sealed identity key. Raised: more memory for a wrong file. Lowered: the key
   * does not fit.
   */
  sealedIdentityBytes: 512,
  /** The shortest passphrase. Raised: users write it down or give up. Lowered: it can be guessed. */
  passphraseCharactersMin: 8,
  /** The longest passphrase. Raised: more memory for a pasted file. Lowered: long passphrases are refused. */
  passphraseBytesMax: 1 * KIB,
  /**
   * log2 of scrypt's N. Memory is 128 × N × block size. Raised: making and opening a backup takes more memory and time.
   * Lowered: guessing a passphrase is cheaper.
   */
  scryptCostLog2: 17,
  /**
   * The least N that is accepted in a backup. Raised: old backups are refused. Lowered: a forged backup is opened with
   * a weak key.
   */
  scryptCostLog2Min: 10,
  /**
   * scrypt's r. Raised: making and opening a backup takes more memory and time. Lowered: guessing a passphrase is
   * cheaper.
   */
  scryptBlockSize: 8,
  /** scrypt's p. Raised: making and opening a backup takes more time. Lowered: an attacker with little memory gains. */
  scryptParallelism: 1,
  /**
   * The highest p that is accepted in a backup. Raised: a forged backup can occupy the processor for longer. Lowered:
   * backups of other versions are refused.
   */
  scryptParallelismMax: 4,
  /**
   * The most memory that a backup may ask for. Raised: a forged backup can take more memory. Lowered: backups with a
   * higher cost are refused.
   */
  scryptMemoryBytes: 256 * MIB,
  /** Bytes sealed together in a backup. Raised: more memory. Lowered: more overhead, and slower backups. */
  backupPieceBytes: 64 * KIB,
  /** The list of files in a backup. Raised: a forged backup can take more memory. Lowered: the list does not fit. */
  backupContentBytes: 4 * KIB,
  /**
   * One file in a backup. Raised: a forged backup can ask for more disk. Lowered: a large history cannot be backed up.
   */
  backupFileBytes: 64 * 1024 * MIB,
  /** Files of the page. Raised: more memory in the name server. Lowered: a page with many assets is refused. */
  pageFilesMax: 64,
  /**
   * Bytes of the page. Raised: more memory in the name server, and a wrong folder is served. Lowered: a page with large
   * assets is refused.
   */
  pageBytes: 2 * MIB,
  /**
   * Lines kept for one conversation in the page. Raised: the browser is slower and takes more memory. Lowered: less can
   * be scrolled back.
   */
  pageLinesPerConversation: 500,
  /**
   * Characters kept for one conversation in the page. Raised: the browser takes more memory. Lowered: long texts push
   * out others earlier.
   */
  pageCharactersPerConversation: 500_000,
  /**
   * Time within which messages of one author share a heading. Raised: the time of a message is harder to see. Lowered:
   * more headings.
   */
  pageGroupMs: 5 * MINUTE,
  /**
   * Direct conversations in the page; the one that was silent longest is dropped. Raised: strangers can fill the list
   * and the memory. Lowered: strangers push out conversations more easily.
   */
  pageDirectConversationsMax: 64,
  /** Muted keys remembered. Raised: more memory. Lowered: keys muted earlier are heard again. */
  pageMutedMax: 1_000,
  /**
   * Announcements kept for screen readers. Raised: the reader falls behind. Lowered: announcements are lost in a busy
   * channel.
   */
  pageAnnouncementsMax: 20,
  /** Length above which a text is folded. Raised: one message fills the screen. Lowered: more texts must be opened. */
  pageFoldedCharacters: 1_000,
  /**
   * Longest wait before the page is drawn when the browser gives no frame. Raised: a hidden page is out of date for
   * longer. Lowered: more work in a hidden page.
   */
  pageFrameMs: 250,
  /** Fingerprints kept as words. Raised: more memory. Lowered: words are computed again more often. */
  pageFingerprintsMax: 2_000,
} as const;
