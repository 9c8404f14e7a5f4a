// One download (SPEC POST-21 to POST-27): whom to ask, when to ask again, whom not to believe any more.

import { Backoff } from '../kit/backoff.js';
import { LIMITS } from '../kit/limits.js';
import { earlier, never, type Instant, type Machine } from '../kit/machine.js';
import type { Dice } from '../kit/primitives.js';
import type { RefusalCode } from '../kit/refusals.js';

/** Why a fetch ended without the whole file. */
export type FetchEnd =
  /** Nobody answered, the line broke, nothing came for too long, or too many ask: later it may work. */
  | 'broke'
  /** They do not have it. */
  | 'gone'
  /** Their words or their bytes are not what the manifest says. */
  | 'lied'
  | 'false'
  /** Something has the name that the file was to get. */
  | 'exists'
  /** Our own disk. */
  | 'disk';

export type DownloadInput =
  | { kind: 'wake' }
  /** It is our turn. `isResumed`: an earlier run may have fetched a part. */
  | { kind: 'turn'; isResumed: boolean }
  /** A friend has the bytes. */
  | { kind: 'held'; by: string }
  /** There is a way to this user now. */
  | { kind: 'reachable'; user: string }
  | { kind: 'came'; received: number }
  | { kind: 'fetched' }
  | { kind: 'ended'; how: FetchEnd; why: string; received: number }
  | { kind: 'placed'; path: string }
  | { kind: 'unplaced'; code: RefusalCode; about: string }
  /** Removed, cancelled, no friends any more. */
  | { kind: 'stop'; code: RefusalCode; about: string };

export type DownloadEffect =
  /** `isAnew`: what is there is thrown away first. */
  | { kind: 'fetch'; from: string; isAnew: boolean }
  | { kind: 'stop_fetch' }
  | { kind: 'ask_friends' }
  | { kind: 'place' }
  | { kind: 'discard' }
  /** Nothing has come for long: whoever waits is told, and the download goes on. */
  | { kind: 'tell_waiting'; why: string }
  | { kind: 'done'; path: string }
  | { kind: 'failed'; code: RefusalCode; about: string };

type Ended = Extract<DownloadInput, { kind: 'ended' }>;

type State =
  | { state: 'queued' }
  | { state: 'waiting'; until: Instant }
  | { state: 'fetching'; from: string }
  | { state: 'placing' }
  | { state: 'over' };

const RETRY = { firstMs: LIMITS.postRetryFirstMs, ceilingMs: LIMITS.postRetryCeilingMs };
/** Bytes from before this run: nobody knows whose. */
const UNKNOWN = '';

export interface DownloadPlan {
  readonly author: string;
  readonly isReshared: boolean;
  readonly dice: Dice;
}

export class Download implements Machine<DownloadInput, DownloadEffect> {
  private current: State = { state: 'queued' };
  private readonly backoff: Backoff;
  /** Whoever may have it, the author first. */
  private sources: string[];
  /** Those nothing is asked of any more. */
  private readonly out = new Set<string>();
  private next = 0;
  /** Whose bytes are on the disk. */
  private readonly contributors = new Set<string>();
  /** Once what came from several was false: from here on all that is there is of one source, which can be blamed. */
  private isOfOne = false;
  private received = 0;
  private tellAt: Instant | null = null;
  private lastWhy = '';

  constructor(private readonly plan: DownloadPlan) {
    this.backoff = new Backoff(RETRY, plan.dice);
    this.sources = [plan.author];
  }

  get isOver(): boolean {
    return this.current.state === 'over';
  }

  get isQueued(): boolean {
    return this.current.state === 'queued';
  }

  handle(input: DownloadInput, now: Instant): DownloadEffect[] {
    if (this.isOver) return [];
    switch (input.kind) {
      case 'wake':
        return this.wake(now);
      case 'turn':
        return this.begin(input.isResumed, now);
      case 'held':
        return this.held(input.by);
      case 'reachable':
        return this.reachable(input.user);
      case 'came':
        return this.came(input.received, now);
      case 'fetched':
        return this.move({ state: 'placing' }, [{ kind: 'place' }]);
      case 'ended':
        return this.ended(input, now);
      case 'placed':
      case 'unplaced':
        return this.current.state === 'placing' ? this.placed(input) : [];
      case 'stop':
        return this.fail(input.code, input.about);
      default:
        return never(input);
    }
  }

  wakeAt(): Instant | null {
    if (this.isOver) return null;
    return earlier(this.tellAt, this.current.state === 'waiting' ? this.current.until : null);
  }

  private begin(isResumed: boolean, now: Instant): DownloadEffect[] {
    if (!this.isQueued) return [];
    if (isResumed) this.contributors.add(UNKNOWN);
    this.tellAt = now + LIMITS.postSilenceMs;
    return this.fetch(this.plan.author, false);
  }

  private wake(now: Instant): DownloadEffect[] {
    const effects: DownloadEffect[] = [];
    if (this.tellAt !== null && now >= this.tellAt) {
      this.tellAt = null;
      effects.push({ kind: 'tell_waiting', why: this.lastWhy });
    }
    if (this.current.state === 'waiting' && now >= this.current.until) effects.push(...this.again(now));
    return effects;
  }

  private held(by: string): DownloadEffect[] {
    const isKnown = this.sources.includes(by) || this.out.has(by);
    if (isKnown || this.sources.length >= LIMITS.postSourcesMax) return [];
    this.sources.push(by);
    if (this.current.state !== 'waiting') return [];
    this.next = this.sources.length - 1;
    return this.fetch(by, false);
  }

  private reachable(user: string): DownloadEffect[] {
    const at = this.sources.indexOf(user);
    if (this.current.state !== 'waiting' || at < 0) return [];
    this.next = at;
    return this.fetch(user, false);
  }

  private came(received: number, now: Instant): DownloadEffect[] {
    if (this.current.state !== 'fetching') return [];
    if (received > this.received) {
      this.contributors.add(this.current.from);
      this.tellAt = now + LIMITS.postSilenceMs;
      this.backoff.succeeded();
    }
    this.received = received;
    return [];
  }

  private ended({ how, why, received }: Ended, now: Instant): DownloadEffect[] {
    if (this.current.state !== 'fetching') return [];
    const { from } = this.current;
    this.came(received, now);
    this.current = { state: 'waiting', until: now };
    this.lastWhy = why;
    switch (how) {
      case 'disk':
        return this.fail('FILE_TROUBLE', why);
      case 'exists':
        return this.nameTaken(why);
      case 'false':
        return this.disbelieveBytes(from, now);
      case 'lied':
        return this.exclude(from, 'POST_FALSE', now);
      case 'gone':
        return this.exclude(from, 'POST_GONE', now);
      case 'broke':
        return this.tryNext(now);
    }
  }

  /** Words of a placing that was cancelled meanwhile are past, and never get here. */
  private placed(input: Extract<DownloadInput, { kind: 'placed' | 'unplaced' }>): DownloadEffect[] {
    if (input.kind === 'placed') {
      return this.move({ state: 'over' }, [{ kind: 'discard' }, { kind: 'done', path: input.path }]);
    }
    return input.code === 'FILE_EXISTS' ? this.nameTaken(input.about) : this.fail(input.code, input.about);
  }

  /** What has come is kept: whoever asks again, for another place, need not wait for it again. */
  private nameTaken(about: string): DownloadEffect[] {
    return this.move({ state: 'over' }, [{ kind: 'failed', code: 'FILE_EXISTS', about }]);
  }

  /** What came from several cannot be blamed on one of them: the same again, from this one alone. */
  private disbelieveBytes(from: string, now: Instant): DownloadEffect[] {
    if (this.isMixedWith(from)) {
      this.isOfOne = true;
      return this.fetch(from, true);
    }
    this.beginAgain();
    const effects = this.exclude(from, 'POST_FALSE', now);
    return this.isOver ? effects : [{ kind: 'discard' }, ...effects];
  }

  private exclude(from: string, code: 'POST_FALSE' | 'POST_GONE', now: Instant): DownloadEffect[] {
    const isHopeless = from === this.plan.author && (code === 'POST_FALSE' || !this.plan.isReshared);
    if (isHopeless) return this.fail(code, from);
    this.out.add(from);
    this.sources = this.sources.filter((source) => source !== from);
    this.next -= 1;
    return this.tryNext(now);
  }

  /** The next source at once; after the last of them a wait, and friends are asked who have it. */
  private tryNext(now: Instant): DownloadEffect[] {
    this.next += 1;
    const source = this.sources[this.next];
    if (source !== undefined) return this.fetch(source, false);
    const until = now + this.backoff.next();
    return this.move({ state: 'waiting', until }, this.plan.isReshared ? [{ kind: 'ask_friends' }] : []);
  }

  private again(now: Instant): DownloadEffect[] {
    this.next = -1;
    return this.tryNext(now);
  }

  private fetch(from: string, isWanted: boolean): DownloadEffect[] {
    const isAnew = isWanted || (this.isOfOne && this.isMixedWith(from));
    if (isAnew) this.beginAgain();
    return this.move({ state: 'fetching', from }, [{ kind: 'fetch', from, isAnew }]);
  }

  private isMixedWith(from: string): boolean {
    return [...this.contributors].some((contributor) => contributor !== from);
  }

  private beginAgain(): void {
    this.contributors.clear();
    this.received = 0;
  }

  private fail(code: RefusalCode, about: string): DownloadEffect[] {
    const stop: DownloadEffect[] = this.current.state === 'fetching' ? [{ kind: 'stop_fetch' }] : [];
    return this.move({ state: 'over' }, [...stop, { kind: 'discard' }, { kind: 'failed', code, about }]);
  }

  private move(to: State, effects: DownloadEffect[]): DownloadEffect[] {
    this.current = to;
    return effects;
  }
}
