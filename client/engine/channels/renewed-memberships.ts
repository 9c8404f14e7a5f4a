// The channels that a device of ours was in when it was renewed (SPEC CHAT-18): what it leaves to the next one, which
// begins with nothing but the store.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { Type, type Static } from '../../../protocols/kit/packages/typebox.js';
import { compileShape, exactly, KeyText, NameText, Time } from '../../../protocols/kit/shapes.js';
import type { Context } from '../core/context.js';

/** `device`: who was there, until `at`. */
const Left = exactly({
  device: KeyText,
  at: Time,
  channels: Type.Array(NameText, { maxItems: LIMITS.channelsPerClient }),
});
type Left = Static<typeof Left>;
const leftShape = compileShape(Left);

const SETTING = 'channels of the device before';

export class RenewedMemberships {
  /** When the device before us left what was taken last. */
  leftAt: Instant = 0;

  constructor(private readonly context: Context) {}

  /** What was left to us and never taken goes on with what is ours. */
  leave(channels: readonly string[]): void {
    const { me, now } = this.context;
    const before = this.left();
    const all = [...new Set([...(before?.channels ?? []), ...channels])].slice(0, LIMITS.channelsPerClient);
    this.write({ device: me.device.publicKey, at: before?.at ?? now, channels: all });
  }

  /** What was left to us, once. */
  take(): readonly string[] {
    const left = this.left();
    if (left === null) return [];
    this.leftAt = left.at;
    this.write(null);
    return left.channels;
  }

  /** A device that was not renewed after all is not its own heir. */
  private left(): Left | null {
    const { store, me } = this.context;
    const left = parseJson(store.setting(SETTING) ?? '');
    return leftShape.accepts(left) && left.device === me.retiredDevice ? left : null;
  }

  private write(left: Left | null): void {
    this.context.store.putSetting(SETTING, JSON.stringify(left));
  }
}
