// What a part of the engine takes: commands, inputs, frames, letters and events, each in a table by its tag.

import type { Command } from '../../../protocols/control/command.js';
import type { Shape } from '../../../protocols/kit/shapes.js';
import type { LetterKind } from '../../../protocols/letters/messages.js';
import type { LinkPeer, PartEvent, ReceivedLetter } from './events.js';
import type { Input } from './io.js';

/** `P` names its tables; a part without a table leaves it out. */
export interface Part {
  /** Each command is answered exactly once, at once or after what it waits for. */
  readonly commands?: CommandTable;
  readonly inputs?: InputTable;
  readonly frames?: Readonly<Record<string, FrameRoute>>;
  readonly letters?: LetterTable;
  readonly on?: EventTable;
  /** The last step of a turn, before its commit: sends together what the turn stored or wrote. */
  flush?(): void;
}

export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;
export type InputOf<T extends Input['type']> = Extract<Input, { type: T }>;
export type EventOf<T extends PartEvent['type']> = Extract<PartEvent, { type: T }>;

export type CommandTable = { readonly [T in Command['type']]?: (ref: number, command: CommandOf<T>) => void };
export type InputTable = { readonly [T in Input['type']]?: (input: InputOf<T>) => void };
export type EventTable = { readonly [T in PartEvent['type']]?: (event: EventOf<T>) => void };
export type LetterTable = { readonly [K in LetterKind]?: LetterRoute };

/** `member`: a friend or a member of a common group. The link proves who it is. */
export interface FrameRoute {
  readonly from: 'friend' | 'member';
  readonly shape: Shape<unknown>;
  /** False where no honest client sends this frame: the link is refused. */
  readonly take: (peer: LinkPeer, frame: unknown) => boolean;
}

export interface LetterRoute {
  readonly from: 'friend' | 'anyone';
  readonly shape: Shape<unknown>;
  readonly take: (letter: ReceivedLetter, body: unknown) => void;
}

/** A frame and what takes it; `take` gets only frames of this shape. */
export function frameRoute<F>(
  from: FrameRoute['from'],
  shape: Shape<F>,
  take: (peer: LinkPeer, frame: F) => boolean | void,
): FrameRoute {
  return { from, shape, take: (peer, frame) => take(peer, frame as F) !== false };
}

/** A letter and what takes it; `take` gets only bodies of this shape. */
export function letterRoute<B>(
  from: LetterRoute['from'],
  shape: Shape<B>,
  take: (letter: ReceivedLetter, body: B) => void,
): LetterRoute {
  return { from, shape, take: (letter, body) => take(letter, body as B) };
}
