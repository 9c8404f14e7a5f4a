// Runs peer commands and words the answers, for the prompt and the control socket.

import type { ChannelServer } from '../../channels/channel-server.js';
import { askForPeerPort } from '../../channels/peers/peer-port.js';
import { fingerprintOf } from '../../channels/peers/key-parser.js';
import type { PeerStatus } from '../../protocols/channels/relay/io.js';
import { assertNever } from '../../protocols/kit/machine.js';
import { Refusal, refusalText } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import { endpointText } from '../../runtime/net/endpoint.js';
import { clock } from '../../runtime/sources.js';
import type { PeerCommand } from './peer-command.js';

export interface PeerCommandResult {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

export interface PeerAdministrationOptions {
  /** Null if channels are off on this server. */
  readonly channels: ChannelServer | null;
  readonly serverKey: string;
  /** For tests. */
  readonly askForPeerPort?: typeof askForPeerPort;
}

export class PeerAdministration {
  constructor(private readonly options: PeerAdministrationOptions) {}

  async run(command: PeerCommand): Promise<PeerCommandResult> {
    const { channels } = this.options;
    if (channels === null) return refused(new Refusal('CHANNELS_OFF', this.options.serverKey));
    switch (command.order) {
      case 'peers':
        return { ok: true, lines: this.list(channels) };
      case 'connect':
        return this.connect(channels, command);
      case 'disconnect': {
        const outcome = await channels.disconnect(command.peer);
        if (outcome instanceof Refusal) return refused(outcome);
        return { ok: true, lines: [`Disconnected from ${endpointText(outcome)}. Its key is forgotten.`] };
      }
      default:
        return assertNever(command);
    }
  }

  /** Who types the port for clients means the port for other servers. */
  private async connect(
    channels: ChannelServer,
    { host, port, key }: Extract<PeerCommand, { order: 'connect' }>,
  ): Promise<PeerCommandResult> {
    const typed = { host, port };
    const found = await (this.options.askForPeerPort ?? askForPeerPort)(typed);
    if (found?.server === this.options.serverKey) return refused(new Refusal('PEER_SELF'));
    if (found?.peer === null) return refused(new Refusal('PEER_ONLY_DIALS', endpointText(typed)));
    const outcome = await channels.connect(found === null ? typed : { host, port: found.peer }, key);
    if (outcome instanceof Refusal) return refused(outcome);
    const hint = found === null ? [] : [`${endpointText(typed)} is its port for clients.`];
    return {
      ok: true,
      lines: [...hint, `Connecting to ${endpointText(outcome)}. Check the link with: nameserver peers`],
    };
  }

  private list(channels: ChannelServer): string[] {
    const { listensAt } = channels;
    const reachable = listensAt
      ? `other servers reach it at ${endpointText(listensAt)}`
      : 'it only dials other servers';
    const peers = channels.peers();
    const { serverKey } = this.options;
    const head = [`This server: ${serverKey}; ${reachable}. Its fingerprint: ${fingerprintOf(serverKey)}`];
    if (peers.length === 0) return [...head, 'No peers. Add one with: nameserver connect <host> <port>'];
    return [...head, ...peers.map(peerLine)];
  }
}

function refused(refusal: Refusal): PeerCommandResult {
  return { ok: false, lines: [refusalText(refusal)] };
}

function peerLine(peer: PeerStatus): string {
  const { state, since, key, lastError, queuedBytes, droppedFrames } = peer;
  const seconds = Math.max(0, Math.round((clock.now() - since) / 1_000));
  const traffic = state === 'linked' ? `, ${queuedBytes} bytes queued, ${droppedFrames} frames dropped` : '';
  const reason = lastError === null ? '' : ` (${lastError})`;
  // Host names come from other servers, and error texts may contain them.
  return sanitize(`${endpointText(peer)}  ${state} for ${seconds} s${traffic}${reason}  ${key ?? 'key not known yet'}`);
}
