// Everything anybody said in a run, by its text (never used twice): who wrote it to whom, and what was promised.

/** `nth`: counts what this author said to this user by this kind. `id`: once the client told it. */
export interface SentMessage {
  readonly text: string;
  readonly kind: 'chat' | 'quick';
  readonly author: string;
  readonly to: string;
  readonly nth: number;
  id: string | null;
  /** The author was told that it is on disk (chat), or that it has arrived (quick). */
  isPromised: boolean;
  isRefused: boolean;
  /** Somebody tried to cancel it: it may arrive, or not. */
  isDoubtful: boolean;
  /**
   * It waited in an old copy that was put back, and whom it was for did not have it: it may be said again, later and
   * under another id, and then arrive twice.
   */
  isRepeatable: boolean;
  /** The author's disk was lost with it. Where its reader has it, it must come back. */
  isLost: boolean;
  /** Its author had not got back all that was lost, and could not know after what it would stand in the history. */
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
    const said = { ...entry, nth, id: null, isPromised: false, isRefused: false, isDoubtful: false, ...AT_FIRST };
    this.byText.set(entry.text, said);
    return said;
  }

  /** The client told under which id a text goes. */
  assignId(said: SentMessage, id: string): void {
    said.id = id;
    this.byId.set(id, said);
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
    return [...this.byText.values()].filter((said) => said.author === author && said.isPromised);
  }
}
