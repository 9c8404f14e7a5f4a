// How far each user has acknowledged the messages of this device, with the proof that came along (SPEC LINK-11). It
// shows the user what a stale copy of their data has lost.

import { HeardMark } from '../../../protocols/kit/own-proofs/marks.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { compileShape, exactly, KeyText } from '../../../protocols/kit/shapes.js';
import type { Static } from '../../../protocols/kit/packages/typebox.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';
import type { People } from '../identity/people.js';

/** `device` is ours, `key` the user's: a mark says nothing about another device or another key. */
const KeptMark = exactly({ device: KeyText, key: KeyText, ...HeardMark.properties });
type KeptMark = Static<typeof KeptMark>;
const keptMarkShape = compileShape(KeptMark);

export class DeliveredMarks {
  private readonly kept = new Map<string, KeptMark | null>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  /** The last mark of this user; null if the user acknowledged nothing of this device under the key pinned now. */
  of(user: string): HeardMark | null {
    const kept = this.read(user);
    const isOfNow = kept?.device === this.context.me.device.publicKey && kept.key === this.keyOf(user);
    return kept && isOfNow ? { seq: kept.seq, proof: kept.proof } : null;
  }

  /** Keeps the mark if it is the highest of this user. We cannot check its proof: only the user can. */
  keep(user: string, { seq, proof }: HeardMark): void {
    const key = this.keyOf(user);
    if (key === null || seq <= (this.of(user)?.seq ?? 0)) return;
    const mark: KeptMark = { device: this.context.me.device.publicKey, key, seq, proof };
    this.kept.set(user, mark);
    this.context.store.putSetting(SETTINGS.heardBy(user), JSON.stringify(mark));
  }

  private read(user: string): KeptMark | null {
    const known = this.kept.get(user);
    if (known !== undefined) return known;
    const stored = parseJson(this.context.store.setting(SETTINGS.heardBy(user)) ?? '');
    const mark = keptMarkShape.accepts(stored) ? stored : null;
    this.kept.set(user, mark);
    return mark;
  }

  private keyOf(user: string): string | null {
    return this.people.get(user)?.pinned?.key ?? null;
  }
}
