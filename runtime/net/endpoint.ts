// Network addresses: a host and a port. An IPv4 address is never written as IPv6.

/** A host (an IP address, or a name to look up) and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Turns `::ffff:1.2.3.4`, as sockets for both families show IPv4, into `1.2.3.4`. */
export function plainHost(host: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(host) ? host.slice(7) : host;
}

/** A host as a user types it: `[::1]` is `::1`. */
export function typedHost(text: string): string {
  return /^\[[^\]]*:[^\]]*\]$/.test(text) ? text.slice(1, -1) : text;
}

/** As text for people: `1.2.3.4:80`, `[::1]:80`. */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The address to type into a browser on this computer. For a server that listens on every address it is `localhost`:
 * browsers do not trust `0.0.0.0` and give its pages no cryptography.
 */
export function browserAddress({ host, port }: Endpoint, scheme: 'http' | 'https'): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return `${scheme}://${endpointText({ host: isEverywhere ? 'localhost' : host, port })}/`;
}
