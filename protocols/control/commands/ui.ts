// Commands that the user interface carries out by itself; they never reach the engine.

import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { CommandsOf } from '../command-map.js';
import { EVENT_NAMES, type ClientEvent, type EventName } from '../event.js';
import { NO_ARGUMENTS, type CommandEntry, type ParsedArguments } from '../line/grammar.js';

/** The events that a `wait` accepts: the name, and fields that must have exactly these values. */
export interface EventFilter {
  readonly event: EventName;
  readonly fields: readonly (readonly [key: string, value: string])[];
}

/** The answer of `help`. `group`: the heading it stands under. `text`: what a word means, if the topic was one. */
export interface Help {
  readonly commands: readonly { name: string; group: string; usage: string; summary: string; example: string }[];
  readonly text?: readonly string[];
}

export interface UiCommandMap {
  /** `topic`: the command, section or word to explain; null for all commands. */
  help: { command: { topic: string | null }; answer: Help };
  wait: { command: { filter: EventFilter; waitMs: number }; answer: ClientEvent };
}

export type UiCommand = CommandsOf<UiCommandMap>;

const PROGRAM = { ...NO_ARGUMENTS, section: 'This program' } as const;

export const UI_COMMANDS: readonly CommandEntry<UiCommand>[] = [
  {
    ...PROGRAM,
    name: 'help',
    arguments: [{ kind: 'text', name: 'topic', isOptional: true }],
    summary: 'list all commands, or explain a topic, a command, or a state such as held',
    example: 'help post upload',
    parse: ({ word }) => ({ type: 'help', topic: word('topic').trim() || null }),
  },
  {
    ...PROGRAM,
    name: 'wait',
    arguments: [
      { kind: 'event', name: 'event' },
      { kind: 'seconds', name: 'seconds', isOptional: true },
      { kind: 'pairs', name: 'key=value' },
    ],
    summary: 'wait for an event, 10 s by default; for scripts',
    example: 'wait chat 5 from=bob',
    parse: wait,
  },
];

/** Null if the seconds or a pair cannot be read. */
function wait({ word, words }: ParsedArguments): Outcome<UiCommand> | null {
  const event = EVENT_NAMES.find((name) => name === word('event').toLowerCase());
  if (!event) return new Refusal('USAGE', `wait <event> [seconds] [key=value…], with one of ${EVENT_NAMES.join(', ')}`);
  const waitMs = word('seconds') === '' ? LIMITS.waitDefaultMs : Number(word('seconds')) * 1_000;
  const fields = words.map(pairOf);
  if (!(waitMs <= LIMITS.waitMaxMs) || !fields.every((field) => field !== null)) return null;
  return { type: 'wait', filter: { event, fields }, waitMs };
}

function pairOf(word: string): readonly [string, string] | null {
  const split = word.indexOf('=');
  return split < 1 ? null : [word.slice(0, split), word.slice(split + 1)];
}
