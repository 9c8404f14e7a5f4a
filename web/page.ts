// The page as a whole: whether it can work here, who one is, what is remembered, and the run of the visitor.

import { signal } from '@preact/signals';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal, refusalText } from '../protocols/kit/refusals.js';
import { forgetIdentity, knownIdentity, makeIdentity } from './host/identity.js';
import {
  changedElsewhere,
  forgetKeepsakes,
  NO_KEEPSAKES,
  readKeepsakes,
  writeKeepsakes,
  type Keepsakes,
  type Theme,
} from './host/keepsakes.js';
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

const NOT_KEPT = 'This browser has no room to remember that: it holds until the page is left.';

export class Page {
  readonly stage = signal<Stage>({ stage: 'beginning' });
  readonly keepsakes = signal<Keepsakes>(NO_KEEPSAKES);

  /** The channel that the address named. Whoever gave it to us does not decide that we go there: we are asked. */
  readonly invitedTo: string | null;
  private readonly address: string;
  /** False while the browser has no room for what is to be remembered. */
  private isKeeping = true;

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

  /** Out, and nothing of us stays in this browser, in no window of it. */
  async forget(): Promise<void> {
    this.endSession();
    await forgetIdentity();
    forgetKeepsakes(localStorage);
    this.keepsakes.value = NO_KEEPSAKES;
    this.welcome(null);
  }

  setTheme(theme: Theme): void {
    this.keep((kept) => ({ ...kept, theme }));
  }

  /** Hears nothing of them any more; the oldest of too many is heard again. */
  mute(key: string): void {
    this.keep(({ muted, ...kept }) => ({ ...kept, muted: [...without(muted, key), key].slice(-LIMITS.pageMutedMax) }));
  }

  unmute(key: string): void {
    this.keep(({ muted, ...kept }) => ({ ...kept, muted: without(muted, key) }));
  }

  unmuteAll(): void {
    this.keep((kept) => ({ ...kept, muted: [] }));
  }

  isMuted(key: string): boolean {
    return this.keepsakes.value.muted.includes(key);
  }

  /** Another window of this browser has changed what is remembered, or has forgotten us. */
  changedElsewhere(event: StorageEvent): void {
    const kept = changedElsewhere(event);
    if (kept !== undefined) this.keepsakes.value = kept ?? NO_KEEPSAKES;
    if (kept === null && this.stage.value.stage === 'in') this.leave('You were forgotten in this browser.');
  }

  /** Changes what is remembered as it is now, not as this window saw it last: others change it too. */
  private keep(change: (kept: Keepsakes) => Keepsakes): void {
    const kept = change(this.isKeeping ? readKeepsakes(localStorage) : this.keepsakes.value);
    this.keepsakes.value = kept;
    try {
      writeKeepsakes(localStorage, kept);
      this.isKeeping = true;
    } catch {
      this.isKeeping = false;
      if (this.stage.value.stage === 'in') this.stage.value.session.warn(NOT_KEPT);
    }
  }

  private async enter(name: string): Promise<Session> {
    const identity = await makeIdentity();
    this.keep((kept) => ({ ...kept, name }));
    const session = new Session({
      ...{ identity, name },
      page: this.address,
      mayHear: (key) => !this.isMuted(key),
      onChannels: (joined, parted) => this.keepChannels(joined, parted),
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

  private keepChannels(joined: readonly string[], parted: readonly string[]): void {
    this.keep(({ channels, ...kept }) => {
      const others = channels.filter((channel) => !parted.includes(channel) && !joined.includes(channel));
      return { ...kept, channels: [...others, ...joined].slice(-LIMITS.channelsPerVisitor) };
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

function without(keys: readonly string[], key: string): string[] {
  return keys.filter((other) => other !== key);
}
