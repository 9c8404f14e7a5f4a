// Performs the engine's effects on the bytes of posts, and reports the results as inputs.

import type { TLSSocket } from 'node:tls';
import { grantHeader } from '../../protocols/posts/grant.js';
import { exportSecret, type SigningKey } from '../../runtime/crypto.js';
import { WorkerThread } from '../../runtime/worker-thread.js';
import type { PostEffect, PostInput } from '../engine/core/post-io.js';
import type { FetchEvent, FetchOrder } from './fetch-plan.js';
import { OwnCopies } from './own-copies.js';
import { PostFolder } from './post-folder.js';
import { PostServer } from './post-server.js';

export interface TransferOptions {
  /** The directory of this user's data. */
  readonly data: string;
  /** Our device key. */
  readonly device: SigningKey;
  readonly put: (input: PostInput) => void;
}

export class Transfers {
  private readonly folder: PostFolder;
  private readonly server: PostServer;
  /** Started by the first fetch. */
  private thread: WorkerThread<FetchOrder, FetchEvent> | null = null;

  constructor(private readonly options: TransferOptions) {
    const copies = new OwnCopies();
    this.folder = new PostFolder(options.data, copies, options.put);
    this.server = new PostServer(options.put, (id) => this.folder.copyOf(id), copies);
  }

  /** A new TLS connection of a friend for HTTP. */
  opened(socket: TLSSocket, peerKey: string): void {
    this.server.opened(socket, peerKey);
  }

  perform(effect: PostEffect): void {
    switch (effect.type) {
      case 'fetch':
        return this.fetch(effect);
      case 'fetch_stop':
        return this.thread?.send({ type: 'stop', fetch: effect.fetch });
      case 'post_serve':
      case 'post_refuse':
      case 'post_stop':
        return this.server.perform(effect);
      default:
        return this.folder.perform(effect);
    }
  }

  async close(): Promise<void> {
    this.server.close();
    await this.thread?.stop();
  }

  private fetch({ fetch, post, from, startsOver, target }: Extract<PostEffect, { type: 'fetch' }>): void {
    const { put } = this.options;
    const { endpoints, device, record } = from;
    const secret = exportSecret(this.options.device);
    const grant = from.grant && grantHeader(from.grant);
    const { id, size, sha256 } = post;
    const path = this.folder.partOf(post);
    this.thread ??= new WorkerThread(new URL('./fetch-thread.js', import.meta.url), put);
    const plan = { fetch, id, size, sha256, path, startsOver, target, endpoints, device, record, secret, grant };
    this.thread.send({ type: 'fetch', plan });
  }
}
