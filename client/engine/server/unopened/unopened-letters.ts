// Notices that a letter of ours did not open (SPEC LETTER-25): believed only from a device of its recipient and about a
// letter that left; the letter then leaves again, sealed to the newest key. A notice that no look-up proves stays at
// the name server: an answer that is old or false must not lose the letter.

import { parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { readUnopened } from '../../../../protocols/letters/unopened-notice.js';
import type { PartAlarms } from '../../core/alarms.js';
import type { Context } from '../../core/context.js';
import type { People } from '../../identity/people.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import type { Session, SessionFrame } from '../session.js';

type Notice = SessionFrame<'unopened'>;

export class UnopenedLetters {
  private readonly alarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly parts: { readonly people: People; readonly mail: OutgoingMail },
    private readonly session: Session,
  ) {
    this.alarms = context.alarms.for('unopened letters');
    session.takeFrames({ unopened: (notice) => this.arrived(notice) });
  }

  private arrived(notice: Notice, attempt = 1): void {
    const { from } = notice;
    const letter = claimedLetter(notice);
    // Checked first: only a letter that left makes us look a record up.
    if (letter === null || this.parts.mail.unconfirmed.get(from, letter) === null) return this.done(notice);
    if (this.isProven(notice)) return this.leaveAgain(notice, letter);
    this.parts.people.find([from], (found) => {
      if (!(found instanceof Refusal) && this.isProven(notice)) return this.leaveAgain(notice, letter);
      if (attempt < LIMITS.letterAttemptsMax) this.tryLater(notice, attempt);
    });
  }

  /** Without `done` the notice also comes again in the next session. */
  private tryLater(notice: Notice, attempt: number): void {
    this.alarms.set(notice.from, this.context.now + LIMITS.letterRetryMs, () => this.arrived(notice, attempt + 1));
  }

  private isProven({ from, notice }: Notice): boolean {
    const devices = this.parts.people.record(from)?.devices ?? [];
    return devices.some(({ device }) => readUnopened(notice, device, this.context.primitives) !== null);
  }

  private leaveAgain(notice: Notice, letter: string): void {
    this.parts.mail.didNotOpen(notice.from, letter);
    this.done(notice);
  }

  private done({ id }: Notice): void {
    this.session.send({ type: 'done', id });
  }
}

/** The letter that the notice names, not verified yet. */
function claimedLetter({ notice }: Notice): string | null {
  const said = parseJson(notice.payload);
  if (typeof said !== 'object' || said === null || !('letter' in said)) return null;
  return typeof said.letter === 'string' && said.letter !== '' ? said.letter : null;
}
