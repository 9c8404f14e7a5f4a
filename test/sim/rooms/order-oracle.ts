// The oracle of rooms: observes what servers accept, deliver, release and decide, and reports each broken rule at once.

import type { RoomEffect } from '../../../protocols/rooms/room-server.js';
import type { Order } from '../../../protocols/rooms/order/client-release.js';
import type { OrderedMessage } from '../../../protocols/rooms/order/message.js';
import { majorityOf, viewMembers, type ViewDecision } from '../../../protocols/rooms/view/view-decision.js';
import type { Tally } from '../kernel/tally.js';
import type { RoomHost } from './room-host.js';

/** A line that a server accepted. `witnesses`: the servers, with boots, that had been a member before. */
interface AcceptedLine {
  readonly text: string;
  readonly server: number;
  readonly boot: number;
  readonly witnesses: ReadonlySet<string>;
}

interface GenerationSequence {
  readonly sequence: string[];
  readonly generation: number;
}

export class OrderOracle {
  readonly accepted: AcceptedLine[] = [];
  /** The delivered messages of each generation, in order. */
  private readonly sequences = new Map<number, string[]>();
  private readonly placeOf = new Map<string, number>();
  /**
   * By generation: after all state was lost, pending operations of a survivor may be delivered again [VIEW-8]. One boot
   * of a server must not deliver a line twice: `deliveredBy` and `releasedBy` check that.
   */
  private readonly placed = new Set<string>();
  private readonly attemptedTexts = new Set<string>();
  private readonly decisions = new Map<number, string>();
  private readonly deliveredBy = new Set<string>();
  private readonly releasedBy = new Map<string, Set<string>>();
  private readonly lastNumbers = new Map<string, number>();
  private readonly members = new Set<string>();
  freshCount = 0;

  constructor(
    private readonly size: number,
    private readonly order: Order,
    private readonly tally: Tally,
    private readonly fail: (violation: string) => void,
  ) {}

  attempted(text: string): void {
    this.attemptedTexts.add(text);
  }

  lineAccepted(text: string, host: RoomHost): void {
    const witnesses = new Set(this.members);
    this.accepted.push({ text, server: host.index, boot: host.boot, witnesses });
    this.tally.add('accepted');
  }

  observe(effect: RoomEffect, host: RoomHost): void {
    switch (effect.type) {
      case 'delivered':
        return this.delivered(effect.message, effect.position, host);
      case 'released':
        return this.released(effect.message, host);
      case 'installed':
        return this.installed(effect.decision, effect.isMember, host);
      default:
        return;
    }
  }

  /** Called at the end, when all faults are over and the cluster had time to converge. */
  judge(hosts: readonly RoomHost[]): void {
    for (const each of this.accepted) this.judgeAccepted(each, hosts);
    const occupantLists = hosts.map((host) => JSON.stringify(occupantsOf(host)));
    if (new Set(occupantLists).size > 1)
      this.fail(`[ROOM-9] servers differ about occupants: ${occupantLists.join(' | ')}`);
  }

  /** True iff every line that must be delivered was delivered. */
  isSettled(hosts: readonly RoomHost[]): boolean {
    return this.accepted.every((each) => this.isExcused(each, hosts) || this.placeOf.has(each.text));
  }

  private judgeAccepted(each: AcceptedLine, hosts: readonly RoomHost[]): void {
    if (this.isExcused(each, hosts)) return;
    if (!this.placeOf.has(each.text)) this.fail(`[ORDER-6] accepted and never delivered: ${each.text}`);
    if (this.freshCount > 1) return;
    for (const host of hosts) {
      const who = nameOf(host);
      if (!each.witnesses.has(who) || this.releasedBy.get(who)?.has(each.text)) continue;
      this.fail(`[VIEW-14] server ${who} was a member before ${each.text} was sent, but never released it`);
    }
  }

  private isExcused({ server, boot }: AcceptedLine, hosts: readonly RoomHost[]): boolean {
    return hosts[server]?.boot !== boot;
  }

  private delivered(message: OrderedMessage, position: { generation: number; count: number }, host: RoomHost): void {
    this.tally.add('deliveries');
    const sequence = this.sequences.get(position.generation) ?? [];
    this.sequences.set(position.generation, sequence);
    const id = `${message.from}/${message.boot}/${message.nth}`;
    const atOneBoot = `${nameOf(host)} ${id}`;
    if (this.deliveredBy.has(atOneBoot)) this.fail(`[ORDER-6] server ${nameOf(host)} delivers ${id} twice`);
    this.deliveredBy.add(atOneBoot);
    const at = position.count - 1;
    if (sequence[at] === undefined) return this.extend({ sequence, generation: position.generation }, at, id, message);
    if (sequence[at] === id) return;
    this.fail(`[ORDER-2] server ${host.index + 1} delivers ${id} as number ${at}, others ${sequence[at]}`);
  }

  private extend(
    { sequence, generation }: GenerationSequence,
    at: number,
    id: string,
    { operation, from }: OrderedMessage,
  ): void {
    if (at !== sequence.length) this.fail(`[ORDER-2] ${id} is number ${at}, but there are only ${sequence.length}`);
    if (sequence.includes(id)) this.fail(`[ORDER-6] ${id} is delivered twice`);
    sequence[at] = id;
    if (operation.type !== 'chat') return;
    const { text } = operation;
    if (!this.attemptedTexts.has(text)) this.fail(`[ORDER-6] no client sent ${text}`);
    const key = `${generation} ${text}`;
    if (this.placed.has(key)) this.fail(`[ORDER-6] ${text} is delivered twice`);
    this.placed.add(key);
    this.placeOf.set(text, at);
    this.inOrderOfClient(`delivered ${generation} ${from}`, text, 'ORDER-2');
  }

  private released(message: OrderedMessage, host: RoomHost): void {
    if (message.operation.type !== 'chat') return;
    const { text } = message.operation;
    const who = nameOf(host);
    const released = this.releasedBy.get(who) ?? new Set<string>();
    this.releasedBy.set(who, released);
    if (released.has(text)) this.fail(`[ORDER-8] ${who} releases ${text} twice`);
    released.add(text);
    if (this.order !== 'unordered') this.inOrderOfClient(`handed ${who}`, text, 'ORDER-8');
  }

  /** Texts are `<client>:<number>`. */
  private inOrderOfClient(where: string, text: string, rule: string): void {
    const [client = '', number = ''] = text.split(':');
    const key = `${where} ${client}`;
    const last = this.lastNumbers.get(key) ?? 0;
    if (Number(number) <= last) this.fail(`[${rule}] ${where}: ${text} after ${last}`);
    this.lastNumbers.set(key, Number(number));
  }

  private installed(decision: ViewDecision, isMember: boolean, host: RoomHost): void {
    if (isMember) this.members.add(nameOf(host));
    const text = JSON.stringify(decision);
    const known = this.decisions.get(decision.view);
    if (known !== undefined && known !== text) this.fail(`[VIEW-1] two decisions on view ${decision.view}`);
    if (known !== undefined) return;
    this.decisions.set(decision.view, text);
    this.tally.add('views');
    if (decision.isFresh) this.freshCount += 1;
    if (viewMembers(decision).length < majorityOf(this.size)) this.fail(`[VIEW-1] view ${decision.view} is a minority`);
  }
}

function nameOf(host: RoomHost): string {
  return `${host.index}@${host.boot}`;
}

function occupantsOf(host: RoomHost): unknown[] {
  const occupants = host.machine?.replica.log.occupants.all() ?? [];
  return occupants.map(({ server, client, room, nick }) => `${server}/${client} ${room} ${nick}`).sort();
}
