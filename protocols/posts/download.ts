// The state machine of one download (SPEC POST-21 to POST-27): which source to fetch from, when to retry, and which
// sources are false.

import { Backoff } from '../kit/bounds/backoff.js';
import { LIMITS } from '../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../kit/machine.js';
import type { RandomSource } from '../kit/primitives.js';
import type { RefusalCode } from '../kit/refusals.js';

/** Why a fetch ended without the whole file. */
export type FetchFailure =
  /** Temporary: no answer, a broken connection, a timeout, or a busy source. */
  | 'interrupted'
  /** The source does not have the file. */
  | 'not_found'
  /** The response headers or the bytes contradict the manifest. */
  | 'wrong_headers'
  | 'wrong_hash'
  /** A file with the target name exists, or something that is never replaced. */
  | 'target_exists'
  | 'target_no_file'
  /** The file could not be placed where the user wants it. */
  | 'target_trouble'
  /** An error of our own disk. */
  | 'disk_error';

export type DownloadInput =
  | { type: 'wake' }
  /** The download leaves the queue. `isResumed`: an earlier run may have fetched a part. */
  | { type: 'start'; isResumed: boolean }
  /** A friend answered that it has the bytes. */
  | { type: 'source_found'; by: string }
  /** This user can be reached now. */
  | { type: 'reachable'; user: string }
  | { type: 'progress'; received: number }
  | { type: 'fetched' }
  | { type: 'fetch_failed'; failure: FetchFailure; why: string; received: number }
  | { type: 'placed'; path: string }
  | { type: 'place_failed'; code: RefusalCode; about: string }
  /** The post was removed, the user cancelled, or the friendship ended. */
  | { type: 'stop'; code: RefusalCode; about: string };

export type DownloadEffect =
  /** `startsOver`: delete the bytes on disk first. */
  | { type: 'fetch'; from: string; startsOver: boolean }
  | { type: 'stop_fetch' }
  | { type: 'ask_friends' }
  | { type: 'place' }
  | { type: 'discard' }
  /** The download waits for a source. Once, until bytes arrive again. */
  | { type: 'waits'; why: string }
  /** No byte arrived for a while: notify the user. The download continues. */
  | { type: 'report_waiting'; why: string }
  | { type: 'done'; path: string }
  | { type: 'failed'; code: RefusalCode; about: string };

type FailedFetch = Extract<DownloadInput, { type: 'fetch_failed' }>;

type State =
  | { type: 'queued' }
  | { type: 'waiting'; until: Instant }
  | { type: 'fetching'; from: string }
  | { type: 'placing' }
  | { type: 'ended' };

const RETRY = { firstMs: LIMITS.postRetryFirstMs, ceilingMs: LIMITS.postRetryCeilingMs };
/** The contributor of bytes from an earlier run, whose real source is unknown. */
const EARLIER_RUN = '';

export interface DownloadPlan {
  readonly author: string;
  readonly isReshared: boolean;
  readonly random: RandomSource;
}

export class Download implements Machine<DownloadInput, DownloadEffect> {
  private current: State = { type: 'queued' };
  private readonly backoff: Backoff;
  /** The sources in the order in which they are tried, the author first. */
  private sources: string[];
  /** Sources that are never asked again. */
  private readonly excluded = new Set<string>();
  private next = 0;
  /** The sources of the bytes on disk. */
  private readonly contributors = new Set<string>();
  /** Set after bytes of several sources had a wrong hash: from then on all bytes come from one, which can be blamed. */
  private usesOneSource = false;
  private received = 0;
  /** The user was told that the download waits, and no byte has arrived since. */
  private isKnownToWait = false;
  private reportAt: Instant | null = null;
  private lastReason = '';

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

  /** As the user sees it, with the bytes on disk and why it waits. */
  get progressMade(): { state: 'queued' | 'fetching' | 'waiting'; received: number; why: string | null } {
    const { received } = this;
    if (this.isQueued) return { state: 'queued', received, why: null };
    return this.isKnownToWait
      ? { state: 'waiting', received, why: this.lastReason }
      : { state: 'fetching', received, why: null };
  }

  handle(input: DownloadInput, now: Instant): DownloadEffect[] {
    if (this.isOver) return [];
    switch (input.type) {
      case 'wake':
        return this.wake(now);
      case 'start':
        return this.start(input.isResumed, now);
      case 'source_found':
        return this.sourceFound(input.by);
      case 'reachable':
        return this.reachable(input.user);
      case 'progress':
        return this.progress(input.received, now);
      case 'fetched':
        return this.enter({ type: 'placing' }, [{ type: 'place' }]);
      case 'fetch_failed':
        return this.fetchFailed(input, now);
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
    return earlier(this.reportAt, this.current.type === 'waiting' ? this.current.until : null);
  }

  private start(isResumed: boolean, now: Instant): DownloadEffect[] {
    if (!this.isQueued) return [];
    if (isResumed) this.contributors.add(EARLIER_RUN);
    this.reportAt = now + LIMITS.postWaitingReportMs;
    return this.fetch(this.plan.author, false);
  }

  private wake(now: Instant): DownloadEffect[] {
    const effects: DownloadEffect[] = [];
    if (this.reportAt !== null && now >= this.reportAt) {
      this.reportAt = null;
      effects.push({ type: 'report_waiting', why: this.lastReason });
    }
    if (this.current.type === 'waiting' && now >= this.current.until) effects.push(...this.retry(now));
    return effects;
  }

  private sourceFound(by: string): DownloadEffect[] {
    const isKnown = this.sources.includes(by) || this.excluded.has(by);
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

  private progress(received: number, now: Instant): DownloadEffect[] {
    if (this.current.type !== 'fetching') return [];
    if (received > this.received) {
      this.contributors.add(this.current.from);
      this.isKnownToWait = false;
      this.reportAt = now + LIMITS.postWaitingReportMs;
      this.backoff.succeeded();
    }
    this.received = received;
    return [];
  }

  private fetchFailed({ failure, why, received }: FailedFetch, now: Instant): DownloadEffect[] {
    if (this.current.type !== 'fetching') return [];
    const { from } = this.current;
    this.progress(received, now);
    this.current = { type: 'waiting', until: now };
    this.lastReason = why;
    switch (failure) {
      case 'disk_error':
        return this.fail('FILE_TROUBLE', why);
      case 'target_exists':
        return this.targetRefused('FILE_EXISTS', why);
      case 'target_no_file':
        return this.targetRefused('TARGET_NO_FILE', why);
      case 'target_trouble':
        return this.targetRefused('FILE_TROUBLE', why);
      case 'wrong_hash':
        return this.rejectBytes(from, now);
      case 'wrong_headers':
        return this.exclude(from, 'POST_FALSE', now);
      case 'not_found':
        return this.exclude(from, 'POST_GONE', now);
      case 'interrupted':
        return this.tryNext(now);
    }
  }

  /** Results of a cancelled placement never arrive here. */
  private placed(input: Extract<DownloadInput, { type: 'placed' | 'place_failed' }>): DownloadEffect[] {
    if (input.type === 'placed') {
      return this.enter({ type: 'ended' }, [{ type: 'discard' }, { type: 'done', path: input.path }]);
    }
    return this.targetRefused(input.code, input.about);
  }

  /** Keeps the bytes, so that a repeated command with another target need not fetch them again. */
  private targetRefused(code: RefusalCode, about: string): DownloadEffect[] {
    return this.enter({ type: 'ended' }, [{ type: 'failed', code, about }]);
  }

  /** With several contributors none can be blamed: restarts with this source alone. */
  private rejectBytes(from: string, now: Instant): DownloadEffect[] {
    if (this.isMixedWith(from)) {
      this.usesOneSource = true;
      return this.fetch(from, true);
    }
    this.restart();
    const effects = this.exclude(from, 'POST_FALSE', now);
    return this.isOver ? effects : [{ type: 'discard' }, ...effects];
  }

  private exclude(from: string, code: 'POST_FALSE' | 'POST_GONE', now: Instant): DownloadEffect[] {
    const isFinal = from === this.plan.author && (code === 'POST_FALSE' || !this.plan.isReshared);
    if (isFinal) return this.fail(code, from);
    this.excluded.add(from);
    this.sources = this.sources.filter((source) => source !== from);
    this.next -= 1;
    return this.tryNext(now);
  }

  /** Tries the next source at once. After the last one, waits and asks friends for further sources. */
  private tryNext(now: Instant): DownloadEffect[] {
    this.next += 1;
    const source = this.sources[this.next];
    if (source !== undefined) return this.fetch(source, false);
    const until = now + this.backoff.next();
    return this.enter({ type: 'waiting', until }, [...this.reportWait(), ...this.askFriends()]);
  }

  private reportWait(): DownloadEffect[] {
    if (this.isKnownToWait) return [];
    this.isKnownToWait = true;
    return [{ type: 'waits', why: this.lastReason }];
  }

  private askFriends(): DownloadEffect[] {
    return this.plan.isReshared ? [{ type: 'ask_friends' }] : [];
  }

  private retry(now: Instant): DownloadEffect[] {
    this.next = -1;
    return this.tryNext(now);
  }

  private fetch(from: string, mustRestart: boolean): DownloadEffect[] {
    const startsOver = mustRestart || (this.usesOneSource && this.isMixedWith(from));
    if (startsOver) this.restart();
    return this.enter({ type: 'fetching', from }, [{ type: 'fetch', from, startsOver }]);
  }

  private isMixedWith(from: string): boolean {
    return [...this.contributors].some((contributor) => contributor !== from);
  }

  private restart(): void {
    this.contributors.clear();
    this.received = 0;
  }

  private fail(code: RefusalCode, about: string): DownloadEffect[] {
    const stop: DownloadEffect[] = this.current.type === 'fetching' ? [{ type: 'stop_fetch' }] : [];
    return this.enter({ type: 'ended' }, [...stop, { type: 'discard' }, { type: 'failed', code, about }]);
  }

  private enter(to: State, effects: DownloadEffect[]): DownloadEffect[] {
    this.current = to;
    return effects;
  }
}
