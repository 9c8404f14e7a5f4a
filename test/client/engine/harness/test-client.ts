// One client of a test: the real engine over the store in memory. Answers and events are kept, effects performed.

import { ownProofsKey } from '../../../../protocols/kit/own-proofs/own-proofs.js';
import assert from 'node:assert/strict';
import type { Answer, Answers } from '../../../../protocols/control/answer.js';
import type { ClientEvent, EventName } from '../../../../protocols/control/event.js';
import type { Command, CommandName } from '../../../../protocols/control/command.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { RefusalCode } from '../../../../protocols/kit/refusals.js';
import { Engine } from '../../../../client/engine/engine.js';
import type { Me, Options } from '../../../../client/engine/core/context.js';
import type { OwnLetterKey, TransactionalStore } from '../../../../client/engine/core/store.js';
import type { Endpoint } from '../../../../client/engine/core/endpoint.js';
import type { Effect, Input } from '../../../../client/engine/core/io.js';
import { fakeExchangeKeyOf, fakeKey, fakePrimitives, fakeUnseal } from '../../../sim/kernel/fake-primitives.js';
import { Random } from '../../../sim/kernel/random.js';
import { rememberingStore } from './remembering-store.js';

export interface ClientHost {
  readonly now: number;
  /** Takes every effect that is not for the face. */
  perform(client: Client, effect: Effect): void;
}

/** The clients of a test and what happens between them. */
export interface ClientGroup {
  readonly now: number;
  readonly clients: ReadonlyMap<string, Client>;
  endpoint(client: Client): Endpoint;
  /** Work outside the clients, done after all that was put off before it. */
  later(work: () => void): void;
}

export type EventOf<Name extends EventName> = Extract<ClientEvent, { event: Name }>;

export class Client {
  me: Me;
  events: ClientEvent[] = [];
  /** How often it was started. */
  lives = 0;
  private disk = rememberingStore();
  private readonly answers = new Map<number, Answer[]>();
  /** Commands without an answer. */
  private readonly asked = new Map<number, Command>();
  /** The clock of this client against that of the server. */
  clockAheadMs = 0;
  private engine: Engine;
  private lastRef = 0;

  constructor(
    readonly name: string,
    private readonly world: ClientHost,
    private readonly options: Partial<Options> = {},
  ) {
    const { publicKey: exchange } = fakeKey(`${name} exchange`);
    this.me = {
      name,
      identity: fakeKey(`${name} identity`),
      isIdentityLocked: false,
      ownProofsKey: ownProofsKey(fakeKey(`${name} identity`), fakePrimitives),
      device: fakeKey(`${name} device`),
      exchange,
      retiredDevices: [],
    };
    this.engine = this.boot();
  }

  get store(): TransactionalStore {
    return this.disk.store;
  }

  /** The device key. */
  get device(): string {
    return this.me.device.publicKey;
  }

  /** Inputs of one turn, decided in one transaction; then its effects are performed. */
  give(...inputs: Input[]): Effect[] {
    const turn: Input[] = [...inputs, { type: 'turn_over' }];
    const effects = this.store.transaction(() => turn.flatMap((input) => this.engine.handle(input, this.now)));
    for (const effect of effects) this.perform(effect);
    return effects;
  }

  /** Commands of one turn; gives their refs. */
  command(...commands: Command[]): number[] {
    const inputs = commands.map((command): Input & { type: 'command' } => {
      this.lastRef += 1;
      this.asked.set(this.lastRef, command);
      return { type: 'command', ref: this.lastRef, command };
    });
    this.give(...inputs);
    return inputs.map(({ ref }) => ref);
  }

  /** The one answer to a command, or null while there is none. */
  answer(ref: number | undefined): Answer | null {
    const given = this.answers.get(ref ?? 0) ?? [];
    assert.ok(given.length <= 1, 'a command is answered once');
    return given[0] ?? null;
  }

  /** Gives a command that is answered at once, with success. */
  do<Name extends CommandName>(command: Extract<Command, { type: Name }>): Answers[Name] {
    const answer = this.answer(this.command(command)[0]);
    const why = answer && !answer.ok ? answer.refusal.code : 'no answer yet';
    assert.ok(answer?.ok, `${command.type}: ${why}`);
    return answer.data as Answers[Name];
  }

  /** The code a command is refused with at once, or what came instead. */
  refusal(command: Command): RefusalCode | 'success' | 'no answer' {
    const answer = this.answer(this.command(command)[0]);
    if (!answer) return 'no answer';
    return answer.ok ? 'success' : answer.refusal.code;
  }

  told<Name extends EventName>(name: Name): EventOf<Name>[] {
    return this.events.filter((event): event is EventOf<Name> => event.event === name);
  }

  /** What `history` shows of a conversation, without touching what is read. */
  texts(peer: string): string[] {
    return this.store.history(peer, 1_000, null).map(({ text }) => text);
  }

  /** States of my messages to a peer, by text. */
  states(peer: string): Record<string, string> {
    const mine = this.store.history(peer, 1_000, null).filter((message) => message.mine);
    return Object.fromEntries(mine.map(({ text, state }) => [text, state]));
  }

  /** The newest letter key. */
  get letterKey(): OwnLetterKey {
    const key = this.store.letterKeys().findLast(({ device }) => device === this.device);
    assert.ok(key, 'a client has a letter key');
    return key;
  }

  /** Opens a letter as the host does. */
  unseal({ secret, body, info }: Extract<Effect, { type: 'unseal' }>): string | null {
    return fakeUnseal(secret === null ? this.me.exchange : fakeExchangeKeyOf(secret), body, info);
  }

  wakeAt(): number | null {
    const at = this.engine.wakeAt();
    return at === null ? null : at - this.clockAheadMs;
  }

  private get now(): number {
    return this.world.now + this.clockAheadMs;
  }

  /** The process died and is started again: the store is all there is. */
  restart(): void {
    this.engine = this.boot();
  }

  /** Starts again with an empty disk; the keys stay. */
  loseDisk(): void {
    this.disk = rememberingStore();
    this.restart();
  }

  /** A moment to which the disk can be put back. */
  moment(): number {
    return this.disk.moment();
  }

  /** Starts again from what was on the disk at an earlier moment; the keys stay. */
  putBack(moment: number): void {
    this.disk = this.disk.asItWas(moment);
    this.restart();
  }

  /** A new device takes over on the same disk. Gives what was not answered yet, to be asked again. */
  renew(): Input[] {
    const keys = `${this.name} ${this.lives}`;
    const { publicKey: exchange } = fakeKey(`${keys} exchange`);
    const retiredDevices = [this.device, ...this.me.retiredDevices];
    this.me = { ...this.me, device: fakeKey(`${keys} device`), exchange, retiredDevices };
    this.restart();
    return [...this.asked].map(([ref, command]) => ({ type: 'command', ref, command }));
  }

  private boot(): Engine {
    this.lives += 1;
    const options = {
      server: 'http://names.example',
      linkWaitMs: 10_000,
      readReceipts: true,
      groupSilenceMs: 600_000,
      friendBytesPerDay: LIMITS.friendBytesPerDay,
      ...this.options,
    };
    const random = new Random(this.lives, this.name);
    const { me, store, now } = this;
    return store.transaction(() => new Engine({ me, store, primitives: fakePrimitives, random, options, now }));
  }

  private perform(effect: Effect): void {
    if (effect.type === 'event') return void this.events.push(effect.event);
    if (effect.type !== 'answer') return this.world.perform(this, effect);
    this.asked.delete(effect.ref);
    this.answers.set(effect.ref, [...(this.answers.get(effect.ref) ?? []), effect.answer]);
  }
}
