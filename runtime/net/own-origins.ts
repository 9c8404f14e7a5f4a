// The origins at which a server answers (RFC 6454): those of its own machine and certificate, and those that its
// operator names. A server that speaks for any other origin would let a man in the middle pass it off as himself.

import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { isIPv6 } from 'node:net';
import { LIMITS } from '../../protocols/kit/limits.js';
import { clock as systemClock, type Clock } from '../sources.js';
import { interfaceAddresses } from './reachable-hosts.js';

export interface OwnOriginsOptions {
  /** The PEM certificate if the listener speaks TLS, else null. Its names are own names. */
  readonly certificate: string | Uint8Array | null;
  /** Where the server listens; a host like `0.0.0.0` adds no name. */
  readonly host: string;
  /** Origins that the operator names, for a server behind a proxy or a name. */
  readonly publicOrigins: readonly string[];
  /** Absent: the addresses of the network cards, and the clock of the system. */
  readonly readAddresses?: () => readonly string[];
  readonly clock?: Clock;
}

export class OwnOrigins {
  private port = 0;
  private readonly scheme: 'http' | 'https';
  private readonly names: ReadonlySet<string>;
  private readonly publicOrigins: ReadonlySet<string>;
  private readonly publicNames: ReadonlySet<string>;
  private readonly readAddresses: () => readonly string[];
  private readonly clock: Clock;
  private lastHost: { readonly header: string; readonly name: string | null } | null = null;
  private addresses: { readonly readAt: number; readonly names: ReadonlySet<string> } | null = null;

  constructor(options: OwnOriginsOptions) {
    const { certificate, host, publicOrigins, readAddresses = interfaceAddresses, clock = systemClock } = options;
    this.scheme = certificate === null ? 'http' : 'https';
    this.publicOrigins = new Set(publicOrigins);
    this.publicNames = new Set(publicOrigins.flatMap((origin) => urlOf(origin)?.hostname ?? []));
    const machine = hostname().toLowerCase();
    const certified = certificate === null ? [] : certificateNames(certificate);
    this.names = hostNames(['localhost', '127.0.0.1', '::1', machine, `${machine}.local`, host, ...certified]);
    this.readAddresses = readAddresses;
    this.clock = clock;
  }

  /** The port is known once the server listens. Before that, only public origins are own. */
  listensAt(port: number): void {
    this.port = port;
  }

  readonly includes = (origin: string): boolean => {
    if (this.publicOrigins.has(origin)) return true;
    const name = urlOf(origin)?.hostname;
    return name !== undefined && origin === this.originOf(name) && this.isOwnName(name);
  };

  /** True iff a `Host` header names this server; the port does not matter, because it is not ours behind a mapping. */
  readonly isOwnHost = (header: string): boolean => {
    const name = this.nameIn(header);
    return name !== null && (this.publicNames.has(name) || this.isOwnName(name));
  };

  /** Most requests repeat the header of the one before, and parsing it takes a good part of a look-up. */
  private nameIn(header: string): string | null {
    if (this.lastHost?.header !== header) {
      const name = /^[\w.:[\]-]+$/.test(header) ? (urlOf(`http://${header}`)?.hostname ?? null) : null;
      this.lastHost = { header, name };
    }
    return this.lastHost.name;
  }

  private isOwnName(name: string): boolean {
    return this.names.has(name) || this.currentAddresses().has(name);
  }

  /**
   * Addresses of network cards can change at any time. Reading them takes longer than a look-up, and anyone can ask
   * with a foreign name, so they are read once a second.
   */
  private currentAddresses(): ReadonlySet<string> {
    const now = this.clock.now();
    if (this.addresses === null || now - this.addresses.readAt >= LIMITS.ownAddressesMs)
      this.addresses = { readAt: now, names: hostNames(this.readAddresses()) };
    return this.addresses.names;
  }

  private originOf(name: string): string | undefined {
    return urlOf(`${this.scheme}://${name}:${this.port}`)?.origin;
  }
}

/** As `URL.hostname` writes them. */
function hostNames(hosts: readonly string[]): ReadonlySet<string> {
  return new Set(hosts.flatMap((host) => urlOf(`http://${bracketed(host)}`)?.hostname ?? []));
}

/** The origin of an http(s) URL without a path, or null. */
export function parseOrigin(text: string): string | null {
  const url = urlOf(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search ? url.origin : null;
}

/** The DNS names and addresses of a certificate. A wildcard is no name. */
function certificateNames(pem: string | Uint8Array): string[] {
  const { subjectAltName = '' } = new X509Certificate(pem);
  const entries = subjectAltName.split(', ').map((entry) => /^(?:DNS|IP Address):([^*]+)$/.exec(entry)?.[1]);
  return entries.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]));
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
