// A malicious peer with a real key and a real link: after a correct handshake it sends what the test wants.

import type { PeerFrame, EnvelopeHeader } from '../../protocols/channels/peer-protocol.js';
import type { ChannelMessage } from '../../protocols/channels/signed-objects.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { randomId } from '../../protocols/kit/random-id.js';
import { objectId, signObject, type Signed } from '../../protocols/kit/signed.js';
import { makeSigningKey, primitives, type SigningKey } from '../../runtime/crypto.js';
import { makeCertificate } from '../../runtime/link/certificate.js';
import { dialLink } from '../../runtime/link/dial-link.js';
import type { LinkSocket } from '../../runtime/link/link-socket.js';
import { PEER_PROTOCOL } from '../../runtime/link/tls-options.js';
import { clock, random } from '../../runtime/sources.js';
import { ReceivedQueue } from '../e2e/testbed/received-queue.js';

const WAIT_MS = 10_000;

type Relayed = Extract<PeerFrame, { type: 'relay' }>;

export class HostilePeer {
  isGone = false;
  /** All frames received, in order. */
  readonly texts: string[] = [];
  private readonly heard = new ReceivedQueue<PeerFrame>('the hostile peer', () => '');
  private seq = 0;

  private constructor(
    private readonly link: LinkSocket,
    private readonly key: SigningKey,
  ) {
    link.start({
      onText: (text) => {
        this.texts.push(text);
        this.heard.put(parseJson(text) as PeerFrame);
      },
      onClosed: () => {
        this.isGone = true;
        this.heard.end('the link is cut');
      },
    });
    link.admit();
  }

  /** Links and completes the handshake. */
  static async link(port: number): Promise<HostilePeer> {
    const peer = await HostilePeer.dial(port);
    peer.send({ type: 'hello', versions: [2], features: [], address: null });
    await peer.heard.take('hello', ({ type }) => type === 'hello', WAIT_MS);
    return peer;
  }

  /** Links and sends nothing. */
  static async dial(port: number): Promise<HostilePeer> {
    const key = makeSigningKey();
    const way = { endpoints: [{ host: '127.0.0.1', port }], protocol: PEER_PROTOCOL, timeoutMs: WAIT_MS };
    return new HostilePeer(await dialLink({ ...way, certificate: makeCertificate(key) }), key);
  }

  send(frame: PeerFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.link.send(text);
  }

  /** The next envelope with a channel or direct message. */
  overhears(kind: 'channel' | 'direct' = 'channel'): Promise<Relayed> {
    const isSaid = (frame: PeerFrame): boolean => frame.type === 'relay' && frame.kind === kind;
    return this.heard.take('words', isSaid, WAIT_MS) as Promise<Relayed>;
  }

  /** Publishes a payload as its own origin. */
  enveloped(cargo: Signed, changes: Partial<EnvelopeHeader> = {}): Relayed {
    const id = objectId('channel_message', cargo.payload, primitives);
    const place = { origin: this.key.publicKey, boot: 1, seq: (this.seq += 1), at: clock.now() };
    const stamp: EnvelopeHeader = { ...place, kind: 'channel', id, ...changes };
    return {
      type: 'relay',
      kind: 'channel',
      hops: 1,
      stamp: signObject('relayed', stamp, this.key, primitives),
      cargo,
    };
  }

  /** Resolves when the server has processed all frames sent so far, or has closed the link. */
  async settled(): Promise<void> {
    this.send({ type: 'ping' });
    await this.heard.take('pong', ({ type }) => type === 'pong', WAIT_MS).catch(() => undefined);
  }

  leave(): void {
    this.link.destroy();
  }
}

/** A message signed by a key that never entered. `signer`: the key that really signs. */
export function signMessage(
  channel: string,
  text: string,
  changes: Partial<ChannelMessage> = {},
  signer = makeSigningKey(),
) {
  const key = signer.publicKey;
  const life = randomId(random);
  const fields = { key, exchange: key, name: 'mallory', life, counter: 1, at: clock.now() };
  return signObject('channel_message', { ...fields, channel, text, ...changes }, signer, primitives);
}
