// A frame for several clients, encoded once for each transport.

import type { ChannelServerFrame } from '../../protocols/channels/client-protocol.js';
import { encodeForTransport, type ClientTransport } from './frame-encoding.js';

export class SharedFrame {
  private readonly encodings: Partial<Record<ClientTransport, Buffer>> = {};

  constructor(private readonly frame: ChannelServerFrame) {}

  /** The bytes are shared; they must not be changed. */
  bytes(transport: ClientTransport): Buffer {
    return (this.encodings[transport] ??= encodeForTransport(JSON.stringify(this.frame), transport));
  }
}
