// Finds what takes an input, command, frame or letter by its tag, and who hears an event. No tag is taken twice.

import type { Command } from '../../protocols/control/command.js';
import { assert } from '../../protocols/kit/machine.js';
import { ENDINGS, type LinkPeer, type PartEvent, type ReceivedLetter } from './core/events.js';
import type { Input } from './core/io.js';
import type { FrameRoute, LetterRoute, Part } from './core/part.js';
import type { People } from './identity/people.js';
import type { LetterTaker } from './server/incoming-mail.js';
import type { FrameTaker, FrameVerdict } from './transport/links.js';

type CommandHandler = (ref: number, command: Command) => void;
type InputHandler = (input: Input) => void;
type EventHandler = (event: PartEvent) => void;

export class Routes implements FrameTaker, LetterTaker {
  readonly inputs: ReadonlyMap<string, InputHandler>;
  readonly commands: ReadonlyMap<string, CommandHandler>;
  private readonly frames: ReadonlyMap<string, FrameRoute>;
  private readonly letters: ReadonlyMap<string, LetterRoute>;
  private readonly listeners: ReadonlyMap<string, readonly EventHandler[]>;

  /** `parts`: in the order in which they hear events and flush. */
  constructor(
    private readonly parts: readonly Part[],
    private readonly people: People,
  ) {
    this.inputs = merge<InputHandler>(parts.map(({ inputs }) => inputs));
    this.commands = merge<CommandHandler>(parts.map(({ commands }) => commands));
    this.frames = merge<FrameRoute>(parts.map(({ frames }) => frames));
    this.letters = merge<LetterRoute>(parts.map(({ letters }) => letters));
    this.listeners = listenersOf(parts);
  }

  takeFrame(peer: LinkPeer, frame: object & { type: string }): FrameVerdict {
    const route = this.frames.get(frame.type);
    if (!route) return 'unknown';
    const mayCome = route.from === 'member' || this.people.isFriend(peer.user);
    if (!mayCome || !route.shape.accepts(frame)) return 'malformed';
    return route.take(peer, frame) ? 'taken' : 'malformed';
  }

  takeLetter(letter: ReceivedLetter): void {
    const route = this.letters.get(letter.kind);
    const mayCome = route?.from === 'anyone' || this.people.isFriend(letter.from);
    if (route && mayCome && route.shape.accepts(letter.body)) route.take(letter, letter.body);
  }

  hear(event: PartEvent): void {
    for (const listener of this.listeners.get(event.type) ?? []) listener(event);
  }

  flush(): void {
    for (const part of this.parts) part.flush?.();
  }
}

/** The keys of a table are tags that its type checks, so that each handler gets values of its own tag only. */
function entriesOf<T>(table: object | undefined): [string, T][] {
  return Object.entries((table ?? {}) as Record<string, T>);
}

function merge<T>(tables: readonly (object | undefined)[]): Map<string, T> {
  const merged = new Map<string, T>();
  for (const [tag, handler] of tables.flatMap((table) => entriesOf<T>(table))) {
    assert(!merged.has(tag), `two parts take ${tag}`);
    merged.set(tag, handler);
  }
  return merged;
}

/**
 * What begins is heard from the lowest floor up, what ends from the highest floor down: while a part ends its work, the
 * parts that it uses still work.
 */
function listenersOf(parts: readonly Part[]): Map<string, EventHandler[]> {
  const listeners = new Map<string, EventHandler[]>();
  for (const [tag, handler] of parts.flatMap(({ on }) => entriesOf<EventHandler>(on))) {
    listeners.set(tag, [...(listeners.get(tag) ?? []), handler]);
  }
  for (const ending of ENDINGS) listeners.get(ending)?.reverse();
  return listeners;
}
