// Where a device can be reached.

/** An IP address or host name, and the port that the device's TCP listener and UDP socket share. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
