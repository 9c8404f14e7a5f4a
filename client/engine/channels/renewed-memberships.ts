// The channels that a device of ours was in when it was renewed (SPEC CHAT-18), kept for the next device, which starts
// with the store only.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { Type, type Static } from '../../../protocols/kit/packages/typebox.js';
import { compileShape, exactly, KeyText, NameText, Time } from '../../../protocols/kit/shapes.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';

/** `device` was in the channels until `at`. */
const Left = exactly({
  device: KeyText,
  at: Time,
  channels: Type.Array(NameText, { maxItems: LIMITS.channelsPerClient }),
});
type Left = Static<typeof Left>;
const leftShape = compileShape(Left);

export class RenewedMemberships {
  /** Until when the device before this one was in the channels that were taken last. */
  leftAt: Instant = 0;

  constructor(private readonly context: Context) {}

  /** Keeps these channels for the next device, with those that this device never took. */
  leave(channels: readonly string[]): void {
    const { me, now } = this.context;
    const before = this.left();
    const all = [...new Set([...(before?.channels ?? []), ...channels])].slice(0, LIMITS.channelsPerClient);
    this.write({ device: me.device.publicKey, at: before?.at ?? now, channels: all });
  }

  /** The channels of the device before this one; given once. */
  take(): readonly string[] {
    const left = this.left();
    if (left === null) return [];
    this.leftAt = left.at;
    this.write(null);
    return left.channels;
  }

  /** Null where the stored channels are those of this device: its renewal did not happen. */
  private left(): Left | null {
    const { store, me } = this.context;
    const left = parseJson(store.setting(SETTINGS.channelsBefore) ?? '');
    return leftShape.accepts(left) && me.retiredDevices.includes(left.device) ? left : null;
  }

  private write(left: Left | null): void {
    this.context.store.putSetting(SETTINGS.channelsBefore, JSON.stringify(left));
  }
}
