// The page as a whole: whether the browser supports it, the user's name and key, the preferences, and the session.

import { signal } from '@preact/signals';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalName } from '../protocols/kit/names.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { deleteIdentity, loadOrCreateIdentity, storedIdentity, type Identity } from './host/identity.js';
import {
  clearPreferences,
  DEFAULT_PREFERENCES,
  readPreferences,
  storageChangeOf,
  writePreferences,
  type Preferences,
  type Theme,
} from './host/preferences.js';
import { channelInAddress, PageSession } from './session.js';
import { channelConversationId } from './state/conversations.js';
import { refusalSentence } from './state/format.js';
import { channelsOf } from './state/session-state.js';

export type PageStage =
  | { type: 'loading' }
  | { type: 'unsupported'; why: UnsupportedReason }
  /** `problem`: why the last attempt to join failed, if there was one. */
  | { type: 'welcome'; problem: string | null }
  | { type: 'session'; session: PageSession };

/** `insecure`: the page came over plain HTTP. `no_keys`: the browser cannot make or store the keys. */
export type UnsupportedReason = { type: 'insecure' } | { type: 'no_keys'; detail: string };

const UNSUPPORTED = Symbol('unsupported');
const NOT_STORED = 'This browser cannot store the change. It lasts until you close the page.';

export class Page {
  readonly stage = signal<PageStage>({ type: 'loading' });
  readonly preferences = signal<Preferences>(DEFAULT_PREFERENCES);

  /** The channel in the address. The user is asked before joining: others may have written the address. */
  readonly invitedChannel = signal<string | null>(null);
  private readonly address: string;
  /** False after a write to localStorage failed. */
  private canStore = true;

  constructor(location: Location) {
    this.address = location.href.replace(/#.*$/, '');
    this.invitedChannel.value = channelInAddress(location.hash);
  }

  /** Joins at once if this browser has a name and a key; otherwise shows the welcome page. */
  async start(): Promise<void> {
    if (!isSecureContext) return this.showUnsupported({ type: 'insecure' });
    const identity = await this.withKeys(() => {
      this.preferences.value = readPreferences(localStorage);
      return storedIdentity();
    });
    if (identity === UNSUPPORTED) return;
    const { name } = this.preferences.value;
    if (name !== null && identity !== null) this.startSession(name, identity);
    else this.showWelcome(null);
  }

  /** Joins under a name, with the key of this browser. The key is made if there is none. */
  async join(typedName: string): Promise<void> {
    const name = canonicalName(typedName.trim());
    if (name === null) {
      return this.showWelcome(refusalSentence(new Refusal('NAME_INVALID', typedName.trim().slice(0, 40))));
    }
    const identity = await this.withKeys(loadOrCreateIdentity);
    if (identity === UNSUPPORTED) return;
    const session = this.startSession(name, identity);
    const channel = this.invitedChannel.peek();
    if (channel !== null) session.join(channel); // the button of the form names it
    this.invitedChannel.value = null;
  }

  /** The user followed an address with a channel: selects it if the user is in it, otherwise asks. */
  invite(hash: string): void {
    const channel = channelInAddress(hash);
    const stage = this.stage.peek();
    const isIn = stage.type === 'session' && channelsOf(stage.session.state.peek()).includes(channel ?? '');
    if (isIn && channel !== null) stage.session.select(channelConversationId(channel));
    this.invitedChannel.value = isIn ? null : channel;
  }

  /** Ends the session, to choose another name. The key stays. */
  leave(problem: string | null = null): void {
    this.endSession();
    this.showWelcome(problem);
  }

  /** Ends the session and deletes the key, the name and the preferences. False if the browser did not delete the key. */
  async forget(): Promise<boolean> {
    try {
      await deleteIdentity();
    } catch {
      return false;
    }
    this.endSession();
    clearPreferences(localStorage);
    this.preferences.value = DEFAULT_PREFERENCES;
    this.showWelcome(null);
    return true;
  }

  setTheme(theme: Theme): void {
    this.updatePreferences((preferences) => ({ ...preferences, theme }));
  }

  /** Beyond the bound, the key that was muted first is heard again. */
  mute(key: string): void {
    this.updatePreferences(({ muted, ...others }) => {
      return { ...others, muted: [...without(muted, key), key].slice(-LIMITS.pageMutedMax) };
    });
  }

  unmute(key: string): void {
    this.updatePreferences(({ muted, ...others }) => ({ ...others, muted: without(muted, key) }));
  }

  unmuteAll(): void {
    this.updatePreferences((preferences) => ({ ...preferences, muted: [] }));
  }

  isMuted(key: string): boolean {
    return this.preferences.value.muted.includes(key);
  }

  /** Another window of this browser changed the preferences, or deleted the key. */
  storageChanged(event: StorageEvent): void {
    const change = storageChangeOf(event);
    if (change.type === 'changed') this.preferences.value = change.preferences;
    if (change.type !== 'cleared') return;
    this.preferences.value = DEFAULT_PREFERENCES;
    if (this.stage.value.type === 'session') this.leave('You deleted your key in another window of this browser.');
  }

  /** Starts from the stored preferences, because another window may have changed them. */
  private updatePreferences(change: (preferences: Preferences) => Preferences): void {
    const preferences = change(this.canStore ? readPreferences(localStorage) : this.preferences.value);
    this.preferences.value = preferences;
    try {
      writePreferences(localStorage, preferences);
      this.canStore = true;
    } catch {
      this.canStore = false;
      if (this.stage.value.type === 'session') this.stage.value.session.showNotice(NOT_STORED);
    }
  }

  private startSession(name: string, identity: Identity): PageSession {
    this.updatePreferences((preferences) => ({ ...preferences, name }));
    const session = new PageSession({
      ...{ identity, name },
      page: this.address,
      mayHear: (key) => !this.isMuted(key),
      onChannels: (joined, left) => this.storeChannels(joined, left),
    });
    session.start(this.preferences.value.channels);
    this.stage.value = { type: 'session', session };
    this.leaveIfRefused(session);
    this.invite(`#${this.invitedChannel.peek() ?? ''}`);
    return session;
  }

  /** Shows the page as unsupported if the browser cannot do what `ask` needs. */
  private async withKeys<T>(ask: () => Promise<T>): Promise<T | typeof UNSUPPORTED> {
    try {
      return await ask();
    } catch (error) {
      this.showUnsupported({ type: 'no_keys', detail: String(error) });
      return UNSUPPORTED;
    }
  }

  /** Returns to the welcome page if the server refuses the first connection: most likely the name is taken. */
  private leaveIfRefused(session: PageSession): void {
    let isDecided = false;
    const stop = session.state.subscribe(({ connection: { state, reason } }) => {
      if (isDecided || (state !== 'open' && state !== 'refused')) return;
      isDecided = true;
      queueMicrotask(() => stop()); // a subscriber must not unsubscribe while it is called
      if (state === 'refused') queueMicrotask(() => this.leave(reason));
    });
  }

  private storeChannels(joined: readonly string[], left: readonly string[]): void {
    this.updatePreferences(({ channels, ...rest }) => {
      const others = channels.filter((channel) => !left.includes(channel) && !joined.includes(channel));
      return { ...rest, channels: [...others, ...joined].slice(-LIMITS.channelsPerClient) };
    });
  }

  private endSession(): void {
    if (this.stage.value.type === 'session') this.stage.value.session.end();
  }

  private showWelcome(problem: string | null): void {
    this.stage.value = { type: 'welcome', problem };
  }

  private showUnsupported(why: UnsupportedReason): void {
    this.stage.value = { type: 'unsupported', why };
  }
}

function without(keys: readonly string[], key: string): string[] {
  return keys.filter((other) => other !== key);
}
