// The origins at which a server answers (RFC 6454): those of its own machine and certificate, and those that its
// operator names. A server that speaks for any other origin would let a man in the middle pass it off as himself.

import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { isIPv6 } from 'node:net';
import { interfaceAddresses } from './reachable-hosts.js';

export interface OwnOriginsOptions {
  /** The PEM certificate if the listener speaks TLS, else null. Its names are own names. */
  readonly certificate: string | Uint8Array | null;
  /** Where the server listens; a host like `0.0.0.0` adds no name. */
  readonly host: string;
  /** Origins that the operator names, for a server behind a proxy or a name. */
  readonly publicOrigins: readonly string[];
}

export class OwnOrigins {
  private port = 0;
  private readonly scheme: 'http' | 'https';
  private readonly names: readonly string[];
  private readonly publicOrigins: ReadonlySet<string>;

  constructor({ certificate, host, publicOrigins }: OwnOriginsOptions) {
    this.scheme = certificate === null ? 'http' : 'https';
    this.publicOrigins = new Set(publicOrigins);
    const machine = hostname().toLowerCase();
    const certified = certificate === null ? [] : certificateNames(certificate);
    this.names = ['localhost', '127.0.0.1', '::1', machine, `${machine}.local`, host, ...certified];
  }

  /** The port is known once the server listens. Before that, only public origins are own. */
  listensAt(port: number): void {
    this.port = port;
  }

  /** Addresses of network cards can change at any time, so they are read at each question. */
  readonly includes = (origin: string): boolean => {
    if (this.publicOrigins.has(origin)) return true;
    const hosts = [...this.names, ...interfaceAddresses()];
    return hosts.some((host) => origin === this.originOf(host));
  };

  /** True iff a `Host` header names this server; the port does not matter, because it is not ours behind a mapping. */
  readonly isOwnHost = (header: string): boolean => {
    const url = /^[\w.:[\]-]+$/.test(header) ? urlOf(`http://${header}`) : null;
    if (url === null) return false;
    const hosts = [...this.names, ...interfaceAddresses()].map(bracketed);
    const named = [...this.publicOrigins].map((origin) => urlOf(origin)?.hostname);
    return hosts.includes(url.hostname) || named.includes(url.hostname);
  };

  private originOf(host: string): string | undefined {
    return urlOf(`${this.scheme}://${bracketed(host)}:${this.port}`)?.origin;
  }
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
