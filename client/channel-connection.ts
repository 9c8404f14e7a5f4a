// The client's connection to the channels of its server: asks which transports are open and uses the best. Never
// throws.

import { Refusal } from '../protocols/kit/refusals.js';
import { openLineSocket } from '../runtime/net/server-connection/line-socket.js';
import {
  openChannelSocket,
  type SessionCallbacks,
  type SessionSocket,
} from '../runtime/net/server-connection/session-socket.js';
import type { DirectoryClient } from './directory-client.js';
import type { Input } from './engine/core/io.js';

export interface ChannelConnectionOptions {
  readonly server: string;
  readonly directory: Pick<DirectoryClient, 'channelEndpoint'>;
  readonly put: (input: Input) => void;
}

export class ChannelConnection {
  private socket: SessionSocket | null = null;
  private isWanted = true;
  private isPaused = false;

  constructor(
    private readonly connection: number,
    private readonly options: ChannelConnectionOptions,
  ) {
    void this.open();
  }

  send(frame: object): void {
    this.socket?.send(frame);
  }

  pause(): void {
    this.isPaused = true;
    this.socket?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.socket?.resume();
  }

  close(): void {
    this.isWanted = false;
    this.socket?.close();
  }

  private async open(): Promise<void> {
    const { connection } = this;
    const { directory, put, server } = this.options;
    const endpoint = await directory.channelEndpoint();
    if (!this.isWanted) return;
    if (endpoint.state === 'away') return put({ type: 'channel_closed', connection, reason: endpoint.reason });
    if (endpoint.state === 'none') {
      return put({ type: 'channel_refused', connection, refusal: new Refusal('CHANNELS_OFF', server) });
    }
    const callbacks = this.callbacks();
    this.socket =
      endpoint.tcp === null
        ? openChannelSocket(server, callbacks)
        : openLineSocket({ host: new URL(server).hostname.replace(/^\[|\]$/g, ''), port: endpoint.tcp }, callbacks);
    if (this.isPaused) this.socket.pause();
  }

  private callbacks(): SessionCallbacks {
    const { connection } = this;
    const { put } = this.options;
    return {
      onOpened: (exporter) => put({ type: 'channel_opened', connection, exporter }),
      onFrame: (frame) => put({ type: 'channel_frame', connection, frame }),
      onClosed: (reason) => put({ type: 'channel_closed', connection, reason }),
    };
  }
}
