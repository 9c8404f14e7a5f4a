// The page as a whole: whether it can work here, who one is, what is remembered, and the session.

import { signal } from '@preact/signals';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { deleteIdentity, storedIdentity, loadOrCreateIdentity, type Identity } from './host/identity.js';
import {
  storageChangeOf,
  clearPreferences,
  DEFAULT_PREFERENCES,
  readPreferences,
  writePreferences,
  type Preferences,
  type Theme,
} from './host/preferences.js';
import { channelInAddress, PageSession } from './session.js';
import { channelConversationId } from './state/conversations.js';
import { channelsOf } from './state/session-state.js';
import { sentence } from './state/format.js';

export type PageStage =
  | { type: 'loading' }
  /** The browser lacks what we need. */
  | { type: 'unsupported'; why: UnsupportedReason }
  /** `problem`: why one is not in, as far as that is known. */
  | { type: 'welcome'; problem: string | null }
  | { type: 'session'; session: PageSession };

/** `insecure`: came over plain HTTP; `no_keys`: no such keys, or nowhere to keep them. */
export type UnsupportedReason = { type: 'insecure' } | { type: 'no_keys'; detail: string };

const UNSUPPORTED = Symbol('unsupported');
const NOT_STORED = 'This browser has no room to remember that: it holds until the page is left.';

export class Page {
  readonly stage = signal<PageStage>({ type: 'loading' });
  readonly preferences = signal<Preferences>(DEFAULT_PREFERENCES);

  /** The channel that the address named. Whoever gave it to us does not decide that we go there: we are asked. */
  readonly invitedChannel = signal<string | null>(null);
  private readonly address: string;
  /** False while the browser has no room for what is to be remembered. */
  private canStore = true;

  constructor(location: Location) {
    this.address = location.href.replace(/#.*$/, '');
    this.invitedChannel.value = channelInAddress(location.hash);
  }

  /** Comes in by itself where one has been here before. */
  async begin(): Promise<void> {
    if (!isSecureContext) return this.unsupported({ type: 'insecure' });
    const known = await this.withKeys(() => {
      this.preferences.value = readPreferences(localStorage);
      return storedIdentity();
    });
    if (known === UNSUPPORTED) return;
    const { name } = this.preferences.value;
    if (name !== null && known !== null) this.enter(name, known);
    else this.welcome(null);
  }

  /** Comes in under a name, with the key of this browser; makes it where there is none. */
  async enterAs(typed: string): Promise<void> {
    const name = canonicalName(typed.trim());
    if (name === null) return this.welcome(sentence(new Refusal('NAME_INVALID', typed.trim().slice(0, 40))));
    const identity = await this.withKeys(loadOrCreateIdentity);
    if (identity === UNSUPPORTED) return;
    const session = this.enter(name, identity);
    const invitedChannel = this.invitedChannel.peek();
    if (invitedChannel !== null) session.join(invitedChannel); // the form said so
    this.invitedChannel.value = null;
  }

  /** An address was followed that names a channel: to where one is already, or one is asked. */
  invite(hash: string): void {
    const channel = channelInAddress(hash);
    const current = this.stage.peek();
    const isIn = current.type === 'session' && channelsOf(current.session.state.peek()).includes(channel ?? '');
    if (isIn && channel !== null) current.session.select(channelConversationId(channel));
    this.invitedChannel.value = isIn ? null : channel;
  }

  /** Out, to choose another name. The key stays. */
  leave(problem: string | null = null): void {
    this.endSession();
    this.welcome(problem);
  }

  /** Out, and nothing of us stays in this browser, in no window of it. False where the browser did not let us. */
  async forget(): Promise<boolean> {
    try {
      await deleteIdentity();
    } catch {
      return false;
    }
    this.endSession();
    clearPreferences(localStorage);
    this.preferences.value = DEFAULT_PREFERENCES;
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
    return this.preferences.value.muted.includes(key);
  }

  /** Another window of this browser has changed what is remembered, or has forgotten us. */
  storageChanged(event: StorageEvent): void {
    const change = storageChangeOf(event);
    if (change.type === 'changed') this.preferences.value = change.preferences;
    if (change.type !== 'cleared') return;
    this.preferences.value = DEFAULT_PREFERENCES;
    if (this.stage.value.type === 'session') this.leave('You were forgotten in this browser.');
  }

  /** Changes what is remembered as it is now, not as this window saw it last: others change it too. */
  private keep(change: (kept: Preferences) => Preferences): void {
    const kept = change(this.canStore ? readPreferences(localStorage) : this.preferences.value);
    this.preferences.value = kept;
    try {
      writePreferences(localStorage, kept);
      this.canStore = true;
    } catch {
      this.canStore = false;
      if (this.stage.value.type === 'session') this.stage.value.session.showNotice(NOT_STORED);
    }
  }

  private enter(name: string, identity: Identity): PageSession {
    this.keep((kept) => ({ ...kept, name }));
    const session = new PageSession({
      ...{ identity, name },
      page: this.address,
      mayHear: (key) => !this.isMuted(key),
      onChannels: (joined, parted) => this.keepChannels(joined, parted),
    });
    session.begin(this.preferences.value.channels);
    this.stage.value = { type: 'session', session };
    this.turnBackIfRefused(session);
    this.invite(`#${this.invitedChannel.peek() ?? ''}`);
    return session;
  }

  /** What only a browser with our algorithms and with room for keys can do; of another one, `UNSUPPORTED` is left. */
  private async withKeys<T>(ask: () => Promise<T>): Promise<T | typeof UNSUPPORTED> {
    try {
      return await ask();
    } catch (error) {
      this.unsupported({ type: 'no_keys', detail: String(error) });
      return UNSUPPORTED;
    }
  }

  /** Who is not let in at the first time chooses another name, most likely. */
  private turnBackIfRefused(session: PageSession): void {
    let isJudged = false;
    const stop = session.state.subscribe(({ connection: { state, reason } }) => {
      if (isJudged || (state !== 'open' && state !== 'refused')) return;
      isJudged = true;
      queueMicrotask(() => stop()); // not from within: the signal is still telling
      if (state === 'refused') queueMicrotask(() => this.leave(reason));
    });
  }

  private keepChannels(joined: readonly string[], parted: readonly string[]): void {
    this.keep(({ channels, ...kept }) => {
      const others = channels.filter((channel) => !parted.includes(channel) && !joined.includes(channel));
      return { ...kept, channels: [...others, ...joined].slice(-LIMITS.channelsPerClient) };
    });
  }

  private endSession(): void {
    if (this.stage.value.type === 'session') this.stage.value.session.end();
  }

  private welcome(problem: string | null): void {
    this.stage.value = { type: 'welcome', problem };
  }

  private unsupported(why: UnsupportedReason): void {
    this.stage.value = { type: 'unsupported', why };
  }
}

function without(keys: readonly string[], key: string): string[] {
  return keys.filter((other) => other !== key);
}
