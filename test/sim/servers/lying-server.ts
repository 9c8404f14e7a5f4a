// A name server that lies: it passes sessions and questions on to a real one, and tampers with what it passes.

import type { SimulatedConnection, ConnectionEnd } from '../network/simulated-connection.js';
import type { ClientSocket } from '../../../nameserver/io.js';
import type { SessionHello } from '../../../protocols/session/hello.js';
import type { ServerEndpoint } from '../network/simulated-network.js';
import type { ListedUser, Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Liar, Role } from './liar.js';
import { LyingSession } from './lying-session.js';
import { NEWCOMER } from './servers-plan.js';

type Reply = (answer: QuestionAnswer) => void;
type LookUp = Extract<Question, { type: 'users' }>;

/** Refusals of a registration that make the client stop, or follow another record. */
const REFUSALS = ['NAME_TAKEN', 'RECORD_STALE', 'INVITE_NEEDED', 'SERVER_BUSY'] as const;

/** The server as one client meets it. */
export class LyingServer implements ServerEndpoint {
  constructor(
    readonly node: string,
    private readonly liar: Liar,
    private readonly role: Role,
    private readonly client: string,
  ) {}

  accept({ address, exporter, hello }: ClientSocket): {
    end: ConnectionEnd;
    opened: (connection: SimulatedConnection) => void;
  } {
    this.learn();
    const { node, role, client } = this;
    const session = new LyingSession(this.liar, {
      ...{ node, role, client, address, exporter },
      hello: hello as SessionHello,
    });
    return { end: session.end, opened: (connection) => session.opened(connection) };
  }

  question(question: Question, reply: Reply): void {
    switch (question.type) {
      case 'register':
        return this.register(question, reply);
      case 'users':
        return this.lookUp(question, reply);
      default:
        return this.pass(this.behind(), question, reply);
    }
  }

  /** Anyone may look a record up. A client that is registered shows its record no more. */
  private learn(): void {
    const { liar, client } = this;
    if (liar.recordsOf(client).length > 0) return;
    liar.options.home()?.question({ type: 'users', names: [client] }, (answer) => {
      if (answer.type === 'users') for (const { name, record } of answer.users) liar.sawRecord(name, record);
    });
  }

  private register(question: Extract<Question, { type: 'register' }>, reply: Reply): void {
    const { random, options } = this.liar;
    this.liar.sawRecord(question.name, question.record);
    if (this.role === 'impostor') return reply({ type: 'registered', isNew: false });
    if (!random.chance(options.lies.refusals)) return this.pass(this.behind(), question, reply);
    if (random.chance(0.3)) return reply({ type: 'registered', isNew: false });
    reply({ type: 'refused', refusal: new Refusal(random.pick(REFUSALS), question.name) });
  }

  private lookUp(question: LookUp, reply: Reply): void {
    const { random, options } = this.liar;
    const source = this.role === 'visited' && random.chance(0.5) ? options.own() : options.home();
    this.pass(source, question, (answer) => {
      if (answer.type !== 'users') return reply(answer);
      const users = question.names.flatMap((name) =>
        this.listed(name, answer.users.find((user) => user.name === name) ?? null),
      );
      reply({ type: 'users', users });
    });
  }

  /** What the look-up says about one name. */
  private listed(name: string, truth: ListedUser | null): ListedUser[] {
    const { liar, client } = this;
    const { random, options } = liar;
    const honest = truth ? [truth] : [];
    const { lookUps } = options.lies;
    // The first answer about a user whom the client does not know counts most.
    const isFirst = name === NEWCOMER && lookUps > 0 && random.chance(0.8);
    if (!isFirst && !random.chance(lookUps)) return honest;
    options.network.run.tally.add('forged look-ups');
    const about = { name, online: random.chance(0.5), lastSeen: null };
    const { record } = liar.states(client, name);
    if (isFirst) return [{ ...about, record }];
    const old = liar.recordsOf(name);
    const others = liar.allNames().flatMap((other) => (other === name ? [] : liar.recordsOf(other)));
    const made = { ...about, record };
    const lies: (ListedUser[] | null)[] = [
      [made],
      [made],
      [],
      old.length > 0 ? [{ ...about, record: random.pick(old) }] : null,
      others.length > 0 ? [{ ...about, record: random.pick(others) }] : null,
      truth && [{ ...truth, record: { ...truth.record, payload: record.payload } }],
    ];
    return random.pick(lies) ?? honest;
  }

  private pass(to: ServerEndpoint | null, question: Question, reply: Reply): void {
    if (to === null) reply({ type: 'away', reason: 'no answer' });
    else to.question(question, reply);
  }

  private behind(): ServerEndpoint | null {
    const { own, home } = this.liar.options;
    return this.role === 'visited' ? own() : home();
  }
}
