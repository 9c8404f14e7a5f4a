// Faults planted in relays: each breaks one rule of protocols/channels/SPEC.md, and the simulation must find it.

import { Federation } from '../../../protocols/channels/relay/federation.js';
import { BootNotices } from '../../../protocols/channels/relay/envelopes/boot-notices.js';
import { Origins } from '../../../protocols/channels/relay/envelopes/origins.js';
import { SequenceTracker } from '../../../protocols/channels/relay/messages/sequence-tracker.js';
import { PAYLOAD_TYPES, type Envelope } from '../../../protocols/channels/relay/envelopes/envelope-writer.js';
import type { EnvelopeHeader } from '../../../protocols/channels/peer-protocol.js';
import { objectId, signObject } from '../../../protocols/kit/signed.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';
import { ChannelsWorld } from './channels-world.js';
import { RelayHost } from './relay-host.js';
import { withFault, type PlantedMethod } from '../mutants/planted-method.js';

interface ChannelMutant extends PlantedMethod {
  readonly fault: string;
}

export const CHANNEL_MUTANTS: readonly ChannelMutant[] = [
  { fault: 'every envelope counts as new', target: Origins, method: 'classify', planted: () => () => 'new' },
  {
    fault: 'an envelope is recorded before it is validated',
    target: Origins,
    method: 'classify',
    planted: (real) =>
      function (this: Origins, header: EnvelopeHeader, hops: number): unknown {
        const order: unknown = Reflect.apply(real, this, [header, hops]);
        if (order === 'new') this.accept(header, { hops, stamp: { payload: '', signature: '' } }, '', header.at);
        return order;
      },
  },
  {
    fault: 'a lower boot is accepted',
    target: Origins,
    method: 'classify',
    planted: (real) =>
      function (this: Origins, ...asked: unknown[]): unknown {
        const order: unknown = Reflect.apply(real, this, asked);
        return order === 'old' ? 'new' : order;
      },
  },
  {
    fault: 'an envelope with many hops is forwarded only once',
    target: Origins,
    method: 'classify',
    planted: (real) =>
      function (this: Origins, ...asked: unknown[]): unknown {
        const order: unknown = Reflect.apply(real, this, asked);
        return order === 'shorter_path' ? 'known' : order;
      },
  },
  {
    fault: 'hops are ignored',
    target: Federation,
    method: 'onEnvelope',
    planted: (real) =>
      function (this: Federation, link: object, frame: object, now: number): unknown {
        return Reflect.apply(real, this, [link, { ...frame, hops: 1 }, now]);
      },
  },
  {
    fault: 'the id in an envelope is not compared',
    target: Federation,
    method: 'onEnvelope',
    planted: (real) =>
      function (this: Federation, link: object, frame: Envelope, now: number): unknown {
        return Reflect.apply(real, this, [link, withFittingId(frame), now]);
      },
  },
  {
    fault: 'an envelope is forwarded to its sender',
    target: Federation,
    method: 'forward',
    planted: (real) =>
      function (this: Federation, frame: object, _except: string[], now: number): unknown {
        return Reflect.apply(real, this, [frame, [], now]);
      },
  },
  {
    fault: 'late messages are delivered',
    target: SequenceTracker,
    method: 'classify',
    planted: (real) =>
      function (this: SequenceTracker, message: object): unknown {
        const order: unknown = Reflect.apply(real, this, [message]);
        return order === 'late' ? 'new' : order;
      },
  },
  { fault: 'every message counts as new', target: SequenceTracker, method: 'classify', planted: () => () => 'new' },
  {
    fault: 'a server is not told that a newer boot of it is known',
    target: BootNotices,
    method: 'refused',
    planted: () => () => undefined,
  },
  {
    fault: 'a server that is told does not raise its boot',
    target: BootNotices,
    method: 'raise',
    planted: () => () => undefined,
  },
  { fault: 'the boot does not rise', target: RelayHost, method: 'nextBoot', planted: () => () => 1 },
];

/** The envelope with the id of its payload and a new signature, if the signature was valid before. */
function withFittingId(frame: Envelope): Envelope {
  const stamp = JSON.parse(frame.stamp.payload) as EnvelopeHeader;
  const key = { publicKey: stamp.origin };
  const { signature } = signObject('relayed', stamp, key, fakePrimitives);
  if (signature !== frame.stamp.signature) return frame;
  const id = objectId(PAYLOAD_TYPES[frame.kind], frame.cargo.payload, fakePrimitives);
  return { ...frame, stamp: signObject('relayed', { ...stamp, id }, key, fakePrimitives) };
}

/** The first seed that finds the fault and is clean without it; null if there is none. */
export function catchChannelMutant(mutant: ChannelMutant, from: number, seeds: number) {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const [violation] = withFault(mutant, () => new ChannelsWorld(seed).run().violations);
    if (violation !== undefined && new ChannelsWorld(seed).run().violations.length === 0) return { seed, violation };
  }
  return null;
}
