// A client that lies: an honest engine, but what leaves it is twisted in every way its own keys allow (ARCHITECTURE,
// G4).

import { parseJson } from '../../../protocols/kit/bytes.js';
import type { Instant, Machine } from '../../../protocols/kit/machine.js';
import { signObject } from '../../../protocols/kit/signed.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';
import { deviceKeys } from './identity.js';
import type { Random } from '../kernel/random.js';

const LOOT_MAX = 50;

/** Everything the liar says about itself it may say about another. */
export interface Liar {
  readonly name: string;
  readonly others: readonly string[];
  /** How often a lie is told, per effect. */
  readonly lies: number;
  readonly told: () => void;
}

export class LyingMachine implements Machine<Input, Effect> {
  /** Frames and letters of others that came by: good for repeating where they do not belong. */
  private readonly frames: object[] = [];
  private readonly letters: string[] = [];

  constructor(
    private readonly honest: Machine<Input, Effect>,
    private readonly liar: Liar,
    private readonly random: Random,
  ) {}

  handle(input: Input, now: Instant): Effect[] {
    this.loot(input);
    return this.honest.handle(input, now).flatMap((effect) => this.twist(effect));
  }

  wakeAt(): Instant | null {
    return this.honest.wakeAt();
  }

  private loot(input: Input): void {
    if (input.type === 'link_frame' && typeof input.frame === 'object' && input.frame !== null) {
      if (this.frames.length < LOOT_MAX) this.frames.push(input.frame);
    }
    if (input.type === 'unsealed' && input.plain !== null && this.letters.length < LOOT_MAX) {
      this.letters.push(input.plain);
    }
  }

  private twist(effect: Effect): Effect[] {
    if (!this.random.chance(this.liar.lies)) return [effect];
    switch (effect.type) {
      case 'link_send':
        this.liar.told();
        return [effect, { ...effect, frame: this.falseFrame(effect.frame) }];
      case 'seal':
        this.liar.told();
        return [{ ...effect, plain: this.falseLetter(effect.plain) }];
      case 'datagram':
        this.liar.told();
        return [effect, { ...effect, bytes: this.scrambled(effect.bytes) }, effect];
      default:
        return [effect];
    }
  }

  private falseFrame(frame: object): object {
    const lies = [
      this.inAnotherName(frame),
      ...this.frames,
      frame,
      { type: this.random.pick(['message', 'ack', 'x']) },
    ];
    return this.random.pick(lies);
  }

  /** Another's letter sent on as it came, or our own with another's name, signed by the only key we have. */
  private falseLetter(plain: string): string {
    if (this.letters.length > 0 && this.random.chance(0.5)) return this.random.pick(this.letters);
    const { payload } = parseJson(plain) as { payload: string };
    const forged = this.inAnotherName(parseJson(payload) as object);
    return JSON.stringify(signObject('letter', forged, deviceKeys(this.liar.name, 0).device, fakePrimitives));
  }

  private inAnotherName(value: object): object {
    const other = this.random.pick(this.liar.others);
    const device = deviceKeys(other, 0).device.publicKey;
    const replaced = this.random.chance(0.5) ? { from: other, user: other } : { device };
    return Object.fromEntries(
      Object.entries(value).map(([key, inside]) => [key, key in replaced ? Reflect.get(replaced, key) : inside]),
    );
  }

  private scrambled(bytes: Uint8Array): Uint8Array {
    const at = this.random.whole(0, bytes.length - 1);
    return bytes.map((byte, place) => (place === at ? byte ^ this.random.whole(1, 255) : byte));
  }
}
