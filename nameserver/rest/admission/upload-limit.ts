// Bounds the bodies that are being received at once, by their announced size, for each network and in all [LOAD-17].

import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { refuse } from '../refusal-responses.js';
import { clientNetworkOf } from './client-address.js';

export class UploadLimit {
  private bytesInAll = 0;
  private readonly bytesOfNetworks = new Map<string, number>();

  readonly hook: onRequestHookHandler = (request, reply, done) => {
    const network = clientNetworkOf(request) ?? '';
    const bytes = announcedBytes(request);
    const ofNetwork = (this.bytesOfNetworks.get(network) ?? 0) + bytes;
    const isWithin = ofNetwork <= LIMITS.uploadBytesPerNetwork && this.bytesInAll + bytes <= LIMITS.uploadBytesInAll;
    if (!isWithin) return void refuse(reply, new Refusal('SERVER_BUSY'));
    this.bytesInAll += bytes;
    this.bytesOfNetworks.set(network, ofNetwork);
    request.raw.once('close', () => this.release(network, bytes));
    done();
  };

  private release(network: string, bytes: number): void {
    this.bytesInAll -= bytes;
    const left = (this.bytesOfNetworks.get(network) ?? 0) - bytes;
    if (left > 0) this.bytesOfNetworks.set(network, left);
    else this.bytesOfNetworks.delete(network);
  }
}

/** A body without an announced size counts as the largest that the route takes. */
function announcedBytes(request: FastifyRequest): number {
  const { bodyLimit } = request.routeOptions;
  const announced = Number(request.headers['content-length'] ?? bodyLimit);
  return announced >= 0 && announced <= bodyLimit ? announced : bodyLimit;
}
