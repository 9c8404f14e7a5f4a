// The page as a whole: whether it can work here, who one is, what is remembered, and the run of the visitor.

import { signal } from '@preact/signals';
import type { Visitor } from '../protocols/channels/visitor/world.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal, refusalText } from '../protocols/kit/refusals.js';
import { forgetIdentity, knownIdentity, makeIdentity } from './host/identity.js';
import { forgetKeepsakes, keep, NO_KEEPSAKES, readKeepsakes, type Keepsakes } from './host/keepsakes.js';
import { channelInAddress, Session } from './session.js';
import { channelPlaceId } from './state/places.js';

export type Stage =
  | { stage: 'beginning' }
  /** The browser lacks what we need; `why`: for a person, and what to do. */
  | { stage: 'unable'; why: Inability }
  /** `problem`: why one is not in, as far as that is known. */
  | { stage: 'welcome'; problem: string | null }
  | { stage: 'in'; session: Session };

/** `insecure`: came over plain HTTP; `keyless`: no such keys, or nowhere to keep them. */
export type Inability = { kind: 'insecure' } | { kind: 'keyless'; detail: string };

export class Page {
  readonly stage = signal<Stage>({ stage: 'beginning' });
  readonly keepsakes = signal<Keepsakes>(NO_KEEPSAKES);

  /** The channel that the address named. Whoever gave it to us does not decide that we go there: we are asked. */
  readonly invitedTo: string | null;
  private readonly address: string;

  constructor(location: Location) {
    this.address = location.href.replace(/#.*$/, '');
    this.invitedTo = channelInAddress(location.hash);
  }

  /** Comes in by itself where one has been here before. */
  async begin(): Promise<void> {
    if (!isSecureContext) return this.unable({ kind: 'insecure' });
    try {
      this.keepsakes.value = readKeepsakes(localStorage);
      const { name } = this.keepsakes.value;
      if (name !== null && (await knownIdentity()) !== null) await this.enter(name);
      else this.stage.value = { stage: 'welcome', problem: null };
    } catch (error) {
      this.unable({ kind: 'keyless', detail: String(error) });
    }
  }

  /** Comes in under a name, with the key of this browser; makes it where there is none. */
  async enterAs(typed: string): Promise<void> {
    const name = canonicalName(typed.trim());
    if (name === null) return this.welcome(refusalText(new Refusal('NAME_INVALID', typed.trim().slice(0, 40))));
    try {
      const session = await this.enter(name);
      if (this.invitedTo !== null) session.join(this.invitedTo); // the form said so
    } catch (error) {
      this.unable({ kind: 'keyless', detail: String(error) });
    }
  }

  /** Out, to choose another name. The key stays. */
  leave(problem: string | null = null): void {
    this.endSession();
    this.welcome(problem);
  }

  /** Out, and nothing of us stays in this browser. */
  async forget(): Promise<void> {
    this.endSession();
    await forgetIdentity();
    forgetKeepsakes(localStorage);
    this.keepsakes.value = NO_KEEPSAKES;
    this.welcome(null);
  }

  keep(change: Partial<Keepsakes>): void {
    this.keepsakes.value = keep(localStorage, change);
  }

  /** Hears nothing of them any more; the oldest of too many is heard again. */
  mute({ key }: Pick<Visitor, 'key'>): void {
    const others = this.keepsakes.value.muted.filter((other) => other !== key);
    this.keep({ muted: [...others, key].slice(-LIMITS.pageMutedMax) });
  }

  unmute(key: string): void {
    this.keep({ muted: this.keepsakes.value.muted.filter((other) => other !== key) });
  }

  isMuted(key: string): boolean {
    return this.keepsakes.value.muted.includes(key);
  }

  private async enter(name: string): Promise<Session> {
    const identity = await makeIdentity();
    this.keep({ name });
    const session = new Session({
      ...{ identity, name },
      page: this.address,
      mayHear: (key) => !this.isMuted(key),
      onChannels: (channels) => this.keep({ channels: channels.slice(0, LIMITS.channelsPerVisitor) }),
    });
    const { channels } = this.keepsakes.value;
    session.begin(channels);
    if (this.invitedTo !== null && channels.includes(this.invitedTo)) session.goTo(channelPlaceId(this.invitedTo));
    this.stage.value = { stage: 'in', session };
    this.turnBackIfRefused(session);
    return session;
  }

  /** Who is not let in at the first time chooses another name, most likely. */
  private turnBackIfRefused(session: Session): void {
    let isJudged = false;
    const stop = session.square.subscribe(({ connection: { state, reason } }) => {
      if (isJudged || (state !== 'open' && state !== 'refused')) return;
      isJudged = true;
      queueMicrotask(() => stop()); // not from within: the signal is still telling
      if (state === 'refused') queueMicrotask(() => this.leave(reason));
    });
  }

  private endSession(): void {
    if (this.stage.value.stage === 'in') this.stage.value.session.end();
  }

  private welcome(problem: string | null): void {
    this.stage.value = { stage: 'welcome', problem };
  }

  private unable(why: Inability): void {
    this.stage.value = { stage: 'unable', why };
  }
}
