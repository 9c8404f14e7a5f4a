// Offers our letter key to the name server in each session, and the next one when it is due (SPEC SESS-25).

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { Part } from '../core/part.js';
import type { LetterKeys } from '../identity/letter-keys.js';
import type { Session } from './session.js';

export class LetterKeyOffers implements Part {
  readonly on = { online: () => this.begin(), offline: () => this.alarms.drop('check') };
  private readonly alarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly keys: LetterKeys,
    private readonly session: Session,
  ) {
    this.alarms = context.alarms.for('letter keys');
    session.takeFrames({ key_offered: ({ number }) => keys.offered(number) });
  }

  private begin(): void {
    this.keys.rotateIfDue();
    this.offer();
    this.check();
  }

  private check(): void {
    if (this.keys.rotateIfDue()) this.offer();
    this.keys.countDay();
    this.alarms.set('check', this.context.now + LIMITS.letterKeyCheckMs, () => this.check());
  }

  private offer(): void {
    this.session.send({ type: 'offer_key', key: this.keys.signed });
  }
}
