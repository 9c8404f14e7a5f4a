// The shared context of a channel client: its identity, the time of the current input, the effects of it, and the
// continuations that wait for a signature, a verification or a seal.

import type { Instant } from '../../kit/machine.js';
import { randomId } from '../../kit/random-id.js';
import type { RandomSource } from '../../kit/primitives.js';
import { Refusal, type RefusalCode } from '../../kit/refusals.js';
import type { Signed, SignedType } from '../../kit/signed.js';
import type { Card } from '../signed-objects.js';
import type { ChannelClientAnswer, ChannelClientEffect, ChannelClientInput, ChannelClientEvent } from './io.js';

export interface ChannelClientOptions {
  /** Our identity. The host holds the secret keys. */
  readonly card: Card;
  /** A random id for each run: 16 bytes, base64url. */
  readonly clientSession: string;
  readonly random: RandomSource;
  /** The origin of the server that we dial (session, SESS-22). */
  readonly origin: string;
  /** The name of the server in refusals. */
  readonly address: string;
  /** The expected key of the server, or null to accept any. Read at each entry. */
  readonly serverKey: () => string | null;
  /** False for keys whose messages are neither reported nor answered. */
  readonly mayHear: (key: string) => boolean;
}

/** The result of an effect. */
export type CryptoResult = Extract<ChannelClientInput, { type: 'signed' | 'verified' | 'sealed' | 'unsealed' }>;

export class ChannelClientContext {
  now: Instant = 0;
  private effects: ChannelClientEffect[] = [];
  private lastRef = 0;
  private readonly waiting = new Map<number, (result: CryptoResult) => void>();

  constructor(readonly options: ChannelClientOptions) {}

  get me(): Card {
    return this.options.card;
  }

  emit(effect: ChannelClientEffect): void {
    this.effects.push(effect);
  }

  takeEffects(): ChannelClientEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  report(event: ChannelClientEvent): void {
    this.emit({ type: 'event', event });
  }

  answer(ref: number, answer: ChannelClientAnswer): void {
    this.emit({ type: 'answer', ref, answer });
  }

  refuse(ref: number, refusal: Refusal): void {
    this.answer(ref, { ok: false, refusal });
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
    return randomId(this.options.random);
  }

  /** Signs a value with our key. */
  sign(signedType: SignedType, value: object, then: (signed: Signed) => void): void {
    const payload = JSON.stringify(value);
    const ref = this.expect('signed', ({ signature }) => then({ payload, signature }));
    this.emit({ type: 'sign', ref, signedType, payload });
  }

  verify(signedType: SignedType, signed: Signed, key: string, then: (isValid: boolean) => void): void {
    const ref = this.expect('verified', ({ isValid }) => then(isValid));
    this.emit({ type: 'verify', ref, signedType, signed, key });
  }

  /** `body`: null if the exchange key is not valid. */
  seal(exchange: string, plain: string, then: (body: string | null) => void): void {
    const ref = this.expect('sealed', ({ body }) => then(body));
    this.emit({ type: 'seal', ref, exchange, plain });
  }

  /** `plain`: null if it was not sealed for us. */
  unseal(body: string, then: (plain: string | null) => void): void {
    const ref = this.expect('unsealed', ({ plain }) => then(plain));
    this.emit({ type: 'unseal', ref, body });
  }

  /** Passes a result to the continuation that waits for it, once. */
  resume(input: CryptoResult): void {
    const then = this.waiting.get(input.ref);
    this.waiting.delete(input.ref);
    then?.(input);
  }

  private expect<K extends CryptoResult['type']>(
    type: K,
    then: (result: Extract<CryptoResult, { type: K }>) => void,
  ): number {
    const ref = this.freshRef();
    this.waiting.set(ref, (result) => {
      if (result.type === type) then(result as Extract<CryptoResult, { type: K }>);
    });
    return ref;
  }
}
