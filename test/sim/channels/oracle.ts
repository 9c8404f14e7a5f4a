// The oracle of channels: watches what relays accept, forward and deliver and what clients show. Reports broken rules.

import type { ChannelServerFrame } from '../../../protocols/channels/client-protocol.js';
import { peerFrameShape, type PeerFrame, type EnvelopeHeader } from '../../../protocols/channels/peer-protocol.js';
import { PAYLOAD_TYPES } from '../../../protocols/channels/relay/envelopes/envelope-writer.js';
import type { Relay } from '../../../protocols/channels/relay/relay.js';
import type { RelayInput } from '../../../protocols/channels/relay/io.js';
import type { ChannelMessage } from '../../../protocols/channels/signed-objects.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { objectId } from '../../../protocols/kit/signed.js';
import type { EventCounters } from '../kernel/event-counters.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';

type Counts = Readonly<Record<string, number>>;
type RelayFrame = Extract<PeerFrame, { type: 'relay' }>;

export class ChannelOracle {
  /** The payloads that clients signed as channel messages. */
  readonly signed = new Set<string>();

  /** The same messages, by `messageKeyOf`. */
  readonly sent = new Set<string>();

  constructor(
    readonly tally: EventCounters,
    readonly fail: (violation: string) => void,
  ) {}

  noteSigned(payload: string): void {
    this.signed.add(payload);
    this.sent.add(messageKeyOf(JSON.parse(payload) as ChannelMessage));
  }

  begin(name: string, key: string): RelayRun {
    return new RelayRun(this, name, key);
  }
}

/** One run of a relay, from its start to its crash. */
export class RelayRun {
  /** The hops with which each envelope was accepted last. */
  private readonly accepted = new Map<string, number>();
  /** The link it arrived on, by `passageOf`: a forwarded copy may wait until the envelope is accepted again. */
  private readonly arrivedOn = new Map<string, number>();
  private readonly boots = new Map<string, number>();
  private lastSent: { readonly text: string; readonly frame: PeerFrame } = { text: '', frame: { type: 'ping' } };
  private readonly lastDelivered = new Map<string, number>();

  constructor(
    private readonly oracle: ChannelOracle,
    private readonly name: string,
    private readonly key: string,
  ) {}

  stepped(input: RelayInput, before: Counts, relay: Relay): void {
    this.checkMemory(relay);
    const { counts } = relay;
    for (const [what, count] of Object.entries(counts)) this.oracle.tally.add(what, count - (before[what] ?? 0));
    if (input.type !== 'peer_frame' || !peerFrameShape.accepts(input.frame) || input.frame.type !== 'relay') return;
    const header = headerOf(input.frame);
    if (counts.relayed > (before['relayed'] ?? 0)) this.acceptedNew(input.frame, header, input.link);
    else if (counts.relayed_again > (before['relayed_again'] ?? 0)) this.acceptedAgain(input.frame, header, input.link);
    else if (counts.dropped_known > (before['dropped_known'] ?? 0)) this.droppedAsKnown(header);
  }

  sent(link: number, text: string): void {
    // The relay sends one text to several links.
    if (this.lastSent.text !== text) this.lastSent = { text, frame: JSON.parse(text) as PeerFrame };
    const { frame } = this.lastSent;
    if (frame.type !== 'relay') return;
    if (this.arrivedOn.get(passageOf(headerOf(frame), frame.hops - 1)) === link)
      this.fail('[RELAY-7] forwards an envelope to its sender');
    if (frame.hops > LIMITS.relayHopsMax) this.fail(`[RELAY-6] forwards an envelope with ${frame.hops} hops`);
  }

  delivered(client: number, frame: ChannelServerFrame): void {
    if (frame.type !== 'heard' || frame.kind !== 'channel') return;
    this.oracle.tally.add('told');
    const { key, life, counter } = JSON.parse(frame.said.payload) as ChannelMessage;
    const name = `${client} ${key} ${life}`;
    const last = this.lastDelivered.get(name) ?? 0;
    if (counter <= last) this.fail(`[CHAN-8] delivers counter ${counter} of a session after ${last}`);
    this.lastDelivered.set(name, counter);
    if (!this.oracle.signed.has(frame.said.payload)) this.fail('[RELAY-6] delivers a message that no client signed');
  }

  private acceptedNew(frame: RelayFrame, header: EnvelopeHeader, link: number): void {
    const { origin, boot, id } = header;
    const name = nameOf(header);
    if (this.accepted.has(name)) this.fail('[RELAY-5] accepts an envelope twice');
    this.note(frame, header, link);
    const highest = this.boots.get(origin) ?? 0;
    if (boot < highest) this.fail('[RELAY-5] accepts an envelope of a lower boot');
    this.boots.set(origin, Math.max(boot, highest));
    if (frame.hops > LIMITS.relayHopsMax) this.fail(`[RELAY-6] accepts an envelope with ${frame.hops} hops`);
    const actual = objectId(PAYLOAD_TYPES[frame.kind], frame.cargo.payload, fakePrimitives);
    if (actual !== id) this.fail('[RELAY-6] accepts a payload with another id than in the header');
  }

  private acceptedAgain(frame: RelayFrame, header: EnvelopeHeader, link: number): void {
    const [hops, before] = [frame.hops, this.accepted.get(nameOf(header)) ?? 0];
    if (hops >= before || before <= LIMITS.relayNearHopsMax)
      this.fail(`[RELAY-7] accepts an envelope again with ${hops} hops after ${before}`);
    this.note(frame, header, link);
  }

  private note({ hops }: RelayFrame, header: EnvelopeHeader, link: number): void {
    this.accepted.set(nameOf(header), hops);
    this.arrivedOn.set(passageOf(header, hops), link);
  }

  private droppedAsKnown(header: EnvelopeHeader): void {
    if (header.origin === this.key || this.accepted.has(nameOf(header))) return;
    this.fail('[RELAY-6] drops an envelope as known that it never accepted');
  }

  private checkMemory({ memory }: Relay): void {
    const { sessions, heldMessages, origins, remotePresence } = memory;
    const isBounded =
      sessions <= LIMITS.clientSessionsRemembered &&
      heldMessages <= LIMITS.relayReorderMax &&
      origins <= LIMITS.relayOriginsMax &&
      remotePresence <= LIMITS.presenceCountsOriginsMax;
    if (!isBounded) this.fail(`[RELAY-8] keeps too much: ${JSON.stringify(memory)}`);
  }

  private fail(what: string): void {
    this.oracle.fail(`${what} (${this.name})`);
  }
}

type SentMessage = Pick<ChannelMessage, 'key' | 'life' | 'counter' | 'channel' | 'text'>;

export function messageKeyOf({ key, life, counter, channel, text }: SentMessage): string {
  return `${key} ${life} ${counter} ${channel} ${text}`;
}

function headerOf({ stamp }: RelayFrame): EnvelopeHeader {
  return JSON.parse(stamp.payload) as EnvelopeHeader;
}

function nameOf({ origin, boot, seq }: EnvelopeHeader): string {
  return `${origin} ${boot} ${seq}`;
}

function passageOf(header: EnvelopeHeader, hops: number): string {
  return `${nameOf(header)} ${hops}`;
}
