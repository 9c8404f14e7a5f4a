// Who speaks on channels: the name they chose, the user that a pinned record proves, and the one a typed name means.

import type { ChannelSpeaker } from '../../../protocols/control/commands/channels.js';
import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import type { Participant } from '../../../protocols/channels/client/io.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import type { People } from '../identity/people.js';

export class SpeakerIdentity {
  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  describe({ key, name }: Participant): ChannelSpeaker {
    const user = this.userOf(key);
    const isNamesake = user !== name && this.isTaken(name);
    return { from: name, key, fingerprint: this.fingerprint(key), user, isNamesake };
  }

  /**
   * The participant that `typed` means: a name, or any form of a key that `whoami` shows. The name of a user we know
   * means that user, whatever names others chose; a word that can mean two keys is refused.
   */
  find(typed: string, known: readonly Participant[]): Outcome<Participant> {
    const byKey = known.find(({ key }) => key === typed);
    if (byKey) return byKey;
    const byIdentity = known.findLast(({ key }) => this.identityOf(key) === typed);
    if (byIdentity) return byIdentity;
    const isName = typed.startsWith('user:');
    const name = typed.replace(/^user:/, '').toLowerCase();
    const named = known.filter((visitor) => visitor.name === name);
    const own = known.filter(({ key }) => this.userOf(key) === name).slice(-1);
    const meant = new Set(isName ? [] : this.withFingerprint(name, known));
    for (const visitor of own.length > 0 ? own : named) meant.add(visitor);
    return this.onlyOne(typed, [...meant], own.length === 0 && this.isTaken(name));
  }

  /** `isElsewhere`: the name is that of a user we know who is not among the participants. */
  private onlyOne(typed: string, meant: readonly Participant[], isElsewhere: boolean): Outcome<Participant> {
    const [first, second] = meant;
    if (!first) return new Refusal('VISITOR_UNKNOWN', typed.slice(0, 80));
    const isNameOnly = isElsewhere && meant.every(({ name }) => name === typed.replace(/^user:/, '').toLowerCase());
    if (second || isNameOnly) return new Refusal('AMBIGUOUS', this.listed(typed, meant));
    return first;
  }

  private listed(typed: string, meant: readonly Participant[]): string {
    const fingerprints = meant.slice(0, 5).map(({ key }) => this.fingerprint(key).replaceAll(' ', '-'));
    return `${typed.slice(0, 80)} (${fingerprints.join(', ')})`;
  }

  /** Participants whose fingerprint, or that of their user, begins with these words. */
  private withFingerprint(typed: string, known: readonly Participant[]): Participant[] {
    const words = typed.replace(/[\s-]+/g, ' ').trim();
    if (words === '') return [];
    const begins = (key: string): boolean => `${this.fingerprint(key)} `.startsWith(`${words} `);
    return known.filter(({ key }) => begins(key) || begins(this.identityOf(key) ?? key));
  }

  /** The user whose pinned record lists this device, or we ourselves. */
  private userOf(key: string): string | null {
    const { me } = this.context;
    return key === me.device.publicKey ? me.name : this.people.ownerOf(key);
  }

  private identityOf(key: string): string | null {
    const user = this.people.ownerOf(key);
    return user === null ? null : (this.people.record(user)?.key ?? null);
  }

  /** True for our own name and for names with a pinned record. */
  private isTaken(name: string): boolean {
    return name === this.context.me.name || this.people.record(name) !== null;
  }

  private fingerprint(key: string): string {
    return fingerprintWords(key, this.context.primitives);
  }
}
