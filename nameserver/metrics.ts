// Metrics for the operator, in the Prometheus text format. They are computed when read; no timer runs.

import process from 'node:process';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ChannelServer } from '../channels/channel-server.js';
import type { PeerStatus } from '../protocols/channels/relay/io.js';
import type { ServerFrame } from '../protocols/session/messages.js';
import { endpointText } from '../runtime/net/endpoint.js';

export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = this.counter('kith_requests_total', 'HTTP requests answered', ['route', 'status']);
  /** By status and route. `labels()` costs more than this map access. */
  private readonly requestCounters = new Map<string, Counter.Internal>();
  private readonly registrations = this.counter('kith_registrations_total', 'Registrations, by result', ['code']);
  private readonly letters = this.counter('kith_letters_total', 'Letters sent by clients, by result', ['how']);
  private readonly deliveries = this.counter(
    'kith_deliveries_total',
    'Letters delivered to devices, repeats included',
    [],
  );
  private readonly refused = this.counter('kith_sessions_refused_total', 'Sessions closed by a refusal', ['code']);
  private readonly dropped = this.counter('kith_frames_dropped_total', 'Frames dropped, by reason', ['why']);

  constructor(sessions: () => number) {
    this.gauge('kith_sessions', 'Sessions open now', sessions);
    this.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
    this.gauge('process_cpu_seconds', 'Processor time used since the start', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  /** Adds the metrics of channels and peers. */
  watchChannels(channels: ChannelServer): void {
    this.gauge('kith_channel_clients', 'Client connections to channels', () => channels.numbers.clients);
    this.gauge('kith_channels', 'Channels with members on this server', () => channels.numbers.channels);
    this.rows('kith_channel_events', 'Events on channels since the start', ['what'], () =>
      Object.entries(channels.numbers.counts).map(([what, value]) => ({ labels: { what }, value })),
    );
    this.rows('kith_channel_memory', 'Sizes of the tables of channels, all bounded', ['of'], () =>
      Object.entries(channels.numbers.memory).map(([of, value]) => ({ labels: { of }, value })),
    );
    this.rows('kith_channel_peer', 'Links with other servers', ['peer', 'state', 'what'], () =>
      channels.peers().flatMap((peer) => peerRows(peer)),
    );
  }

  requestAnswered(route: string, status: number): void {
    const key = `${status} ${route}`;
    const counter = this.requestCounters.get(key) ?? this.requests.labels({ route, status });
    this.requestCounters.set(key, counter);
    counter.inc();
  }

  registrationAnswered(code: string): void {
    this.registrations.inc({ code });
  }

  frameDropped(why: 'binary' | 'oversized' | 'malformed' | 'slow' | 'flood'): void {
    this.dropped.inc({ why });
  }

  frameSent(frame: ServerFrame): void {
    if (frame.type === 'accepted') this.letters.inc({ how: frame.how });
    else if (frame.type === 'rejected') this.letters.inc({ how: frame.code });
    else if (frame.type === 'refused') this.refused.inc({ code: frame.code });
    else if (frame.type === 'deliver') this.deliveries.inc();
  }

  async text(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** A gauge whose rows appear and disappear. */
  private rows<Label extends string>(name: string, help: string, labelNames: Label[], read: () => Row<Label>[]): void {
    const gauge: Gauge<Label> = new Gauge({
      ...{ name, help, labelNames, registers: [this.registry] },
      collect: () => {
        gauge.reset();
        for (const { labels, value } of read()) gauge.set(labels, value);
      },
    });
  }

  private gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }
}

interface Row<Label extends string> {
  readonly labels: Record<Label, string>;
  readonly value: number;
}

function peerRows(peer: PeerStatus): Row<'peer' | 'state' | 'what'>[] {
  const { state, sentBytes, queuedBytes, droppedFrames } = peer;
  const numbers = { sent_bytes: sentBytes, queued_bytes: queuedBytes, dropped_frames: droppedFrames };
  const labels = { peer: endpointText(peer), state };
  return Object.entries(numbers).map(([what, value]) => ({ labels: { ...labels, what }, value }));
}
