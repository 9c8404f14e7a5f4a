// The keys to which letters are sealed (protocols/session, SESS-25 and SESS-28): stores what devices signed, and gives
// it to writers, each one-time key once.

import { byteLength } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import type { Primitives } from '../../protocols/kit/primitives.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { ClientFrame, ServerFrame } from '../../protocols/session/messages.js';
import { readLetterKey } from '../../protocols/letters/letter-key.js';
import type { Budgets } from '../budgets.js';
import type { DeviceKeyStore, Mailbox, RegistryStore, StoredDevice } from '../store/registry-store.js';
import { isWithinRate, type Sender } from './letter-rate.js';
import { mayTakeOneTimeKey } from './one-time-key-rate.js';

type KeyFrame = Extract<ClientFrame, { type: 'offer_key' | 'offer_one_time_keys' | 'key_wanted' }>;
type WantedFrame = Extract<ClientFrame, { type: 'key_wanted' }>;

export interface LetterKeysOptions {
  readonly store: RegistryStore;
  readonly primitives: Primitives;
  readonly budgets: Budgets;
}

/** `told`: the device whose stock of one-time keys has become low, and what it is told in its session. */
export interface KeyAnswer {
  readonly answer: ServerFrame;
  readonly told: { readonly mailbox: Mailbox; readonly frame: ServerFrame } | null;
}

export class LetterKeys {
  constructor(private readonly options: LetterKeysOptions) {}

  /** Answers a frame about keys in a session of this mailbox. */
  answer(frame: KeyFrame, { mailbox, network }: { mailbox: Mailbox; network: string }, now: Instant): KeyAnswer {
    if (frame.type === 'key_wanted') return this.give(frame, { name: mailbox.name, network }, now);
    if (frame.type === 'offer_key') this.offer(mailbox, frame.key, now);
    else this.refill(mailbox, frame, now);
    return { answer: this.offered(mailbox), told: null };
  }

  /** The number of the letter key that writers get for a device, 0 for none, and how many one-time keys are left. */
  held(mailbox: Mailbox): { number: number; oneTimeKeys: number } {
    const number = this.keys.letterKey(mailbox)?.number ?? 0;
    return { number, oneTimeKeys: this.keys.oneTimeKeys(mailbox) };
  }

  private get keys(): DeviceKeyStore {
    return this.options.store.keys;
  }

  private offered(mailbox: Mailbox): ServerFrame {
    return { type: 'key_offered', ...this.held(mailbox) };
  }

  /** Stores the key that a device offers, if it is newer. */
  private offer(mailbox: Mailbox, offered: Signed, now: Instant): void {
    const { primitives, budgets } = this.options;
    const stored = this.keys.letterKey(mailbox);
    if (stored?.signed.payload === offered.payload) return;
    if (budgets.renewals.spend(mailbox.name, now) > 0) return;
    const letterKey = readLetterKey(offered, mailbox.device, primitives);
    if (letterKey === null || letterKey.number <= (stored?.number ?? 0)) return;
    this.keys.putLetterKey(mailbox, { number: letterKey.number, signed: offered });
  }

  /** Signatures are checked by the writers: a device harms only itself by keys that it did not sign. */
  private refill(
    mailbox: Mailbox,
    { number, keys }: Extract<KeyFrame, { type: 'offer_one_time_keys' }>,
    now: Instant,
  ): void {
    if (number !== this.keys.letterKey(mailbox)?.number) return;
    if (this.options.budgets.renewals.spend(mailbox.name, now) > 0) return;
    const room = LIMITS.oneTimeKeysMax - this.keys.oneTimeKeys(mailbox);
    const fitting = keys.filter(({ payload }) => byteLength(payload) <= LIMITS.letterKeyBytes);
    for (const key of fitting.slice(0, room)) this.keys.addOneTimeKey(mailbox, key);
  }

  /** The newest key of a device. For a retired device there is none: the writer has to learn of the next. */
  private give({ id, to, device, oneTime }: WantedFrame, from: Sender, now: Instant): KeyAnswer {
    const mailbox = { name: to, device };
    const refusal = this.refusal(mailbox, from, now);
    const key = refusal ? null : this.keys.letterKey(mailbox);
    if (!key) {
      const { code, about } = refusal ?? new Refusal('LETTER_KEY_MISSING', to);
      return { answer: { type: 'no_key', id, code, about }, told: null };
    }
    const single = oneTime ? this.takeOneTimeKey(mailbox, from, now) : null;
    const answer: ServerFrame = { type: 'key', id, key: key.signed, ...(single && { oneTime: single }) };
    return { answer, told: single && this.isLow(mailbox) ? { mailbox, frame: this.offered(mailbox) } : null };
  }

  private refusal({ name, device: wanted }: Mailbox, from: Sender, now: Instant): Refusal | null {
    const { store, budgets } = this.options;
    // The key is needed for the offer of a link: asking for it is part of finding the other user.
    if (!isWithinRate(budgets, { ...from, use: 'signal' }, now)) return new Refusal('LETTERS_TOO_FAST');
    const isListed = ({ device, retiredAt }: StoredDevice): boolean => device === wanted && retiredAt === null;
    return store.devices(name).some(isListed) ? null : new Refusal('RECIPIENT_UNKNOWN', name);
  }

  private takeOneTimeKey(mailbox: Mailbox, from: Sender, now: Instant): Signed | null {
    if (this.keys.oneTimeKeys(mailbox) === 0) return null;
    return mayTakeOneTimeKey(this.options.budgets, { mailbox, from }, now) ? this.keys.takeOneTimeKey(mailbox) : null;
  }

  /** True once on the way down, and once more when it is empty. */
  private isLow(mailbox: Mailbox): boolean {
    const left = this.keys.oneTimeKeys(mailbox);
    return left === LIMITS.oneTimeKeysLow || left === 0;
  }
}
