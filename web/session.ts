// One session of a person at the state, from coming in to leaving: what it shows as a signal, what the person can do as
// methods. Joins the visitor (host/client) with what is shown (state/).

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
import { openPageSocket } from './host/page-socket.js';
import { Fingerprints } from './host/fingerprints.js';
import type { Identity } from './host/identity.js';
import { clock } from './host/sources.js';
import { BrowserChannelClient } from './host/browser-channel-client.js';
import { announcement, refusalAnnouncement } from './state/announcements.js';
import * as actions from './state/actions.js';
import { afterAnswer, afterEvent } from './state/events.js';
import type { MessageLine } from './state/log-lines.js';
import { channelConversationId, directConversationId } from './state/conversations.js';
import { channelsOf, initialState, findConversation, withNotice, type SessionState } from './state/session-state.js';
import { sentence } from './state/format.js';

export interface SessionOptions {
  readonly identity: Identity;
  readonly name: string;
  /** The address of the page. */
  readonly page: string;
  readonly mayHear: (key: string) => boolean;
  /** The channels one wants to be in have changed. */
  readonly onChannels: (joined: readonly string[], parted: readonly string[]) => void;
}

export class PageSession {
  readonly state;
  /** What is to be read aloud, the newest last; each with a number, so that the same words can come twice. */
  readonly spoken = signal<readonly { id: number; text: string }[]>([]);
  /** What was typed and not said, by conversation. */
  readonly drafts = new Map<string, string>();
  private readonly words = signal<ReadonlyMap<string, string>>(new Map());
  private readonly fingerprints = new Fingerprints((known) => (this.words.value = known));
  private readonly client: BrowserChannelClient;
  private lastNumber = 0;

  constructor(private readonly options: SessionOptions) {
    const { identity, name, page, mayHear } = options;
    this.client = new BrowserChannelClient({
      ...{ identity, name, mayHear },
      address: new URL(page).host,
      openPageSocket: (listener) => openPageSocket(page, listener),
      onAnswer: (ref, answer) => this.answered(ref, answer),
      onNews: (news) => this.heard(news),
    });
    this.state = signal<SessionState>(initialState(this.client.card, this.client.life));
  }

  /** Goes to the server, and into channels one was in before. */
  begin(channels: readonly string[]): void {
    this.client.put({ kind: 'awake' });
    for (const channel of channels) this.join(channel);
  }

  /** Away from the server, for good. */
  end(): void {
    this.client.put({ kind: 'asleep' });
  }

  /** Tries to reach the server now. */
  retry(): void {
    this.client.put({ kind: 'awake' });
  }

  join(typed: string): void {
    const channel = canonicalChannel(typed.trim());
    if (channel === null) return this.showNotice(sentence(new Refusal('CHANNEL_INVALID', typed.slice(0, 40))));
    const channels = channelsOf(this.state.value);
    if (channels.length >= LIMITS.channelsPerClient && !channels.includes(channel)) {
      return this.showNotice(sentence(new Refusal('CHANNELS_TOO_MANY', channel)));
    }
    this.request(
      (ref) => ({ kind: 'join', ref, channel }),
      (state, ref) => actions.joining(state, ref, channel),
    );
  }

  part(channel: string): void {
    this.change((state) => actions.parted(state, channel));
    this.client.put({ kind: 'part', ref: this.freshNumber(), channel });
    this.drafts.delete(channelConversationId(channel));
  }

  /** Says a text in a conversation: aloud in a channel, for one person elsewhere. */
  say(conversationId: string, text: string): void {
    const at = clock.now();
    const conversation = findConversation(this.state.value, conversationId);
    if (conversation === null) return;
    this.request(
      (ref) =>
        conversation.type === 'channel'
          ? { kind: 'say', ref, channel: conversation.channel, text }
          : { kind: 'whisper', ref, to: conversation.with.key, text },
      (state, ref) => actions.saying(state, ref, { conversationId, text, at }),
    );
  }

  /** Says again what was refused. */
  resend(conversationId: string, { id, text }: Pick<MessageLine, 'id' | 'text'>): void {
    this.dismissLine(conversationId, id);
    this.say(conversationId, text);
  }

  dismissLine(conversationId: string, lineId: string): void {
    this.change((state) => actions.dismissLine(state, conversationId, lineId));
  }

  select(conversationId: string): void {
    this.change((state) => actions.selected(state, conversationId));
  }

  /** To the conversation with this person. */
  openDirect(visitor: Participant): void {
    this.change((state) => actions.directOpened(state, visitor, clock.now()));
  }

  closeDirect(key: string): void {
    this.change((state) => actions.directClosed(state, key));
    this.drafts.delete(directConversationId(key));
  }

  /** The page came to the front, or went behind. */
  watch(isVisible: boolean): void {
    this.change((state) => actions.withVisibility(state, isVisible));
  }

  /** Says something above every pane. */
  showNotice(text: string): void {
    this.change((state) => withNotice(state, text));
  }

  dismissNotice(): void {
    this.change((state) => withNotice(state, null));
  }

  /** The six words of a key, or null while they are being found; whoever draws them draws again then. */
  fingerprint(key: string): string | null {
    const words = this.words.value.get(key);
    if (words === undefined) void this.fingerprints.request(key);
    return words ?? null;
  }

  announce(text: string): void {
    const { value } = this.spoken;
    this.spoken.value = [...value, { id: this.freshNumber(), text }].slice(-LIMITS.pageAnnouncementsMax);
  }

  private answered(ref: number, answer: ChannelClientAnswer): void {
    const text = refusalAnnouncement(this.state.value, ref, answer);
    this.change((state) => afterAnswer(state, ref, answer, clock.now()));
    if (text !== null) this.announce(text);
  }

  private heard(news: ChannelClientEvent): void {
    const text = announcement(this.state.value, news);
    this.change((state) => afterEvent(state, news, clock.now()));
    if (text !== null) this.announce(text);
    if (news.news === 'connection' && news.state === 'open') this.joinAll();
  }

  /** Back into channels that a refusal had put us out of: it may have been the server before. */
  private joinAll(): void {
    const wanted = new Set(this.client.channels());
    for (const channel of channelsOf(this.state.value)) {
      if (!wanted.has(channel)) this.client.put({ kind: 'join', ref: this.freshNumber(), channel });
    }
  }

  /** First what is shown, then the request: a refusal may come at once. */
  private request(
    input: (ref: number) => ChannelClientInput,
    shown: (state: SessionState, ref: number) => SessionState,
  ): void {
    const ref = this.freshNumber();
    this.change((state) => shown(state, ref));
    this.client.put(input(ref));
  }

  private change(change: (state: SessionState) => SessionState): void {
    const before = channelsOf(this.state.value);
    this.state.value = change(this.state.value);
    const after = channelsOf(this.state.value);
    const joined = after.filter((channel) => !before.includes(channel));
    const parted = before.filter((channel) => !after.includes(channel));
    if (joined.length > 0 || parted.length > 0) this.options.onChannels(joined, parted);
  }

  private freshNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }
}

/** The channel that the address of a page names, or null. */
export function channelInAddress(hash: string): string | null {
  return hash.startsWith('#') ? canonicalChannel(hash) : null;
}
