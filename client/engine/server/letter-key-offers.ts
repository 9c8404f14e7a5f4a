// Offers our letter key to the name server in each session, the next one when it is due, and one-time keys when the
// server has few (SPEC SESS-25, SESS-28).

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { Part } from '../core/part.js';
import type { LetterKeys } from '../identity/letter-keys.js';
import type { Session } from './session.js';

export class LetterKeyOffers implements Part {
  readonly on = { online: () => this.begin(), offline: () => this.reset() };
  private readonly alarms: PartAlarms;
  /** How many one-time keys the name server has, as it said last in this session. */
  private stock: number | null = null;
  private refilledAt: Instant = -Infinity;

  constructor(
    private readonly context: Context,
    private readonly keys: LetterKeys,
    private readonly session: Session,
  ) {
    this.alarms = context.alarms.for('letter keys');
    session.takeFrames({ key_offered: ({ number, oneTimeKeys }) => this.offered(number, oneTimeKeys) });
  }

  private begin(): void {
    this.keys.rotateIfDue();
    const { letterKey, oneTimeKeys } = this.session.keysHeld;
    if (letterKey === this.keys.number) this.offered(letterKey, oneTimeKeys);
    else this.offer();
    this.check();
  }

  private reset(): void {
    this.stock = null;
    this.alarms.drop('check');
  }

  private check(): void {
    if (this.keys.rotateIfDue()) this.offer();
    this.keys.countDay();
    this.refillIfLow();
    this.alarms.set('check', this.context.now + LIMITS.letterKeyCheckMs, () => this.check());
  }

  private offer(): void {
    this.session.send({ type: 'offer_key', key: this.keys.signed });
  }

  private offered(number: number, oneTimeKeys: number): void {
    this.keys.offered(number);
    this.stock = number === this.keys.number ? oneTimeKeys : null;
    this.refillIfLow();
  }

  /** The wait bounds what a lie about the stock makes us do. */
  private refillIfLow(): void {
    const { now } = this.context;
    const age = now - this.refilledAt;
    if (this.stock === null || this.stock > LIMITS.oneTimeKeysLow) return;
    if (age >= 0 && age < LIMITS.oneTimeKeysRefillMs) return;
    const keys = this.keys.makeOneTimeKeys(LIMITS.oneTimeKeysMax - this.stock);
    if (keys.length === 0) return;
    this.refilledAt = now;
    this.session.send({ type: 'offer_one_time_keys', number: this.keys.number, keys });
  }
}
