// A friend who works with the liar: asked for lost messages, its client adds lines in the name of the friend who asks.

import { recoveryFrameShape, type RecoveredMessage, type RecoveryFrame } from '../../../../protocols/chat/messages.js';
import { parseJson } from '../../../../protocols/kit/bytes.js';
import type { Instant, Machine } from '../../../../protocols/kit/machine.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import type { Letter } from '../../../../protocols/letters/messages.js';
import type { Effect, Input } from '../../../../client/engine/core/io.js';
import { fakeKey, fakePrimitives } from '../../kernel/fake-primitives.js';

/** A device that no user has ever had. */
const MADE_UP_DEVICE = fakeKey('a device that the accomplice made up').publicKey;
const PROOF = 'A'.repeat(22);

export class Accomplice implements Machine<Input, Effect> {
  private written = 0;

  constructor(
    private readonly honest: Machine<Input, Effect>,
    private readonly onForgery: () => void,
  ) {}

  handle(input: Input, now: Instant): Effect[] {
    return this.honest.handle(input, now).map((effect) => this.tamper(effect, now));
  }

  wakeAt(): Instant | null {
    return this.honest.wakeAt();
  }

  private tamper(effect: Effect, now: Instant): Effect {
    if (effect.type === 'link_send' && recoveryFrameShape.accepts(effect.frame)) {
      return { ...effect, frame: this.withLine(effect.frame, now) };
    }
    if (effect.type !== 'seal' || !effect.plain.includes('refill')) return effect;
    const letter = parseJson((parseJson(effect.plain) as Signed).payload) as Letter;
    if (letter.kind !== 'refill' || !recoveryFrameShape.accepts(letter.body)) return effect;
    const forged = { ...letter, body: this.withLine(letter.body, now) };
    // The fake signature needs only the public key.
    const signed = signObject('letter', forged, { publicKey: letter.device }, fakePrimitives);
    return { ...effect, plain: JSON.stringify(signed) };
  }

  private withLine(frame: RecoveryFrame, at: Instant): RecoveryFrame {
    this.onForgery();
    this.written += 1;
    const { conversation } = frame;
    const place = { device: MADE_UP_DEVICE, seq: this.written, lamport: this.written, at, after: 0 };
    const text = `you wrote this, says the accomplice #${this.written}`;
    const line: RecoveredMessage = { yours: true, conversation, ...place, text, proof: PROOF };
    return { ...frame, messages: [...frame.messages, line] };
  }
}
