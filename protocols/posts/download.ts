// One download (SPEC POST-21 to POST-27): whom to ask, when to ask again, whom not to believe any more.

import { Backoff } from '../kit/backoff.js';
import { LIMITS } from '../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../kit/machine.js';
import type { RandomSource } from '../kit/primitives.js';
import type { RefusalCode } from '../kit/refusals.js';

/** Why a fetch ended without the whole file. */
export type FetchFailure =
  /** Nobody answered, the line broke, nothing came for too long, or too many ask: later it may work. */
  | 'interrupted'
  /** They do not have it. */
  | 'not_found'
  /** Their words or their bytes are not what the manifest says. */
  | 'wrong_headers'
  | 'wrong_hash'
  /** Something has the name that the file was to get. */
  | 'target_exists'
  /** Our own disk. */
  | 'disk_error';

export type DownloadInput =
  | { type: 'wake' }
  /** It is our turn. `isResumed`: an earlier run may have fetched a part. */
  | { type: 'start'; isResumed: boolean }
  /** A friend has the bytes. */
  | { type: 'source_found'; by: string }
  /** There is a way to this user now. */
  | { type: 'reachable'; user: string }
  | { type: 'progress'; received: number }
  | { type: 'fetched' }
  | { type: 'fetch_failed'; failure: FetchFailure; why: string; received: number }
  | { type: 'placed'; path: string }
  | { type: 'place_failed'; code: RefusalCode; about: string }
  /** Removed, cancelled, no friends any more. */
  | { type: 'stop'; code: RefusalCode; about: string };

export type DownloadEffect =
  /** `isAnew`: what is there is thrown away first. */
  | { type: 'fetch'; from: string; isAnew: boolean }
  | { type: 'stop_fetch' }
  | { type: 'ask_friends' }
  | { type: 'place' }
  | { type: 'discard' }
  /** Nothing has come for long: whoever waits is told, and the download goes on. */
  | { type: 'report_waiting'; why: string }
  | { type: 'done'; path: string }
  | { type: 'failed'; code: RefusalCode; about: string };

type Ended = Extract<DownloadInput, { type: 'fetch_failed' }>;

type State =
  | { type: 'queued' }
  | { type: 'waiting'; until: Instant }
  | { type: 'fetching'; from: string }
  | { type: 'placing' }
  | { type: 'ended' };

const RETRY = { firstMs: LIMITS.postRetryFirstMs, ceilingMs: LIMITS.postRetryCeilingMs };
/** Bytes from before this run: nobody knows whose. */
const UNKNOWN = '';

export interface DownloadPlan {
  readonly author: string;
  readonly isReshared: boolean;
  readonly random: RandomSource;
}

export class Download implements Machine<DownloadInput, DownloadEffect> {
  private current: State = { type: 'queued' };
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
    this.backoff = new Backoff(RETRY, plan.random);
    this.sources = [plan.author];
  }

  get isOver(): boolean {
    return this.current.type === 'ended';
  }

  get isQueued(): boolean {
    return this.current.type === 'queued';
  }

  handle(input: DownloadInput, now: Instant): DownloadEffect[] {
    if (this.isOver) return [];
    switch (input.type) {
      case 'wake':
        return this.wake(now);
      case 'start':
        return this.begin(input.isResumed, now);
      case 'source_found':
        return this.held(input.by);
      case 'reachable':
        return this.reachable(input.user);
      case 'progress':
        return this.came(input.received, now);
      case 'fetched':
        return this.move({ type: 'placing' }, [{ type: 'place' }]);
      case 'fetch_failed':
        return this.ended(input, now);
      case 'placed':
      case 'place_failed':
        return this.current.type === 'placing' ? this.placed(input) : [];
      case 'stop':
        return this.fail(input.code, input.about);
      default:
        return assertNever(input);
    }
  }

  wakeAt(): Instant | null {
    if (this.isOver) return null;
    return earlier(this.tellAt, this.current.type === 'waiting' ? this.current.until : null);
  }

  private begin(isResumed: boolean, now: Instant): DownloadEffect[] {
    if (!this.isQueued) return [];
    if (isResumed) this.contributors.add(UNKNOWN);
    this.tellAt = now + LIMITS.postWaitingReportMs;
    return this.fetch(this.plan.author, false);
  }

  private wake(now: Instant): DownloadEffect[] {
    const effects: DownloadEffect[] = [];
    if (this.tellAt !== null && now >= this.tellAt) {
      this.tellAt = null;
      effects.push({ type: 'report_waiting', why: this.lastWhy });
    }
    if (this.current.type === 'waiting' && now >= this.current.until) effects.push(...this.again(now));
    return effects;
  }

  private held(by: string): DownloadEffect[] {
    const isKnown = this.sources.includes(by) || this.out.has(by);
    if (isKnown || this.sources.length >= LIMITS.postSourcesMax) return [];
    this.sources.push(by);
    if (this.current.type !== 'waiting') return [];
    this.next = this.sources.length - 1;
    return this.fetch(by, false);
  }

  private reachable(user: string): DownloadEffect[] {
    const at = this.sources.indexOf(user);
    if (this.current.type !== 'waiting' || at < 0) return [];
    this.next = at;
    return this.fetch(user, false);
  }

  private came(received: number, now: Instant): DownloadEffect[] {
    if (this.current.type !== 'fetching') return [];
    if (received > this.received) {
      this.contributors.add(this.current.from);
      this.tellAt = now + LIMITS.postWaitingReportMs;
      this.backoff.succeeded();
    }
    this.received = received;
    return [];
  }

  private ended({ failure, why, received }: Ended, now: Instant): DownloadEffect[] {
    if (this.current.type !== 'fetching') return [];
    const { from } = this.current;
    this.came(received, now);
    this.current = { type: 'waiting', until: now };
    this.lastWhy = why;
    switch (failure) {
      case 'disk_error':
        return this.fail('FILE_TROUBLE', why);
      case 'target_exists':
        return this.nameTaken(why);
      case 'wrong_hash':
        return this.disbelieveBytes(from, now);
      case 'wrong_headers':
        return this.exclude(from, 'POST_FALSE', now);
      case 'not_found':
        return this.exclude(from, 'POST_GONE', now);
      case 'interrupted':
        return this.tryNext(now);
    }
  }

  /** Words of a placing that was cancelled meanwhile are past, and never get here. */
  private placed(input: Extract<DownloadInput, { type: 'placed' | 'place_failed' }>): DownloadEffect[] {
    if (input.type === 'placed') {
      return this.move({ type: 'ended' }, [{ type: 'discard' }, { type: 'done', path: input.path }]);
    }
    return input.code === 'FILE_EXISTS' ? this.nameTaken(input.about) : this.fail(input.code, input.about);
  }

  /** What has come is kept: whoever asks again, for another place, need not wait for it again. */
  private nameTaken(about: string): DownloadEffect[] {
    return this.move({ type: 'ended' }, [{ type: 'failed', code: 'FILE_EXISTS', about }]);
  }

  /** What came from several cannot be blamed on one of them: the same again, from this one alone. */
  private disbelieveBytes(from: string, now: Instant): DownloadEffect[] {
    if (this.isMixedWith(from)) {
      this.isOfOne = true;
      return this.fetch(from, true);
    }
    this.beginAgain();
    const effects = this.exclude(from, 'POST_FALSE', now);
    return this.isOver ? effects : [{ type: 'discard' }, ...effects];
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
    return this.move({ type: 'waiting', until }, this.plan.isReshared ? [{ type: 'ask_friends' }] : []);
  }

  private again(now: Instant): DownloadEffect[] {
    this.next = -1;
    return this.tryNext(now);
  }

  private fetch(from: string, isWanted: boolean): DownloadEffect[] {
    const isAnew = isWanted || (this.isOfOne && this.isMixedWith(from));
    if (isAnew) this.beginAgain();
    return this.move({ type: 'fetching', from }, [{ type: 'fetch', from, isAnew }]);
  }

  private isMixedWith(from: string): boolean {
    return [...this.contributors].some((contributor) => contributor !== from);
  }

  private beginAgain(): void {
    this.contributors.clear();
    this.received = 0;
  }

  private fail(code: RefusalCode, about: string): DownloadEffect[] {
    const stop: DownloadEffect[] = this.current.type === 'fetching' ? [{ type: 'stop_fetch' }] : [];
    return this.move({ type: 'ended' }, [...stop, { type: 'discard' }, { type: 'failed', code, about }]);
  }

  private move(to: State, effects: DownloadEffect[]): DownloadEffect[] {
    this.current = to;
    return effects;
  }
}
