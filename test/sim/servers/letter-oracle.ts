// The oracle of letters in the servers world: one-time keys open one letter each, and letters that do not open arrive.

import type { TransactionalStore } from '../../../client/engine/core/store.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import type { Instant, Machine } from '../../../protocols/kit/machine.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { compileShape } from '../../../protocols/kit/shapes.js';
import { Signed } from '../../../protocols/kit/signed.js';
import { letterShape, type Letter } from '../../../protocols/letters/messages.js';
import { serverFrameShape } from '../../../protocols/session/messages.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';

const signedShape = compileShape(Signed);

export interface LetterWitness {
  readonly report: (violation: string) => void;
  readonly storeOf: (user: string) => TransactionalStore | null;
  readonly identityOf: (user: string) => string;
}

export class LetterOracle {
  /** One-time keys that a name server gave to any writer. */
  private readonly given = new Set<string>();
  /** Users to whom an invitation was posted. */
  private readonly invited = new Set<string>();
  /** Users whom an invitation has reached. */
  private readonly reached = new Set<string>();
  private readonly awaited = new Set<string>();

  constructor(private readonly witness: LetterWitness) {}

  watch(user: string, machine: Machine<Input, Effect>): Machine<Input, Effect> {
    /** The letter keys of letters that are being opened. */
    const opening = new Map<number, string>();
    return {
      handle: (input, now) => {
        if (input.type === 'session_frame') this.judgeGift(input.frame);
        const key = input.type === 'unsealed' ? (opening.get(input.ref) ?? null) : null;
        const letter = input.type === 'unsealed' ? this.believedLetter(user, input.plain) : null;
        const effects = machine.handle(input, now);
        for (const effect of effects) {
          if (effect.type === 'unseal') opening.set(effect.ref, (parseJson(effect.info) as string[])[1] ?? '');
          this.observe(user, effect);
        }
        if (key !== null && letter !== null && effects.some(isDone)) this.judgeUsed(user, key);
        return effects;
      },
      wakeAt: (): Instant | null => machine.wakeAt(),
    };
  }

  /** The user loses its letter keys: what was sealed to them does not open. An invitation on its way must arrive. */
  losesKeys(user: string): void {
    if (!this.reached.has(user)) this.awaited.add(user);
  }

  /** The answer to an invitation counts only once it is given: a crash before may undo both. */
  performs(effect: Effect): void {
    if (effect.type !== 'answer' || !effect.answer.ok) return;
    const { data } = effect.answer;
    if ('group' in data && 'user' in data) this.invited.add(String(data.user));
  }

  judgeEnd(): void {
    for (const user of this.awaited) {
      if (this.invited.has(user) && !this.reached.has(user))
        this.witness.report(`[LETTER-24] the invitation of ${user} did not open and has not come again`);
    }
  }

  /** [SESS-29] Each one-time key is given once. */
  private judgeGift(frame: unknown): void {
    if (!serverFrameShape.accepts(frame) || frame.type !== 'key' || !frame.oneTime) return;
    const { payload } = frame.oneTime;
    if (this.given.has(payload)) this.witness.report('[SESS-29] a one-time key was given to two writers');
    this.given.add(payload);
  }

  /** A letter that the reader must believe: of a device in the pinned record of a user whose true key is pinned. */
  private believedLetter(user: string, plain: string | null): Letter | null {
    const signed = parseJson(plain ?? '');
    if (!signedShape.accepts(signed)) return null;
    const letter = parseJson(signed.payload);
    if (!letterShape.accepts(letter) || letter.expires !== undefined) return null;
    const people = this.witness.storeOf(user)?.people() ?? [];
    const pinned = people.find(({ name }) => name === letter.from)?.pinned ?? null;
    if (pinned === null || pinned.key !== this.witness.identityOf(letter.from)) return null;
    const record = readRecord(pinned.record, fakePrimitives);
    return record?.devices.some(({ device }) => device === letter.device) ? letter : null;
  }

  private judgeUsed(user: string, key: string): void {
    const oneTime = this.witness.storeOf(user)?.oneTimeKeys.get(key) ?? null;
    if (oneTime !== null && oneTime.secret !== '') {
      this.witness.report(`[LETTER-19] ${user} has taken a letter and keeps the one-time key that opens it`);
    }
  }

  private observe(user: string, effect: Effect): void {
    if (effect.type !== 'event') return;
    const { event } = effect;
    if (event.event === 'group_invite' || event.event === 'group_joined') this.reached.add(user);
    if (event.event === 'warning' && event.code === 'LETTER_UNOPENED') {
      this.witness.report(`[LETTER-25] ${user} gives a letter up that its reader can open`);
    }
  }
}

function isDone(effect: Effect): boolean {
  return effect.type === 'session_send' && effect.frame.type === 'done' && effect.frame.unopened === undefined;
}
