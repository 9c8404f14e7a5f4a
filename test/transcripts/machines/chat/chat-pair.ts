// One direction of a conversation under the commands of a transcript: the send window of alice and the reorder buffer
// of bob. Messages and acknowledgements arrive on command, or never.

import { ReorderBuffer, type BufferedMessage } from '../../../../protocols/chat/reorder-buffer.js';
import { SendWindow } from '../../../../protocols/chat/send-window.js';

/** More sent messages than this in one command are summarised. */
const LISTED_MAX = 4;

export class ChatPair {
  private lastSeq = 0;
  private isLinked = false;
  private readonly window = new SendWindow();
  /** The outbox of alice: written, and neither acknowledged nor cancelled. */
  private waiting: number[] = [];
  /** The last form of each message sent over the current link. */
  private readonly sent = new Map<number, BufferedMessage>();
  private buffer = new ReorderBuffer(0, []);
  /** What bob has on disk, and which of it is shown. */
  private readonly stored = new Map<number, BufferedMessage>();
  private readonly shown = new Set<number>();

  /**
   * `link`, `unlink`, `write <count>`, `cancel <seq>…`: alice. `arrive <seq>…`: messages reach bob. `ack <seq>…`:
   * acknowledgements reach alice. `restart bob`: bob loads his state from disk.
   */
  run(command: string): readonly string[] {
    const [verb = '', ...rest] = command.split(' ');
    const numbers = rest.map(Number);
    if (verb === 'link') return this.link();
    if (verb === 'unlink') return this.unlink();
    if (verb === 'write') return this.write(numbers[0] ?? 1);
    if (verb === 'cancel') return this.cancel(numbers);
    if (verb === 'arrive') return numbers.flatMap((seq) => this.arrive(seq));
    if (verb === 'ack') return this.acknowledge(numbers);
    if (command === 'restart bob') return this.restartBob();
    throw new Error(`unknown command: ${command}`);
  }

  private link(): string[] {
    this.isLinked = true;
    this.window.reset();
    return this.send();
  }

  private unlink(): string[] {
    this.isLinked = false;
    this.sent.clear();
    return [];
  }

  private write(count: number): string[] {
    for (let written = 0; written < count; written += 1) {
      this.lastSeq += 1;
      this.waiting.push(this.lastSeq);
    }
    const range = count === 1 ? `${this.lastSeq}` : `${this.lastSeq - count + 1} to ${this.lastSeq}`;
    return [`alice stores ${range} in the outbox`, ...this.send()];
  }

  private cancel(seqs: readonly number[]): string[] {
    this.waiting = this.waiting.filter((seq) => !seqs.includes(seq));
    this.window.reset();
    return this.send();
  }

  private acknowledge(seqs: readonly number[]): string[] {
    const delivered = seqs.filter((seq) => this.waiting.includes(seq));
    this.waiting = this.waiting.filter((seq) => !seqs.includes(seq));
    this.window.remove(new Set(seqs.map(String)));
    const states = delivered.map((seq) => `alice removes ${seq} from the outbox: delivered`);
    return [...states, ...this.send()];
  }

  private send(): string[] {
    if (!this.isLinked) return [];
    const lines: string[] = [];
    for (const seq of this.waiting.filter((each) => each > this.window.cursor)) {
      if (this.window.room === 0) break;
      const after = this.window.add({ seq, id: String(seq) });
      this.sent.set(seq, { seq, after });
      lines.push(`alice sends ${seq} after ${after}`);
    }
    const unsent = this.waiting.filter((each) => each > this.window.cursor).length;
    return [...summary(lines), ...(unsent > 0 ? [`the window is full, ${unsent} not sent`] : [])];
  }

  private arrive(seq: number): string[] {
    const message = this.sent.get(seq);
    if (!message) throw new Error(`${seq} is not in transit`);
    if (this.shown.has(seq)) return [`bob acknowledges ${seq} again`];
    if (!this.buffer.mayStore(message)) return [`bob drops ${seq}: the buffer is full`];
    this.stored.set(seq, message);
    const showable = this.buffer.add(message);
    for (const each of showable) this.shown.add(each);
    if (showable.length === 0) return [`bob stores ${seq}: it waits for ${message.after}`];
    return [`bob stores ${seq}`, `bob shows and acknowledges ${showable.join(', ')}`];
  }

  private restartBob(): string[] {
    const shownUpTo = Math.max(0, ...this.shown);
    const buffered = [...this.stored.values()].filter(({ seq }) => seq > shownUpTo && !this.shown.has(seq));
    this.buffer = new ReorderBuffer(
      shownUpTo,
      buffered.sort((a, b) => a.seq - b.seq),
    );
    const held = buffered.map(({ seq }) => seq).join(', ') || 'nothing';
    return [`bob has shown up to ${shownUpTo} and buffers ${held}`];
  }
}

function summary(lines: readonly string[]): string[] {
  if (lines.length <= LISTED_MAX) return [...lines];
  return [...lines.slice(0, 2), `… ${lines.length - 3} more in the same way`, ...lines.slice(-1)];
}
