// What every part of the engine shares: who we are, the store, the time of this input, and the effects it collects.

import { OwnProofs } from '../../../protocols/kit/own-proofs/own-proofs.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import type { RandomSource, Primitives, SecretKey } from '../../../protocols/kit/primitives.js';
import { Refusal, refusalText, type RefusalCode } from '../../../protocols/kit/refusals.js';
import type { Answers } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import { randomId } from '../../../protocols/kit/random-id.js';
import { ServerClock } from '../../../protocols/session/server-clock.js';
import { Alarms } from './alarms.js';
import type { PartEvent } from './events.js';
import type { Store } from './store.js';
import type { Effect, Question, QuestionAnswer } from './io.js';

/** Our own keys. The secret of `exchange` stays outside: only the effect `unseal` uses it. */
export interface Me {
  readonly name: string;
  /** `isIdentityLocked`: it signs nothing now, so our record cannot change. */
  readonly identity: SecretKey;
  readonly isIdentityLocked: boolean;
  /** See `ownProofsKey`. It is there while the identity key is locked, too. */
  readonly ownProofsKey: Uint8Array;
  readonly device: SecretKey;
  /** Public exchange key for direct messages in channels, base64url. */
  readonly exchange: string;
  /** Former devices of ours, newest first: acknowledgements for them are still for us. */
  readonly retiredDevices: readonly string[];
}

/**
 * `server`: the origin of the name server, as `URL.origin` writes it.
 * `linkWaitMs`: raised, a message waits longer for a direct
 * link; lowered, it is left at the name server sooner. `groupSilenceMs`: see `protocols/groups`. `readReceipts`:
 * whether friends learn what we have read. `friendBytesPerDay`: raised, one friend can fill more of the disk; lowered,
 * what a busy friend sends comes a day later; `Infinity` for no limit.
 */
export interface Options {
  readonly server: string;
  readonly linkWaitMs: number;
  readonly readReceipts: boolean;
  readonly groupSilenceMs: number;
  readonly friendBytesPerDay: number;
}

export interface EngineDependencies {
  readonly me: Me;
  readonly store: Store;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  readonly options: Options;
}

/** An event without its time. */
type UntimedEvent = ClientEvent extends infer E ? (E extends ClientEvent ? Omit<E, 'at'> : never) : never;

export class Context {
  now: Instant = 0;
  /** True from the moment the name server shows another key than the pinned one until the user accepts it. */
  isServerDistrusted = false;
  readonly alarms = new Alarms();
  readonly serverClock = new ServerClock(this);
  readonly me: Me;
  readonly store: Store;
  readonly primitives: Primitives;
  /** How we recognize what we wrote. */
  readonly ownProofs: OwnProofs;
  readonly random: RandomSource;
  readonly options: Options;
  private effects: Effect[] = [];
  /** Events and work that wait for the running part to finish, in order. */
  private readonly postponed: (PartEvent | (() => void))[] = [];
  private lastRef = 0;
  private readonly questions = new Map<number, (answer: QuestionAnswer) => void>();
  private readonly cryptoWork = new Map<number, (text: string | null) => void>();

  constructor({ me, store, primitives, random, options }: EngineDependencies) {
    this.me = me;
    this.store = store;
    this.primitives = primitives;
    this.ownProofs = new OwnProofs(me.ownProofsKey, primitives);
    this.random = random;
    this.options = options;
  }

  /** Collects an effect; it is performed after the turn's commit. */
  emit(effect: Effect): void {
    this.effects.push(effect);
  }

  takeEffects(): Effect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  /** Tells other parts. They hear it within this input, after the part that reports it has finished. */
  report(event: PartEvent): void {
    this.postponed.push(event);
  }

  /** Runs `work` within this input, after the running part and after all events reported so far. */
  postpone(work: () => void): void {
    this.postponed.push(work);
  }

  /** Runs what was postponed, and what that postpones, until nothing is left. */
  settle(hear: (event: PartEvent) => void): void {
    for (let next = this.postponed.shift(); next; next = this.postponed.shift()) {
      if (typeof next === 'function') next();
      else hear(next);
    }
  }

  /** Notifies the user's program. `at`: when it happened, now unless said. */
  notify(event: UntimedEvent, at: Instant = this.now): void {
    this.emit({ type: 'event', event: { ...event, at: isoTime(at) } as ClientEvent });
  }

  warn(code: string, message: string): void {
    this.notify({ event: 'warning', code, message });
  }

  warnRefusal(refusal: Refusal): void {
    this.warn(refusal.code, refusalText(refusal));
  }

  succeed<K extends keyof Answers>(ref: number, _command: K, data: Answers[K]): void {
    this.emit({ type: 'answer', ref, answer: { ok: true, data } });
  }

  refuse(ref: number, refusal: Refusal): void {
    this.emit({ type: 'answer', ref, answer: { ok: false, refusal } });
  }

  refuseWith(ref: number, code: RefusalCode, about = ''): void {
    this.refuse(ref, new Refusal(code, about));
  }

  /** A number never used before in this run. */
  freshRef(): number {
    this.lastRef += 1;
    return this.lastRef;
  }

  /** A random 16-byte id. */
  freshId(): string {
    return randomId(this.random);
  }

  ask(question: Question, then: (answer: QuestionAnswer) => void): void {
    // Answers of a name server whose key has changed are not believed, and our questions would tell it about us.
    if (this.isServerDistrusted && question.type !== 'register') {
      return then({ type: 'refused', refusal: new Refusal('SERVER_CHANGED', this.options.server) });
    }
    const ref = this.freshRef();
    this.questions.set(ref, then);
    this.emit({ type: 'ask', ref, question });
  }

  answered(ref: number, answer: QuestionAnswer): void {
    const then = this.questions.get(ref);
    this.questions.delete(ref);
    then?.(answer);
  }

  /** `info`: what it is sealed for; it opens for no other purpose. */
  seal(
    { exchange, plain, info }: { exchange: string; plain: string; info: string },
    then: (body: string | null) => void,
  ): void {
    const ref = this.freshRef();
    this.cryptoWork.set(ref, then);
    this.emit({ type: 'seal', ref, exchange, plain, info });
  }

  /** `secret`: the secret key to open it with, null for our exchange key. */
  unseal(
    { secret, body, info }: { secret: string | null; body: string; info: string },
    then: (plain: string | null) => void,
  ): void {
    const ref = this.freshRef();
    this.cryptoWork.set(ref, then);
    this.emit({ type: 'unseal', ref, secret, body, info });
  }

  /** The result of `seal` or `unseal`; null where it failed. */
  cryptoDone(ref: number, text: string | null): void {
    const then = this.cryptoWork.get(ref);
    this.cryptoWork.delete(ref);
    then?.(text);
  }
}

/** ISO 8601 UTC of a time in ms. */
export function isoTime(at: Instant): string {
  return new Date(at).toISOString();
}

/** True for this device and for former devices of ours. */
export function isOwnDevice({ device, retiredDevices }: Me, key: string): boolean {
  return key === device.publicKey || retiredDevices.includes(key);
}
