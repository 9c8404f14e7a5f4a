// The keys of a simulated user: they survive every crash, and the device's can be renewed.

import type { SecretKey } from '../../../protocols/kit/primitives.js';
import { fakeKey } from '../kernel/fake-primitives.js';

/** The keys of one device. */
export interface DeviceKeys {
  readonly device: SecretKey;
  /** Public exchange key. */
  readonly exchange: string;
}

/** The keys of a user's nth device, counted from 0. */
export function deviceKeys(user: string, nth: number): DeviceKeys {
  const which = nth === 0 ? '' : ` ${nth}`;
  return { device: fakeKey(`${user} device${which}`), exchange: fakeKey(`${user} exchange${which}`).publicKey };
}

export class Identity {
  readonly identity: SecretKey;
  private renewals = 0;

  constructor(private readonly user: string) {
    this.identity = fakeKey(`${user} identity`);
  }

  get present(): DeviceKeys {
    return deviceKeys(this.user, this.renewals);
  }

  get retired(): DeviceKeys | null {
    return this.renewals === 0 ? null : deviceKeys(this.user, this.renewals - 1);
  }

  renew(): void {
    this.renewals += 1;
  }
}
