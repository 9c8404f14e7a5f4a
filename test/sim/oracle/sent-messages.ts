// All messages sent in a run by text (each text is unique): author, recipient, and what the client confirmed.

/** `nth`: number among the messages of this kind from author to recipient. `id`: null until the client reports it. */
export interface SentMessage {
  readonly text: string;
  readonly kind: 'chat' | 'quick';
  readonly author: string;
  readonly to: string;
  readonly nth: number;
  id: string | null;
  /** The client confirmed that it is on disk (chat) or has arrived (quick). */
  isPromised: boolean;
  isRefused: boolean;
  /** A cancellation was tried: it may or may not arrive. */
  isDoubtful: boolean;
  /**
   * It was queued in a restored stale copy and the recipient did not have it: it may be sent again later under another
   * id, and so arrive twice.
   */
  isRepeatable: boolean;
  /** The disk of the author was lost with it. If the recipient has it, it must be recovered. */
  isLost: boolean;
  /** Its author was still recovering lost messages, so its place in the history is not determined. */
  isMisplaced: boolean;
}

const AT_FIRST = { isRepeatable: false, isLost: false, isMisplaced: false };

export class SentMessages {
  private readonly byText = new Map<string, SentMessage>();
  private readonly byId = new Map<string, SentMessage>();
  private readonly counts = new Map<string, number>();

  add(entry: Pick<SentMessage, 'text' | 'kind' | 'author' | 'to'>): SentMessage {
    const lane = `${entry.kind} ${entry.author} ${entry.to}`;
    const nth = (this.counts.get(lane) ?? 0) + 1;
    this.counts.set(lane, nth);
    const message = { ...entry, nth, id: null, isPromised: false, isRefused: false, isDoubtful: false, ...AT_FIRST };
    this.byText.set(entry.text, message);
    return message;
  }

  /** The client reported the id of a text. */
  assignId(message: SentMessage, id: string): void {
    message.id = id;
    this.byId.set(id, message);
  }

  withText(text: string): SentMessage | null {
    return this.byText.get(text) ?? null;
  }

  withId(id: string): SentMessage | null {
    return this.byId.get(id) ?? null;
  }

  all(): Iterable<SentMessage> {
    return this.byText.values();
  }

  promisedBy(author: string): SentMessage[] {
    return [...this.byText.values()].filter((message) => message.author === author && message.isPromised);
  }
}
