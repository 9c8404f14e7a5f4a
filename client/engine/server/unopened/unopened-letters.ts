// Notices that a letter of ours did not open (SPEC LETTER-25): believed only from a device of its recipient and about a
// letter that left; the letter then leaves again, sealed to the newest key. A notice that is not proven is kept with
// its letter: the record that we know, or that a look-up gives, may be old or false.

import { byteLength, parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import { readUnopened } from '../../../../protocols/letters/unopened-notice.js';
import type { Context } from '../../core/context.js';
import type { EventOf, Part } from '../../core/part.js';
import type { People } from '../../identity/people.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import type { Session, SessionFrame } from '../session.js';

export class UnopenedLetters implements Part {
  readonly on = {
    online: () => this.lookUp(this.claimants()),
    recordRenewed: ({ user }: EventOf<'recordRenewed'>) => this.judge(user),
  };

  constructor(
    private readonly context: Context,
    private readonly parts: { readonly people: People; readonly mail: OutgoingMail },
    private readonly session: Session,
  ) {
    session.takeFrames({ unopened: (frame) => this.arrived(frame) });
  }

  private arrived({ id, from, notice }: SessionFrame<'unopened'>): void {
    const { unconfirmed } = this.parts.mail;
    const letter = claimedLetter(notice);
    // Checked first: only a letter that left makes us store a notice and look a record up.
    if (letter !== null && unconfirmed.get(from, letter) !== null) {
      unconfirmed.claim(from, letter, notice);
      this.judge(from);
      if (unconfirmed.claims(from).length > 0) this.lookUp([from]);
    }
    this.session.send({ type: 'done', id });
  }

  /** The letters whose notices are proven now leave again. */
  private judge(user: string): void {
    const { mail } = this.parts;
    for (const { sealed, notice } of mail.unconfirmed.claims(user)) {
      if (this.isProven(user, notice)) mail.didNotOpen(user, sealed);
    }
  }

  private isProven(user: string, notice: Signed): boolean {
    const devices = this.parts.people.record(user)?.devices ?? [];
    return devices.some(({ device }) => readUnopened(notice, device, this.context.primitives) !== null);
  }

  private lookUp(users: readonly string[]): void {
    if (users.length > 0) this.parts.people.find(users, () => users.forEach((user) => this.judge(user)));
  }

  /** Users with notices that are not proven, as many as one look-up takes. */
  private claimants(): string[] {
    const { mail, people } = this.parts;
    const names = people.all().map(({ name }) => name);
    return names.filter((name) => mail.unconfirmed.claims(name).length > 0).slice(0, LIMITS.restNamesMax);
  }
}

/** The letter that the notice names, not verified yet. */
function claimedLetter({ payload }: Signed): string | null {
  if (byteLength(payload) > LIMITS.unopenedNoticeBytes) return null;
  const said = parseJson(payload);
  if (typeof said !== 'object' || said === null || !('letter' in said)) return null;
  return typeof said.letter === 'string' && said.letter !== '' ? said.letter : null;
}
