// A malicious peer: links like others, and alters, replays, loops and re-envelopes what it receives, or inflates
// its hop count.

import type { PeerFrame, EnvelopeHeader } from '../../../protocols/channels/peer-protocol.js';
import type { RelayInput } from '../../../protocols/channels/relay/io.js';
import { PAYLOAD_TYPES } from '../../../protocols/channels/relay/envelopes/envelope-writer.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { objectId, signObject } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import type { Random } from '../kernel/random.js';
import type { SimulatedPeer } from './simulated-links.js';
import type { SimulationContext } from './relay-host.js';

type RelayFrame = Extract<PeerFrame, { type: 'relay' }>;

const LIES = [
  'altered',
  'replayed',
  'looped',
  'restamped',
  'many hops',
  'garbage',
  'census',
  'invented',
  'wrong id',
  'addresses',
] as const;
const KEPT = 200;
const FLOOD = 21_000;

export class MaliciousPeer implements SimulatedPeer {
  readonly name = 'liar';
  readonly key = fakeKey('liar').publicKey;
  readonly isUp = true;
  readonly isQuick = true;
  private readonly links = new Set<number>();
  private readonly seen: RelayFrame[] = [];
  private seq = 0;
  private floods = false;

  /** True: forwards each envelope at once with an inflated hop count. */
  private readonly meddles: boolean;
  private readonly moods: Random;

  constructor(private readonly context: SimulationContext) {
    this.moods = context.random.fork('moods of a liar');
    this.meddles = this.moods.chance(0.8);
  }

  put(input: RelayInput): void {
    if (input.type === 'peer_closed') this.links.delete(input.link);
    if (input.type === 'peer_opened') {
      this.links.add(input.link);
      this.send(input.link, { type: 'hello', versions: [2], features: [], address: null });
      if (this.floods) this.flood(input.link);
    }
    if (input.type !== 'peer_frame') return;
    const frame = input.frame as PeerFrame;
    if (frame.type === 'ping') this.send(input.link, { type: 'pong' });
    if (frame.type !== 'relay') return;
    if (this.meddles) this.meddle(frame);
    this.seen.push(frame);
    if (this.seen.length > KEPT) this.seen.shift();
  }

  /** Sends one random lie to all its peers. */
  lie(): void {
    const { random, oracle } = this.context;
    if (this.seen.length === 0) return;
    const lie = random.pick(LIES);
    oracle.tally.add(`lies: ${lie}`);
    const frame = this.made(lie, random.pick(this.seen));
    for (const link of this.links) this.send(link, frame);
  }

  private made(lie: (typeof LIES)[number], frame: RelayFrame): object {
    const { cargo } = frame;
    switch (lie) {
      case 'altered':
        return { ...frame, cargo: { ...cargo, payload: cargo.payload.replace(/"text":"[^"]*"/, '"text":"lie"') } };
      case 'replayed':
        return frame;
      case 'looped':
        return { ...frame, hops: 1 };
      case 'many hops':
        return { ...this.wrapped(frame), hops: 17 };
      case 'restamped':
        return this.wrapped(frame);
      case 'wrong id':
        return this.wrapped(frame, 'AAAAAAAAAAAAAAAAAAAAAA');
      case 'addresses':
        return { type: 'addresses', addresses: [this.address('nowhere'), this.address('server0')] };
      case 'garbage':
        return { type: 'relay', hops: -1 };
      case 'invented':
        return { ...frame, stamp: { ...frame.stamp, payload: later(frame.stamp.payload) } };
      case 'census':
        return { ...frame, kind: 'census' };
    }
  }

  private meddle(frame: RelayFrame): void {
    this.context.oracle.tally.add('lies: from afar');
    const { relayNearHopsMax, relayHopsMax } = LIMITS;
    const hops = this.moods.chance(0.7) ? relayHopsMax : this.moods.whole(relayNearHopsMax, relayHopsMax);
    for (const link of this.links) this.send(link, { ...frame, hops });
  }

  /** Floods the next link that is made. */
  floodNext(): void {
    this.floods = true;
  }

  private flood(link: number): void {
    this.floods = false;
    this.context.oracle.tally.add('floods');
    for (let nth = 0; nth < FLOOD; nth += 1) this.send(link, { type: 'x-flood' });
  }

  private address(host: string): object {
    const address = { server: this.key, host, port: 1, at: this.context.timeline.now };
    return signObject('peer_address', address, fakeKey('liar'), fakePrimitives);
  }

  private wrapped({ kind, cargo }: RelayFrame, wrongId?: string): RelayFrame {
    this.seq += 1;
    const id = wrongId ?? objectId(PAYLOAD_TYPES[kind], cargo.payload, fakePrimitives);
    const stamp: EnvelopeHeader = { origin: this.key, boot: 1, seq: this.seq, at: this.context.timeline.now, kind, id };
    return {
      ...{ type: 'relay', kind, hops: 1, cargo },
      stamp: signObject('relayed', stamp, fakeKey('liar'), fakePrimitives),
    };
  }

  private send(link: number, frame: object): void {
    this.context.links.send(link, JSON.stringify(frame));
  }
}

/** The header that the origin will write two envelopes later, with a false signature. */
function later(payload: string): string {
  const stamp = JSON.parse(payload) as EnvelopeHeader;
  return JSON.stringify({ ...stamp, seq: stamp.seq + 2 });
}
