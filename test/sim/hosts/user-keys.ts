// The keys of a simulated user: they survive crashes, device keys can be renewed, and an old copy can be restored.

import type { SecretKey } from '../../../protocols/kit/primitives.js';
import { fakeKey } from '../kernel/fake-primitives.js';

/** The keys of one device. */
export interface DeviceKeys {
  readonly device: SecretKey;
  /** Public exchange key. */
  readonly exchange: string;
}

/** The keys of the nth device of a user, counted from 0. */
export function deviceKeys(user: string, nth: number): DeviceKeys {
  const which = nth === 0 ? '' : ` ${nth}`;
  return { device: fakeKey(`${user} device${which}`), exchange: fakeKey(`${user} exchange${which}`).publicKey };
}

/** The devices whose keys are on disk; `retired`, newest first, is empty before the first renewal. */
export interface KeysCopy {
  readonly present: number;
  readonly retired: readonly number[];
}

export class UserKeys {
  readonly identity: SecretKey;
  private keys: KeysCopy = { present: 0, retired: [] };
  /** Number of devices created so far. It is not restored, so new keys never repeat those of a forgotten device. */
  private made = 1;

  /** `retiredMax`: how many devices before the present one keep their keys. */
  constructor(
    private readonly user: string,
    private readonly retiredMax = Infinity,
  ) {
    this.identity = fakeKey(`${user} identity`);
  }

  get present(): DeviceKeys {
    return deviceKeys(this.user, this.keys.present);
  }

  get retired(): readonly DeviceKeys[] {
    return this.keys.retired.slice(0, this.retiredMax).map((nth) => deviceKeys(this.user, nth));
  }

  renew(): void {
    const { present, retired } = this.keys;
    this.keys = { present: this.made, retired: [present, ...retired] };
    this.made += 1;
  }

  copy(): KeysCopy {
    return this.keys;
  }

  putBack(copy: KeysCopy): void {
    this.keys = copy;
  }
}
