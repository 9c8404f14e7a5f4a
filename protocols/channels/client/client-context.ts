// What the parts of a visitor share: who we are, the time of this input, the effects it asks for, and who waits for
// which signature, seal or answer.

import type { Instant } from '../../kit/machine.js';
import { toBase64url } from '../../kit/bytes.js';
import type { RandomSource } from '../../kit/primitives.js';
import { Refusal, type RefusalCode } from '../../kit/refusals.js';
import type { Signed, SignedType } from '../../kit/signed.js';
import type { Card } from '../signed-objects.js';
import type { ChannelClientAnswer, ChannelClientEffect, ChannelClientInput, ChannelClientEvent } from './io.js';

export interface ChannelClientOptions {
  /** Who we are here. What it signs is signed by the world, by the effect `sign`. */
  readonly card: Card;
  /** Chosen by chance for each run: 16 bytes, base64url. */
  readonly life: string;
  readonly random: RandomSource;
  /** What refusals call the server. */
  readonly address: string;
  /** The key that the server must have, where it is known; null takes any. Asked at each entry. */
  readonly serverKey: () => string | null;
  /** Nothing of these keys is shown or answered. */
  readonly mayHear: (key: string) => boolean;
}

/** What came back of an effect. */
export type CryptoResult = Extract<ChannelClientInput, { kind: 'signed' | 'verified' | 'sealed' | 'unsealed' }>;

export class ChannelClientContext {
  now: Instant = 0;
  private effects: ChannelClientEffect[] = [];
  private lastRef = 0;
  private readonly waiting = new Map<number, (returned: CryptoResult) => void>();

  constructor(readonly options: ChannelClientOptions) {}

  get me(): Card {
    return this.options.card;
  }

  do(effect: ChannelClientEffect): void {
    this.effects.push(effect);
  }

  takeEffects(): ChannelClientEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  tell(news: ChannelClientEvent): void {
    this.do({ kind: 'news', news });
  }

  answer(ref: number, answer: ChannelClientAnswer): void {
    this.do({ kind: 'answer', ref, answer });
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
    return toBase64url(this.options.random.bytes(16));
  }

  /** Signs a value with our key. */
  sign(type: SignedType, value: object, then: (signed: Signed) => void): void {
    const payload = JSON.stringify(value);
    const ref = this.expect('signed', ({ signature }) => then({ payload, signature }));
    this.do({ kind: 'sign', ref, type, payload });
  }

  verify(type: SignedType, signed: Signed, key: string, then: (holds: boolean) => void): void {
    const ref = this.expect('verified', ({ holds }) => then(holds));
    this.do({ kind: 'verify', ref, type, signed, key });
  }

  /** Null where the exchange key is none. */
  seal(exchange: string, plain: string, then: (body: string | null) => void): void {
    const ref = this.expect('sealed', ({ body }) => then(body));
    this.do({ kind: 'seal', ref, exchange, plain });
  }

  /** Null where it was not sealed to us. */
  unseal(body: string, then: (plain: string | null) => void): void {
    const ref = this.expect('unsealed', ({ plain }) => then(plain));
    this.do({ kind: 'unseal', ref, body });
  }

  /** Gives what came back to whoever asked for it, once. */
  returned(input: CryptoResult): void {
    const then = this.waiting.get(input.ref);
    this.waiting.delete(input.ref);
    then?.(input);
  }

  private expect<K extends CryptoResult['kind']>(
    kind: K,
    then: (returned: Extract<CryptoResult, { kind: K }>) => void,
  ): number {
    const ref = this.freshRef();
    this.waiting.set(ref, (returned) => {
      if (returned.kind === kind) then(returned as Extract<CryptoResult, { kind: K }>);
    });
    return ref;
  }
}
