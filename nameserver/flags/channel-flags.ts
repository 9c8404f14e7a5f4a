// Reads the flags of channels: the open transports and the peers.

import type { ChannelsConfig } from '../../channels/config.js';
import type { ClientTransport } from '../../channels/clients/frame-encoding.js';
import type { SavedPeer } from '../../protocols/channels/relay/io.js';
import { parsePeer } from '../peers/peer-parser.js';
import type { FlagReader } from '../../runtime/process/flag-reader.js';

const TCP_PORT = 12_346;
const ANY_PORT = { least: 0, most: 65_535 };

export function readChannelFlags(flags: FlagReader): ChannelsConfig {
  return {
    transports: readTransports(flags),
    tcpPort: flags.whole('tcpPort', TCP_PORT, ANY_PORT),
    peerPort: flags.has('peerPort') ? flags.whole('peerPort', 0, ANY_PORT) : null,
    peerHost: flags.has('peerHost') ? flags.text('peerHost', '') : null,
    peers: readPeers(flags),
    isDiscoveryEnabled: !flags.isOff('discovery'),
  };
}

function readTransports(flags: FlagReader): ClientTransport[] {
  const typed = flags.text('doors', 'ws').split(',');
  const transports = typed.filter((each): each is ClientTransport => each === 'ws' || each === 'tcp');
  if (transports.length < typed.length)
    flags.report('doors', `--doors must be ws, tcp or ws,tcp, not "${typed.join(',')}".`);
  return [...new Set(transports)];
}

function readPeers(flags: FlagReader): SavedPeer[] {
  return flags.all('peer').flatMap((typed): SavedPeer[] => {
    const peer = parsePeer(typed);
    if (peer) return [{ ...peer.endpoint, key: peer.key, isManual: true }];
    flags.report('peer', `--peer must be host:port, or host:port#key with a key or its six words, not "${typed}".`);
    return [];
  });
}
