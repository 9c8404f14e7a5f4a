// The devices of this user before the present one, with the time of their replacement.

import { Type, type Static } from '../../../protocols/kit/packages/typebox.js';
import type { ListedDevice } from '../../../protocols/directory/record.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { compileShape, exactly, KeyText, Time } from '../../../protocols/kit/shapes.js';
import type { Store } from '../core/store.js';
import { SETTINGS } from '../core/settings.js';

/** `until`: when it was replaced. */
const ReplacedDevice = exactly({ device: KeyText, since: Time, until: Time });
export type ReplacedDevice = Static<typeof ReplacedDevice>;
const listShape = compileShape(Type.Array(ReplacedDevice));

/** The replaced devices, the last one first. */
export function replacedDevices(store: Store): readonly ReplacedDevice[] {
  const list = parseJson(store.setting(SETTINGS.replacedDevices) ?? '[]');
  return listShape.accepts(list) ? list : [];
}

/** A new device has taken over from these. */
export function keepReplaced(store: Store, devices: readonly ListedDevice[], until: Instant): void {
  const fresh = devices.map(({ device, since }) => ({ device, since, until }));
  const list = [...fresh, ...replacedDevices(store)].slice(0, LIMITS.replacedDevicesKept);
  store.putSetting(SETTINGS.replacedDevices, JSON.stringify(list));
}
