// A client on the simulated network: the real engine and store; simulated ports perform its effects.

import { ownProofsKey } from '../../../protocols/kit/own-proofs/own-proofs.js';
import type { Instant, Machine } from '../../../protocols/kit/machine.js';
import type { Answer } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { Command } from '../../../protocols/control/command.js';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import type { Endpoint } from '../../../client/engine/core/endpoint.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import { Engine } from '../../../client/engine/engine.js';
import { fakeExchangeKeyOf, fakePrimitives, fakeSeal, fakeUnseal } from '../kernel/fake-primitives.js';
import type { NetworkListener, SimulatedNetwork } from '../network/simulated-network.js';
import { DatagramPort } from './datagram-port.js';
import type { SimulatedProgram } from './simulated-host.js';
import type { UserKeys } from './user-keys.js';
import type { Incarnation } from './incarnation.js';
import { LinkPort } from './link-port.js';
import { PostPort } from '../network/post-port.js';
import { QuestionPort } from './question-port.js';
import { SessionPort } from './session-port.js';

/** Receives the answers and events of the client. */
export interface ClientObserver {
  answered(command: Command, answer: Answer): void;
  happened(event: ClientEvent): void;
  /** The client stopped; unanswered commands stay unanswered. */
  crashed(): void;
  turnEnded(): void;
}

/** `alter` plants a fault in the machine; `onEffect` is called before each effect is performed. */
export interface ClientDependencies {
  readonly store: TransactionalStore;
  readonly identity: UserKeys;
  readonly observer: ClientObserver;
  readonly alter: (machine: Machine<Input, Effect>) => Machine<Input, Effect>;
  readonly onEffect: (effect: Effect) => void;
  /** The device was renewed: the process must restart. */
  readonly onRenewed: () => void;
}

export interface ClientSettings {
  readonly name: string;
  readonly takesDials: boolean;
  /** Probability that a restarted client listens at another address. */
  readonly addressChangeRate: number;
  /** The origin of the name server, read at every start. */
  readonly server: () => string;
  readonly friendBytesPerDay: number;
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

export class ClientProgram implements SimulatedProgram<Input, Effect> {
  readonly wakeInput: Input = { type: 'wake' };
  readonly lastInput: Input = { type: 'turn_over' };
  readonly node: string;
  readonly store: TransactionalStore;
  private readonly identity: UserKeys;
  private ports: Ports | null = null;
  private listener: NetworkListener | null = null;
  private put: (input: Input) => void = () => undefined;
  private incarnation: Incarnation | null = null;
  private endpoint: Endpoint | null = null;
  private lastRef = 0;
  private readonly asked = new Map<number, Command>();

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly settings: ClientSettings,
    private readonly dependencies: ClientDependencies,
  ) {
    this.store = dependencies.store;
    this.node = settings.name;
    this.identity = dependencies.identity;
  }

  boot(now: Instant): Machine<Input, Effect> {
    const { name, friendBytesPerDay } = this.settings;
    const { identity, present, retired } = this.identity;
    const proofs = { isIdentityLocked: false, ownProofsKey: ownProofsKey(identity, fakePrimitives) };
    const retiredDevices = retired.map(({ device }) => device.publicKey);
    const me = { name, identity, ...proofs, ...present, retiredDevices };
    const random = this.network.run.random.fork(`dice of ${name} at ${this.network.run.timeline.now}`);
    const server = this.settings.server();
    const fixed = { linkWaitMs: 10_000, readReceipts: true, groupSilenceMs: 600_000 };
    const options = { server, ...fixed, friendBytesPerDay };
    return this.dependencies.alter(
      new Engine({ me, store: this.store, primitives: fakePrimitives, random, options, now }),
    );
  }

  started(incarnation: Incarnation, put: (input: Input) => void): void {
    this.put = put;
    this.incarnation = incarnation;
    const { network } = this;
    const server = this.settings.server();
    this.ports = {
      links: new LinkPort(network, incarnation, put),
      sessions: new SessionPort(network, server, incarnation, put),
      questions: new QuestionPort(network, server, incarnation, put),
      datagrams: new DatagramPort(network),
      posts: new PostPort(network, incarnation, put),
    };
    this.listener = this.listen(this.ports, incarnation);
    put({ type: 'network', endpoints: [this.listener.endpoint] });
  }

  /** Gives the engine a command, like the terminal does. */
  command(command: Command): void {
    this.lastRef += 1;
    this.asked.set(this.lastRef, command);
    this.put({ type: 'command', ref: this.lastRef, command });
  }

  stopped(flushed: boolean): void {
    this.ports?.links.abandonAll(flushed);
    this.ports?.sessions.abandonAll(flushed);
    if (this.listener) this.network.unlisten(this.listener);
    this.ports = null;
    this.listener = null;
    this.asked.clear();
    this.dependencies.observer.crashed();
  }

  turnEnded(): void {
    this.dependencies.observer.turnEnded();
  }

  perform(effect: Effect): void {
    const { ports, listener, incarnation } = this;
    if (!ports || !listener || !incarnation) return;
    this.dependencies.onEffect(effect);
    switch (effect.type) {
      case 'answer':
        return this.answered(effect.ref, effect.answer);
      case 'event':
        return this.dependencies.observer.happened(effect.event);
      case 'ask':
        return ports.questions.ask(this.node, effect.ref, effect.question);
      case 'session_open':
        return ports.sessions.open(this.node, effect);
      case 'session_send':
        return ports.sessions.send(effect.session, effect.frame);
      case 'session_close':
        return ports.sessions.close(effect.session);
      case 'seal':
        return this.later({ type: 'sealed', ref: effect.ref, body: sealed(effect) });
      case 'unseal':
        return this.later({ type: 'unsealed', ref: effect.ref, plain: unsealed(effect) });
      case 'dial':
        return ports.links.dial(listener, effect);
      case 'knock_admit':
      case 'knock_ignore':
      case 'link_send':
      case 'link_close':
        return ports.links.perform(effect);
      case 'link_widen':
      case 'channel_open':
      case 'channel_send':
      case 'channel_close':
        return; // simulated users do not use channels
      case 'datagram':
        return ports.datagrams.send(listener, effect.to, effect.bytes);
      case 'renew_device':
        return this.renew(effect.online);
      default:
        return ports.posts.perform(this.node, effect);
    }
  }

  private answered(ref: number, answer: Answer): void {
    const command = this.asked.get(ref);
    if (!command) return this.network.run.fail(`[contract] ${this.node} answers command ${ref} twice or unasked`);
    this.asked.delete(ref);
    this.dependencies.observer.answered(command, answer);
  }

  /** The old device ends with the current turn; the new one starts on the same store. */
  private renew(online: boolean): void {
    this.incarnation?.after(0, () => {
      const unanswered = [...this.asked.values()];
      this.identity.renew();
      this.network.run.tally.add('renewals');
      this.dependencies.onRenewed();
      for (const command of unanswered) this.command(command);
      if (online) this.command({ type: 'online', acceptServer: false });
    });
  }

  private later(input: Input): void {
    this.incarnation?.after(this.network.model.between(0, SEALING_MS), () => this.put(input));
  }

  private listen({ links, datagrams }: Ports, incarnation: Incarnation): NetworkListener {
    for (;;) {
      const endpoint = this.nextEndpoint();
      const listener: NetworkListener = {
        node: this.node,
        device: this.identity.present.device.publicKey,
        takesDials: this.settings.takesDials,
        endpoint,
        knocked: (device, record, admit) => {
          if (!incarnation.hasEnded) links.knocked(device, record, admit);
        },
        accept: (from, peerKey, exported) => links.prepare(this.node, { dial: null, peerKey, from, exported }),
        datagram: (from, bytes) => {
          if (datagrams.letsIn(listener, from)) this.put({ type: 'datagram', from, bytes });
        },
      };
      if (this.network.listen(listener)) return listener;
      this.endpoint = null;
    }
  }

  /**
   * The previous address, or one of a few that all clients share, so that a new client may listen where another one
   * did before.
   */
  private nextEndpoint(): Endpoint {
    const random = this.network.run.random;
    if (this.endpoint === null || random.chance(this.settings.addressChangeRate)) {
      if (this.endpoint !== null) this.network.run.tally.add('moves');
      this.endpoint = { host: `10.0.0.${random.whole(1, 3)}`, port: random.whole(4_001, 4_000 + PORTS) };
    }
    return this.endpoint;
  }
}

function sealed({ exchange, plain, info }: Extract<Effect, { type: 'seal' }>): string {
  return fakeSeal(exchange, plain, info);
}

/** Simulated users do not use channels, so every letter has a letter key. */
function unsealed({ secret, body, info }: Extract<Effect, { type: 'unseal' }>): string | null {
  return secret === null ? null : fakeUnseal(fakeExchangeKeyOf(secret), body, info);
}
