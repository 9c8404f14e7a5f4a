// The second phase of a run: after the last fault, all machines get the time in which they must converge.

import type { UserMachine } from './user-machine.js';
import type { Tally } from './kernel/tally.js';
import type { Timeline } from './kernel/timeline.js';
import type { StaleCopies } from './oracle/stale-copies.js';
import { strayPosts } from './oracle/post-end.js';

const SETTLING_MS = 45 * 60_000;
const STEP_MS = 5_000;
/** A little longer than the intervals of retries and expiry. */
const ASKED_AGAIN_MS = 62 * 60_000;
const DAY_MS = 25 * 60 * 60_000;
/** More days than the budgets of any run take. */
const BUDGET_DAYS_MAX = 25;
const MONTH_MS = 31 * 24 * 60 * 60_000;
/**
 * Time for late notifications: a broken session that is noticed late, its lease, the wait before the next session.
 */
const QUIET_MS = 240_000;

interface PhaseContext {
  readonly timeline: Timeline;
  readonly tally: Tally;
  readonly machines: readonly UserMachine[];
  readonly staleCopies: StaleCopies;
  /** True iff what friends send may have to wait for another day. */
  readonly hasBudgets: boolean;
  readonly isByzantine: (user: string) => boolean;
  /** Letters to this user must leave. */
  readonly mustGetLetters: (user: string) => boolean;
  /** A name server may have lied to clients. */
  readonly mayBeMisled: boolean;
  /** False after a violation. */
  readonly mayContinue: () => boolean;
  /** All machines sleep for this time, including the name server. */
  readonly sleep: (ms: number) => void;
  readonly beforeMonth: () => void;
}

export class ConvergencePhase {
  constructor(private readonly context: PhaseContext) {}

  settle(): void {
    this.waitUntilSettled();
    this.awaitBudgets();
    this.messageStaleCopies();
    if (this.context.mayBeMisled && this.unsettled().length > 0) this.passHour();
    if (this.unrenewedUsers().length > 0) this.sleepFor(DAY_MS);
    // The name server may have discarded a receipt; its message then stays held until it expires.
    if (this.context.tally.of('month-long sleeps') > 0 && this.unsettled().length > 0) this.sleepFor(MONTH_MS);
    this.pass(QUIET_MS);
    if (this.hasLostRequest()) this.pass(ASKED_AGAIN_MS);
  }

  /** Each day brings a part of what exceeded the budgets. */
  private awaitBudgets(): void {
    for (let day = 0; this.context.hasBudgets && day < BUDGET_DAYS_MAX && !this.isSettled(); day += 1) {
      this.sleepFor(DAY_MS);
      this.context.tally.add('days for budgets');
    }
  }

  /** What each machine still has to do, as text. */
  unsettled(): string[] {
    return this.context.machines.map((machine) => this.waitsFor(machine)).filter((each) => each !== null);
  }

  /** Posts that only one of two friends has. */
  strays(): string[] {
    const { machines, staleCopies, isByzantine } = this.context;
    return strayPosts(
      machines.filter(({ name }) => !isByzantine(name)),
      staleCopies,
    );
  }

  pass(ms: number): void {
    const { timeline, mayContinue } = this.context;
    timeline.runUntil(timeline.now + ms, () => mayContinue());
  }

  private isSettled(): boolean {
    return this.unsettled().length === 0 && this.strays().length === 0;
  }

  private waitUntilSettled(): void {
    const { timeline, mayContinue } = this.context;
    const end = timeline.now + SETTLING_MS;
    while (timeline.now < end && mayContinue() && !this.isSettled()) this.pass(STEP_MS);
  }

  /** The last lie may have come after the look-up that ends a claim; the next one is within an hour (SPEC DIR-18). */
  private passHour(): void {
    this.pass(ASKED_AGAIN_MS);
    this.waitUntilSettled();
  }

  /** A stale copy is detected by a message: every friend sends one more to each user with a stale copy. */
  private messageStaleCopies(): void {
    const { machines, staleCopies } = this.context;
    const old = machines.filter(({ name }) => staleCopies.isUnrenewed(name));
    const pairs = old.flatMap(({ name }) => machines.map((friend) => ({ friend, name })));
    const greetings = pairs.filter(({ friend, name }) => friend.friends().has(name));
    if (greetings.length === 0) return;
    for (const { friend, name } of greetings) friend.user.sendTo(name);
    this.pass(STEP_MS); // the greetings are commands that no machine has taken yet
    this.waitUntilSettled();
    this.awaitBudgets(); // a greeting can exceed a budget, too
  }

  /** True iff a friend request went to a device that no longer exists. */
  private hasLostRequest(): boolean {
    const { machines } = this.context;
    const pairs = machines.flatMap((asker) => machines.map((other) => ({ asker, other })));
    const asking = pairs.filter(({ asker, other }) => asker.friendshipWith(other.name) === 'asked');
    return asking.some(({ asker, other }) => other.friendshipWith(asker.name) !== 'wanted');
  }

  /** Users whose stale copy was reported, but who already renewed their device within the last day. */
  private unrenewedUsers(): UserMachine[] {
    const { machines, staleCopies } = this.context;
    const unsettled = machines.filter((machine) => this.waitsFor(machine) !== null);
    return unsettled.filter(({ name }) => staleCopies.isUnrenewed(name));
  }

  private sleepFor(ms: number): void {
    const unrenewedUsers = this.unrenewedUsers();
    if (ms >= MONTH_MS) this.context.beforeMonth();
    this.context.sleep(ms);
    for (const { host } of unrenewedUsers) host.restart();
    this.waitUntilSettled();
  }

  private waitsFor(machine: UserMachine): string | null {
    const { isByzantine, mustGetLetters, machines } = this.context;
    const { name, host } = machine;
    if (!host.isUp) return `${name} to start`;
    if (isByzantine(name)) return null;
    const friends = (user: string) => machines.find((each) => each.name === user)?.friends();
    const isHeardBy = (friend: string) => !isByzantine(friend) && friends(friend)?.has(name) === true;
    const waits = machine.pendingWork(isHeardBy, mustGetLetters);
    return waits === '' ? null : `${name}, ${waits}`;
  }
}
