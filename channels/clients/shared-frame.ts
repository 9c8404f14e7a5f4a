// A frame for many: its bytes are made once for each kind of door, whoever else is told what before and after it.

import type { ChannelServerFrame } from '../../protocols/channels/client-protocol.js';
import { encodeFrame, type ClientTransport } from './frame-encoding.js';

export class SharedFrame {
  private readonly forms: Partial<Record<ClientTransport, Buffer>> = {};

  constructor(private readonly frame: ChannelServerFrame) {}

  /** Nobody may change them. */
  bytes(wire: ClientTransport): Buffer {
    return (this.forms[wire] ??= encodeFrame(JSON.stringify(this.frame), wire));
  }
}
