// The configuration of the channels of a server.

import type { SavedPeer } from '../protocols/channels/relay/io.js';
import type { ClientTransport } from './clients/frame-encoding.js';

export interface ChannelsConfig {
  /** The transports open to clients. More: more ways in, and more to attack. Fewer: clients without one stay out. */
  readonly transports: readonly ClientTransport[];
  /** The port for lines over TCP, if that transport is open; 0 takes any free port. */
  readonly tcpPort: number;
  /** The port on which other servers reach this one; 0 takes any free port; null: this server only dials. */
  readonly peerPort: number | null;
  /** The name or address that is told to other servers; null: the address of the first network card. */
  readonly peerHost: string | null;
  /** The peers that the operator asks for; they are dialled until they are removed. */
  readonly peers: readonly SavedPeer[];
  /** False: links only with the peers that the operator asks for, and tells no server this server's address. */
  readonly isDiscoveryEnabled: boolean;
}
