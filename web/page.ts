// The page as a whole: whether it can work here, who one is, what is remembered, and the stay.

import { signal } from '@preact/signals';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { forgetIdentity, knownIdentity, ownIdentity, type Identity } from './host/identity.js';
import {
  doneElsewhere,
  forgetKeepsakes,
  NO_KEEPSAKES,
  readKeepsakes,
  writeKeepsakes,
  type Keepsakes,
  type Theme,
} from './host/keepsakes.js';
import { channelInAddress, Stay } from './stay.js';
import { channelPlaceId } from './state/places.js';
import { channelsOf } from './state/square.js';
import { sentence } from './state/wording.js';

export type Stage =
  | { stage: 'beginning' }
  /** The browser lacks what we need. */
  | { stage: 'unable'; why: Inability }
  /** `problem`: why one is not in, as far as that is known. */
  | { stage: 'welcome'; problem: string | null }
  | { stage: 'in'; stay: Stay };

/** `insecure`: came over plain HTTP; `keyless`: no such keys, or nowhere to keep them. */
export type Inability = { kind: 'insecure' } | { kind: 'keyless'; detail: string };

const UNABLE = Symbol('unable');
const NOT_KEPT = 'This browser has no room to remember that: it holds until the page is left.';

export class Page {
  readonly stage = signal<Stage>({ stage: 'beginning' });
  readonly keepsakes = signal<Keepsakes>(NO_KEEPSAKES);

  /** The channel that the address named. Whoever gave it to us does not decide that we go there: we are asked. */
  readonly invitedTo = signal<string | null>(null);
  private readonly address: string;
  /** False while the browser has no room for what is to be remembered. */
  private isKeeping = true;

  constructor(location: Location) {
    this.address = location.href.replace(/#.*$/, '');
    this.invitedTo.value = channelInAddress(location.hash);
  }

  /** Comes in by itself where one has been here before. */
  async begin(): Promise<void> {
    if (!isSecureContext) return this.unable({ kind: 'insecure' });
    const known = await this.withKeys(() => {
      this.keepsakes.value = readKeepsakes(localStorage);
      return knownIdentity();
    });
    if (known === UNABLE) return;
    const { name } = this.keepsakes.value;
    if (name !== null && known !== null) this.enter(name, known);
    else this.welcome(null);
  }

  /** Comes in under a name, with the key of this browser; makes it where there is none. */
  async enterAs(typed: string): Promise<void> {
    const name = canonicalName(typed.trim());
    if (name === null) return this.welcome(sentence(new Refusal('NAME_INVALID', typed.trim().slice(0, 40))));
    const identity = await this.withKeys(ownIdentity);
    if (identity === UNABLE) return;
    const stay = this.enter(name, identity);
    const invitedTo = this.invitedTo.peek();
    if (invitedTo !== null) stay.join(invitedTo); // the form said so
    this.invitedTo.value = null;
  }

  /** An address was followed that names a channel: to where one is already, or one is asked. */
  invite(hash: string): void {
    const channel = channelInAddress(hash);
    const current = this.stage.peek();
    const isIn = current.stage === 'in' && channelsOf(current.stay.square.peek()).includes(channel ?? '');
    if (isIn && channel !== null) current.stay.goTo(channelPlaceId(channel));
    this.invitedTo.value = isIn ? null : channel;
  }

  /** Out, to choose another name. The key stays. */
  leave(problem: string | null = null): void {
    this.endStay();
    this.welcome(problem);
  }

  /** Out, and nothing of us stays in this browser, in no window of it. False where the browser did not let us. */
  async forget(): Promise<boolean> {
    try {
      await forgetIdentity();
    } catch {
      return false;
    }
    this.endStay();
    forgetKeepsakes(localStorage);
    this.keepsakes.value = NO_KEEPSAKES;
    this.welcome(null);
    return true;
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
  storageChanged(event: StorageEvent): void {
    const done = doneElsewhere(event);
    if (done.did === 'change') this.keepsakes.value = done.kept;
    if (done.did !== 'forget') return;
    this.keepsakes.value = NO_KEEPSAKES;
    if (this.stage.value.stage === 'in') this.leave('You were forgotten in this browser.');
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
      if (this.stage.value.stage === 'in') this.stage.value.stay.warn(NOT_KEPT);
    }
  }

  private enter(name: string, identity: Identity): Stay {
    this.keep((kept) => ({ ...kept, name }));
    const stay = new Stay({
      ...{ identity, name },
      page: this.address,
      mayHear: (key) => !this.isMuted(key),
      onChannels: (joined, parted) => this.keepChannels(joined, parted),
    });
    stay.begin(this.keepsakes.value.channels);
    this.stage.value = { stage: 'in', stay };
    this.turnBackIfRefused(stay);
    this.invite(`#${this.invitedTo.peek() ?? ''}`);
    return stay;
  }

  /** What only a browser with our algorithms and with room for keys can do; of another one, `UNABLE` is left. */
  private async withKeys<T>(ask: () => Promise<T>): Promise<T | typeof UNABLE> {
    try {
      return await ask();
    } catch (error) {
      this.unable({ kind: 'keyless', detail: String(error) });
      return UNABLE;
    }
  }

  /** Who is not let in at the first time chooses another name, most likely. */
  private turnBackIfRefused(stay: Stay): void {
    let isJudged = false;
    const stop = stay.square.subscribe(({ connection: { state, reason } }) => {
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

  private endStay(): void {
    if (this.stage.value.stage === 'in') this.stage.value.stay.end();
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
