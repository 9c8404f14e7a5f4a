// The machine of one simulated user: the user, the client program, the host that may crash, and the disk that survives.

import type { Friendship } from '../../protocols/friends/friendship.js';
import type { StoredMessage, TransactionalStore } from '../../client/engine/core/store.js';
import type { Effect, Input } from '../../client/engine/core/io.js';
import { SETTINGS } from '../../client/engine/core/settings.js';
import type { Random } from './kernel/random.js';
import type { SimulatedNetwork } from './network/simulated-network.js';
import { ClientProgram, type ClientSettings } from './hosts/client-program.js';
import { Disk, type DiskCopy } from './hosts/disk.js';
import { SimulatedHost, type HostSettings } from './hosts/simulated-host.js';
import { UserKeys, type KeysCopy } from './hosts/user-keys.js';
import { ByzantineMachine, type ByzantineSettings } from './hosts/byzantine-machine.js';
import type { PlantedFaults } from './hosts/planted-faults.js';
import { SimulatedUser, type UserProfile } from './load/simulated-user.js';
import type { Checker } from './oracle/checker.js';
import type { DiskSnapshot } from './oracle/stale-copies.js';

export interface UserMachineOptions {
  readonly settings: ClientSettings;
  readonly profile: UserProfile;
  readonly hostSettings: HostSettings;
  readonly planted: PlantedFaults;
  /** Null for an honest user. */
  readonly byzantine: ByzantineSettings | null;
  /** Called at every crash. */
  readonly onCrash: (host: SimulatedHost<Input, Effect>) => void;
}

const COPIES_MAX = 3;
/** More messages than any conversation has. */
const ALL = 1_000_000;
/** Share of restored copies that carry the mark of the command `restore`. */
const ANNOUNCED = 0.3;

export class UserMachine {
  readonly name: string;
  readonly user: SimulatedUser;
  readonly host: SimulatedHost<Input, Effect>;
  readonly disk = new Disk();
  private readonly keys: UserKeys;
  /** How often the program has started. */
  starts = 0;
  private copies: { readonly disk: DiskCopy; readonly keys: KeysCopy }[] = [];

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly checker: Checker,
    private readonly options: UserMachineOptions,
  ) {
    const { settings, profile, hostSettings, planted, byzantine, onCrash } = options;
    this.name = settings.name;
    this.keys = new UserKeys(settings.name, planted.retiredDevicesMax);
    this.user = new SimulatedUser(network.run, profile, checker, () => ({
      isUp: this.host.isUp,
      command: (command) => program.command(command),
    }));
    const program = new ClientProgram(network, settings, {
      store: planted.clientStore?.(this.store) ?? this.store,
      identity: this.keys,
      observer: this.user,
      alter: (machine) => {
        this.starts += 1;
        const altered = planted.client?.(machine) ?? machine;
        const random = network.run.random.fork(`lies at ${network.run.timeline.now}`);
        return byzantine ? new ByzantineMachine(altered, byzantine, random) : altered;
      },
      onRenewed: () => {
        checker.renewed(settings.name, this.waiting());
        this.host.restart();
      },
      onEffect: (effect) => checker.performs(settings.name, effect),
    });
    this.host = new SimulatedHost(network.run, program, hostSettings, () => onCrash(this.host));
  }

  get store(): TransactionalStore {
    return this.disk.store;
  }

  get takesDials(): boolean {
    return this.options.settings.takesDials;
  }

  takeCopy(): void {
    this.copies = [...this.copies, { disk: this.disk.copy(), keys: this.keys.copy() }].slice(-COPIES_MAX);
  }

  /** The machine is lost and replaced by an old copy of its disk, if there is one. */
  restoreCopy(random: Random): void {
    if (this.copies.length === 0) return;
    const { disk, keys } = random.pick(this.copies);
    this.host.crash();
    const [lost, device] = [this.snapshot(), this.keys.present.device.publicKey];
    this.network.run.trace.note(this.name, 'loses its disk and continues with an old copy');
    this.disk.putBack(disk);
    this.keys.putBack(keys);
    if (random.chance(ANNOUNCED)) this.store.putSetting(SETTINGS.restored, 'true');
    const isOtherDevice = device !== this.keys.present.device.publicKey;
    this.checker.copyRestored(this.name, lost, { ...this.snapshot(), isOtherDevice });
  }

  /** The user restores a backup that has everything. The client starts again, and its device is renewed. */
  markRestored(): void {
    this.store.putSetting(SETTINGS.restored, 'true');
    this.host.restart();
  }

  /** The user restores a backup that has everything but the letter keys: letters that are sealed to them do not open. */
  restoreWithoutLetterKeys(): void {
    const { store } = this;
    store.transaction(() => {
      for (const { key, device, number } of store.letterKeys()) {
        store.oneTimeKeys.dropOf(device, number);
        store.dropLetterKey(key);
      }
    });
    this.markRestored();
  }

  /** Friends that are not blocked, as stored on disk. */
  friends(): Set<string> {
    const friends = this.store.people().filter((person) => person.friendship === 'friend' && !person.blocked);
    return new Set(friends.map((person) => person.name));
  }

  /** The friendship with another user, as stored on disk. */
  friendshipWith(other: string): Friendship {
    return this.store.people().find(({ name }) => name === other)?.friendship ?? 'none';
  }

  /** The messages of all conversations on disk. */
  messages(): StoredMessage[] {
    return this.options.profile.others.flatMap((other) => this.store.history(other, ALL, null));
  }

  /**
   * Pending letters, messages and recoveries as text; '' for none. `isHeardBy`: the friend still accepts messages.
   * `mustGetLetters`: letters to this user must leave.
   */
  pendingWork(isHeardBy: (friend: string) => boolean, mustGetLetters: (user: string) => boolean): string {
    const queued = this.store.letters(0, 10).filter(({ to }) => mustGetLetters(to));
    const letters = queued.map(({ kind, to }) => `letter ${kind} to ${to}`);
    const counts = this.store.waitingCounts();
    const friends = [...this.friends()].filter((friend) => isHeardBy(friend));
    const messages = friends.filter((friend) => counts.has(friend)).map((friend) => `messages to ${friend}`);
    const lost = friends
      .filter((friend) => this.recoveringFrom().includes(friend))
      .map((friend) => `what ${friend} has`);
    return [...letters, ...messages, ...lost].join(', ');
  }

  /** Friends from whom messages are still being recovered. */
  recoveringFrom(): readonly string[] {
    return JSON.parse(this.store.setting('refill from') ?? '[]') as string[];
  }

  private waiting(): StoredMessage[] {
    return this.store.waiting(ALL).map(({ message }) => message);
  }

  private snapshot(): DiskSnapshot {
    return { messages: this.messages(), waiting: this.waiting(), people: this.store.people() };
  }
}
