// A client on the simulated network: the real engine and store; every effect is performed by a simulated port.

import type { Instant, Machine } from '../../../protocols/kit/machine.js';
import type { Answer, ClientEvent } from '../../../protocols/control/answer.js';
import type { Command } from '../../../protocols/control/command.js';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import type { Effect, Endpoint, Input } from '../../../client/engine/core/io.js';
import { Engine } from '../../../client/engine/engine.js';
import { fakePrimitives, fakeSeal, fakeUnseal } from '../kernel/fake-primitives.js';
import type { Listener, Town } from '../network/town.js';
import { DatagramPort } from './datagram-port.js';
import type { Program } from './host.js';
import type { Identity } from './identity.js';
import type { Life } from './life.js';
import { LinkPort } from './link-port.js';
import { PostPort } from '../network/post-port.js';
import { QuestionPort } from './question-port.js';
import { SessionPort } from './session-port.js';

/** Who sits in front of the client and sees what it says. */
export interface Face {
  answered(command: Command, answer: Answer): void;
  happened(event: ClientEvent): void;
  /** Nothing is known of commands that were not answered. */
  died(): void;
  rested(): void;
}

/** What a program is joined to. `alter` plants a fault; `watch` sees every effect before it is performed. */
export interface ClientParts {
  readonly store: TransactionalStore;
  readonly identity: Identity;
  readonly face: Face;
  readonly alter: (machine: Machine<Input, Effect>) => Machine<Input, Effect>;
  readonly watch: (effect: Effect) => void;
  /** The device was renewed: this life has to end, and the next to begin. */
  readonly renewed: () => void;
}

export interface ClientSettings {
  readonly name: string;
  readonly takesDials: boolean;
  /** How likely a new life listens at another address. */
  readonly moves: number;
}

const SEALING_MS = 15;
const PORTS = 4;

interface Ports {
  readonly links: LinkPort;
  readonly sessions: SessionPort;
  readonly questions: QuestionPort;
  readonly datagrams: DatagramPort;
  readonly posts: PostPort;
}

export class ClientProgram implements Program<Input, Effect> {
  readonly wakeInput: Input = { type: 'wake' };
  readonly lastInput: Input = { type: 'turn_over' };
  readonly place: string;
  readonly store: TransactionalStore;
  private readonly identity: Identity;
  private ports: Ports | null = null;
  private listener: Listener | null = null;
  private put: (input: Input) => void = () => undefined;
  private life: Life | null = null;
  private endpoint: Endpoint | null = null;
  private lastRef = 0;
  private readonly asked = new Map<number, Command>();

  constructor(
    private readonly town: Town,
    private readonly settings: ClientSettings,
    private readonly parts: ClientParts,
  ) {
    this.store = parts.store;
    this.place = settings.name;
    this.identity = parts.identity;
  }

  boot(now: Instant): Machine<Input, Effect> {
    const { name } = this.settings;
    const { identity, present, retired } = this.identity;
    const me = { name, identity, ...present, retiredDevice: retired?.device.publicKey ?? null };
    const dice = this.town.run.random.fork(`dice of ${name} at ${this.town.run.timeline.now}`);
    const options = { server: 'nameserver', linkWaitMs: 10_000, readReceipts: true, groupSilenceMs: 600_000 };
    return this.parts.alter(new Engine({ me, store: this.store, primitives: fakePrimitives, dice, options, now }));
  }

  born(life: Life, put: (input: Input) => void): void {
    this.put = put;
    this.life = life;
    const { town } = this;
    this.ports = {
      links: new LinkPort(town, life, put),
      sessions: new SessionPort(town, life, put),
      questions: new QuestionPort(town, life, put),
      datagrams: new DatagramPort(town),
      posts: new PostPort(town, life, put),
    };
    this.listener = this.listen(this.ports);
    put({ type: 'network', endpoints: [this.listener.endpoint] });
  }

  /** Gives the engine a command, as a face does. */
  command(command: Command): void {
    this.lastRef += 1;
    this.asked.set(this.lastRef, command);
    this.put({ type: 'command', ref: this.lastRef, command });
  }

  died(flushed: boolean): void {
    this.ports?.links.abandonAll(flushed);
    this.ports?.sessions.abandonAll(flushed);
    if (this.listener) this.town.leave(this.listener);
    this.ports = null;
    this.listener = null;
    this.asked.clear();
    this.parts.face.died();
  }

  rested(): void {
    this.parts.face.rested();
  }

  perform(effect: Effect): void {
    const { ports, listener, life } = this;
    if (!ports || !listener || !life) return;
    this.parts.watch(effect);
    switch (effect.type) {
      case 'answer':
        return this.answered(effect.ref, effect.answer);
      case 'event':
        return this.parts.face.happened(effect.event);
      case 'ask':
        return ports.questions.ask(this.place, effect.ref, effect.question);
      case 'session_open':
        return ports.sessions.open(this.place, effect.session);
      case 'session_send':
        return ports.sessions.send(effect.session, effect.frame);
      case 'session_close':
        return ports.sessions.close(effect.session);
      case 'seal':
        return this.later({ type: 'sealed', ref: effect.ref, body: fakeSeal(effect.exchange, effect.plain) });
      case 'unseal':
        return this.later({ type: 'unsealed', ref: effect.ref, plain: this.unsealed(effect.body) });
      case 'dial':
        return ports.links.dial(listener, effect);
      case 'link_send':
        return ports.links.send(effect.link, effect.frame);
      case 'link_widen':
      case 'door_open':
      case 'door_send':
      case 'door_close':
        return; // nobody goes to channels here
      case 'link_close':
        return ports.links.close(effect.link);
      case 'datagram':
        return ports.datagrams.send(listener, effect.to, effect.bytes);
      case 'renew_device':
        return this.renew(effect.online);
      default:
        return ports.posts.perform(this.place, effect);
    }
  }

  private answered(ref: number, answer: Answer): void {
    const command = this.asked.get(ref);
    if (!command) return this.town.run.fail(`[contract] ${this.place} answers command ${ref} twice or unasked`);
    this.asked.delete(ref);
    this.parts.face.answered(command, answer);
  }

  private unsealed(body: string): string | null {
    const { present, retired } = this.identity;
    return fakeUnseal(present.exchange, body) ?? (retired && fakeUnseal(retired.exchange, body));
  }

  /** The old device ends with the turn that said so; the new one starts on the same store. */
  private renew(online: boolean): void {
    this.life?.after(0, () => {
      const unanswered = [...this.asked.values()];
      this.identity.renew();
      this.town.run.tally.add('renewals');
      this.parts.renewed();
      for (const command of unanswered) this.command(command);
      if (online) this.command({ type: 'online', acceptServer: false });
    });
  }

  private later(input: Input): void {
    this.life?.after(this.town.ground.between(0, SEALING_MS), () => this.put(input));
  }

  private listen({ links, datagrams }: Ports): Listener {
    for (;;) {
      const endpoint = this.nextEndpoint();
      const listener: Listener = {
        place: this.place,
        device: this.identity.present.device.publicKey,
        takesDials: this.settings.takesDials,
        endpoint,
        meet: (from, peerKey, exported) => links.prepare(this.place, { dial: null, peerKey, from, exported }),
        datagram: (from, bytes) => {
          if (datagrams.letsIn(listener, from)) this.put({ type: 'datagram', from, bytes });
        },
      };
      if (this.town.listen(listener)) return listener;
      this.endpoint = null;
    }
  }

  /**
   * The address of the life before, or one of a few that all clients share: yesterday's of one may be another's
   * today.
   */
  private nextEndpoint(): Endpoint {
    const random = this.town.run.random;
    if (this.endpoint === null || random.chance(this.settings.moves)) {
      if (this.endpoint !== null) this.town.run.tally.add('moves');
      this.endpoint = { host: `10.0.0.${random.whole(1, 3)}`, port: random.whole(4_001, 4_000 + PORTS) };
    }
    return this.endpoint;
  }
}
