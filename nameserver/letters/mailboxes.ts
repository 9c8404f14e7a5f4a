// Store-and-forward of letters: applies the quotas, stores letters in mailboxes until the device acknowledges them
// (protocols/session/SPEC.md).

import { randomId } from '../../protocols/kit/random-id.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { earlier, type Instant } from '../../protocols/kit/machine.js';
import type { RandomSource } from '../../protocols/kit/primitives.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { ClientFrame } from '../../protocols/session/messages.js';
import type { Budgets } from '../budgets.js';
import type { ServingTime } from '../store/serving-time.js';
import type { Space } from '../space/space.js';
import type { Mailbox, RegistryStore, StoredLetter } from '../store/registry-store.js';
import { noticeText } from './delivery-frame.js';
import type { DeliveredLetter, DeliveryWindow } from './delivery-window.js';
import { isWithinRate, type LetterUse, type Sender } from './letter-rate.js';

export type LetterFrame = Extract<ClientFrame, { type: 'letter' }>;
export type DoneFrame = Extract<ClientFrame, { type: 'done' }>;

/** `heldMs`: how long a letter is held. `heldBytes`: how much is held for one user. */
export interface MailboxesOptions {
  readonly store: RegistryStore;
  readonly random: RandomSource;
  readonly heldMs: number;
  readonly heldBytes: number;
  readonly budgets: Budgets;
  readonly space: Space;
  readonly servingTime: ServingTime;
}

export class Mailboxes {
  /** In serving time. */
  private expiryAt: Instant | null;

  constructor(private readonly options: MailboxesOptions) {
    this.expiryAt = options.store.nextExpiry();
  }

  wakeAt(): Instant | null {
    return this.options.servingTime.dateOf(this.expiryAt);
  }

  /** Checks the quotas. Returns the mailbox for the letter, or the refusal. Stores nothing. */
  admit(letter: LetterFrame, from: Sender & { readonly use: LetterUse }, now: Instant): Mailbox | Refusal {
    if (!isWithinRate(this.options.budgets, from, now)) return new Refusal('LETTERS_TOO_FAST');
    if (this.options.space.isLow && !letter.fleeting) return new Refusal('SERVER_FULL', 'letters');
    const device = this.deviceFor(letter.to, letter.device);
    if (device === null) return new Refusal('RECIPIENT_UNKNOWN', letter.to);
    return this.quotaRefusal(letter, from.name) ?? { name: letter.to, device };
  }

  /**
   * Charges the sender for the bytes of a letter. False: the budget does not allow it [LOAD-4]. A recipient can close
   * its session instead of acknowledging the letter, so one that is delivered at once is charged too.
   */
  mayStore({ body }: LetterFrame, { name, network }: Sender, now: Instant): boolean {
    const { heldBytesOfName, heldBytesOfNetwork } = this.options.budgets;
    if (heldBytesOfName.waitMs(name, now, body.length) > 0) return false;
    return (
      heldBytesOfNetwork.spend(network, now, body.length) === 0 && heldBytesOfName.spend(name, now, body.length) === 0
    );
  }

  /** Stores an admitted letter until it is acknowledged or expires. Returns its id. */
  add(letter: LetterFrame, from: string, mailbox: Mailbox, now: Instant): string {
    return this.store(mailbox, { from, body: letter.body }, now);
  }

  /** The delivery of a fleeting letter, which is never stored. */
  fleetingDelivery(
    letter: LetterFrame,
    from: string,
    now: Instant,
  ): { id: string; from: string; at: Instant; body: string } {
    return { id: this.newId(), from, at: now, body: letter.body };
  }

  /** After this, `name` is no longer a stranger to `from`: their letters to `from` have the full quota [SESS-16]. */
  addCorrespondent(from: string, name: string): void {
    if (this.options.space.isLow) return;
    this.options.store.addCorrespondent(from, name, LIMITS.correspondentsPerUserMax);
  }

  /** The letters to deliver to a session now, in order of arrival. Adds them to the window. */
  nextDeliveries(window: DeliveryWindow, mailbox: Mailbox): StoredLetter[] {
    const letters: StoredLetter[] = [];
    // One at a time: letters may be large, and a letter without room must not be loaded.
    while (window.hasRoom()) {
      const [letter] = this.options.store.lettersAfter(mailbox, window.cursor, 1);
      if (letter === undefined) break;
      if (window.add(letter)) letters.push(letter);
    }
    return letters;
  }

  /**
   * Deletes a letter that this session received, and stores the notice that it did not open. Ignores the id of any
   * other letter [SESS-12]. Gives the mailbox of the writer who has a notice to read.
   */
  acknowledge(
    { window, mailbox, network }: { window: DeliveryWindow; mailbox: Mailbox; network: string },
    { id, unopened }: DoneFrame,
    now: Instant,
  ): Mailbox | null {
    const delivered = window.remove(id);
    if (delivered === null) return null;
    this.options.store.removeLetter(delivered.arrival);
    const noticed = unopened
      ? this.storeNotice(unopened, { delivered, from: { name: mailbox.name, network } }, now)
      : null;
    // The letter paid for the notice, which is shorter.
    if (noticed === null && delivered.payer !== null) this.refund(delivered.payer, delivered.bytes, now);
    return noticed;
  }

  /** Stores a notice for the writer of a letter; null if the budgets or the size do not allow it [SESS-30]. */
  private storeNotice(
    unopened: Signed,
    { delivered, from }: { delivered: DeliveredLetter; from: Sender },
    now: Instant,
  ): Mailbox | null {
    const { budgets, space, store, heldBytes } = this.options;
    const { from: name, writer, bytes } = delivered;
    const device = writer === null || space.isLow ? null : this.deviceFor(name, writer);
    const body = noticeText(unopened);
    if (device === null || body.length > Math.min(bytes, LIMITS.unopenedNoticeBytes)) return null;
    const room = { letters: LIMITS.heldLettersPerRecipient, bytes: heldBytes };
    if (!hasRoom(store.waitingFor(name), { body }, room)) return null;
    if (!isWithinRate(budgets, { ...from, use: 'signal' }, now)) return null;
    this.store({ name, device }, { from: from.name, body }, now);
    return { name, device };
  }

  /** Deletes expired letters [SESS-13]. */
  wake(): void {
    const { now } = this.options.servingTime;
    if (this.expiryAt === null || now < this.expiryAt) return;
    this.options.store.removeLettersExpired(now);
    this.expiryAt = this.options.store.nextExpiry();
  }

  /**
   * The device whose mailbox receives letters for `device`: that device, or the user's first device if it retired
   * recently [SESS-18]. Null if there is none.
   */
  private deviceFor(name: string, device: string): string | null {
    const devices = this.options.store.devices(name);
    const known = devices.find((candidate) => candidate.device === device);
    if (known === undefined) return null;
    if (known.retiredAt === null) return device;
    if (this.options.servingTime.now - known.retiredAt >= LIMITS.retiredDeviceMs) return null;
    return devices.find(({ retiredAt }) => retiredAt === null)?.device ?? null;
  }

  private quotaRefusal(letter: LetterFrame, from: string): Refusal | null {
    if (letter.fleeting) return null;
    const { store, heldBytes } = this.options;
    const room = { letters: LIMITS.heldLettersPerRecipient, bytes: heldBytes };
    if (!hasRoom(store.waitingFor(letter.to), letter, room)) return new Refusal('MAILBOX_FULL', letter.to);
    const isStranger = letter.to !== from && !store.isCorrespondent(letter.to, from);
    return isStranger ? this.strangerQuotaRefusal(letter, from) : null;
  }

  /** Strangers share a part of the mailbox, so that correspondents of the recipient always find room [SESS-21]. */
  private strangerQuotaRefusal(letter: LetterFrame, from: string): Refusal | null {
    const { store, heldBytes } = this.options;
    if (store.waitingFrom(from, letter.to) >= LIMITS.lettersWaitingFromStranger) {
      return new Refusal('STRANGER_QUOTA', letter.to);
    }
    const room = { letters: LIMITS.heldLettersFromStrangers, bytes: heldBytes / LIMITS.heldBytesStrangersDivisor };
    return hasRoom(store.waitingFromStrangers(letter.to), letter, room) ? null : new Refusal('MAILBOX_FULL', letter.to);
  }

  private store(mailbox: Mailbox, { from, body }: { from: string; body: string }, now: Instant): string {
    const expiresAt = this.options.servingTime.now + this.options.heldMs;
    const id = this.newId();
    this.options.store.addLetter({ ...mailbox, id, from, at: now, expiresAt, body });
    this.expiryAt = earlier(this.expiryAt, expiresAt);
    return id;
  }

  private refund({ name, network }: Sender, bytes: number, now: Instant): void {
    const { heldBytesOfName, heldBytesOfNetwork } = this.options.budgets;
    heldBytesOfName.refund(name, now, bytes);
    heldBytesOfNetwork.refund(network, now, bytes);
  }

  private newId(): string {
    return randomId(this.options.random);
  }
}

interface Amount {
  readonly letters: number;
  readonly bytes: number;
}

function hasRoom(waiting: Amount, { body }: Pick<LetterFrame, 'body'>, room: Amount): boolean {
  return waiting.letters < room.letters && waiting.bytes + body.length <= room.bytes;
}
