// Our letter keys (protocols/letters): makes a new one each week, and deletes each replaced one after 30 days that this
// client has seen pass.

import { toBase64url } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { assert, type Instant } from '../../../protocols/kit/machine.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { signLetterKey } from '../../../protocols/letters/letter-key.js';
import { signOneTimeKey } from '../../../protocols/letters/one-time-key.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';
import type { OwnLetterKey, OwnOneTimeKey } from '../core/store.js';

const SECRET_BYTES = 32;

export class LetterKeys {
  /** The newest key as it was signed last: each session shows it. */
  private shown: { readonly key: string; readonly signed: Signed } | null = null;

  constructor(private readonly context: Context) {
    if (this.ofThisDevice().length === 0) this.make(1);
  }

  /** The number of the newest key. */
  get number(): number {
    return this.newest().number;
  }

  /** The newest key, signed by this device. */
  get signed(): Signed {
    const { device, number, key, at } = this.newest();
    if (this.shown?.key !== key) {
      const signed = signLetterKey({ device, number, key, at }, this.context.me.device, this.context.primitives);
      this.shown = { key, signed };
    }
    return this.shown.signed;
  }

  /** A key of this device or a former one whose secret we still have. */
  find(key: string): OwnLetterKey | null {
    return this.context.store.letterKey(key);
  }

  /** A one-time key of this device or a former one; its secret is empty once a letter has used it. */
  findOneTime(key: string): OwnOneTimeKey | null {
    return this.context.store.oneTimeKeys.get(key);
  }

  /** A letter to this key was taken. If it is a one-time key, no other letter opens with it (SPEC LETTER-19). */
  used(key: string, letter: string): void {
    const { oneTimeKeys } = this.context.store;
    if (oneTimeKeys.get(key)) oneTimeKeys.use(key, letter);
  }

  /** Makes at most this many one-time keys beside the newest letter key, and gives them signed by this device. */
  makeOneTimeKeys(wanted: number): Signed[] {
    const { me, store, now, primitives } = this.context;
    const { device, number } = this.newest();
    const room = LIMITS.oneTimeKeysPerLetterKey - store.oneTimeKeys.count(device, number);
    return Array.from({ length: Math.max(0, Math.min(wanted, room)) }, () => {
      const { key, secret } = this.makeSecret();
      store.oneTimeKeys.put({ key, secret, device, number, usedBy: null });
      return signOneTimeKey({ device, number, key, at: now }, me.device, primitives);
    });
  }

  /** Makes the next key when the newest is a week old. False if it is not due. */
  rotateIfDue(): boolean {
    const { at, number } = this.newest();
    const age = this.context.now - at;
    const isDue = age >= LIMITS.letterKeyMs || age < -LIMITS.letterKeyMs; // made while the clock was ahead
    // With too many keys the oldest are still needed: letters to them may be on their way.
    if (!isDue || this.context.store.letterKeys().length >= LIMITS.letterKeysMax) return false;
    this.make(number + 1);
    return true;
  }

  /** The name server offers this key of ours: no writer who asks now gets an earlier one. */
  offered(number: number): void {
    const { store, me, now } = this.context;
    if (number !== this.number) return;
    for (const own of store.letterKeys()) {
      const isReplaced = own.device !== me.device.publicKey || own.number < number;
      if (isReplaced && own.replacedAt === null) store.putLetterKey({ ...own, replacedAt: now });
    }
  }

  /**
   * Called while online. Counts days on which a replaced key was found to be 30 days old, and deletes it on the fourth
   * (SPEC LETTER-14). A clock that jumps ahead once counts as one day, and its return starts the count again.
   */
  countDay(): void {
    const { store, now } = this.context;
    const last = Number(store.setting(SETTINGS.letterKeysCountedAt) ?? 0);
    if (now >= last && now - last < LIMITS.letterKeyDayMs) return;
    store.putSetting(SETTINGS.letterKeysCountedAt, String(now));
    for (const own of store.letterKeys()) if (own.replacedAt !== null) this.count(own, own.replacedAt, now);
  }

  private count(own: OwnLetterKey, replacedAt: Instant, now: Instant): void {
    const { store } = this.context;
    const isOld = now - replacedAt >= LIMITS.letterKeyKeptMs;
    const daysOld = isOld ? own.daysOld + 1 : 0;
    if (daysOld >= LIMITS.letterKeyDaysOldMax) return this.drop(own);
    // A time in the future is that of a clock that was ahead: the key counts from now on.
    const counted = { ...own, replacedAt: Math.min(replacedAt, now), daysOld };
    if (counted.daysOld !== own.daysOld || counted.replacedAt !== replacedAt) store.putLetterKey(counted);
  }

  private make(number: number): void {
    const { me, store, now } = this.context;
    const made = { ...this.makeSecret(), device: me.device.publicKey, number };
    store.putLetterKey({ ...made, at: now, replacedAt: null, daysOld: 0 });
  }

  private makeSecret(): Pick<OwnLetterKey, 'key' | 'secret'> {
    const bytes = this.context.random.bytes(SECRET_BYTES);
    return { key: this.context.primitives.exchangeKeyOf(bytes), secret: toBase64url(bytes) };
  }

  private drop({ key, device, number }: OwnLetterKey): void {
    this.context.store.dropLetterKey(key);
    this.context.store.oneTimeKeys.dropOf(device, number);
  }

  private newest(): OwnLetterKey {
    const newest = this.ofThisDevice().reduce<OwnLetterKey | null>(
      (best, own) => (best === null || own.number > best.number ? own : best),
      null,
    );
    assert(newest !== null, 'this device has had a letter key since it was made');
    return newest;
  }

  private ofThisDevice(): OwnLetterKey[] {
    const { store, me } = this.context;
    return store.letterKeys().filter(({ device }) => device === me.device.publicKey);
  }
}
