// Seeds that broke a guarantee in the past. Each bug found by a seed is added here with its fix.

export interface Regression {
  readonly seed: number;
  /** Whether machine faults were on when it was found. */
  readonly hasMachineFaults: boolean;
  /** The bug that it showed. */
  readonly showed: string;
}

const UNSEEN = 'a friend removed and added again in one session never appeared online';
const OLD_MESSAGE = 'an old message counted as acceptance of a new request, so the friendship was one-sided';
const UNKNOWN_USER = 'a request to a user who did not exist yet was dropped but stayed pending';
const UNBLOCKED = 'messages held while the reader blocked the author were not delivered after the unblock';

const GAP = 'messages received before a stale copy was detected hid a gap that was never recovered';
const BROKEN_LINK = 'recovery was not requested again when the link broke before the answer';
const OLD_KEYS = 'keys from before a renewal were used without announcement, so letters for the newer keys were lost';
const HIDDEN_REFUSAL = 'a refused sequence number was overlooked next to an acknowledgement of the same turn';
const QUICK_TWICE = 'the new device sent an unanswered quick message again';
const STALE_LANE = 'messages behind a recovered one were blocked forever';
const EARLY_NEWS = 'a new device was announced under an outdated record version';
const OLD_DEVICES = 'a stale copy sent letters to devices that no longer existed';
const STALE_ANSWER = 'the answer to a request of a lost copy counted for its successor';
const HIDDEN_GAP = 'a letter with a later message hid that a stale copy had lost earlier ones';
const ANSWERED_EARLY = 'recovery was not requested again after the other side became a friend';
const UNKNOWN_RECORD = 'friends accepted a record that the name server never had, and so rejected its successor';

export const REGRESSIONS: readonly Regression[] = [
  { seed: 103, hasMachineFaults: false, showed: UNSEEN },
  { seed: 105, hasMachineFaults: false, showed: UNSEEN },
  { seed: 195, hasMachineFaults: false, showed: OLD_MESSAGE },
  { seed: 1634, hasMachineFaults: false, showed: OLD_MESSAGE },
  { seed: 366, hasMachineFaults: false, showed: UNKNOWN_USER },
  { seed: 733, hasMachineFaults: false, showed: UNKNOWN_USER },
  { seed: 792, hasMachineFaults: false, showed: UNBLOCKED },
  { seed: 892, hasMachineFaults: false, showed: UNBLOCKED },
  { seed: 10, hasMachineFaults: true, showed: GAP },
  { seed: 487, hasMachineFaults: true, showed: BROKEN_LINK },
  { seed: 183, hasMachineFaults: true, showed: OLD_KEYS },
  { seed: 229, hasMachineFaults: true, showed: HIDDEN_REFUSAL },
  { seed: 864, hasMachineFaults: true, showed: QUICK_TWICE },
  { seed: 1464, hasMachineFaults: true, showed: STALE_LANE },
  { seed: 2127, hasMachineFaults: true, showed: EARLY_NEWS },
  { seed: 3806, hasMachineFaults: true, showed: OLD_DEVICES },
  { seed: 970, hasMachineFaults: true, showed: STALE_ANSWER },
  { seed: 814, hasMachineFaults: true, showed: HIDDEN_GAP },
  { seed: 346, hasMachineFaults: true, showed: ANSWERED_EARLY },
  { seed: 727, hasMachineFaults: true, showed: UNKNOWN_RECORD },
];
