// One user of a simulated run: the person, the client program, the disk that survives, and the computer that may crash.

import type { Friendship } from '../../protocols/friends/friendship.js';
import type { StoredMessage, TransactionalStore } from '../../client/engine/core/store.js';
import type { Effect, Input } from '../../client/engine/core/io.js';
import type { Random } from './kernel/random.js';
import type { Town } from './network/town.js';
import { ClientProgram, type ClientSettings } from './hosts/client-program.js';
import { Disk, type DiskCopy } from './hosts/disk.js';
import { Host, type Habits } from './hosts/host.js';
import { Identity, type KeysCopy } from './hosts/identity.js';
import { LyingMachine, type Liar } from './hosts/lying-machine.js';
import type { Planted } from './hosts/planted.js';
import { Persona, type Character } from './load/persona.js';
import { acknowledgedBy } from './oracle/acknowledgements.js';
import type { Checker } from './oracle/checker.js';
import type { DiskLook } from './oracle/old-copies.js';

export interface HouseholdPlan {
  readonly settings: ClientSettings;
  readonly character: Character;
  readonly habits: Habits;
  readonly planted: Planted;
  /** Null for the honest. */
  readonly liar: Liar | null;
  /** Called at every crash. */
  readonly crashed: (host: Host<Input, Effect>) => void;
}

const COPIES_MAX = 3;
/** More than one conversation ever has. */
const ALL = 1_000_000;
/** How many of the copies put back say themselves that they were, as `restore` makes them. */
const SAYING = 0.3;

export class Household {
  readonly name: string;
  readonly persona: Persona;
  readonly host: Host<Input, Effect>;
  readonly disk = new Disk();
  private readonly identity: Identity;
  private copies: { readonly disk: DiskCopy; readonly keys: KeysCopy }[] = [];

  constructor(
    private readonly town: Town,
    private readonly checker: Checker,
    private readonly plan: HouseholdPlan,
  ) {
    const { settings, character, habits, planted, liar, crashed } = plan;
    this.name = settings.name;
    this.identity = new Identity(settings.name);
    this.persona = new Persona(town.run, character, checker, () => ({
      isUp: this.host.isUp,
      command: (command) => program.command(command),
    }));
    const program = new ClientProgram(town, settings, {
      store: planted.clientStore?.(this.store) ?? this.store,
      identity: this.identity,
      face: this.persona,
      alter: (machine) => {
        const altered = planted.client?.(machine) ?? machine;
        const random = town.run.random.fork(`lies at ${town.run.timeline.now}`);
        return liar ? new LyingMachine(altered, liar, random) : altered;
      },
      renewed: () => {
        checker.renewed(settings.name, this.waiting());
        this.host.restart();
      },
      watch: (effect) => checker.hasAcknowledged(settings.name, acknowledgedBy(effect)),
    });
    this.host = new Host(town.run, program, habits, () => crashed(this.host));
  }

  get store(): TransactionalStore {
    return this.disk.store;
  }

  get takesDials(): boolean {
    return this.plan.settings.takesDials;
  }

  takeCopy(): void {
    this.copies = [...this.copies, { disk: this.disk.copy(), keys: this.identity.copy() }].slice(-COPIES_MAX);
  }

  /** The computer is lost; a new one begins with an old copy of its disk, if there is one. */
  putBackCopy(random: Random): void {
    if (this.copies.length === 0) return;
    const { disk, keys } = random.pick(this.copies);
    this.host.crash();
    const [lost, device] = [this.look(), this.identity.present.device.publicKey];
    this.town.run.trace.note(this.name, 'loses all, and goes on with an old copy');
    this.disk.putBack(disk);
    this.identity.putBack(keys);
    if (random.chance(SAYING)) this.store.putSetting('restored', 'true');
    const isOtherDevice = device !== this.identity.present.device.publicKey;
    this.checker.putBack(this.name, lost, { ...this.look(), isOtherDevice });
  }

  /** Those whose words this user wants to hear, as the disk says. */
  friends(): Set<string> {
    const friends = this.store.people().filter((person) => person.friendship === 'friend' && !person.blocked);
    return new Set(friends.map((person) => person.name));
  }

  /** What another is to this user, as the disk says. */
  standing(other: string): Friendship {
    return this.store.people().find(({ name }) => name === other)?.friendship ?? 'none';
  }

  /** All of the conversations, as the disk has them. */
  messages(): StoredMessage[] {
    return this.plan.character.others.flatMap((other) => this.store.history(other, ALL, null));
  }

  /** What waits that could still be sent, in words; '' for nothing. `isHeardBy`: a friend still wants our words. */
  waits(isHeardBy: (friend: string) => boolean): string {
    const letters = this.store.letters(0, 10).map(({ kind, to }) => `letter ${kind} to ${to}`);
    const counts = this.store.waitingCounts();
    const friends = [...this.friends()].filter((friend) => isHeardBy(friend));
    const messages = friends.filter((friend) => counts.has(friend)).map((friend) => `messages to ${friend}`);
    const lost = friends.filter((friend) => this.asksBack().includes(friend)).map((friend) => `what ${friend} has`);
    return [...letters, ...messages, ...lost].join(', ');
  }

  /** Friends who have not yet given back all they have. */
  asksBack(): readonly string[] {
    return JSON.parse(this.store.setting('refill from') ?? '[]') as string[];
  }

  private waiting(): StoredMessage[] {
    return this.store.waiting(ALL).map(({ message }) => message);
  }

  private look(): DiskLook {
    return { messages: this.messages(), waiting: this.waiting(), people: this.store.people() };
  }
}
