// What a server of channels can be told.

import type { ClientTransport } from './clients/frame-encoding.js';
import type { SavedPeer } from '../protocols/channels/relay/io.js';

export interface ChannelsConfig {
  /** Which doors are open to visitors. Fewer: whoever comes by another cannot come in. */
  readonly doors: readonly ClientTransport[];
  /** Where the door of lines listens, where it is open; 0 takes any free port. */
  readonly tcpPort: number;
  /** Where other servers reach this one; 0 takes any free port. null: it only dials, and takes full part. */
  readonly peerPort: number | null;
  /** The name or address under which others reach this server. null: that of its first network card. */
  readonly peerHost: string | null;
  /** Peers that somebody asks for, dialled without end. */
  readonly peers: readonly SavedPeer[];
  /** False: no links but those somebody asks for; ours is told to nobody. */
  readonly discovers: boolean;
}
