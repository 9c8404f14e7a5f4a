// Letters in and out (PROTOCOLS 3): what must leave even if we stop now is in the store until the name server has it.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { FLEETING_KINDS, type Letter, type LetterKind } from '../../../protocols/letters/messages.js';
import type { Context } from '../context.js';
import type { QueuedLetter } from '../store.js';
import type { People } from '../people/people.js';
import type { PassedFrame, Session } from '../account/session.js';

/** What the name server said to a letter: it has it, or why not; null where the session ended first. */
export type Fate = 'taken' | Refusal | null;

type LetterAnswer = Extract<PassedFrame, { type: 'accepted' | 'rejected' }>;

export class OutgoingMail {
  /** Letters the name server has not answered, by the id we gave them. */
  private readonly inFlight = new Map<string, (fate: Fate) => void>();
  private readonly leaving = new Set<number>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly session: Session,
  ) {}

  /** A letter that must leave sooner or later. Durable with this turn. */
  post(to: string, kind: LetterKind, body: object): void {
    this.context.store.addLetter({ to, kind, body: JSON.stringify(body), at: this.context.now });
    this.pump();
  }

  /** A letter worth sending only now; `then` hears its fate. */
  send(to: string, kind: LetterKind, body: object, then: (fate: Fate) => void): void {
    const device = this.people.device(to);
    if (!device || !this.session.isOnline) return then(null);
    const letter = this.write(to, device.device, { kind, body });
    this.context.seal(device.exchange, JSON.stringify(letter), (sealed) => {
      if (sealed === null || !this.session.isOnline) return then(null);
      const id = this.context.freshId();
      this.inFlight.set(id, then);
      const fleeting = FLEETING_KINDS.includes(kind);
      this.session.send({ type: 'letter', id, to, device: device.device, fleeting, body: sealed });
    });
  }

  answered(frame: LetterAnswer): void {
    const then = this.inFlight.get(frame.id);
    this.inFlight.delete(frame.id);
    then?.(frame.type === 'accepted' ? 'taken' : Refusal.from(frame.code, frame.about));
  }

  /** The session ended: what it had not answered is as good as never sent. */
  sessionEnded(): void {
    const unanswered = [...this.inFlight.values()];
    this.inFlight.clear();
    for (const then of unanswered) then(null);
  }

  /** Sends what waits in the store, in order, as far as it may. */
  pump(): void {
    if (!this.session.isOnline) return;
    for (const letter of this.context.store.letters(0, LIMITS.lettersInFlightPerSession)) {
      if (!this.leaving.has(letter.ref)) this.leave(letter);
    }
  }

  private leave(letter: QueuedLetter): void {
    this.leaving.add(letter.ref);
    if (this.people.device(letter.to)) return this.dispatch(letter);
    // A friend request to somebody nobody has looked up yet: written while the name server was away.
    this.people.find([letter.to], (found) => {
      if (found instanceof Refusal) return this.settle(letter, null);
      const [user] = found;
      const person = this.people.get(letter.to);
      if (!user || !person) return this.settle(letter, new Refusal('USER_UNKNOWN', letter.to));
      this.people.learn(person, user.listed.record);
      this.dispatch(letter);
    });
  }

  private dispatch(letter: QueuedLetter): void {
    const body = parseJson(letter.body) as object;
    this.send(letter.to, letter.kind, body, (fate) => this.settle(letter, fate));
  }

  private settle(letter: QueuedLetter, fate: Fate): void {
    this.leaving.delete(letter.ref);
    if (fate === null) return;
    if (fate === 'taken') {
      this.context.store.dropLetter(letter.ref);
      return this.pump();
    }
    if (fate.code === 'USER_UNKNOWN' || fate.code === 'RECIPIENT_UNKNOWN') {
      this.context.store.dropLetter(letter.ref);
      return this.context.warnRefusal(new Refusal('USER_UNKNOWN', letter.to));
    }
    this.context.alarms.set('mail retry', this.context.now + LIMITS.letterRetryMs, () => this.pump());
  }

  private write(to: string, toDevice: string, { kind, body }: { kind: LetterKind; body: object }): Signed {
    const { me, now, primitives } = this.context;
    const letter: Letter = { from: me.name, device: me.device.publicKey, to, toDevice, kind, at: now, body };
    if (FLEETING_KINDS.includes(kind)) letter.expires = now + LIMITS.offerMs;
    return signObject('letter', letter, me.device, primitives);
  }
}
