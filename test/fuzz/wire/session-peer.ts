// A session with the name server by the fuzzer: a real WebSocket that can prove an identity and then send any frame.

import { WebSocket } from 'ws';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { serverFrameShape, type ServerFrame, type SessionProof } from '../../../protocols/session/messages.js';
import type { ServerProof } from '../../../protocols/kit/server-proof/messages.js';
import { primitives } from '../../../runtime/crypto.js';
import { ReceivedQueue } from '../../e2e/testbed/received-queue.js';
import { claimOf, offerIn, sessionPath } from '../../nameserver/session-offer.js';
import type { TestIdentity } from './test-identity.js';

const BOUND_MS = 10_000;
/** Increased for each proof; far above the boot of any real client of the same identity. */
let boot = 1_000_000;

export class SessionPeer {
  private readonly frames = new ReceivedQueue<ServerFrame>('a session', () => '');
  private readonly closed: Promise<void>;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = parseJson(data.toString());
      if (serverFrameShape.accepts(frame)) this.frames.put(frame);
    });
    socket.on('error', () => undefined); // 'close' follows
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.frames.end('it closed');
        resolve();
      });
    });
  }

  /** Opens a session and waits for the challenge. */
  static async open(server: string): Promise<{ peer: SessionPeer; offer: ServerProof }> {
    const path = sessionPath(`http://${server}`);
    const peer = new SessionPeer(new WebSocket(`ws://${server}${path}`, { perMessageDeflate: false }));
    return { peer, offer: offerIn(await peer.hears('challenge')) };
  }

  /** Opens a session and proves the identity. */
  static async openAs(identity: TestIdentity, server: string): Promise<SessionPeer> {
    const { peer, offer } = await SessionPeer.open(server);
    peer.say(JSON.stringify({ type: 'session', proof: proofOf(identity, offer) }));
    await peer.hears('welcome');
    return peer;
  }

  say(data: string | Uint8Array): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data);
  }

  hears(type: ServerFrame['type']): Promise<ServerFrame> {
    return this.frames.take(type, (frame) => frame.type === type, BOUND_MS);
  }

  /** Closes the session; resolves when the server has closed it too. */
  async close(): Promise<void> {
    this.socket.close();
    const bound = setTimeout(() => this.socket.terminate(), 400);
    await this.closed;
    clearTimeout(bound);
  }
}

export function proofOf({ name, device }: TestIdentity, offer: ServerProof): Signed {
  boot += 1;
  const proof: SessionProof = { ...claimOf(offer), name, device: device.publicKey, boot };
  return signObject('session', proof, device, primitives);
}
