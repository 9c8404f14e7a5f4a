// The second phase of a run: trouble is over, and the world is given the time after which everything must have settled.

import type { Household } from './household.js';
import type { Tally } from './kernel/tally.js';
import type { Timeline } from './kernel/timeline.js';
import type { OldCopies } from './oracle/old-copies.js';
import { strayPosts } from './oracle/post-end.js';

const SETTLING_MS = 45 * 60_000;
const STEP_MS = 5_000;
/** A little more than the times after which things change. */
const ASKED_AGAIN_MS = 62 * 60_000;
const DAY_MS = 25 * 60 * 60_000;
const MONTH_MS = 31 * 24 * 60 * 60_000;
/**
 * Time for what is only pushed once all is quiet: a broken session noticed late, its lease, the wait before the next.
 */
const QUIET_MS = 240_000;

interface Scene {
  readonly timeline: Timeline;
  readonly tally: Tally;
  readonly households: readonly Household[];
  readonly oldCopies: OldCopies;
  readonly isLiar: (user: string) => boolean;
  /** False once a violation was seen. */
  readonly goesOn: () => boolean;
  /** Every computer sleeps for a while, the name server's too. */
  readonly sleep: (ms: number) => void;
  readonly monthBegins: () => void;
}

export class Afterwards {
  constructor(private readonly scene: Scene) {}

  settle(): void {
    this.waitUntilSettled();
    this.greetOldCopies();
    if (this.misled().length > 0) this.sleepFor(DAY_MS);
    // A receipt may have been let go of, and its message counts as held from later on.
    if (this.scene.tally.of('months') > 0 && this.unsettled().length > 0) this.sleepFor(MONTH_MS);
    this.pass(QUIET_MS);
    if (this.isAskedInVain()) this.pass(ASKED_AGAIN_MS);
  }

  /** What is not as it will stay, in words. */
  unsettled(): string[] {
    return this.scene.households.map((household) => this.waitsFor(household)).filter((each) => each !== null);
  }

  /** Posts that only one of two friends knows of. */
  strays(): string[] {
    const { households, oldCopies, isLiar } = this.scene;
    return strayPosts(
      households.filter(({ name }) => !isLiar(name)),
      oldCopies,
    );
  }

  pass(ms: number): void {
    const { timeline, goesOn } = this.scene;
    timeline.runUntil(timeline.now + ms, () => goesOn());
  }

  private isSettled(): boolean {
    return this.unsettled().length === 0 && this.strays().length === 0;
  }

  private waitUntilSettled(): void {
    const { timeline, goesOn } = this.scene;
    const end = timeline.now + SETTLING_MS;
    while (timeline.now < end && goesOn() && !this.isSettled()) this.pass(STEP_MS);
  }

  /** That data is old shows when people talk: whoever runs on an old copy hears from every friend once more. */
  private greetOldCopies(): void {
    const { households, oldCopies } = this.scene;
    const old = households.filter(({ name }) => oldCopies.isUnrenewed(name));
    const pairs = old.flatMap(({ name }) => households.map((friend) => ({ friend, name })));
    const greetings = pairs.filter(({ friend, name }) => friend.friends().has(name));
    for (const { friend, name } of greetings) friend.persona.greet(name);
    if (greetings.length > 0) this.waitUntilSettled();
  }

  /** Somebody asked to be a friend, and the request went to a device that is no more. */
  private isAskedInVain(): boolean {
    const { households } = this.scene;
    const pairs = households.flatMap((asker) => households.map((other) => ({ asker, other })));
    const asking = pairs.filter(({ asker, other }) => asker.standing(other.name) === 'asked');
    return asking.some(({ asker, other }) => other.standing(asker.name) !== 'wanted');
  }

  /** Those whose friends say that their data is an old copy, but who have believed that once today. */
  private misled(): Household[] {
    const { households, oldCopies } = this.scene;
    const unsettled = households.filter((household) => this.waitsFor(household) !== null);
    return unsettled.filter(({ name }) => oldCopies.isUnrenewed(name));
  }

  private sleepFor(ms: number): void {
    const misled = this.misled();
    if (ms >= MONTH_MS) this.scene.monthBegins();
    this.scene.sleep(ms);
    for (const { host } of misled) host.restart();
    this.waitUntilSettled();
  }

  private waitsFor(household: Household): string | null {
    const { isLiar, households } = this.scene;
    const { name, host } = household;
    if (!host.isUp) return `${name} to start`;
    if (isLiar(name)) return null;
    const friends = (user: string) => households.find((each) => each.name === user)?.friends();
    const waits = household.waits((friend) => !isLiar(friend) && friends(friend)?.has(name) === true);
    return waits === '' ? null : `${name}, ${waits}`;
  }
}
