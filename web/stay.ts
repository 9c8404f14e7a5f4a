// One stay of a person at the square, from coming in to leaving: what it shows as a signal, what the person can do as
// methods. Joins the visitor (host/visit) with what is shown (state/).

import { signal } from '@preact/signals';
import type { Visitor, VisitorAnswer, VisitorInput, VisitorNews } from '../protocols/channels/visitor/world.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { canonicalChannel } from '../protocols/kit/names.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { openDoor } from './host/door.js';
import { Fingerprints } from './host/fingerprints.js';
import type { Identity } from './host/identity.js';
import { clock } from './host/sources.js';
import { Visit } from './host/visit.js';
import { announcement, refusedAloud } from './state/announcements.js';
import * as deeds from './state/deeds.js';
import { afterAnswer, afterNews } from './state/news.js';
import type { TextLine } from './state/lines.js';
import { channelPlaceId, whisperPlaceId } from './state/places.js';
import { channelsOf, newSquare, placeOf, withNotice, type Square } from './state/square.js';
import { sentence } from './state/wording.js';

export interface StayOptions {
  readonly identity: Identity;
  readonly name: string;
  /** The address of the page. */
  readonly page: string;
  readonly mayHear: (key: string) => boolean;
  /** The channels one wants to be in have changed. */
  readonly onChannels: (joined: readonly string[], parted: readonly string[]) => void;
}

export class Stay {
  readonly square;
  /** What is to be read aloud, the newest last; each with a number, so that the same words can come twice. */
  readonly spoken = signal<readonly { id: number; text: string }[]>([]);
  /** What was typed and not said, by place. */
  readonly drafts = new Map<string, string>();
  private readonly words = signal<ReadonlyMap<string, string>>(new Map());
  private readonly fingerprints = new Fingerprints((known) => (this.words.value = known));
  private readonly visit: Visit;
  private lastNumber = 0;

  constructor(private readonly options: StayOptions) {
    const { identity, name, page, mayHear } = options;
    this.visit = new Visit({
      ...{ identity, name, mayHear },
      address: new URL(page).host,
      openDoor: (listener) => openDoor(page, listener),
      onAnswer: (ref, answer) => this.answered(ref, answer),
      onNews: (news) => this.heard(news),
    });
    this.square = signal<Square>(newSquare(this.visit.card, this.visit.life));
  }

  /** Goes to the server, and into channels one was in before. */
  begin(channels: readonly string[]): void {
    this.visit.put({ kind: 'awake' });
    for (const channel of channels) this.join(channel);
  }

  /** Away from the server, for good. */
  end(): void {
    this.visit.put({ kind: 'asleep' });
  }

  /** Tries to reach the server now. */
  retry(): void {
    this.visit.put({ kind: 'awake' });
  }

  join(typed: string): void {
    const channel = canonicalChannel(typed.trim());
    if (channel === null) return this.warn(sentence(new Refusal('CHANNEL_INVALID', typed.slice(0, 40))));
    const channels = channelsOf(this.square.value);
    if (channels.length >= LIMITS.channelsPerVisitor && !channels.includes(channel)) {
      return this.warn(sentence(new Refusal('CHANNELS_TOO_MANY', channel)));
    }
    this.wish(
      (ref) => ({ kind: 'join', ref, channel }),
      (square, ref) => deeds.joining(square, ref, channel),
    );
  }

  part(channel: string): void {
    this.change((square) => deeds.parted(square, channel));
    this.visit.put({ kind: 'part', ref: this.freshNumber(), channel });
    this.drafts.delete(channelPlaceId(channel));
  }

  /** Says a text in a place: aloud in a channel, for one person elsewhere. */
  say(placeId: string, text: string): void {
    const at = clock.now();
    const place = placeOf(this.square.value, placeId);
    if (place === null) return;
    this.wish(
      (ref) =>
        place.kind === 'channel'
          ? { kind: 'say', ref, channel: place.channel, text }
          : { kind: 'whisper', ref, to: place.with.key, text },
      (square, ref) => deeds.saying(square, ref, { placeId, text, at }),
    );
  }

  /** Says again what was refused. */
  sayAgain(placeId: string, { id, text }: Pick<TextLine, 'id' | 'text'>): void {
    this.putAway(placeId, id);
    this.say(placeId, text);
  }

  putAway(placeId: string, lineId: string): void {
    this.change((square) => deeds.putAway(square, placeId, lineId));
  }

  goTo(placeId: string): void {
    this.change((square) => deeds.wentTo(square, placeId));
  }

  /** To the conversation with this person. */
  turnTo(visitor: Visitor): void {
    this.change((square) => deeds.turnedTo(square, visitor, clock.now()));
  }

  closeWhisper(key: string): void {
    this.change((square) => deeds.closedWhisper(square, key));
    this.drafts.delete(whisperPlaceId(key));
  }

  /** The page came to the front, or went behind. */
  watch(isWatched: boolean): void {
    this.change((square) => deeds.watched(square, isWatched));
  }

  /** Says something above every pane. */
  warn(text: string): void {
    this.change((square) => withNotice(square, text));
  }

  putNoticeAway(): void {
    this.change((square) => withNotice(square, null));
  }

  /** The six words of a key, or null while they are being found; whoever draws them draws again then. */
  fingerprint(key: string): string | null {
    const words = this.words.value.get(key);
    if (words === undefined) void this.fingerprints.seek(key);
    return words ?? null;
  }

  speak(text: string): void {
    const { value } = this.spoken;
    this.spoken.value = [...value, { id: this.freshNumber(), text }].slice(-LIMITS.pageAnnouncementsMax);
  }

  private answered(ref: number, answer: VisitorAnswer): void {
    const text = refusedAloud(this.square.value, ref, answer);
    this.change((square) => afterAnswer(square, ref, answer, clock.now()));
    if (text !== null) this.speak(text);
  }

  private heard(news: VisitorNews): void {
    const text = announcement(this.square.value, news);
    this.change((square) => afterNews(square, news, clock.now()));
    if (text !== null) this.speak(text);
    if (news.news === 'connection' && news.state === 'open') this.joinAll();
  }

  /** Back into channels that a refusal had put us out of: it may have been the server before. */
  private joinAll(): void {
    const wanted = new Set(this.visit.channels());
    for (const channel of channelsOf(this.square.value)) {
      if (!wanted.has(channel)) this.visit.put({ kind: 'join', ref: this.freshNumber(), channel });
    }
  }

  /** First what is shown, then the wish: a refusal may come at once. */
  private wish(input: (ref: number) => VisitorInput, shown: (square: Square, ref: number) => Square): void {
    const ref = this.freshNumber();
    this.change((square) => shown(square, ref));
    this.visit.put(input(ref));
  }

  private change(change: (square: Square) => Square): void {
    const before = channelsOf(this.square.value);
    this.square.value = change(this.square.value);
    const after = channelsOf(this.square.value);
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
