// Addresses as the rest of the program sees them: a host and a port, IPv4 never dressed up as IPv6.

/** A host (an IP address, or a name to look up) and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** An IPv4 address that a socket for both families shows as `::ffff:1.2.3.4`, in its plain form. */
export function plainHost(host: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(host) ? host.slice(7) : host;
}

/** For lines that people read: `1.2.3.4:80`, `[::1]:80`. */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * What somebody at this machine types into a browser. Where a server listens at every address it is `localhost`: to a
 * browser `0.0.0.0` is no place it trusts, and gives its pages no cryptography.
 */
export function browserAddress({ host, port }: Endpoint, scheme: 'http' | 'https'): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return `${scheme}://${endpointText({ host: isEverywhere ? 'localhost' : host, port })}/`;
}
