// Where a device can be reached.

import type { DeviceKeys } from '../../../protocols/kit/knock/knock-proof.js';
import type { Signed } from '../../../protocols/kit/signed.js';

/** An IP address or host name, and the port that the device's TCP listener and UDP socket share. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where a device of another user may listen, and our record to knock with. */
export interface DialTarget {
  readonly endpoints: readonly Endpoint[];
  readonly device: DeviceKeys;
  readonly record: Signed;
}
