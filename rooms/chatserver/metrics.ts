// Metrics of a room server in Prometheus text format, read at each scrape.

import process from 'node:process';
import { Counter, Gauge, Registry } from 'prom-client';
import type { RoomServer } from '../../protocols/rooms/room-server.js';

export class RoomMetrics {
  private readonly registry = new Registry();

  constructor(server: RoomServer, edge: { readonly foreign: () => number; readonly lost: () => number }) {
    const { counts, replica, clients, peers } = server;
    this.counter('kith_rooms_packets_total', 'Packets received from other servers', () => counts.packets);
    this.counter(
      'kith_rooms_packets_dropped_total',
      'Packets dropped because they were malformed or for another server or cluster',
      () => counts.dropped,
    );
    this.counter('kith_rooms_foreign_total', 'Datagrams rejected because their seal was wrong', edge.foreign);
    this.counter('kith_rooms_lost_total', 'Datagrams that could not be sent', edge.lost);
    this.counter('kith_rooms_delivered_total', 'Messages delivered', () => counts.delivered);
    this.counter('kith_rooms_views_total', 'Views installed', () => counts.views);
    this.counter('kith_rooms_refused_total', 'Client lines refused', () => clients.refused);
    this.gauge('kith_rooms_view', 'Number of the current view', () => replica.decision.view);
    this.gauge('kith_rooms_members', 'Members of the current view', () => replica.members.length);
    this.gauge('kith_rooms_is_member', '1 while this server is an active member', () =>
      replica.mode === 'normal' ? 1 : 0,
    );
    this.gauge('kith_rooms_outbox', 'Operations accepted and not yet delivered', () => replica.pending.size);
    this.gauge('kith_rooms_clients', 'Clients of this server', () => clients.clients.size);
    this.gauge('kith_rooms_confirmed', 'Clients that have confirmed', () => clients.clients.confirmedCount);
    this.counter('kith_rooms_evicted_total', 'Clients removed because the server was full', () => clients.evicted);
    this.counter(
      'kith_rooms_withheld_total',
      'Lines not sent to clients that have not confirmed',
      () => clients.traffic.withheld,
    );
    this.gauge('kith_rooms_servers', 'Configured servers', () => peers.size);
    this.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  }

  async page(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  private counter(name: string, help: string, read: () => number): void {
    const collect = (): void => {
      counter.reset();
      counter.inc(read());
    };
    const counter: Counter = new Counter({ name, help, registers: [this.registry], collect });
  }

  private gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }
}
