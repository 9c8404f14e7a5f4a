// Bounds on letters: their size, how many the name server holds, and how long.

import { DAY, HOUR, KIB, MIB, MINUTE, rate, SECOND } from './units.js';

export const LETTER_LIMITS = {
  /**
   * A sealed letter. Raised: a mailbox fills with fewer letters, and one letter takes more memory. Lowered: long
   * batches need more letters, and a group bundle no longer fits.
   */
  letterBytes: 256 * KIB,
  /**
   * The smallest padded size. Raised: short letters cost more bytes. Lowered: the size of a letter tells more about a
   * short text.
   */
  letterPaddingBytes: 256,
  /**
   * The text in a letter: `letterBytes` without the encapsulated key, the tag and the length. Raised: the sealed letter
   * exceeds `letterBytes`. Lowered: padding fills more of each letter.
   */
  letterPlainBytes: 256 * KIB - 52,
  /**
   * The keys in front of a sealed letter: letter key, device and identity key of the writer. Raised: room that is not
   * used. Lowered: the largest letters are refused.
   */
  letterHeaderBytes: 99,
  /** A signed letter key. Raised: a device can store more at the name server. Lowered: the key does not fit. */
  letterKeyBytes: 512,
  /**
   * How long a letter key is offered before the next. Raised: a stolen key opens the letters of more weeks. Lowered:
   * more keys to keep, and writers use stale keys more often.
   */
  letterKeyMs: 7 * DAY,
  /**
   * How long a replaced letter key is kept. Raised: a thief of the disk can open older letters. Lowered: letters of
   * friends who were away are lost to us, and they have to write them again.
   */
  letterKeyKeptMs: 30 * DAY,
  /**
   * The time between two counted days of a replaced key. Raised: users who are rarely online keep keys for longer.
   * Lowered: a clock that is wrong for hours counts as several days.
   */
  letterKeyDayMs: 20 * HOUR,
  /**
   * Counted days on which a key was found to be too old, before it is deleted. Raised: keys are kept for longer.
   * Lowered: a clock that is wrong for days deletes keys.
   */
  letterKeyDaysOldMax: 4,
  /** Letter keys on disk. Raised: more rows. Lowered: a user who is rarely online rotates more seldom. */
  letterKeysMax: 32,
  /** How often an online client checks the age of its keys. Raised: keys are replaced later. Lowered: more checks. */
  letterKeyCheckMs: 1 * HOUR,
  /**
   * One-time keys of a device at the name server. Raised: more rows for each device there. Lowered: a few new contacts
   * at once use them up, and the letter key is used instead.
   */
  oneTimeKeysMax: 32,
  /** The stock at which a client makes more. Raised: more frames. Lowered: the stock is empty more often. */
  oneTimeKeysLow: 8,
  /**
   * One-time keys that a device keeps beside one letter key. Raised: a stranger or a name server that uses them up
   * makes us keep more. Lowered: after that, first letters of that week go to the letter key sooner.
   */
  oneTimeKeysPerLetterKey: 256,
  /** Wait between two refills of the stock. Raised: the stock is empty for longer. Lowered: a lie makes more work. */
  oneTimeKeysRefillMs: 1 * MINUTE,
  /**
   * How long a writer uses the letter key of a recipient without asking again. Raised: replaced keys are used for
   * longer. Lowered: more questions to the name server.
   */
  recipientKeyMs: 1 * DAY,
  /**
   * Held for one user. Raised: an absent user costs the name server more. Lowered: a user who is away for long misses
   * messages sooner.
   */
  heldLettersPerRecipient: 500,
  /**
   * Held for one user; `--hold-bytes` changes it. Raised: an absent user costs more disk. Lowered: large letters fill
   * the mailbox sooner.
   */
  heldBytesPerRecipient: 10 * MIB,
  /**
   * Of `heldLettersPerRecipient`, the share of all strangers together. Raised: strangers leave less room for friends.
   * Lowered: fewer people can send a first request to an absent user.
   */
  heldLettersFromStrangers: 100,
  /**
   * Strangers may use one part in this many of the bytes. Raised: strangers get less room for requests. Lowered:
   * strangers leave less room for friends.
   */
  heldBytesStrangersDivisor: 5,
  /**
   * How long a letter is held; `--hold-days` changes it. Raised: undelivered letters take disk for longer. Lowered:
   * users who are away for longer lose letters.
   */
  heldMs: 30 * DAY,
  /**
   * What a pause of the server, or a jump of its clock, counts for at most. Raised: a wrong clock deletes letters and
   * names earlier. Lowered: a server that is often off holds them for longer.
   */
  servingStepMs: 1 * DAY,
  /**
   * How often the time that the server has run is saved. Raised: less of it is known after a crash with a wrong clock.
   * Lowered: more writes.
   */
  servingSavedMs: 10 * MINUTE,
  /**
   * How often an online client looks for letters that the server has stopped holding. Raised: a long session resends an
   * expired message later. Lowered: more checks for nothing.
   */
  heldCheckMs: 1 * DAY,
  /**
   * Unanswered letters of one stranger to one user. Raised: a stranger can fill more of a mailbox. Lowered: a request
   * and its corrections do not fit.
   */
  lettersWaitingFromStranger: 5,
  /**
   * Unacknowledged letters in each direction. Raised: a slow client holds more memory at the server. Lowered: a full
   * mailbox takes more round trips to fetch.
   */
  lettersInFlightPerSession: 32,
  /**
   * Unacknowledged bytes towards one client. Raised: a slow client holds more memory at the server. Lowered: large
   * letters arrive one at a time.
   */
  lettersInFlightBytes: 1 * MIB,
  /**
   * Users that one user has written to, which makes their replies those of no stranger. Raised: more rows for each
   * user. Lowered: replies of early correspondents count as a stranger's.
   */
  correspondentsPerUserMax: 10_000,
  /**
   * How long a client remembers the id of an opened letter. Raised: more rows on disk. Lowered: a letter that is
   * delivered again after this time is opened twice.
   */
  letterSeenMs: 60 * DAY,
  /**
   * How long letters to a former device of ours can be opened. Raised: a thief of the disk can open older letters.
   * Lowered: letters of friends who were away are lost to us, and they have to write them again.
   */
  retiredKeysMs: 30 * DAY,
  /**
   * Former devices whose letters can be opened. One a day can be retired by a report, more only by restored backups.
   * Raised: a letter that does not open costs more attempts. Lowered: restores drop keys that letters still need.
   */
  retiredKeysMax: 64,
  /**
   * How long an offer of endpoints is valid. Raised: stale endpoints are dialled. Lowered: a slow delivery makes the
   * offer useless.
   */
  offerMs: 1 * MINUTE,
  /**
   * Tolerated difference between the clocks of two users. Raised: expired letters and grants are accepted for longer.
   * Lowered: users with inaccurate clocks are refused.
   */
  clockSkewMs: 10 * MINUTE,
  /**
   * The difference to the server's clock from which the user is warned. Raised: messages show wrong times for
   * longer. Lowered: more warnings about clocks that are right enough.
   */
  clockWarnedMs: 2 * MINUTE,
  /**
   * A notice that a letter did not open, as JSON. Raised: more bytes for each notice at the name server. Lowered: the
   * notice does not fit, and no writer is told.
   */
  unopenedNoticeBytes: 320,
  /**
   * Notices that one user's letters make a client send. Raised: junk letters cost more of what the name server takes
   * from us. Lowered: a writer of many letters is not told of all that did not open.
   */
  noticesPerUser: rate(10, 10, MINUTE),
  /** The same for all users together. Raised: junk letters cost more. Lowered: they hide more honest letters. */
  noticesInAll: rate(60, 60, MINUTE),
  /**
   * How often a letter is sealed, the first time included. Raised: a device that opens nothing costs more letters.
   * Lowered: two lost keys in a row lose the letter.
   */
  letterAttemptsMax: 3,
  /** Unconfirmed letters kept for each user. Raised: more disk. Lowered: of many invitations the first are lost. */
  unconfirmedLettersPerUser: 8,
  /** The text of such a letter. Raised: more disk. Lowered: a large change of a group is not sent again. */
  unconfirmedLetterBytes: 16 * KIB,
  /**
   * Letters a client decrypts or queues for it. Raised: more memory during a burst. Lowered: the server must deliver
   * more letters again.
   */
  lettersDecryptingMax: 64,
  /**
   * Senders whose unreadable letters were reported. Raised: more memory. Lowered: fewer senders learn that they used an
   * old key.
   */
  unreadableSendersMax: 64,
  /**
   * Wait before a letter that could not be handed over is tried again. Raised: messages wait longer after a short
   * failure. Lowered: a full mailbox is asked more often.
   */
  letterRetryMs: 1 * MINUTE,
  /**
   * Wait after the name server refused a letter because too many left at once. It doubles with each further refusal.
   * Raised: letters wait longer than they must. Lowered: more refusals.
   */
  letterRefusedFirstMs: 500,
  /** The longest such wait. Raised: a sender that was refused for long recovers later. Lowered: more refusals. */
  letterRefusedCeilingMs: 30 * SECOND,
  /**
   * Stored letters to one recipient, such as receipts. Those that wait are put together. Raised: receipts cost more
   * letters. Lowered: receipts and group changes arrive later.
   */
  storedLettersPerRecipient: rate(4, 1, SECOND),
  /** Queued letters read from the store at once. Raised: a longer pause for each read. Lowered: more reads. */
  lettersPerPage: 64,
  /**
   * Receipts that wait for one user who is away. Raised: more rows for each absent user. Lowered: the sender never sees
   * some messages as delivered.
   */
  receiptsQueuedPerUser: 500,
  /**
   * Letters by which a client answers those of one user. Raised: that user can spend more of the letters that the name
   * server takes from us. Lowered: states of many messages become known later.
   */
  repliesPerUser: rate(30, 30, MINUTE),
  /**
   * The same for all users together. Raised: others can spend more of it. Lowered: after an outage some friends are
   * found later.
   */
  repliesInAll: rate(60, 60, MINUTE),
  /**
   * Confirmations of a friendship that one friend may send. Raised: a friend can make held messages leave more often.
   * Lowered: a friend that renews its device several times in a row waits longer for them.
   */
  confirmationsPerFriend: rate(6, 6, MINUTE),
} as const;
