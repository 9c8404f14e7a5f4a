// The oracle of the servers world: pinned keys, sessions at the home server, device renewals, and the user's own lines,
// beside all guarantees of chat.

import type { Person, StoredMessage, TransactionalStore } from '../../../client/engine/core/store.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import type { Machine } from '../../../protocols/kit/machine.js';
import { readSealedLetter } from '../../../protocols/letters/sealed-letter.js';
import { serverFrameShape } from '../../../protocols/session/messages.js';
import type { ServerEffect, ServerInput } from '../../../nameserver/io.js';
import type { Tally } from '../kernel/tally.js';
import { overrideMethods } from '../mutants/override-methods.js';
import { Checker, type StoreView } from '../oracle/checker.js';
import { LetterOracle } from './letter-oracle.js';
import { LIAR_ADDRESS } from './lying-session.js';

/** What really is the case. */
export interface Truth {
  /** The real identity key of a user. */
  identityOf(user: string): string;
  /** A look-up by this client has stated this false key for the name. */
  wasStated(client: string, name: string, key: string): boolean;
}

export class ServersChecker extends Checker {
  private readonly restoring = new Set<string>();
  private readonly storeByUser = new Map<string, TransactionalStore>();
  /** Each user with each letter key that the user ever had. */
  private readonly letterKeys = new Set<string>();
  private readonly letters: LetterOracle;

  constructor(
    private readonly disks: StoreView,
    private readonly counts: Tally,
    private readonly report: (violation: string) => void,
    private readonly truth: Truth,
  ) {
    super(disks, counts, report);
    const storeOf = (user: string) => this.storeByUser.get(user) ?? null;
    this.letters = new LetterOracle({ report, storeOf, identityOf: (user) => truth.identityOf(user) });
  }

  override performs(user: string, effect: Effect): void {
    super.performs(user, effect);
    this.letters.performs(effect);
  }

  /** The user restores a backup, and gets a new device. */
  restores(user: string): void {
    this.restoring.add(user);
  }

  /** The letter keys of the user are lost with its machine. */
  losesLetterKeys(user: string): void {
    for (const known of this.letterKeys) if (known.startsWith(`${user} `)) this.letterKeys.delete(known);
    this.letters.losesKeys(user);
  }

  /** No data is ever stale here, so nothing that a server says may renew a device [SESS-24]. */
  override renewed(user: string, waiting: readonly StoredMessage[]): void {
    if (!this.restoring.delete(user)) this.report(`[SESS-24] ${user} renews its device because of a lie`);
    // The new device sends them under numbers of its own.
    this.mayRepeat(waiting);
    // It carries out the commands that wait for an answer, perhaps before it sends earlier messages again.
    for (const message of this.sent.all()) {
      if (message.author === user && message.id === null) message.isMisplaced = true;
    }
  }

  /** Each message has arrived by now. Only its receipt may be missing. */
  judgeArrivals(messagesOf: (user: string) => readonly StoredMessage[]): void {
    for (const { author, to, text, kind, isPromised, isDoubtful } of this.sent.all()) {
      const isJudged = kind === 'chat' && isPromised && !isDoubtful;
      if (!isJudged || this.disks.isByzantine(author) || this.disks.isByzantine(to)) continue;
      const hasArrived = messagesOf(to).some((message) => !message.mine && message.text === text && message.shown);
      if (!hasArrived) this.report(`[G3] "${text}" has not arrived although all servers are honest`);
    }
  }

  /** At the end every message is in the history of its reader once, whatever was repeated on the way. */
  expectOnce(): void {
    this.letters.judgeEnd();
    for (const message of this.sent.all()) message.isRepeatable = false;
  }

  /**
   * Trust on first use allows one false pin: a look-up stated the key to this client, and the client had no pinned key
   * for the name. A pinned key never changes, because no simulated user confirms another one.
   */
  watchPins(user: string, store: TransactionalStore): TransactionalStore {
    this.storeByUser.set(user, store);
    return overrideMethods(store, {
      putPerson: (person: Person) => {
        this.judgePin(user, person, store.people().find(({ name }) => name === person.name)?.pinned?.key ?? null);
        store.putPerson(person);
      },
    });
  }

  /** A session that the liar opened must never be welcome at the home server. */
  watchSessions(machine: Machine<ServerInput, ServerEffect>): Machine<ServerInput, ServerEffect> {
    const foreign = new Set<number>();
    return {
      handle: (input, now) => {
        if (input.type === 'opened' && input.address === LIAR_ADDRESS) foreign.add(input.session);
        const effects = machine.handle(input, now);
        for (const effect of effects) {
          const isWelcome = effect.type === 'send' && effect.frame.type === 'welcome';
          if (isWelcome && foreign.has(effect.session)) this.report('[SESS-2] the home server lets the liar in');
        }
        return effects;
      },
      wakeAt: () => machine.wakeAt(),
    };
  }

  /** A letter for any letter key that the user ever had must open: no key of a run is replaced for 30 days. */
  watchLetters(user: string, machine: Machine<Input, Effect>): Machine<Input, Effect> {
    const watched = this.letters.watch(user, machine);
    return {
      handle: (input, now) => {
        if (input.type === 'session_frame') this.judgeLetter(user, input.frame);
        const effects = watched.handle(input, now);
        for (const { key } of this.storeByUser.get(user)?.letterKeys() ?? []) this.letterKeys.add(`${user} ${key}`);
        return effects;
      },
      wakeAt: () => machine.wakeAt(),
    };
  }

  private judgeLetter(user: string, frame: unknown): void {
    if (!serverFrameShape.accepts(frame) || frame.type !== 'deliver') return;
    const key = readSealedLetter(frame.body)?.key ?? '';
    const isKept =
      this.storeByUser
        .get(user)
        ?.letterKeys()
        .some((own) => own.key === key) ?? true;
    if (this.letterKeys.has(`${user} ${key}`) && !isKept) {
      this.report(`[LETTER-9] ${user} cannot open a letter for a former letter key`);
    }
  }

  /** [CHAT-25] Lines of the user's own that the user did not write are marked. */
  judgeOwnLines(user: string, messages: readonly StoredMessage[]): void {
    for (const { mine, kind, state, text } of messages) {
      if (!mine || kind !== 'chat') continue;
      const isMarked = state === 'remembered';
      if (isMarked) this.counts.add('remembered lines');
      else if (this.sent.withText(text)?.author !== user) this.report(`[CHAT-25] ${user} has not written "${text}"`);
    }
  }

  private judgePin(user: string, { name, pinned }: Person, before: string | null): void {
    if (pinned === null || pinned.key === before || this.disks.isByzantine(user)) return;
    if (before !== null) return this.report(`[DIR-9] ${user} has another pinned key of ${name}`);
    if (pinned.key === this.truth.identityOf(name)) return;
    if (!this.truth.wasStated(user, name, pinned.key)) {
      return this.report(`[DIR-9] ${user} pins a key of ${name} that no look-up has stated`);
    }
    this.counts.add('first keys from the liar');
  }
}
