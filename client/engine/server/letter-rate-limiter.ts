// How fast letters leave, so that the name server refuses none: letters that open links, letters about friendship, and
// all others each have a rate of their own (SPEC LETTER-16).

import { Backoff } from '../../../protocols/kit/bounds/backoff.js';
import { TokenBucket } from '../../../protocols/kit/bounds/token-bucket.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import { FLEETING_KINDS, FRIENDSHIP_KINDS, type LetterKind } from '../../../protocols/letters/messages.js';
import type { Context } from '../core/context.js';

type Class = 'signal' | 'friendship' | 'bulk';

/** After a refusal, letters of the class rest. The rest grows while the name server goes on refusing. */
interface Rest {
  until: Instant;
  readonly backoff: Backoff;
}

export class LetterRateLimiter {
  private readonly bulk: TokenBucket;
  private readonly rests: Readonly<Record<Class, Rest>>;
  /** How often stored letters to one recipient leave: those that wait are put together. */
  private readonly ofRecipients = new Map<string, TokenBucket>();

  constructor(private readonly context: Context) {
    const { perSecond, burst } = LIMITS.lettersPerName;
    this.bulk = new TokenBucket({ perSecond, burst: burst - LIMITS.lettersKeptForOnline }, context.now);
    const rest = (): Rest => ({
      until: 0,
      backoff: new Backoff(
        { firstMs: LIMITS.letterRefusedFirstMs, ceilingMs: LIMITS.letterRefusedCeilingMs },
        context.random,
      ),
    });
    this.rests = { signal: rest(), friendship: rest(), bulk: rest() };
  }

  /** When a letter of this kind may leave: now or later. */
  readyAt(kind: LetterKind): Instant {
    const { now } = this.context;
    const letterClass = classOf(kind);
    const emptyMs = letterClass === 'bulk' ? this.bulk.waitMs(now) : 0;
    return Math.max(now + emptyMs, this.rests[letterClass].until);
  }

  /** The same for a stored letter to this recipient. */
  storedReadyAt(to: string, kind: LetterKind): Instant {
    const { now } = this.context;
    if (classOf(kind) !== 'bulk') return this.readyAt(kind);
    return Math.max(this.readyAt(kind), now + this.ofRecipient(to).waitMs(now));
  }

  /** A letter leaves. */
  take(kind: LetterKind): void {
    if (classOf(kind) === 'bulk') this.bulk.take(this.context.now);
  }

  /** A stored letter leaves. */
  takeStored(to: string, kind: LetterKind): void {
    if (classOf(kind) === 'bulk') this.ofRecipient(to).take(this.context.now);
  }

  accepted(kind: LetterKind): void {
    this.rests[classOf(kind)].backoff.succeeded();
  }

  /** The name server counted more letters than we did: another device of ours writes, or we were restarted. */
  refused(kind: LetterKind): void {
    const { now } = this.context;
    const rest = this.rests[classOf(kind)];
    if (now >= rest.until) rest.until = now + rest.backoff.next(); // letters that left together are refused together
  }

  /** A new session: earlier refusals say nothing about now. */
  reset(): void {
    for (const rest of Object.values(this.rests)) {
      rest.until = 0;
      rest.backoff.succeeded();
    }
    this.ofRecipients.clear();
  }

  private ofRecipient(to: string): TokenBucket {
    const known = this.ofRecipients.get(to);
    if (known) return known;
    const bucket = new TokenBucket(LIMITS.storedLettersPerRecipient, this.context.now);
    this.ofRecipients.set(to, bucket);
    return bucket;
  }
}

function classOf(kind: LetterKind): Class {
  if (FLEETING_KINDS.includes(kind)) return 'signal';
  return FRIENDSHIP_KINDS.includes(kind) ? 'friendship' : 'bulk';
}
