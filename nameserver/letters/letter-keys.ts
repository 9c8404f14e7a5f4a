// The letter keys of devices (protocols/session, SESS-25): stores the newest that each device signed, and gives it to
// writers.

import type { Instant } from '../../protocols/kit/machine.js';
import type { Primitives } from '../../protocols/kit/primitives.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { ClientFrame, ServerFrame } from '../../protocols/session/messages.js';
import { readLetterKey } from '../../protocols/letters/letter-key.js';
import type { Budgets } from '../budgets.js';
import type { Mailbox, RegistryStore, StoredDevice } from '../store/registry-store.js';
import { isWithinRate, type Sender } from './letter-rate.js';

type KeyFrame = Extract<ClientFrame, { type: 'offer_key' | 'key_wanted' }>;

export interface LetterKeysOptions {
  readonly store: RegistryStore;
  readonly primitives: Primitives;
  readonly budgets: Budgets;
}

export class LetterKeys {
  constructor(private readonly options: LetterKeysOptions) {}

  /** Answers a frame about letter keys in a session of this mailbox. */
  answer(frame: KeyFrame, { mailbox, network }: { mailbox: Mailbox; network: string }, now: Instant): ServerFrame {
    if (frame.type === 'offer_key') return { type: 'key_offered', number: this.offer(mailbox, frame.key, now) };
    const { id, to, device } = frame;
    const key = this.find({ name: to, device }, { name: mailbox.name, network }, now);
    return key instanceof Refusal ? { type: 'no_key', id, code: key.code, about: key.about } : { type: 'key', id, key };
  }

  /** Stores the key that a device offers, if it is newer. Returns the number of the stored key, 0 if there is none. */
  private offer(mailbox: Mailbox, offered: Signed, now: Instant): number {
    const { store, primitives, budgets } = this.options;
    const stored = store.letterKey(mailbox);
    if (stored?.signed.payload === offered.payload) return stored.number;
    const number = stored?.number ?? 0;
    if (budgets.renewals.spend(mailbox.name, now) > 0) return number;
    const letterKey = readLetterKey(offered, mailbox.device, primitives);
    if (letterKey === null || letterKey.number <= number) return number;
    store.putLetterKey(mailbox, { number: letterKey.number, signed: offered });
    return letterKey.number;
  }

  /** The newest key of a device. For a retired device there is none: the writer has to learn of the next. */
  private find(mailbox: Mailbox, from: Sender, now: Instant): Outcome<Signed> {
    const { store, budgets } = this.options;
    // The key is needed for the offer of a link: asking for it is part of finding the other user.
    if (!isWithinRate(budgets, { ...from, use: 'signal' }, now)) return new Refusal('LETTERS_TOO_FAST');
    const isListed = ({ device, retiredAt }: StoredDevice): boolean => device === mailbox.device && retiredAt === null;
    if (!store.devices(mailbox.name).some(isListed)) return new Refusal('RECIPIENT_UNKNOWN', mailbox.name);
    return store.letterKey(mailbox)?.signed ?? new Refusal('LETTER_KEY_MISSING', mailbox.name);
  }
}
