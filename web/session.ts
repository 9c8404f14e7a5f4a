// One session on the page, from joining to leaving. It shows a state as a signal, and has a method for each action of
// the user. It connects the channel client (web/host) with the state (web/state).

import { signal } from '@preact/signals';
import type {
  Participant,
  ChannelClientAnswer,
  ChannelClientInput,
  ChannelClientEvent,
} from '../protocols/channels/client/io.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalChannel } from '../protocols/kit/names.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { BrowserChannelClient } from './host/browser-channel-client.js';
import { Fingerprints } from './host/fingerprints.js';
import type { Identity } from './host/identity.js';
import { openPageSocket } from './host/page-socket.js';
import { clock } from './host/sources.js';
import * as actions from './state/actions.js';
import { announcement, refusalAnnouncement } from './state/announcements.js';
import { channelConversationId, directConversationId } from './state/conversations.js';
import { afterAnswer, afterEvent } from './state/events.js';
import { refusalSentence } from './state/format.js';
import type { MessageLine } from './state/log-lines.js';
import { channelsOf, findConversation, initialState, withNotice, type SessionState } from './state/session-state.js';

export interface SessionOptions {
  readonly identity: Identity;
  readonly name: string;
  /** The address of the page. */
  readonly page: string;
  /** False for keys that the user muted. */
  readonly mayHear: (key: string) => boolean;
  /** Called when the user joins or leaves channels. */
  readonly onChannels: (joined: readonly string[], left: readonly string[]) => void;
}

export class PageSession {
  readonly state;
  /** Texts for screen readers, the newest last. A number tells two equal texts apart. */
  readonly announcements = signal<readonly { id: number; text: string }[]>([]);
  /** Unsent text by conversation. */
  readonly drafts = new Map<string, string>();
  private readonly fingerprintOf = signal<ReadonlyMap<string, string>>(new Map());
  private readonly fingerprints = new Fingerprints((all) => (this.fingerprintOf.value = all));
  private readonly client: BrowserChannelClient;
  private lastNumber = 0;

  constructor(private readonly options: SessionOptions) {
    const { identity, name, page, mayHear } = options;
    this.client = new BrowserChannelClient({
      ...{ identity, name, mayHear },
      origin: new URL(page).origin,
      address: new URL(page).host,
      openSocket: (listener) => openPageSocket(page, listener),
      onAnswer: (ref, answer) => this.onAnswer(ref, answer),
      onEvent: (event) => this.onEvent(event),
    });
    this.state = signal<SessionState>(initialState(this.client.card, this.client.clientSession));
  }

  /** Connects, and joins the channels of the last session. */
  start(channels: readonly string[]): void {
    this.client.put({ type: 'connect' });
    for (const channel of channels) this.join(channel);
  }

  /** Disconnects for good. */
  end(): void {
    this.client.put({ type: 'disconnect' });
  }

  /** Tries to connect now. */
  retry(): void {
    this.client.put({ type: 'connect' });
  }

  join(typed: string): void {
    const channel = canonicalChannel(typed.trim());
    if (channel === null) return this.showNotice(refusalSentence(new Refusal('CHANNEL_INVALID', typed.slice(0, 40))));
    const channels = channelsOf(this.state.value);
    if (channels.length >= LIMITS.channelsPerClient && !channels.includes(channel)) {
      return this.showNotice(refusalSentence(new Refusal('CHANNELS_TOO_MANY', channel)));
    }
    this.request(
      (ref) => ({ type: 'join', ref, channel }),
      (state, ref) => actions.joinChannel(state, ref, channel),
    );
  }

  leave(channel: string): void {
    this.change((state) => actions.leaveChannel(state, channel));
    this.client.put({ type: 'part', ref: this.nextNumber(), channel });
    this.drafts.delete(channelConversationId(channel));
  }

  send(conversationId: string, text: string): void {
    const at = clock.now();
    const conversation = findConversation(this.state.value, conversationId);
    if (conversation === null) return;
    this.request(
      (ref) =>
        conversation.type === 'channel'
          ? { type: 'send', ref, channel: conversation.channel, text }
          : { type: 'send_direct', ref, to: conversation.with.key, text },
      (state, ref) => actions.sendMessage(state, ref, { conversationId, text, at }),
    );
  }

  /** Sends a refused message again. */
  resend(conversationId: string, { id, text }: Pick<MessageLine, 'id' | 'text'>): void {
    this.dismissLine(conversationId, id);
    this.send(conversationId, text);
  }

  dismissLine(conversationId: string, lineId: string): void {
    this.change((state) => actions.dismissLine(state, conversationId, lineId));
  }

  select(conversationId: string): void {
    this.change((state) => actions.select(state, conversationId));
  }

  openDirect(participant: Participant): void {
    this.change((state) => actions.openDirect(state, participant, clock.now()));
  }

  closeDirect(key: string): void {
    this.change((state) => actions.closeDirect(state, key));
    this.drafts.delete(directConversationId(key));
  }

  setVisible(isVisible: boolean): void {
    this.change((state) => actions.setVisible(state, isVisible));
  }

  /** Shows a sentence above all panes. */
  showNotice(text: string): void {
    this.change((state) => withNotice(state, text));
  }

  dismissNotice(): void {
    this.change((state) => withNotice(state, null));
  }

  /** The fingerprint of a key. Null while it is computed; the view that asked is drawn again afterwards. */
  fingerprint(key: string): string | null {
    const fingerprint = this.fingerprintOf.value.get(key);
    if (fingerprint === undefined) void this.fingerprints.compute(key);
    return fingerprint ?? null;
  }

  announce(text: string): void {
    const { value } = this.announcements;
    this.announcements.value = [...value, { id: this.nextNumber(), text }].slice(-LIMITS.pageAnnouncementsMax);
  }

  private onAnswer(ref: number, answer: ChannelClientAnswer): void {
    const text = refusalAnnouncement(this.state.value, ref, answer);
    this.change((state) => afterAnswer(state, ref, answer, clock.now()));
    if (text !== null) this.announce(text);
  }

  private onEvent(event: ChannelClientEvent): void {
    const text = announcement(this.state.value, event);
    this.change((state) => afterEvent(state, event, clock.now()));
    if (text !== null) this.announce(text);
    if (event.type === 'connection' && event.state === 'open') this.rejoinChannels();
  }

  /** Joins the channels that refused us in an earlier connection: the cause may be gone. */
  private rejoinChannels(): void {
    const wanted = new Set(this.client.channels());
    for (const channel of channelsOf(this.state.value)) {
      if (!wanted.has(channel)) this.client.put({ type: 'join', ref: this.nextNumber(), channel });
    }
  }

  /** Changes the state before it asks the client, because a refusal may come at once. */
  private request(
    input: (ref: number) => ChannelClientInput,
    shown: (state: SessionState, ref: number) => SessionState,
  ): void {
    const ref = this.nextNumber();
    this.change((state) => shown(state, ref));
    this.client.put(input(ref));
  }

  private change(change: (state: SessionState) => SessionState): void {
    const before = channelsOf(this.state.value);
    this.state.value = change(this.state.value);
    const after = channelsOf(this.state.value);
    const joined = after.filter((channel) => !before.includes(channel));
    const left = before.filter((channel) => !after.includes(channel));
    if (joined.length > 0 || left.length > 0) this.options.onChannels(joined, left);
  }

  private nextNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }
}

/** The channel in the fragment of an address, or null. */
export function channelInAddress(hash: string): string | null {
  return hash.startsWith('#') ? canonicalChannel(hash) : null;
}
