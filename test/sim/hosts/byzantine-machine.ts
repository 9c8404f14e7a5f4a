// A byzantine client: a real engine whose output is forged in every way that its own keys allow (ARCHITECTURE, G4).

import { parseJson } from '../../../protocols/kit/bytes.js';
import type { Instant, Machine } from '../../../protocols/kit/machine.js';
import { signObject } from '../../../protocols/kit/signed.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';
import { deviceKeys } from './user-keys.js';
import type { Random } from '../kernel/random.js';

const COLLECTED_MAX = 50;

/** `others`: users that the byzantine client impersonates. */
export interface ByzantineSettings {
  readonly name: string;
  readonly others: readonly string[];
  /** Probability of a forgery per effect. */
  readonly rate: number;
  readonly onForgery: () => void;
}

export class ByzantineMachine implements Machine<Input, Effect> {
  /** Received frames and letters of others, to be replayed in the wrong place. */
  private readonly frames: object[] = [];
  private readonly letters: string[] = [];

  constructor(
    private readonly honest: Machine<Input, Effect>,
    private readonly settings: ByzantineSettings,
    private readonly random: Random,
  ) {}

  handle(input: Input, now: Instant): Effect[] {
    this.collect(input);
    return this.honest.handle(input, now).flatMap((effect) => this.tamper(effect));
  }

  wakeAt(): Instant | null {
    return this.honest.wakeAt();
  }

  private collect(input: Input): void {
    if (input.type === 'link_frame' && typeof input.frame === 'object' && input.frame !== null) {
      if (this.frames.length < COLLECTED_MAX) this.frames.push(input.frame);
    }
    if (input.type === 'unsealed' && input.plain !== null && this.letters.length < COLLECTED_MAX) {
      this.letters.push(input.plain);
    }
  }

  private tamper(effect: Effect): Effect[] {
    if (!this.random.chance(this.settings.rate)) return [effect];
    switch (effect.type) {
      case 'link_send':
        this.settings.onForgery();
        return [effect, { ...effect, frame: this.forgedFrame(effect.frame) }];
      case 'seal':
        this.settings.onForgery();
        return [{ ...effect, plain: this.forgedLetter(effect.plain) }];
      case 'datagram':
        this.settings.onForgery();
        return [effect, { ...effect, bytes: this.scrambled(effect.bytes) }, effect];
      default:
        return [effect];
    }
  }

  private forgedFrame(frame: object): object {
    const lies = [
      this.inAnotherName(frame),
      ...this.frames,
      frame,
      { type: this.random.pick(['message', 'ack', 'x']) },
    ];
    return this.random.pick(lies);
  }

  /** A replayed letter of another user, or an own letter under another name, signed with the own key. */
  private forgedLetter(plain: string): string {
    if (this.letters.length > 0 && this.random.chance(0.5)) return this.random.pick(this.letters);
    const { payload } = parseJson(plain) as { payload: string };
    const forged = this.inAnotherName(parseJson(payload) as object);
    return JSON.stringify(signObject('letter', forged, deviceKeys(this.settings.name, 0).device, fakePrimitives));
  }

  private inAnotherName(value: object): object {
    const other = this.random.pick(this.settings.others);
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
