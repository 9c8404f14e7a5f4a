// Links and datagrams between the clients of a test: whole, in order, cut when the test says so.

import type { Endpoint } from '../../../../client/engine/core/endpoint.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Random } from '../../../sim/kernel/random.js';
import type { Client, ClientGroup } from './test-client.js';

type NetworkEffect = Extract<Effect, { type: 'dial' | 'link_send' | 'link_close' | 'datagram' }>;

/** One end of a link. */
interface End {
  readonly client: Client;
  readonly link: number;
}

export class TestNetwork {
  /** False: no dial succeeds. */
  takesDials = true;
  /** False: every datagram is lost. */
  takesDatagrams = true;
  /** Datagrams that were sent, lost or not. */
  readonly datagrams: { from: string; to: Endpoint; bytes: Uint8Array }[] = [];
  /** How often each client dialled. */
  readonly dials = new Map<string, number>();
  private readonly others = new Map<string, End>();
  private lastLink = 0;

  constructor(private readonly group: ClientGroup) {}

  /** True while the two have a link, in greeting or open. */
  join(one: Client, other: Client): boolean {
    return [...this.others].some(([key, end]) => key.startsWith(`${one.name} `) && end.client === other);
  }

  carry(client: Client, effect: NetworkEffect): void {
    switch (effect.type) {
      case 'dial':
        return this.dial(client, effect);
      case 'link_send':
        return this.pass(client, effect.link, effect.frame);
      case 'link_close':
        return this.close(client, effect.link);
      case 'datagram':
        return this.datagram(client, effect.to, effect.bytes);
    }
  }

  /** Breaks every link of a client; both ends notice. */
  cut(client: Client): void {
    this.cutAllBut(client, []);
  }

  cutAllBut(client: Client, kept: readonly number[]): void {
    for (const [key, other] of [...this.others]) {
      if (other.client !== client || kept.includes(other.link)) continue;
      const [name = '', link] = key.split(' ');
      this.close(client, other.link);
      this.group.clients.get(name)?.give({ type: 'link_closed', link: Number(link), reason: 'cut' });
      client.give({ type: 'link_closed', link: other.link, reason: 'cut' });
    }
  }

  private dial(client: Client, { dial, endpoints, device, record }: Extract<Effect, { type: 'dial' }>): void {
    this.dials.set(client.name, (this.dials.get(client.name) ?? 0) + 1);
    const other = [...this.group.clients.values()].find((one) => this.isAt(one, endpoints));
    const link = this.lastLink + 1;
    const knocked = { type: 'knocked', knock: link, purpose: 'link', device: client.device, record } as const;
    const isThere = this.takesDials && other?.device === device.device;
    if (!isThere || !other.give(knocked).some(({ type }) => type === 'knock_admit')) {
      return void client.give({ type: 'dial_failed', dial, reason: 'nobody there' });
    }
    this.lastLink = link;
    const exported = new Random(link, 'exported').bytes(LIMITS.linkKeyingBytes);
    this.others.set(`${client.name} ${link}`, { client: other, link });
    this.others.set(`${other.name} ${link}`, { client, link });
    const from = { host: '192.0.2.1', port: 50_000 + link };
    other.give({ type: 'link_opened', link, dial: null, peerKey: client.device, from, exported });
    client.give({ type: 'link_opened', link, dial, peerKey: other.device, from: this.group.endpoint(other), exported });
  }

  private isAt(client: Client, endpoints: readonly Endpoint[]): boolean {
    const { host, port } = this.group.endpoint(client);
    return endpoints.some((endpoint) => endpoint.host === host && endpoint.port === port);
  }

  private pass(client: Client, link: number, frame: object): void {
    const other = this.others.get(`${client.name} ${link}`);
    other?.client.give({ type: 'link_frame', link: other.link, frame: parseJson(JSON.stringify(frame)) });
  }

  private close(client: Client, link: number): void {
    const other = this.others.get(`${client.name} ${link}`);
    this.others.delete(`${client.name} ${link}`);
    if (!other) return;
    this.others.delete(`${other.client.name} ${other.link}`);
    this.group.later(() => other.client.give({ type: 'link_closed', link: other.link, reason: 'the peer closed' }));
  }

  private datagram(client: Client, to: Endpoint, bytes: Uint8Array): void {
    this.datagrams.push({ from: client.name, to, bytes });
    const other = [...this.group.clients.values()].find((one) => this.isAt(one, [to]));
    if (!other || !this.takesDatagrams) return;
    this.group.later(() => other.give({ type: 'datagram', from: this.group.endpoint(client), bytes: bytes.slice() }));
  }
}
