// The connections to other servers: listens, dials, and passes the frames of each link.

import { assertNever } from '../../protocols/kit/machine.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { PeerEndpoint, RelayEffect, RelayInput } from '../../protocols/channels/relay/io.js';
import type { Certificate } from '../../runtime/link/certificate.js';
import { dialLink } from '../../runtime/link/dial-link.js';
import type { LinkSocket } from '../../runtime/link/link-socket.js';
import { listenLinks, type LinkListener } from '../../runtime/link/listen-links.js';
import { PEER_PROTOCOL } from '../../runtime/link/tls-options.js';
import type { Endpoint } from '../../runtime/net/endpoint.js';
import { explainError } from '../../runtime/operational-error.js';

/** The effects of a relay on its links. */
export type PeerEffect = Extract<
  RelayEffect,
  { type: 'peer_send' | 'peer_allow_large_frames' | 'peer_close' | 'dial' }
>;

export interface PeerConnectionsOptions {
  readonly certificate: Certificate;
  readonly put: (input: RelayInput) => void;
}

export class PeerConnections {
  private readonly links = new Map<number, LinkSocket>();
  private readonly stopping = new AbortController();
  private listener: LinkListener | null = null;
  private lastLink = 0;
  private isPaused = false;
  /** The number of connections that failed before the link was up. */
  refused = 0;

  constructor(private readonly options: PeerConnectionsOptions) {}

  /** Listens for other servers and returns the port. Throws OperationalError. */
  async listen(place: Endpoint): Promise<number> {
    this.listener = await listenLinks({
      ...place,
      flags: { port: '--peer-port', host: '--host' },
      certificate: this.options.certificate,
      protocol: PEER_PROTOCOL,
      onLink: (link) => this.opened(link, null),
      onRefused: () => (this.refused += 1),
    });
    return this.listener.endpoint.port;
  }

  perform(effect: PeerEffect): void {
    switch (effect.type) {
      case 'peer_send':
        return this.links.get(effect.link)?.send(effect.text);
      case 'peer_allow_large_frames':
        return this.links.get(effect.link)?.admit();
      case 'peer_close':
        return this.links.get(effect.link)?.close();
      case 'dial':
        return void this.dial(effect.dial, effect.endpoint);
      default:
        return assertNever(effect);
    }
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    for (const link of this.links.values()) {
      if (isPaused) link.pause();
      else link.resume();
    }
  }

  async close(): Promise<void> {
    this.stopping.abort();
    for (const link of this.links.values()) link.close();
    await this.listener?.close();
    for (const link of this.links.values()) link.destroy();
  }

  /** Accepts any server that answers. The relay compares its key with the expected one. */
  private async dial(dial: number, endpoint: PeerEndpoint): Promise<void> {
    const { certificate, put } = this.options;
    const { signal } = this.stopping;
    const options = { protocol: PEER_PROTOCOL, mayBeUs: true, timeoutMs: LIMITS.peerDialMs };
    try {
      this.opened(await dialLink({ endpoints: [endpoint], certificate, signal, ...options }), dial);
    } catch (error) {
      put({ type: 'dial_failed', dial, reason: explainError(error, 'the dial') });
    }
  }

  private opened(link: LinkSocket, dial: number | null): void {
    if (this.stopping.signal.aborted) return link.destroy();
    this.lastLink += 1;
    const number = this.lastLink;
    const { put } = this.options;
    this.links.set(number, link);
    put({ type: 'peer_opened', link: number, dial, peerKey: link.peerKey, from: link.remote });
    if (this.isPaused) link.pause();
    link.start({
      onText: (text) => put({ type: 'peer_frame', link: number, frame: parseJson(text) }),
      onDrained: () => put({ type: 'peer_drained', link: number }),
      onClosed: (reason) => {
        this.links.delete(number);
        put({ type: 'peer_closed', link: number, reason });
      },
    });
  }
}
