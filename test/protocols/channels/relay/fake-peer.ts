// A fake peer of a relay: the test writes each of its frames.

import type { PeerFrame, EnvelopeHeader } from '../../../../protocols/channels/peer-protocol.js';
import { objectId, type Signed } from '../../../../protocols/kit/signed.js';
import type { RelayEffect } from '../../../../protocols/channels/relay/io.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { sign, type RelayTestbed } from './relay-testbed.js';

const TYPES = { channel: 'channel_message', direct: 'direct', census: 'census' } as const;
type Relayed = Extract<PeerFrame, { type: 'relay' }>;
let links = 1_000;

export class FakePeer {
  readonly key: string;
  readonly link = (links += 1);
  private seq = 0;

  /** `dial`: the relay's dial that this peer answers. Sends hello, unless the option is off. */
  constructor(
    private readonly testbed: RelayTestbed,
    readonly name: string,
    { dial = null, hello = true, host = name }: { dial?: number | null; hello?: boolean; host?: string } = {},
  ) {
    this.key = fakeKey(name).publicKey;
    testbed.give({ type: 'peer_opened', link: this.link, dial, peerKey: this.key, from: { host, port: 9 } });
    if (hello) this.hello();
  }

  hello(changes: Partial<Extract<PeerFrame, { type: 'hello' }>> = {}): void {
    this.send({ type: 'hello', versions: [2], features: [], address: null, ...changes });
  }

  send(frame: unknown): RelayEffect[] {
    return this.testbed.give({ type: 'peer_frame', link: this.link, frame });
  }

  /** An envelope of this peer, with changes to its header. */
  relayed(cargo: Signed, changes: Partial<EnvelopeHeader> = {}, by = this.name): Relayed {
    const kind = changes.kind ?? 'channel';
    this.seq += 1;
    const id = objectId(TYPES[kind], cargo.payload, fakePrimitives);
    const stamp: EnvelopeHeader = {
      origin: this.key,
      boot: 1,
      seq: this.seq,
      at: this.testbed.now,
      kind,
      id,
      ...changes,
    };
    return { type: 'relay', kind, hops: 1, stamp: sign('relayed', stamp, by), cargo };
  }

  census(channels: readonly { channel: string; count: number }[], changes: Partial<EnvelopeHeader> = {}): Relayed {
    return this.relayed(sign('census', { origin: this.key, channels }, this.name), { kind: 'census', ...changes });
  }

  get now(): number {
    return this.testbed.now;
  }

  /** The frames that the relay has sent to this peer. */
  get received(): PeerFrame[] {
    return this.testbed.effects.flatMap((effect) =>
      effect.type === 'peer_send' && effect.link === this.link ? [JSON.parse(effect.text) as PeerFrame] : [],
    );
  }

  get isClosed(): boolean {
    return this.testbed.effects.some((effect) => effect.type === 'peer_close' && effect.link === this.link);
  }

  get isOpen(): boolean {
    return (
      this.testbed.relay.peers().some(({ key, state }) => key === this.key && state === 'linked') && !this.isClosed
    );
  }
}
