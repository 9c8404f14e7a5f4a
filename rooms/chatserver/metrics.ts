// Numbers of a room server for whoever runs it, in the text form of Prometheus. Read when asked for.

import process from 'node:process';
import { Counter, Gauge, Registry } from 'prom-client';
import type { RoomServer } from '../../protocols/rooms/room-server.js';

export class RoomMetrics {
  private readonly registry = new Registry();

  constructor(server: RoomServer, edge: { readonly foreign: () => number; readonly lost: () => number }) {
    const { counts, replica, clients, peers } = server;
    this.counter('kith_rooms_packets_total', 'Datagrams of other servers taken', () => counts.packets);
    this.counter('kith_rooms_packets_dropped_total', 'Those that made no sense', () => counts.dropped);
    this.counter('kith_rooms_foreign_total', 'Datagrams that no server of the cluster sealed', edge.foreign);
    this.counter('kith_rooms_lost_total', 'Datagrams that could not leave', edge.lost);
    this.counter('kith_rooms_delivered_total', 'Messages delivered', () => counts.delivered);
    this.counter('kith_rooms_views_total', 'Views entered or heard of', () => counts.views);
    this.counter('kith_rooms_refused_total', 'Lines of clients refused', () => clients.refused);
    this.gauge('kith_rooms_view', 'Number of the view', () => replica.decision.view);
    this.gauge('kith_rooms_members', 'Servers in the view', () => replica.members.length);
    this.gauge('kith_rooms_is_member', '1 while this server takes part', () => (replica.mode === 'normal' ? 1 : 0));
    this.gauge('kith_rooms_outbox', 'Messages accepted and not delivered', () => replica.pending.size);
    this.gauge('kith_rooms_clients', 'Clients known', () => clients.clients.size);
    this.gauge('kith_rooms_servers', 'Servers of the cluster', () => peers.size);
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
