// Carries out orders about peers and words the answers, for the prompt and the local socket alike.

import type { ChannelServer } from '../../channels/channel-server.js';
import { fingerprintOf } from '../../channels/peers/key-parser.js';
import type { PeerStatus } from '../../protocols/channels/relay/io.js';
import { never } from '../../protocols/kit/machine.js';
import { Refusal, refusalText } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/text.js';
import { endpointText } from '../../runtime/net/endpoint.js';
import { clock } from '../../runtime/sources.js';
import type { PeerCommand } from './peer-command.js';

export interface PeerCommandResult {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

export interface PeerAdministrationOptions {
  /** null: this server carries no channels. */
  readonly channels: ChannelServer | null;
  readonly serverKey: string;
}

export class PeerAdministration {
  constructor(private readonly options: PeerAdministrationOptions) {}

  async carryOut(order: PeerCommand): Promise<PeerCommandResult> {
    const { channels } = this.options;
    if (channels === null) return refused(new Refusal('CHANNELS_OFF', this.options.serverKey));
    switch (order.order) {
      case 'peers':
        return { ok: true, lines: this.list(channels) };
      case 'connect': {
        const { host, port, key } = order;
        const outcome = await channels.connect({ host, port }, key);
        if (outcome instanceof Refusal) return refused(outcome);
        return { ok: true, lines: [`Linking with ${endpointText(outcome)}. See how it goes: nameserver peers`] };
      }
      case 'disconnect': {
        const outcome = await channels.disconnect(order.peer);
        if (outcome instanceof Refusal) return refused(outcome);
        return { ok: true, lines: [`Unlinked from ${endpointText(outcome)}.`] };
      }
      default:
        return never(order);
    }
  }

  private list(channels: ChannelServer): string[] {
    const { listensAt } = channels;
    const where = listensAt ? `others reach it at ${endpointText(listensAt)}` : 'it only dials out';
    const peers = channels.peers();
    const { serverKey } = this.options;
    const head = [`This server: ${serverKey}; ${where}. Its fingerprint: ${fingerprintOf(serverKey)}`];
    if (peers.length === 0) return [...head, 'No peers. Link with one: nameserver connect <host> <port>'];
    return [...head, ...peers.map(lineOf)];
  }
}

function refused(refusal: Refusal): PeerCommandResult {
  return { ok: false, lines: [refusalText(refusal)] };
}

function lineOf(peer: PeerStatus): string {
  const { state, since, key, trouble, queuedBytes, droppedFrames } = peer;
  const seconds = Math.max(0, Math.round((clock.now() - since) / 1_000));
  const traffic = state === 'linked' ? `, ${queuedBytes} bytes wait, ${droppedFrames} frames dropped` : '';
  const why = trouble === null ? '' : ` (${trouble})`;
  // Names of hosts come from other servers, and reasons may repeat them.
  return sanitize(`${endpointText(peer)}  ${state} for ${seconds} s${traffic}${why}  ${key ?? 'key not known yet'}`);
}
