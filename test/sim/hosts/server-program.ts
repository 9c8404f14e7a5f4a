// The name server on the simulated network: the real core over the memory store, with simulated connections.

import { answerAboutGroups } from '../groups/group-questions.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { assertNever, type Instant, type Machine } from '../../../protocols/kit/machine.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { ListedUser, Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import { NameServerCore } from '../../../nameserver/core.js';
import type { ClientSocket, ServerEffect, ServerInput } from '../../../nameserver/io.js';
import type { RegistryStore } from '../../../nameserver/store/registry-store.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import type { SimulatedConnection, ConnectionEnd } from '../network/simulated-connection.js';
import type { ServerEndpoint, SimulatedNetwork } from '../network/simulated-network.js';
import type { SimulatedProgram } from './simulated-host.js';
import type { Incarnation } from './incarnation.js';

interface OpenSession {
  readonly connection: SimulatedConnection;
  readonly end: ConnectionEnd;
}

type Reply = (answer: QuestionAnswer) => void;

/** Which name server of a world a program is. `key`: names its key pair. */
export interface ServerIdentity {
  readonly node: string;
  readonly key: string;
  /** True iff this server speaks for the origin. */
  readonly isOwnOrigin: (origin: string) => boolean;
}

export const SERVER_NODE = 'nameserver';

/** The only name server of a world. */
const ONLY_SERVER: ServerIdentity = { node: SERVER_NODE, key: 'name server', isOwnOrigin: () => true };

/** All clients of a simulated world register from one network. */
const NETWORK = '192.0.2.0/24';

export class ServerProgram implements SimulatedProgram<ServerInput, ServerEffect>, ServerEndpoint {
  readonly node: string;
  readonly wakeInput: ServerInput = { type: 'wake' };
  readonly lastInput = null;
  private core: NameServerCore | null = null;
  private incarnation: Incarnation | null = null;
  private put: (input: ServerInput) => void = () => undefined;
  private lastNumber = 0;
  private readonly sessions = new Map<number, OpenSession>();
  private readonly replies = new Map<number, Reply>();

  constructor(
    private readonly network: SimulatedNetwork,
    readonly store: RegistryStore,
    private readonly alter: (machine: Machine<ServerInput, ServerEffect>) => Machine<ServerInput, ServerEffect>,
    private readonly identity = ONLY_SERVER,
  ) {
    this.node = identity.node;
  }

  boot(_now: Instant): Machine<ServerInput, ServerEffect> {
    const { random, timeline } = this.network.run;
    this.core = new NameServerCore({
      store: this.store,
      primitives: fakePrimitives,
      random: random.fork(`dice of the ${this.identity.key} at ${timeline.now}`),
      serverKey: fakeKey(this.identity.key),
      isOwnOrigin: this.identity.isOwnOrigin,
      inviteKey: null,
      heldMs: LIMITS.heldMs,
      heldBytes: LIMITS.heldBytesPerRecipient,
      areNetworksLimited: true,
    });
    return this.alter(this.core);
  }

  started(incarnation: Incarnation, put: (input: ServerInput) => void): void {
    this.incarnation = incarnation;
    this.put = put;
    this.network.servers.set(this.node, this);
  }

  stopped(flushed: boolean): void {
    for (const { connection, end } of this.sessions.values()) connection.abandon(end, flushed);
    this.sessions.clear();
    this.replies.clear();
    this.network.servers.delete(this.node);
    this.core = null;
  }

  turnEnded(): void {
    // The oracle judges the name server only by what its clients see.
  }

  accept(client: ClientSocket): { end: ConnectionEnd; opened: (connection: SimulatedConnection) => void } {
    const session = this.freshNumber();
    const { incarnation } = this;
    const guarded = <A extends unknown[]>(action: (...given: A) => void) =>
      incarnation?.guarded(action) ?? (() => undefined);
    const end: ConnectionEnd = {
      node: this.node,
      frame: guarded((text: string) => this.put({ type: 'frame', session, frame: parseJson(text) })),
      closed: guarded(() => {
        if (this.sessions.delete(session)) this.put({ type: 'closed', session });
      }),
    };
    const opened = (connection: SimulatedConnection) => {
      this.sessions.set(session, { connection, end });
      this.put({ type: 'opened', session, ...client });
    };
    return { end, opened };
  }

  question(question: Question, reply: Reply): void {
    if (question.type !== 'register' && question.type !== 'publish') return reply(this.lookUp(question));
    const ref = this.freshNumber();
    this.replies.set(ref, reply);
    if (question.type === 'publish') return this.put({ ref, network: NETWORK, ...question });
    const { name, record } = question;
    this.put({ type: 'register', ref, name, record, invite: null, network: NETWORK });
  }

  perform(effect: ServerEffect): void {
    switch (effect.type) {
      case 'send': {
        const held = this.sessions.get(effect.session);
        return held?.connection.send(held.end, JSON.stringify(effect.frame));
      }
      case 'close': {
        const held = this.sessions.get(effect.session);
        return held?.connection.close(held.end);
      }
      case 'register_result': {
        const { outcome } = effect;
        const refused: QuestionAnswer | null =
          outcome instanceof Refusal ? { type: 'refused', refusal: outcome } : null;
        const isNew = !(outcome instanceof Refusal) && outcome.change === 'new';
        return this.reply(effect.ref, refused ?? { type: 'registered', isNew });
      }
      case 'publish_result': {
        const { outcome } = effect;
        const isNo = outcome instanceof Refusal;
        return this.reply(
          effect.ref,
          isNo ? { type: 'refused', refusal: outcome } : { type: 'published', head: outcome.head },
        );
      }
      case 'user_changed':
        return;
      default:
        assertNever(effect);
    }
  }

  private reply(ref: number, answer: QuestionAnswer): void {
    this.replies.get(ref)?.(answer);
    this.replies.delete(ref);
  }

  /** Look-ups change nothing, so they are answered outside of turns, as in the real program. */
  private lookUp(question: Exclude<Question, { type: 'register' | 'publish' }>): QuestionAnswer {
    const { core } = this;
    if (!core) return { type: 'away', reason: 'gone' };
    if (question.type === 'groups' || question.type === 'group') return answerAboutGroups(core.groups, question);
    if (question.type === 'users')
      return { type: 'users', users: question.names.flatMap((name) => listed(core, name)) };
    const names = core.presence.page(question.after, LIMITS.restPageMax);
    const next = names.length === LIMITS.restPageMax ? (names.at(-1) ?? null) : null;
    return { type: 'online', names, next };
  }

  private freshNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }
}

function listed(core: NameServerCore, name: string): ListedUser[] {
  const user = core.registry.user(name);
  if (user instanceof Refusal) return [];
  const { online, lastSeen, record } = user;
  return [{ name: user.name, online, lastSeen, record }];
}
