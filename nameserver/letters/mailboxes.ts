// The post office: takes letters, keeps them until their device is `done`, and knows when to say no (session/SPEC.md).

import { toBase64url } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { earlier, type Instant } from '../../protocols/kit/machine.js';
import type { RandomSource } from '../../protocols/kit/primitives.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import type { ClientFrame } from '../../protocols/session/messages.js';
import { RateLimiter } from '../rate-limiter.js';
import type { Mailbox, RegistryStore, StoredLetter } from '../store/registry-store.js';
import type { DeliveryWindow } from './delivery-window.js';

export type LetterFrame = Extract<ClientFrame, { type: 'letter' }>;

/** `heldMs`, `heldBytes`: how long, and how much for one user. Raising either costs disk; lowering loses patience. */
export interface MailboxesOptions {
  readonly store: RegistryStore;
  readonly random: RandomSource;
  readonly heldMs: number;
  readonly heldBytes: number;
}

export class Mailboxes {
  /** [SESS-15] */
  private readonly letterRate = new RateLimiter(LIMITS.lettersPerMinutePerSender, LIMITS.letterSendersMax);
  private expiryAt: Instant | null;

  constructor(private readonly options: MailboxesOptions) {
    this.expiryAt = options.store.nextExpiry();
  }

  wakeAt(): Instant | null {
    return this.expiryAt;
  }

  /** Where a letter is to be left, once it may be left at all. Nothing is stored yet. */
  admit(letter: LetterFrame, from: string, now: Instant): Mailbox | Refusal {
    if (this.letterRate.tryTake(from, now) > 0) return new Refusal('LETTERS_TOO_FAST');
    const device = this.deviceFor(letter.to, letter.device, now);
    if (device === null) return new Refusal('RECIPIENT_UNKNOWN', letter.to);
    return this.quotaRefusal(letter, from) ?? { name: letter.to, device };
  }

  /** Keeps an admitted letter until it is done or too old. */
  add(letter: LetterFrame, from: string, mailbox: Mailbox, now: Instant): void {
    const expiresAt = now + this.options.heldMs;
    this.options.store.addLetter({ ...mailbox, id: this.newId(), from, at: now, expiresAt, body: letter.body });
    this.expiryAt = earlier(this.expiryAt, expiresAt);
  }

  /** A letter as it is given on without being kept. */
  fleetingDelivery(
    letter: LetterFrame,
    from: string,
    now: Instant,
  ): { id: string; from: string; at: Instant; body: string } {
    return { id: this.newId(), from, at: now, body: letter.body };
  }

  /** Whoever wrote to somebody is no stranger to them any more [SESS-16]. */
  addCorrespondent(from: string, name: string): void {
    this.options.store.addCorrespondent(from, name, LIMITS.correspondentsPerUserMax);
  }

  /** The letters that may be given to a session now, in order of arrival; they count as given by this. */
  nextDeliveries(window: DeliveryWindow, mailbox: Mailbox): StoredLetter[] {
    const given: StoredLetter[] = [];
    // One at a time: letters may be large, and those there is no room for are not read.
    while (window.hasRoom()) {
      const [letter] = this.options.store.lettersAfter(mailbox, window.cursor, 1);
      if (letter === undefined) break;
      if (window.add(letter)) given.push(letter);
    }
    return given;
  }

  /** The session has stored a letter it was given; an id it was not given is nothing to it [SESS-12]. */
  acknowledge(window: DeliveryWindow, id: string): void {
    const arrival = window.remove(id);
    if (arrival !== null) this.options.store.removeLetter(arrival);
  }

  /** Drops what is too old [SESS-13]. */
  wake(now: Instant): void {
    if (this.expiryAt === null || now < this.expiryAt) return;
    this.options.store.removeLettersExpired(now);
    this.expiryAt = this.options.store.nextExpiry();
  }

  /**
   * The device whose mailbox takes letters for `device`: itself, or its user's first one if it retired not long ago.
   */
  private deviceFor(name: string, device: string, now: Instant): string | null {
    const devices = this.options.store.devices(name);
    const known = devices.find((candidate) => candidate.device === device);
    if (known === undefined) return null;
    if (known.retiredAt === null) return device;
    if (now - known.retiredAt >= LIMITS.retiredDeviceMs) return null;
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

  /** However many strangers there are, whoever the recipient has written to finds room [SESS-21]. */
  private strangerQuotaRefusal(letter: LetterFrame, from: string): Refusal | null {
    const { store, heldBytes } = this.options;
    if (store.waitingFrom(from, letter.to) >= LIMITS.lettersWaitingFromStranger) {
      return new Refusal('STRANGER_QUOTA', letter.to);
    }
    const room = { letters: LIMITS.heldLettersFromStrangers, bytes: heldBytes / LIMITS.heldBytesStrangersDivisor };
    return hasRoom(store.waitingFromStrangers(letter.to), letter, room) ? null : new Refusal('MAILBOX_FULL', letter.to);
  }

  private newId(): string {
    return toBase64url(this.options.random.bytes(16));
  }
}

interface Amount {
  readonly letters: number;
  readonly bytes: number;
}

function hasRoom(waiting: Amount, { body }: LetterFrame, room: Amount): boolean {
  return waiting.letters < room.letters && waiting.bytes + body.length <= room.bytes;
}
